"""Runs a task in a process of its own that can be ended: `supervised` is what engines submit.

A target that hangs, or that takes its process with it, must cost neither the worker of an engine
nor the other targets. So each worker thread, of the local engine or of a Dask worker, keeps one
auditor: a child process that is used again, and ended at a timeout, at Ctrl-C and with its owner.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import mkdtemp
from typing import IO, Any

from ctb_audit.fleet.auditor import READY
from ctb_audit.fleet.checkout import CALLERS
from ctb_audit.fleet.frames import read_frame, write_frame
from ctb_audit.fleet.task import Failed, Outcome, Task

_START_SECONDS = 120.0
_TASKS = 200
"""Targets after which an auditor is replaced: what a library leaks stays bounded."""


class Lost(Exception):
    """The auditor died under its task, which may be begun again."""


class Auditor:
    """One child process; used by one thread."""

    def __init__(self) -> None:
        self.run = ""
        self.left = _TASKS
        self._ended = False
        self._folder = Path(mkdtemp(prefix="ctb-fleet-"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ctb_audit.fleet.auditor", str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in CALLERS},
            start_new_session=True,
        )
        self._answers: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(
            target=_listen, args=(self._process.stdout, self._answers), daemon=True
        ).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_usable(self) -> bool:
        return self.left > 0 and self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Raises Lost."""
        if self._answer(_START_SECONDS) != READY:
            raise Lost("its process could not be started")

    def audit(self, task: Task) -> Outcome:
        """The outcome, at the latest after the task's timeout. Raises Lost."""
        self.left -= 1
        assert self._process.stdin is not None
        try:
            write_frame(self._process.stdin, task)
        except OSError:
            raise Lost(self._death()) from None
        try:
            found = self._answer(task.timeout)
        except Empty:
            self.end()
            return Failed("timeout", f"did not finish in {task.timeout:g} seconds and was ended")
        if found is None:
            raise Lost(self._death())
        outcome: Outcome = found
        return outcome

    def _answer(self, seconds: float) -> Any:
        return self._answers.get(timeout=seconds)

    def _death(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code = self._process.returncode
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"its process was ended by {signal.Signals(-code).name}"
        return f"its process ended with code {code}"

    def end(self) -> None:
        """End it and all that it started; harmless when repeated."""
        if self._ended:
            return
        self._ended = True
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _listen(stream: IO[bytes] | None, answers: "SimpleQueue[Any]") -> None:
    """What the auditor answers; None for its end."""
    assert stream is not None
    while True:
        try:
            found = read_frame(stream)
        except (OSError, ValueError):
            found = None
        answers.put(found)
        if found is None:
            return


_own = threading.local()
_all: set[Auditor] = set()
_lock = threading.Lock()


def supervised(task: Task) -> Outcome:
    """The task's outcome, from this thread's auditor. Raises Lost where that died."""
    auditor = _auditor()
    auditor.run = task.settings.run
    try:
        return auditor.audit(task)
    finally:
        if not auditor.is_usable:
            _drop(auditor)


def auditors(run: str = "") -> list[Auditor]:
    """Those of this process, all or of one run."""
    with _lock:
        return [a for a in _all if not run or a.run == run]


def end_auditors(run: str = "") -> int:
    """End the auditors of this process, all or those of one run; how many there were."""
    found = auditors(run)
    for auditor in found:
        _drop(auditor)
    return len(found)


def _auditor() -> Auditor:
    auditor: Auditor | None = getattr(_own, "auditor", None)
    if auditor is None or not auditor.is_usable:
        if auditor is not None:
            _drop(auditor)
        auditor = Auditor()
        with _lock:
            _all.add(auditor)
        _own.auditor = auditor
        auditor.wait_until_ready()
    return auditor


def _drop(auditor: Auditor) -> None:
    with _lock:
        _all.discard(auditor)
    auditor.end()


atexit.register(end_auditors)
