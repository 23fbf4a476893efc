"""A Dask cluster that is there already, through the Executor of `distributed` itself.

Every worker must run the same Python libraries and the same ctb as this process. A worker that
is lost is Dask's business first: it runs the task again elsewhere, and gives up with KilledWorker.
"""

import logging
import platform
import time
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from ctb_audit import __version__
from ctb_audit.errors import UsageError
from ctb_audit.fleet.engine import EngineError
from ctb_audit.fleet.supervision import Lost, end_auditors, supervised
from ctb_audit.fleet.task import Outcome, Task

SECONDS_TO_CONNECT = 10.0
SECONDS_WITHOUT_WORKERS = 60.0
_SECONDS_MORE = 2.0
_STEP = "start it with `dask scheduler` and `dask worker`, or correct --engine"
_AGAIN = "run again with --resume once it is back"


def dask_engine(address: str, seconds: float = SECONDS_TO_CONNECT) -> "DaskEngine":
    """The cluster of the scheduler at `address`, tcp://host:port or tls://host:port.

    Raises UsageError without the extra, EngineError for a scheduler that does not answer within
    `seconds`, a cluster without workers, and workers that differ from this process.
    """
    try:
        import distributed
    except ImportError:
        step = "pip install 'ctb-audit[fleet]'"
        raise UsageError(f"--engine {address}", "needs the extra fleet", step) from None
    _silence()
    place = f"--engine {address}"
    try:
        client = _connected(distributed.Client, address, seconds)
    except (OSError, TimeoutError):
        raise EngineError(place, f"does not answer within {seconds:g} s", _STEP) from None
    except ValueError as error:
        raise EngineError(place, str(error), _STEP) from None
    try:
        _await_workers(client, address, seconds)
        _refuse_differences(client, address)
    except BaseException:
        client.close()
        raise
    return DaskEngine(client, address)


def _silence() -> None:
    """Dask's loggers print tracebacks of what this module tells in one line."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _connected(connect: Any, address: str, seconds: float) -> Any:
    """A client. Its own timeout does not count for a server that accepts and then says nothing,
    so it is waited for in another thread. Raises TimeoutError, and what it raises.
    """
    found: SimpleQueue[Any] = SimpleQueue()

    def attempt() -> None:
        try:
            found.put(connect(address, timeout=seconds, set_as_default=False, name="ctb-fleet"))
        except Exception as error:
            found.put(error)

    Thread(target=attempt, daemon=True).start()
    try:
        client = found.get(timeout=seconds + _SECONDS_MORE)
    except Empty:
        raise TimeoutError from None
    if isinstance(client, Exception):
        raise client
    return client


class DaskEngine:
    """`client` is connected; closing the engine closes it and leaves the cluster as it is."""

    def __init__(self, client: Any, address: str) -> None:
        self.name = address
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._workers_seen = time.monotonic()
        self._slots = _slots(client)
        self._asked = time.monotonic()

    @property
    def slots(self) -> int:
        """Threads of all workers; asked anew every few seconds, for clusters grow and shrink."""
        now = time.monotonic()
        if now - self._asked > 5:
            self._asked = now
            self._slots = _slots(self._client)
        return max(1, self._slots)

    def submit(self, task: Task) -> "Future[Outcome]":
        found: Future[Outcome] = self._executor.submit(supervised, task)
        return found

    def lost(self, error: BaseException) -> str:
        from distributed.scheduler import KilledWorker

        if isinstance(error, Lost):
            return str(error)
        if isinstance(error, KilledWorker):
            return "its Dask workers died under it"
        if isinstance(error, CancelledError) or type(error).__name__.endswith("CancelledError"):
            return "the cluster dropped it"
        return ""

    def check(self) -> None:
        if self._client.status != "running":
            problem = f"the scheduler is gone ({self._client.status})"
            raise EngineError(self.name, problem, _AGAIN)
        now = time.monotonic()
        if self.slots and self._slots:
            self._workers_seen = now
        elif now - self._workers_seen > SECONDS_WITHOUT_WORKERS:
            problem = f"has had no worker for {SECONDS_WITHOUT_WORKERS:g} s"
            raise EngineError(self.name, problem, "start workers and " + _AGAIN)

    def close(self, *, run: str = "") -> None:
        """Futures are cancelled first, so that no worker begins another task of the run."""
        with suppress(Exception):  # a cluster that is gone has nothing left to end
            self._executor.shutdown(wait=False)
            if self._client.status == "running":
                self._client.run(end_auditors, run, on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=5)


def _slots(client: Any) -> int:
    """0 where the scheduler does not answer."""
    try:
        return sum(client.nthreads().values())
    except Exception:  # of the network, of whatever kind
        return 0


def _await_workers(client: Any, address: str, seconds: float) -> None:
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError:
        step = f"start some with `dask worker {address}`"
        raise EngineError(f"--engine {address}", "the cluster has no workers", step) from None


def _refuse_differences(client: Any, address: str) -> None:
    """Raises EngineError for workers whose Python, libraries or ctb differ from ours."""
    place, step = f"--engine {address}", "install the same versions everywhere"
    try:
        client.get_versions(check=True)
    except ValueError as error:
        told = " ".join(line.strip() for line in str(error).splitlines() if "|" in line)
        raise EngineError(place, f"versions differ: {told or error}", step) from None
    ours = own_versions()
    for worker, theirs in sorted(client.run(own_versions, on_error="return").items()):
        if isinstance(theirs, BaseException):
            problem = f"worker {worker} cannot import ctb_audit ({theirs})"
            raise EngineError(place, problem, "install ctb-audit on every worker")
        if theirs != ours:
            problem = f"worker {worker} runs {theirs}, this process {ours}"
            raise EngineError(place, problem, step)


def own_versions() -> str:
    """What must be the same everywhere: ctb, its rules, and the minor version of Python."""
    from ctb_audit.fleet.inputs import built_in

    major, minor, _ = platform.python_version_tuple()
    return f"ctb-audit {__version__} (rules {built_in()[:12]}) on Python {major}.{minor}"
