"""Hands tasks to an engine and stores what comes back, each result once, as it comes.

The order in which targets finish does not matter: results are kept by name. A task whose worker
was lost is begun again, `retries` times; what is still without a result then has failed, and says
so. Only a window of tasks is handed over at a time, so that memory does not grow with the fleet.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, assert_never

from ctb_audit import __version__
from ctb_audit.fleet.engine import Engine, EngineError
from ctb_audit.fleet.state import Result, State
from ctb_audit.fleet.task import Audited, Failed, Outcome, Task, Unchanged
from ctb_audit.log.identifiers import new_log_id

_POLL_SECONDS = 2.0
_STALL_SECONDS = 120.0
"""What may pass beyond every timeout and retry before an engine counts as hung."""
_WINDOW = 2
"""Tasks handed over for each slot: the next one is there when a slot is free."""


class Recorder(Protocol):
    """Delivers stored results elsewhere: to the log."""

    def __call__(self, result: Result) -> None: ...


class Progress(NamedTuple):
    """How far a run is; `last` is the target that finished just now."""

    done: int
    total: int
    failed: int
    last: str
    problem: str = ""


class Collector:
    """One run: `state` keeps the results, `record` delivers each after it is kept."""

    def __init__(
        self,
        engine: Engine,
        state: State,
        *,
        retries: int,
        record: Recorder,
        report: Callable[[Progress], None],
    ) -> None:
        self._engine = engine
        self._state = state
        self._retries = retries
        self._record = record
        self._report = report
        self._lost: dict[str, int] = {}
        self._done = self._failed = self._total = 0
        self._moved = time.monotonic()

    def collect(self, tasks: Sequence[Task]) -> None:
        """Every task to its result. Raises EngineError where the engine stops before that."""
        self._total = len(tasks)
        waiting = deque(tasks)
        running: dict[Future[Outcome], Task] = {}
        longest = max((task.timeout for task in tasks), default=0.0)
        while waiting or running:
            while waiting and len(running) < _WINDOW * self._engine.slots:
                task = waiting.popleft()
                running[self._engine.submit(task)] = task
            done, _ = wait(running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            if not done:
                self._refuse_stall(longest)
            for future in done:
                self._take(future, running.pop(future), waiting)

    def _refuse_stall(self, longest: float) -> None:
        self._engine.check()
        if time.monotonic() - self._moved > longest * _WINDOW + _STALL_SECONDS:
            problem = f"has finished nothing for {time.monotonic() - self._moved:.0f} s"
            raise EngineError(self._engine.name, problem, "look at it, then run with --resume")

    def _take(self, future: "Future[Outcome]", task: Task, waiting: "deque[Task]") -> None:
        """Store the outcome, or put the task back where its worker was lost."""
        self._moved = time.monotonic()
        outcome = self._outcome(future, task)
        if outcome is None:
            waiting.append(task)
            return
        self._store(task, outcome)

    def _outcome(self, future: "Future[Outcome]", task: Task) -> Outcome | None:
        """None for a task that is begun again."""
        try:
            outcome = future.result()
        except (Exception, CancelledError) as error:
            why = self._engine.lost(error)
            if not why:
                return Failed("internal", f"{type(error).__name__}: {error}")
            self._engine.check()
            times = self._lost[task.target.name] = self._lost.get(task.target.name, 0) + 1
            if times <= self._retries:
                return None
            return Failed("lost", f"{why}; it was begun {times} times")
        if isinstance(outcome, Audited) and outcome.version != __version__:
            return Failed("version", f"was audited by ctb {outcome.version}, this is {__version__}")
        return outcome

    def _store(self, task: Task, outcome: Outcome) -> None:
        name, run = task.target.name, task.settings.run
        problem = ""
        match outcome:
            case Unchanged():
                self._state.confirm(name, run)
            case Audited():
                self._keep(_audited(name, run, outcome))
            case Failed(reason, message):
                problem = message
                self._failed += 1
                now = datetime.now(UTC)
                self._keep(Result(name, run, "", now, new_log_id(now), reason, message))
            case other:
                assert_never(other)
        self._done += 1
        self._report(Progress(self._done, self._total, self._failed, name, problem))

    def _keep(self, result: Result) -> None:
        self._state.keep(result)
        self._record(result)


def _audited(name: str, run: str, outcome: Audited) -> Result:
    return Result(
        name=name,
        run=run,
        inputs=outcome.inputs,
        at=outcome.at,
        log_id=new_log_id(outcome.at),
        content=outcome.content,
        seconds=outcome.seconds,
        processor=outcome.processor,
        peak=outcome.peak,
    )
