"""`ctb fleet report` and `merge`: from stored results to a portfolio, in any format."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.fleet import STATE
from ctb_audit.cli.output import show, write_reports
from ctb_audit.errors import LogError
from ctb_audit.fleet.deliver import Deliverer
from ctb_audit.fleet.estate import portfolio_of
from ctb_audit.fleet.merge import merge
from ctb_audit.fleet.past import past_of
from ctb_audit.fleet.portfolio import Portfolio
from ctb_audit.fleet.rule_change import parse_change
from ctb_audit.fleet.state import Run, State, StateError
from ctb_audit.log import Log, open_log
from ctb_audit.report.inert import inert


def report_state(values: dict[str, Any]) -> int:
    """The portfolio of a state; the exit code tells about this command alone."""
    output = options.output_of(values)
    path: Path = values["state"] or Path(STATE)
    with State(path, writing=False) as state:
        run = state.run()
        if run is None:
            raise StateError(str(path), "holds no run of a fleet", "run ctb fleet run first")
        log = open_log(values["log_url"] or "", root=Path.cwd())
        present(portfolio(state, run, log, values["changes"]), output)
    return 0


def merge_states(values: dict[str, Any]) -> int:
    output = options.output_of(values)
    paths: Sequence[Path] = values["states"]
    with State(values["state_path"] or Path(STATE), writing=True) as state:
        merged = merge(paths, state)
        for shard in merged.absent:
            click.echo(f"ctb: warning: shard {shard} is not among the states", err=True)
        log = opened(values, Path.cwd())
        deliverer = Deliverer(log, state)
        deliverer.rest()
        found = portfolio(state, merged.run, log, values["changes"])
        present(found, output)
    delivered(deliverer, named=bool(values["log_url"]))
    return exit_code(found, exit_zero=values["exit_zero"])


def opened(values: Mapping[str, Any], root: Path, configured: str = "") -> Log | None:
    """The log of the command line, else the fleet's, else the default one; None for none."""
    named = "none" if values["no_log"] else values["log_url"] or configured
    return None if named == "none" else open_log(named, root=root)


def portfolio(state: State, run: Run, log: Log | None, changes: Sequence[str]) -> Portfolio:
    """The portfolio of the run's part of the plan."""
    targets = run.shard.of(state.targets())
    present = frozenset(result.log_id for result in state.results(run.id))
    return portfolio_of(
        targets,
        state.results(run.id),
        run.day,
        past_of(log, [target.name for target in targets], present),
        [parse_change(text) for text in changes],
    )


def present(portfolio: Portfolio, output: options.Output) -> None:
    """Files, and stdout unless --quiet and everything passes."""
    from ctb_audit.fleet.portfolio_json import portfolio_json
    from ctb_audit.fleet.portfolio_page import portfolio_html, portfolio_markdown
    from ctb_audit.fleet.portfolio_terminal import portfolio_lines
    from ctb_audit.report.terminal import plain

    lines = list(portfolio_lines(portfolio, verbose=output.verbose))
    formats = {
        "terminal": lambda: plain(lines),
        "json": lambda: portfolio_json(portfolio),
        "markdown": lambda: portfolio_markdown(portfolio),
        "html": lambda: portfolio_html(portfolio),
    }
    write_reports(output.outputs, formats, output.format)
    if output.quiet and portfolio.is_whole and not portfolio.statuses["blocked"]:
        return
    if len(output.outputs) == 1 and output.format:
        return
    if output.format in (None, "terminal"):
        show(lines)
    else:
        click.echo(formats[output.format](), nl=False)


def delivered(deliverer: Deliverer, *, named: bool) -> None:
    """Raises LogError for a log that was named and could not be written; warns of the default."""
    for notice in deliverer.notices:
        click.echo(f"ctb: warning: {inert(notice)}", err=True)
    if deliverer.problem is None:
        return
    if not named:
        click.echo(f"ctb: warning: {inert(str(deliverer.problem))}", err=True)
        return
    problem = deliverer.problem
    step = "the results are kept; run again with --resume to write the rest"
    raise LogError(problem.place, problem.problem, step)


def exit_code(portfolio: Portfolio, *, exit_zero: bool) -> int:
    """3 where a target failed or is incomplete, 1 where a gate is lost, else 0."""
    if not portfolio.is_whole:
        return 3
    return 1 if portfolio.statuses["blocked"] and not exit_zero else 0
