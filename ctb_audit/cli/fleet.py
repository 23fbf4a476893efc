"""`ctb fleet`: audit many targets, merge shards, report the portfolio."""

from pathlib import Path
from typing import Any

import click

from ctb_audit.cli import options

FORMATS = ("terminal", "json", "markdown", "html")
STATE = ".ctb/fleet.db"


@click.group(
    "fleet",
    epilog="Example: ctb fleet run services --jobs 4 -o portfolio.html",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def fleet_command() -> None:
    """Audit many targets: repositories, folders and databases of a whole organisation.

    A fleet is described in fleet.toml, or discovered below folders. Targets are audited in
    processes of this machine, on a Dask cluster, or in shards on several machines that `merge`
    puts together.
    """


def _what_if(function: Any) -> Any:
    return click.option(
        "--what-if",
        "changes",
        multiple=True,
        metavar="RULE=TO",
        help="Also score the estate with a rule changed: off, a severity, or a level; repeatable.",
    )(function)


def _fleet_options(function: Any) -> Any:
    function = click.argument("folders", nargs=-1, metavar="[FOLDER]...")(function)
    return click.option(
        "--fleet",
        "fleet_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The targets; default: fleet.toml here, unless folders are named.",
    )(function)


_state_option = click.option(
    "--state",
    "state_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Where results are kept; default {STATE}.",
)


@fleet_command.command("run", epilog="Example: ctb fleet run --resume -o portfolio.html")
@_fleet_options
@click.option("--jobs", type=click.IntRange(0), default=0, metavar="N", help="Processes; 0: cores.")
@click.option(
    "--engine",
    metavar="ADDRESS",
    help="A Dask scheduler, tcp://host:8786, in place of processes of this machine.",
)
@click.option("--shard", metavar="K/N", help="Only the K-th of N parts; merge puts them together.")
@click.option(
    "--timeout", type=click.FloatRange(min=1), metavar="SECONDS", help="For every target."
)
@click.option(
    "--retries",
    type=click.IntRange(0, 10),
    metavar="N",
    help="How often a target is begun again after its process was lost; default 2.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on where a run stopped: what is there for the same inputs is not audited again.",
)
@_state_option
@options.rule_options
@options.gate_options
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Paths no target reads.")
@_what_if
@options.log_options
@options.output_options(FORMATS)
@options.today_option
def run_command(**values: Any) -> int:
    """Audit every target, log each result, and report the portfolio.

    Exit codes: 0 every gate passes, 1 a gate is lost, 2 usage, 3 a target failed or is incomplete.
    """
    from ctb_audit.cli.fleet_run import run

    return run(values)


@fleet_command.command("list", epilog="Example: ctb fleet list --shard 1/4")
@_fleet_options
@click.option("--shard", metavar="K/N", help="Only the K-th of N parts.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
def list_command(**values: Any) -> int:
    """List the targets that a run would audit, without opening any."""
    from ctb_audit.cli.fleet_run import listing

    return listing(values)


@fleet_command.command("merge", epilog="Example: ctb fleet merge shard-*.db -o portfolio.html")
@click.argument("states", nargs=-1, required=True, type=click.Path(path_type=Path))
@_state_option
@_what_if
@options.log_options
@click.option("--exit-zero", is_flag=True, help="Exit 0 where a gate is lost (not on errors).")
@options.output_options(FORMATS)
def merge_command(**values: Any) -> int:
    """Put the states of a run's shards together, log each result once, and report them.

    STATES are what `ctb fleet run --shard K/N --state FILE` left. A shard that is missing leaves
    its targets without a result: exit code 3.
    """
    from ctb_audit.cli.fleet_report import merge_states

    return merge_states(values)


@fleet_command.command("report", epilog="Example: ctb fleet report --what-if missing-rollback=off")
@click.argument("state", required=False, type=click.Path(path_type=Path))
@_what_if
@click.option("--log", "log_url", metavar="URL", help="Compliance log that the trend is read from.")
@options.output_options(FORMATS)
def report_command(**values: Any) -> int:
    """Report the results that a state holds, as often as wanted and with rules changed."""
    from ctb_audit.cli.fleet_report import report_state

    return report_state(values)
