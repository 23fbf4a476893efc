"""`ctb fleet run` and `list`: the targets, the engine and the run."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from ctb_audit.cli import options
from ctb_audit.cli.fleet import STATE
from ctb_audit.cli.fleet_report import delivered, exit_code, opened, portfolio, present
from ctb_audit.errors import IncompleteError, UsageError
from ctb_audit.fleet.collect import Progress
from ctb_audit.fleet.deliver import Deliverer
from ctb_audit.fleet.engine import Engine, local_engine
from ctb_audit.fleet.fleet_file import FLEET_NAME, Fleet, fleet_of_folders, read_fleet
from ctb_audit.fleet.rule_change import parse_change
from ctb_audit.fleet.run import begin, carry_out, tasks_of
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.state import Run, State
from ctb_audit.fleet.task import Settings
from ctb_audit.log import Log
from ctb_audit.report.inert import inert, inert_json


def run(values: dict[str, Any]) -> int:
    """Audit the fleet; every result is kept before anything is reported."""
    output = options.output_of(values)
    fleet = chosen(values)
    shard = Shard.parse(values["shard"]) if values["shard"] else Shard()
    for text in values["changes"]:
        parse_change(text)
    path = values["state_path"] or fleet.root / _state_name(shard)
    with State(path, writing=True) as state:
        engine = _engine(values)
        try:
            done = _carried_out(engine, state, _Asked(fleet, shard, values))
        except (KeyboardInterrupt, IncompleteError):
            _say_how_far(state)
            raise
        finally:
            engine.close()
        found = portfolio(state, done.run, done.log, values["changes"])
        present(found, output)
    delivered(done.deliverer, named=bool(values["log_url"] or fleet.log))
    return exit_code(found, exit_zero=values["exit_zero"])


class _Asked(NamedTuple):
    """What the command line asks for."""

    fleet: Fleet
    shard: Shard
    values: Mapping[str, Any]


class _Done(NamedTuple):
    run: Run
    deliverer: Deliverer
    log: Log | None


def _carried_out(engine: Engine, state: State, asked: _Asked) -> _Done:
    fleet, values = asked.fleet, asked.values
    day = options.day(values["today"]) if values["today"] else None
    resume: bool = values["resume"]
    begun = begin(state, fleet.targets, asked.shard, resume=resume, day=day)
    settings = _settings(begun, values)
    tasks = tasks_of(state, fleet, begun, settings, timeout=values["timeout"], resume=resume)
    # a shard's rows are written by the merge, unless a log is named
    log = opened(values, fleet.root, fleet.log if asked.shard.parts == 1 else "none")
    deliverer = Deliverer(log, state)
    retries = fleet.retries if values["retries"] is None else values["retries"]
    with _Shown() as report:
        run = carry_out(engine, state, begun, tasks, deliverer, retries=retries, report=report)
    return _Done(run, deliverer, log)


def listing(values: dict[str, Any]) -> int:
    """The targets of the part that is asked for."""
    fleet = chosen(values)
    targets = (Shard.parse(values["shard"]) if values["shard"] else Shard()).of(fleet.targets)
    if values["format_"] == "json":
        rows = [
            {"name": t.name, "kind": t.kind, "place": t.shown, "team": t.team, "system": t.system}
            for t in targets
        ]
        click.echo(inert_json(json.dumps(rows, indent=2, ensure_ascii=False)))
        return 0
    width = max(len(inert(t.name)) for t in targets) if targets else 0
    for t in targets:
        team = f"  {inert(t.team)}" if t.team else ""
        click.echo(f"{inert(t.name):<{width}}  {inert(t.shown)}{team}")
    return 0


def chosen(values: Mapping[str, Any]) -> Fleet:
    """The fleet of --fleet, of the folders, or of fleet.toml here."""
    folders, file = values["folders"], values["fleet_file"]
    if folders and file is not None:
        step = "name folders in [[discover]] of the file"
        raise UsageError("--fleet", "does not go with folders", step)
    if folders:
        return fleet_of_folders(folders, Path.cwd())
    found = file or Path(FLEET_NAME)
    if file is None and not found.is_file():
        step = "write one, name it with --fleet, or name a folder to discover targets below"
        raise UsageError(FLEET_NAME, "is not here", step)
    return read_fleet(found)


def _state_name(shard: Shard) -> Path:
    if shard.parts == 1:
        return Path(STATE)
    return Path(STATE).with_name(f"fleet-{shard.number}-of-{shard.parts}.db")


def _engine(values: Mapping[str, Any]) -> Engine:
    address, jobs = values["engine"], values["jobs"]
    if address is None:
        return local_engine(jobs)
    if jobs:
        raise UsageError("--jobs", "does not go with --engine", "the cluster has its workers")
    if "://" not in address:
        raise UsageError(f"--engine {address}", "is no address", "write tcp://host:8786")
    from ctb_audit.fleet.dask_engine import dask_engine

    return dask_engine(address)


def _settings(run: Run, values: Mapping[str, Any]) -> Settings:
    fail_on = values["fail_on"]
    named = values["standard"] or ""
    return Settings(
        day=run.day,
        run=run.id,
        standard=str(Path(named).resolve()) if named.endswith(".toml") else named,
        select=values["select"],
        ignore=values["ignore"],
        exclude=values["exclude"],
        fail_under=values["fail_under"],
        fail_on=fail_on.upper() if fail_on else None,
        min_coverage=values["min_coverage"],
    )


def _say_how_far(state: State) -> None:
    latest = state.run()
    if latest is None:
        return
    done = len(state.names(latest.id))
    total = len(latest.shard.of(state.targets()))
    told = f"{done} of {total} targets have a result in {state.path}"
    click.echo(f"ctb: {told}; run again with --resume for the rest", err=True)


class _Shown:
    """Progress on stderr: one line that moves on a terminal, else a line for each failure."""

    def __init__(self) -> None:
        self._moves = sys.stderr.isatty()

    def __enter__(self) -> Callable[[Progress], None]:
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._moves:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _show(self, progress: Progress) -> None:
        if progress.problem:
            head = "\r\x1b[K" if self._moves else ""
            click.echo(f"{head}{inert(progress.last)}: {inert(progress.problem)}", err=True)
        if self._moves:
            failed = f", {progress.failed} failed" if progress.failed else ""
            click.echo(f"\r\x1b[K{progress.done} of {progress.total}{failed}", nl=False, err=True)
