"""The states of a fleet's shards to one state and one log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ctb_audit.errors import UsageError
from ctb_audit.fleet.run import new_run_id
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.state import Result, Run, State, StateError
from ctb_audit.fleet.target import Target
from ctb_audit.lean import dataclass

_STEP = "merge the states of one run of all shards"


@dataclass(frozen=True, slots=True)
class Merged:
    """The run that the merged state holds, its plan, and the shards that were not there."""

    run: Run
    targets: tuple[Target, ...]
    absent: tuple[str, ...]


def merge(paths: Sequence[Path], into: State) -> Merged:
    """Every result of the states, each once, the latest where several have one.

    A shard that is missing leaves its targets without a result, which is said in the portfolio.
    Raises UsageError for states of different fleets or divisions, StateError for what is none.
    """
    if into.path.resolve() in {path.resolve() for path in paths}:
        step = "name another file with --state"
        raise UsageError(str(into.path), "is among the states that are merged", step)
    runs, targets = _agreed(paths)
    now = datetime.now(UTC)
    run = Run(new_run_id(now), max(r.day for r in runs), now, Shard(), finished=True)
    into.begin(run, targets)
    for path in paths:
        _take(path, into, run)
    present = {r.shard for r in runs}
    parts = runs[0].shard.parts
    absent = [Shard(n, parts) for n in range(1, parts + 1) if Shard(n, parts) not in present]
    return Merged(run, targets, tuple(str(shard) for shard in absent))


def _agreed(paths: Sequence[Path]) -> tuple[list[Run], tuple[Target, ...]]:
    """The runs, and the one plan that all of them have."""
    runs: list[Run] = []
    plan: tuple[Target, ...] = ()
    for path in paths:
        with State(path, writing=False) as state:
            run, targets = state.run(), state.targets()
        if run is None:
            raise StateError(str(path), "holds no run of a fleet", _STEP)
        if runs and [t.name for t in targets] != [t.name for t in plan]:
            raise UsageError(str(path), f"is of another fleet than {paths[0]}", _STEP)
        if runs and run.shard.parts != runs[0].shard.parts:
            problem = f"is shard {run.shard}, and {paths[0]} is {runs[0].shard}"
            raise UsageError(str(path), problem, _STEP)
        runs.append(run)
        plan = plan or targets
    return runs, plan


def _take(path: Path, into: State, run: Run) -> None:
    with State(path, writing=False) as state:
        own = state.run()
        for result in state.results(own.id if own else ""):
            there = into.result(result.name)
            if there is None or there.run != run.id or _is_better(result, there):
                into.keep(replace(result, run=run.id))


def _is_better(one: Result, other: Result) -> bool:
    """A result is better than a failure, and of two the later one."""
    return (not one.reason, one.at) > (not other.reason, other.at)
