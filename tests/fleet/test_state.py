"""The state of a run: one file, one writer, resumed from wherever it stopped; and merged shards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ctb_audit.errors import CtbError, UsageError
from ctb_audit.fleet.merge import merge
from ctb_audit.fleet.run import begin, tasks_of
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.state import Result, Run, State, StateError
from ctb_audit.fleet.task import Settings

from .conftest import DAY, fleet

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAN = fleet(Path("/"), *(f"t{n}" for n in range(7)))


def result(name: str, run: str, **values: object) -> Result:
    made = Result(name, run, f"inputs of {name}", NOW, f"LOG-{name}", content=b"c")
    return replace(made, **values)  # type: ignore[arg-type]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "fleet.db", writing=True) as opened:
        yield opened


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / ".ctb" / "fleet.db"
    with State(path, writing=True) as state:
        run = begin(state, PLAN.targets, Shard(2, 3), resume=False, day=DAY)
        state.keep(result("t1", run.id, seconds=1.5, peak=80.0))
        state.keep(result("t2", run.id, reason="source", message="is not there", inputs=""))
    with State(path, writing=False) as state:
        assert (state.run(), state.targets()) == (run, PLAN.targets)
        assert [r.name for r in state.results(run.id)] == ["t1", "t2"]
        assert state.result("t1") == result("t1", run.id, seconds=1.5, peak=80.0)
        assert state.inputs() == {"t1": "inputs of t1"}
    assert (tmp_path / ".ctb" / ".gitignore").read_text() == "*\n"


def test_two_runs_cannot_share_a_state(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    with State(path, writing=True):
        for writing in (True, False):
            with pytest.raises(UsageError, match="another run of a fleet is using it"):
                State(path, writing=writing)
    State(path, writing=True).__exit__(None, None, None)


def test_files_of_others_are_left_as_they_are(tmp_path: Path) -> None:
    text, other = tmp_path / "a.db", tmp_path / "b.db"
    text.write_text("not a database, whatever its name says" * 40)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE mine (id int)")
    for path in (text, other):
        before = path.read_bytes()
        for writing in (True, False):
            with pytest.raises(StateError, match="is no state of a fleet"):
                State(path, writing=writing)
        assert path.read_bytes() == before
    with pytest.raises(StateError, match="no state of a fleet is here; run ctb fleet run first"):
        State(tmp_path / "c.db", writing=False)
    with pytest.raises(StateError):
        State(text / "below" / "x.db", writing=True)


def test_a_transaction_that_is_interrupted_leaves_what_was_there(state: State) -> None:
    run = begin(state, PLAN.targets, Shard(), resume=False, day=DAY)
    state.keep(result("t1", run.id))
    with pytest.raises(KeyboardInterrupt), state._transaction():
        state._connection.execute("DELETE FROM result")
        raise KeyboardInterrupt
    assert [r.name for r in state.results(run.id)] == ["t1"]


def test_a_resumed_run_is_the_same_run_on_the_same_day(state: State) -> None:
    first = begin(state, PLAN.targets, Shard(), resume=False, day=date(2026, 1, 1))
    again = begin(state, PLAN.targets, Shard(), resume=True, day=None)
    assert again == first
    state.update(replace(again, finished=True))
    new = begin(state, PLAN.targets, Shard(), resume=True, day=DAY)
    assert new.id != first.id and new.day == DAY
    other = begin(state, PLAN.targets, Shard(1, 2), resume=True, day=DAY)
    assert other.id != new.id


def test_only_a_resumed_run_knows_what_is_there(state: State) -> None:
    run = begin(state, PLAN.targets, Shard(), resume=False, day=DAY)
    state.keep(result("t3", run.id))
    settings = Settings(DAY, run.id)
    known = tasks_of(state, PLAN, run, settings, timeout=None, resume=True)
    new = tasks_of(state, PLAN, run, settings, timeout=7, resume=False)
    assert [t.known for t in known] == ["", "", "", "inputs of t3", "", "", ""]
    assert {t.known for t in new} == {""} and {t.timeout for t in new} == {7}
    assert {t.timeout for t in known} == {600.0}


def test_results_of_targets_that_left_the_fleet_go(state: State) -> None:
    run = begin(state, PLAN.targets, Shard(), resume=False, day=DAY)
    state.keep(result("t1", run.id))
    state.keep(result("t6", run.id))
    begin(state, PLAN.targets[:3], Shard(), resume=True, day=DAY)
    assert state.result("t6") is None and state.result("t1") is not None


# ---- shards --------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [1, 2, 3, 8])
def test_shards_are_the_whole_without_overlap(parts: int) -> None:
    shares = [Shard(n, parts).of(PLAN.targets) for n in range(1, parts + 1)]
    assert sorted(t.name for share in shares for t in share) == [t.name for t in PLAN.targets]
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["3", "0/4", "5/4", "a/b", "1/0", "-1/3", "1/2/3"])
def test_a_wrong_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--shard .*; write --shard 3/8"):
        Shard.parse(text)


def shard_state(folder: Path, number: int, parts: int, at: datetime = NOW) -> Path:
    path = folder / f"{number}-of-{parts}-{at:%H}.db"
    with State(path, writing=True) as state:
        run = begin(state, PLAN.targets, Shard(number, parts), resume=False, day=DAY)
        for target in run.shard.of(PLAN.targets):
            state.keep(result(target.name, run.id, at=at, log_id=f"LOG-{target.name}-{at:%H}"))
    return path


def test_merged_shards_hold_every_result_once(tmp_path: Path, state: State) -> None:
    paths = [shard_state(tmp_path, n, 3) for n in (3, 1, 2)]
    later = shard_state(tmp_path, 2, 3, NOW.replace(hour=18))
    merged = merge([later, *paths], state)
    found = list(state.results(merged.run.id))
    assert [r.name for r in found] == [t.name for t in PLAN.targets]
    second = {t.name for t in Shard(2, 3).of(PLAN.targets)}
    assert {r.name for r in found if r.log_id.endswith("-18")} == second
    assert (merged.absent, merged.run.finished) == ((), True)
    again = merge(paths, state)
    assert len(list(state.results(again.run.id))) == 7


def test_a_shard_that_is_missing_is_named(tmp_path: Path, state: State) -> None:
    merged = merge([shard_state(tmp_path, 1, 3)], state)
    assert merged.absent == ("2/3", "3/3")
    assert merged.targets == PLAN.targets


def test_a_result_is_better_than_a_failure(tmp_path: Path, state: State) -> None:
    good, bad = shard_state(tmp_path, 1, 1), shard_state(tmp_path, 1, 1, NOW.replace(hour=20))
    with State(bad, writing=True) as failed:
        run = failed.run()
        assert run is not None
        failed.keep(result("t1", run.id, reason="lost", message="m", at=NOW.replace(hour=20)))
    merged = merge([good, bad], state)
    kept = next(r for r in state.results(merged.run.id) if r.name == "t1")
    assert kept.reason == ""


def test_what_does_not_belong_together_is_not_merged(tmp_path: Path, state: State) -> None:
    one = shard_state(tmp_path, 1, 2)
    other = tmp_path / "other.db"
    with State(other, writing=True) as foreign:
        begin(foreign, PLAN.targets[:2], Shard(2, 2), resume=False, day=DAY)
    none = tmp_path / "none.db"
    State(none, writing=True).__exit__(None, None, None)
    cases: list[tuple[list[Path], str]] = [
        ([one, other], "is of another fleet than"),
        ([one, shard_state(tmp_path, 2, 3)], "is shard 2/3, and .* is shard 1/2|is 1/2"),
        ([one, none], "holds no run of a fleet"),
        ([one, state.path], "is among the states that are merged"),
    ]
    for paths, message in cases:
        with pytest.raises(CtbError, match=message):
            merge(paths, state)
    assert state.run() is None


@pytest.mark.parametrize("table", ["run", "target"])
def test_a_run_of_another_shape_is_refused(tmp_path: Path, table: str) -> None:
    path = shard_state(tmp_path, 1, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE {table} SET value = '{{}}'")
        connection.commit()
    state = State(path, writing=False)
    with state, pytest.raises(StateError, match="does not hold a run as ctb writes it"):
        (state.run(), state.targets())


def test_a_run_of_another_version_is_refused(tmp_path: Path) -> None:
    path = shard_state(tmp_path, 1, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(StateError, match="another version of ctb"):
        State(path, writing=False)
    assert Run("x", DAY, NOW).shard == Shard(1, 1)
