"""The queue: one job of a repository at a time, a few at once, the rest waiting in bounds.

Each job is a process of its own. It writes the row of its run; where it cannot, because it
crashed or took too long, the row is written here, under the same id.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import ctb_audit
from ctb_audit.errors import CtbError
from ctb_audit.lean import dataclass
from ctb_audit.service.job import Job
from ctb_audit.service.refusal import Refusal, busy

Event = Callable[[Mapping[str, Any]], None]
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop()); import ctb_audit; del sys.path[0]; "
    "from ctb_audit.service.worker import run; sys.exit(run())"
)
WORKER = (sys.executable, "-P", "-c", _START, str(Path(ctb_audit.__file__).resolve().parents[1]))
"""The package that runs here, wherever it is; `-P`: nothing is imported from the folder that the
job works on.
"""
_RETRY = 10  # seconds after which a full queue is worth another attempt
_MERCY = 5.0  # seconds that an ended process has to stop what it started


@dataclass(frozen=True, slots=True)
class Bounds:
    """`workers` jobs run at once, `waiting` more may wait, each has `seconds` (of which waiting
    for another service on the same repository is a part).
    """

    workers: int = 2
    waiting: int = 16
    seconds: float = 300.0


class Jobs:
    """All jobs of a service. `told` hears how each one ended."""

    def __init__(self, bounds: Bounds, told: Event, command: Sequence[str] = WORKER) -> None:
        self._bounds = bounds
        self._told = told
        self._command = tuple(command)
        self._slots = asyncio.Semaphore(bounds.workers)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[Mapping[str, Any]]] = set()
        self._closing = False
        self._cut = 0

    @property
    def pending(self) -> int:
        """Jobs that run or wait."""
        return len(self._tasks)

    async def run(self, job: Job) -> Mapping[str, Any]:
        """The reply of the job, which ends even if nobody waits for it any longer.

        Raises Refusal: the queue is full, the service stops, or the job did not succeed.
        """
        if self._closing:
            raise _stopping()
        if self.pending >= self._bounds.workers + self._bounds.waiting:
            message = f"{self.pending} jobs run or wait already"
            raise busy("QUEUE_FULL", message, _RETRY)
        task = asyncio.create_task(self._in_turn(job))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def close(self) -> None:
        """From now on nothing begins: new jobs and those that wait are refused."""
        self._closing = True

    async def finish(self, seconds: float) -> int:
        """Waits for the jobs that run, ends those that take longer; how many those were."""
        self.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        return self._cut

    def _forget(self, task: asyncio.Task[Mapping[str, Any]]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen, even where the client has gone

    async def _in_turn(self, job: Job) -> Mapping[str, Any]:
        async with self._turns[job.folder], self._slots:
            if self._closing:
                raise _stopping()
            began = time.monotonic()
            outcome = "failed"
            try:
                reply = await self._work(job)
                outcome = "done"
                return reply
            except asyncio.CancelledError:
                self._cut += 1
                raise
            finally:
                self._tell(job, outcome, time.monotonic() - began)

    def _tell(self, job: Job, outcome: str, seconds: float) -> None:
        self._told(
            {
                "event": "job",
                "action": job.action,
                "repository": job.repository,
                "log_id": job.log_id,
                "by": job.by,
                "outcome": outcome,
                "seconds": round(seconds, 3),
            }
        )

    async def _work(self, job: Job) -> Mapping[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._bounds.seconds):
                answer, _ = await process.communicate(job.text().encode())
        except TimeoutError:
            await _ended(process)
            problem = f"ended after {self._bounds.seconds:g} seconds"
            await asyncio.to_thread(log_broken, job, problem)
            raise self._broken(job, 500, "JOB_TIMEOUT", problem) from None
        except asyncio.CancelledError:
            await _ended(process)
            log_broken(job, "ended because the service stopped")
            raise
        return await self._answered(job, process.returncode or 0, answer)

    async def _answered(self, job: Job, code: int, answer: bytes) -> Mapping[str, Any]:
        value: dict[str, Any] = {}
        if code == 0:
            with suppress(ValueError):
                value = json.loads(answer)
        if "reply" in value:
            reply: Mapping[str, Any] = value["reply"]
            return reply
        if "problem" in value:
            raise self._broken(job, 409, "REPOSITORY_NOT_READY", value["problem"])
        await asyncio.to_thread(log_broken, job, f"its process ended with {_exit(code)}")
        raise self._broken(job, 500, "INTERNAL_ERROR", "the run broke")

    def _broken(self, job: Job, status: int, code: Any, problem: str) -> Refusal:
        logged = "" if job.dry_run else f"; the log has it as {job.log_id}"
        return Refusal(status, code, f"{problem}{logged}", heir_id=job.heir_id)


def log_broken(job: Job, problem: str) -> None:
    """Writes the `failed` row of a job, which has one already where its process came that far."""
    from ctb_audit.service.rows import write_broken

    if not job.dry_run:
        with suppress(CtbError, OSError):
            write_broken(job, job.place.config(), problem)


def _stopping() -> Refusal:
    message = "the service stops"
    return Refusal(503, "SHUTTING_DOWN", message, headers={"Retry-After": str(_RETRY)})


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Asks the process to stop what it started, then ends it and whatever it left behind."""
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(TimeoutError):
        async with asyncio.timeout(_MERCY):
            await process.wait()
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
