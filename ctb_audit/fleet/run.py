"""One run of a fleet: begun or resumed, carried out on an engine, delivered to the log."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from ctb_audit.fleet.collect import Collector, Progress
from ctb_audit.fleet.deliver import Deliverer
from ctb_audit.fleet.engine import Engine
from ctb_audit.fleet.fleet_file import Fleet
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.state import Run, State
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Settings, Task


def begin(
    state: State, targets: Sequence[Target], shard: Shard, *, resume: bool, day: date | None
) -> Run:
    """A new run, or with `resume` the one that did not finish; it is stored.

    A resumed run keeps its day unless another is asked for.
    """
    latest = state.run()
    now = datetime.now(UTC)
    if resume and latest is not None and not latest.finished and latest.shard == shard:
        run = replace(latest, day=day or latest.day)
    else:
        run = Run(new_run_id(now), day or now.date(), now, shard)
    state.begin(run, targets)
    return run


def new_run_id(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def tasks_of(
    state: State, fleet: Fleet, run: Run, settings: Settings, *, timeout: float | None, resume: bool
) -> tuple[Task, ...]:
    """A task for each target of the run's part; with `resume` each knows the result that is there.

    `timeout`: seconds in place of every target's own.
    """
    known = state.inputs() if resume else {}
    return tuple(
        Task(
            target,
            settings,
            timeout or target.timeout or fleet.timeout,
            known.get(target.name, ""),
        )
        for target in run.shard.of(fleet.targets)
    )


def carry_out(
    engine: Engine,
    state: State,
    run: Run,
    tasks: Sequence[Task],
    deliverer: Deliverer,
    *,
    retries: int,
    report: Callable[[Progress], None],
) -> Run:
    """The run to its end. Raises EngineError, and whatever interrupts it, with the engine closed
    and every result so far stored.
    """
    collector = Collector(engine, state, retries=retries, record=deliverer, report=report)
    try:
        collector.collect(tasks)
    finally:
        engine.close(run=run.id)
    deliverer.rest()
    finished = replace(run, finished=True)
    state.update(finished)
    return finished
