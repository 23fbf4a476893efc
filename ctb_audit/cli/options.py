"""Options that mean the same in every command, and what they amount to."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ctb_audit.cli.completion import rule_names, standard_names
from ctb_audit.cli.output import Target
from ctb_audit.config import Config, load_config, with_options
from ctb_audit.errors import UsageError
from ctb_audit.lean import dataclass

F = TypeVar("F", bound=Callable[..., Any])
SEVERITY_NAMES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")
CACHE = Path(".ctb") / "cache"


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    def apply(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return apply


source_options = _stack(
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Configuration file; default: ctb.toml or [tool.ctb], found upwards.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Pass over these paths (as .gitignore); repeatable.",
    ),
    click.option(
        "--parser",
        type=click.Choice(["auto", "pgparse", "sqlglot"]),
        default="auto",
        help="Reader of PostgreSQL DDL; default: the server's grammar where it is installed.",
    ),
    click.option("--stdin-filename", metavar="NAME", help="Name, and so kind, of what `-` reads."),
    click.option(
        "--no-cache", is_flag=True, help="Neither read nor write what earlier audits kept."
    ),
    click.option(
        "--jobs",
        type=click.IntRange(0),
        default=0,
        metavar="N",
        help="Processes for reading and judging; 0 decides by size.",
    ),
)

rule_options = _stack(
    click.option(
        "--standard",
        metavar="ID",
        shell_complete=standard_names,
        help="Standard: ctb-1.0, ctb-1.3, one of yours, or a file.",
    ),
    click.option(
        "--select",
        multiple=True,
        metavar="RULE",
        shell_complete=rule_names,
        help="Only these rules, topics or patterns; repeatable.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="RULE",
        shell_complete=rule_names,
        help="Without these rules, topics or patterns; repeatable.",
    ),
)

gate_options = _stack(
    click.option(
        "--fail-under",
        type=click.IntRange(0, 100),
        metavar="SCORE",
        help="Lowest score that passes; default 70.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITY_NAMES, case_sensitive=False),
        help="Also fail on a finding of this severity or above.",
    ),
    click.option(
        "--min-coverage",
        type=click.FloatRange(0, 100),
        metavar="PERCENT",
        help="Least share of statements understood; default 95.",
    ),
    click.option(
        "--exit-zero", is_flag=True, help="Exit 0 where the gate is lost (not on errors)."
    ),
)


def output_options(formats: tuple[str, ...]) -> Callable[[F], F]:
    """`--format` of these formats, `--output` by suffix, `--quiet`, `--verbose`."""
    return _stack(
        click.option(
            "--format",
            "format_",
            type=click.Choice(formats),
            help="Format on stdout; default: terminal.",
        ),
        click.option(
            "--output",
            "-o",
            "outputs",
            multiple=True,
            metavar="FILE",
            help="Write a file, format by suffix or as FORMAT:FILE; repeatable.",
        ),
        click.option(
            "--output-dir",
            type=click.Path(path_type=Path),
            metavar="FOLDER",
            help="Folder for relative --output files.",
        ),
        click.option("--quiet", "-q", is_flag=True, help="Print nothing when the gate passes."),
        click.option(
            "--verbose", "-v", is_flag=True, help="Show everything: waived findings, all notices."
        ),
    )


log_options = _stack(
    click.option(
        "--log",
        "log_url",
        metavar="URL",
        help="Compliance log; default sqlite:///.ctb/compliance.db.",
    ),
    click.option("--no-log", is_flag=True, help="Write no row to the compliance log."),
)

today_option = click.option(
    "--today", metavar="YYYY-MM-DD", help="The day that schedules and waivers are judged by."
)


@dataclass(frozen=True, slots=True)
class Output:
    """Where the report goes."""

    format: str | None
    outputs: tuple[Target, ...]
    quiet: bool
    verbose: bool


def output_of(values: dict[str, Any]) -> Output:
    """The output options, taken out of a command's values."""
    folder: Path | None = values.pop("output_dir")
    outputs = tuple(Target.of(text, folder) for text in values.pop("outputs"))
    return Output(values.pop("format_"), outputs, values.pop("quiet"), values.pop("verbose"))


def configured(values: dict[str, Any], folder: Path | None = None) -> Config:
    """The configuration with the command line laid over it; takes its options out of `values`.

    `folder`: where the search for it begins, the current folder unless given.
    """
    config = load_config(values.pop("config"), cwd=None if values.get("config") else folder)
    fail_on = values.pop("fail_on", None)
    return with_options(
        config,
        standard=values.pop("standard", None),
        select=values.pop("select", ()) or None,
        ignore=values.pop("ignore", ()) or None,
        exclude=(*config.exclude, *values.pop("exclude")) or None,
        fail_under=values.get("fail_under"),
        fail_under_schedule=() if values.pop("fail_under", None) is not None else None,
        fail_on=fail_on.upper() if fail_on else None,
        min_coverage=values.pop("min_coverage", None),
        baseline=values.pop("baseline", None),
        log="none" if values.pop("no_log", False) else values.pop("log_url", None),
    )


def day(text: str | None) -> date:
    """The day of `--today`, else the present one in UTC."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today {text}", "is no day", "write YYYY-MM-DD") from None
