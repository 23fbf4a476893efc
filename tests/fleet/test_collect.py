"""Each result once, whatever the order, the engine and its losses."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from ctb_audit import __version__
from ctb_audit.fleet.collect import Collector, Progress
from ctb_audit.fleet.engine import EngineError, ExecutorEngine, local_engine
from ctb_audit.fleet.run import begin, new_run_id
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.state import Result, State
from ctb_audit.fleet.supervision import Lost
from ctb_audit.fleet.task import Audited, Failed, Outcome, Settings, Task, Unchanged

from .conftest import DAY, fleet

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Answer = Callable[[Task], Outcome]


class Scripted:
    """An engine that answers in a random order, from a function."""

    name = "scripted"

    def __init__(self, answer: Answer, slots: int = 3) -> None:
        self._answer = answer
        self._chance = random.Random(7)
        self.slots = slots
        self.most = 0
        self.gone = False
        self._open: list[tuple[Future[Outcome], Task]] = []

    def submit(self, task: Task) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        self._open.append((future, task))
        self.most = max(self.most, len(self._open))
        if len(self._open) >= self.slots:
            self._settle()
        else:
            threading.Timer(0.01, self._settle).start()
        return future

    def _settle(self) -> None:
        while self._open:
            future, task = self._open.pop(self._chance.randrange(len(self._open)))
            try:
                future.set_result(self._answer(task))
            except Exception as error:
                future.set_exception(error)

    def lost(self, error: BaseException) -> str:
        return str(error) if isinstance(error, Lost | BrokenProcessPool) else ""

    def check(self) -> None:
        if self.gone:
            raise EngineError(self.name, "is gone", "run again with --resume")

    def close(self, *, run: str = "") -> None: ...


def audited(task: Task) -> Outcome:
    return Audited(NOW, f"inputs of {task.target.name}", __version__, b"content")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "fleet.db", writing=True) as opened:
        yield opened


def collect(
    state: State, engine: Scripted, count: int = 9, retries: int = 2
) -> tuple[list[str], list[Progress]]:
    names = [f"t{n}" for n in range(count)]
    plan = fleet(Path("/"), *names)
    run = begin(state, plan.targets, Shard(), resume=False, day=DAY)
    tasks = [Task(t, Settings(DAY, run.id), 60) for t in plan.targets]
    recorded: list[str] = []
    reports: list[Progress] = []

    def record(result: Result) -> None:
        recorded.append(result.name)

    Collector(engine, state, retries=retries, record=record, report=reports.append).collect(tasks)
    assert state.names(run.id) == set(names)
    return recorded, reports


def test_every_result_is_kept_and_recorded_once(state: State) -> None:
    engine = Scripted(audited)
    recorded, reports = collect(state, engine, 40)
    assert sorted(recorded) == sorted(f"t{n}" for n in range(40))
    assert [r.done for r in reports] == list(range(1, 41))
    assert engine.most <= 6  # a window, not the fleet


def test_a_task_whose_worker_was_lost_is_begun_again(state: State) -> None:
    tries: dict[str, int] = {}

    def unlucky(task: Task) -> Outcome:
        tries[task.target.name] = tries.get(task.target.name, 0) + 1
        if task.target.name in ("t1", "t4") and tries[task.target.name] < 3:
            raise Lost("its process was ended by SIGKILL")
        return audited(task)

    recorded, reports = collect(state, Scripted(unlucky))
    assert sorted(recorded) == sorted(set(recorded)) and len(recorded) == 9
    assert (tries["t1"], tries["t0"], reports[-1].failed) == (3, 1, 0)


def test_a_target_that_kills_its_worker_again_and_again_has_failed(state: State) -> None:
    def poison(task: Task) -> Outcome:
        if task.target.name == "t2":
            raise BrokenProcessPool("a child died")
        return audited(task)

    _, reports = collect(state, Scripted(poison), retries=1)
    found = state.result("t2")
    assert found is not None and reports[-1].failed == 1
    assert (found.reason, found.message) == ("lost", "a child died; it was begun 2 times")


def test_other_versions_and_other_errors_fail_and_say_so(state: State) -> None:
    def odd(task: Task) -> Outcome:
        if task.target.name == "t0":
            return Audited(NOW, "x", "0.0.9", b"")
        if task.target.name == "t1":
            raise KeyError("x")
        if task.target.name == "t2":
            return Failed("source", "is not there")
        return audited(task)

    collect(state, Scripted(odd))
    messages = [(r.reason, r.message) for r in map(state.result, ("t0", "t1", "t2")) if r]
    assert messages == [
        ("version", f"was audited by ctb 0.0.9, this is {__version__}"),
        ("internal", "KeyError: 'x'"),
        ("source", "is not there"),
    ]


def test_losses_of_an_engine_that_is_gone_are_no_failures_of_targets(state: State) -> None:
    def gone(task: Task) -> Outcome:
        engine.gone = True
        raise Lost("the connection closed")

    engine = Scripted(gone)
    with pytest.raises(EngineError, match="is gone"):
        collect(state, engine)
    run = state.run()
    assert run is not None and state.names(run.id) == frozenset()


def test_what_is_unchanged_keeps_its_result(state: State) -> None:
    collect(state, Scripted(audited), 3)
    before = state.result("t1")
    recorded, _ = collect(state, Scripted(lambda task: Unchanged("inputs")), 3)
    after = state.result("t1")
    assert recorded == [] and before is not None and after is not None
    assert (after.log_id, after.content) == (before.log_id, before.content)
    assert after.run != before.run


def test_an_engine_that_hangs_is_noticed(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctb_audit.fleet.collect._POLL_SECONDS", 0.01)
    monkeypatch.setattr("ctb_audit.fleet.collect._STALL_SECONDS", -119.99)
    release = threading.Event()
    with ThreadPoolExecutor(1) as pool:

        class Hanging(Scripted):
            def submit(self, task: Task) -> "Future[Outcome]":
                return pool.submit(lambda: (release.wait(30), audited(task))[1])

        try:
            with pytest.raises(EngineError, match="has finished nothing for"):
                collect(state, Hanging(audited), 2)
        finally:
            release.set()


def test_any_executor_will_do(estate: Path, tmp_path: Path) -> None:
    """The standard pool of processes gives what the local engine gives."""
    plan = fleet(estate, "billing", "orders")
    found = []
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    for number, engine in enumerate((ExecutorEngine(pool, 1), local_engine(2))):
        with State(tmp_path / f"{number}.db", writing=True) as state:
            run = begin(state, plan.targets, Shard(), resume=False, day=DAY)
            tasks = [Task(t, Settings(DAY, "same"), 60) for t in plan.targets]
            collector = Collector(
                engine, state, retries=0, record=lambda _: None, report=lambda _: None
            )
            try:
                collector.collect([Task(t.target, t.settings, 60) for t in tasks])
            finally:
                engine.close()
            kept = [state.result(t.name) for t in plan.targets]
            found.append([(r.name, r.inputs, r.content) for r in kept if r])
            assert run.id == state.run().id  # type: ignore[union-attr]
    assert found[0] == found[1] and len(found[0]) == 2


def test_ids_of_runs_sort_by_time() -> None:
    assert new_run_id(NOW).startswith("20261122T120000Z-")
    assert new_run_id(NOW) != new_run_id(NOW)
