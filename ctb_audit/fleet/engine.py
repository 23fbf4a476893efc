"""Where tasks run: the processes of this machine, or a Dask cluster that is there already.

An engine is an Executor and what a coordinator must know beside it. The local one is a pool of
threads, each of which keeps one process (`supervision`): with a pool of processes one hung or
killed worker would break the pool and fail every task in it.
"""

import os
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Protocol

from ctb_audit.errors import IncompleteError
from ctb_audit.fleet.supervision import Lost, end_auditors, supervised
from ctb_audit.fleet.task import Outcome, Task


class EngineError(IncompleteError):
    """The engine cannot be reached, does not fit, or stopped; what finished is kept."""


class Engine(Protocol):
    """`name` is what a user calls it, `slots` how many targets it works on at a time."""

    name: str

    @property
    def slots(self) -> int: ...

    def submit(self, task: Task) -> "Future[Outcome]": ...

    def lost(self, error: BaseException) -> str:
        """Why the task lost its worker, "" where the error is of another kind."""

    def check(self) -> None:
        """Called while nothing finishes. Raises EngineError where nothing more will."""

    def close(self, *, run: str = "") -> None:
        """End everything that still runs, of `run` or at all; harmless when repeated."""


class ExecutorEngine:
    """Any Executor of this machine."""

    def __init__(self, executor: Executor, slots: int, name: str = "executor") -> None:
        self.name = name
        self._executor = executor
        self._slots = slots

    @property
    def slots(self) -> int:
        return self._slots

    def submit(self, task: Task) -> "Future[Outcome]":
        return self._executor.submit(supervised, task)

    def lost(self, error: BaseException) -> str:
        if isinstance(error, Lost):
            return str(error)
        if isinstance(error, BrokenExecutor | CancelledError):
            return str(error) or type(error).__name__
        return ""

    def check(self) -> None:
        """Its workers are threads of this process: they go on."""

    def close(self, *, run: str = "") -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        end_auditors()
        self._executor.shutdown(wait=True)


def local_engine(jobs: int = 0) -> ExecutorEngine:
    """Processes of this machine, as many as `jobs`; 0 for one a core."""
    count = jobs or cores()
    return ExecutorEngine(ThreadPoolExecutor(count, "ctb-fleet"), count, "local")


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
