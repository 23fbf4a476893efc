"""`ctb drift`: sources compared object by object."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ctb_audit.audit import AuditSettings, conclude, project_of
from ctb_audit.cli import options
from ctb_audit.cli.audit import exit_code
from ctb_audit.cli.output import show, write_reports
from ctb_audit.compare import Side, explicit_sides
from ctb_audit.compare.sides import pairs
from ctb_audit.config import Config, with_options
from ctb_audit.drift import ScratchSettler, comparisons_of
from ctb_audit.errors import UsageError
from ctb_audit.gate import NO_SCORE, NOTHING_WEIGHED
from ctb_audit.judge import judge
from ctb_audit.report.formats import FORMATS, formatters
from ctb_audit.result import Audit

_STEP = "name two sources, for example `ctb drift migrations env:DATABASE_URL`"


@click.command("drift", epilog="Example: ctb drift migrations env:DATABASE_URL -o drift.md")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.source_options
@options.rule_options
@options.gate_options
@options.output_options(FORMATS)
@options.today_option
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Known drift, as `ctb baseline write` keeps it; default: the configured file.",
)
@click.option("--no-waivers", is_flag=True, help="Judge as if no drift were waived or known.")
@click.option(
    "--settle/--no-settle",
    default=True,
    help="Settle on a scratch server what expressions leave open; default: where one can be had.",
)
def drift_command(sources: tuple[str, ...], **values: Any) -> int:
    """Compare SOURCEs object by object and show what turns each into the next.

    Two or more of: a folder, a .sql file, a schema reference, a catalog in JSON, a live database.
    Without one, the configured sources are compared. Any drift that is neither waived nor known
    fails, unless --fail-on says otherwise.
    """
    output = options.output_of(values)
    exit_zero, settle = values.pop("exit_zero"), values.pop("settle")
    settings = AuditSettings(
        today=options.day(values.pop("today")), waivers=not values.pop("no_waivers")
    )
    config, sides, notices = _read(sources, values)
    audit = _compared(sides, config, settings, settle=settle)
    audit = replace(audit, notices=(*audit.notices, *notices))
    _report(audit, output, config)
    return exit_code(audit, exit_zero=exit_zero)


def _read(
    sources: tuple[str, ...], values: dict[str, Any]
) -> tuple[Config, tuple[Side, ...], tuple[str, ...]]:
    from ctb_audit.cli.sources import configured_sources, read_sources

    chosen = bool(values["select"])
    config = options.configured(values)
    if not chosen:
        config = with_options(config, select=("drift",))
    if config.origin("fail_on") == "default":
        config = with_options(config, fail_on="LOW")
    named = sources or configured_sources(config)
    if len(named) < 2:
        raise UsageError("drift", "compares two sources or more", _STEP)
    loaded = [read_sources((source,), config, dict(values)) for source in named]
    sides = explicit_sides([found.catalogs for found in loaded])
    if not pairs(sides):
        raise UsageError("drift", "compares two sources or more", _STEP)
    notices = tuple(f"{s.path}: not read: {s.reason}" for f in loaded for s in f.skipped)
    return config, sides, notices


def _compared(
    sides: tuple[Side, ...], config: Config, settings: AuditSettings, *, settle: bool
) -> Audit:
    catalogs = [side.catalog for side in sides]
    with ScratchSettler(catalogs) if settle else nullcontext() as settler:
        project = replace(project_of(catalogs, config, settings), sides=sides, settle=settler)
        audit = conclude(project, judge(project), config, settings)
        audit = replace(_scoreless(audit), comparisons=comparisons_of(project))
    if settler is not None and settler.trouble:
        notice = f"expressions were not settled on a server: {settler.trouble}"
        audit = replace(audit, notices=(*audit.notices, notice))
    return audit


def _scoreless(audit: Audit) -> Audit:
    """Documents are compared without weighing any table, and that is no fault."""
    if audit.score is not None:
        return audit
    reasons = tuple(r for r in audit.gate.reasons if r != NO_SCORE)
    gate = replace(audit.gate, passed=not reasons, reasons=reasons)
    return replace(
        audit, gate=gate, incomplete=tuple(r for r in audit.incomplete if r != NOTHING_WEIGHED)
    )


def _report(audit: Audit, output: options.Output, config: Config) -> None:
    formats = {
        **formatters(audit, verbose=output.verbose, templates=config.templates),
        **_own_formats(audit, output, config),
    }
    write_reports(output.outputs, formats, output.format)
    if output.quiet and audit.gate.passed and not audit.incomplete:
        return
    if output.outputs and len(output.outputs) == 1 and output.format:
        return
    if output.format in (None, "terminal"):
        from ctb_audit.report.changes import change_lines
        from ctb_audit.report.terminal import audit_lines

        lines = change_lines(audit.comparisons or (), verbose=output.verbose)
        show([*lines, *audit_lines(audit, verbose=output.verbose)])
    else:
        click.echo(formats[output.format](), nl=False)


def _own_formats(
    audit: Audit, output: options.Output, config: Config
) -> Mapping[str, Callable[[], str]]:
    """Those that show the changes beside the findings; JSON does by itself."""

    def terminal() -> str:
        from ctb_audit.report.changes import change_lines
        from ctb_audit.report.terminal import audit_lines, plain

        lines = change_lines(audit.comparisons or (), verbose=output.verbose)
        return plain([*lines, *audit_lines(audit, verbose=output.verbose)])

    def markdown() -> str:
        from ctb_audit.report.changes import drift_markdown

        return drift_markdown(audit, config.templates)

    return {"terminal": terminal, "markdown": markdown}
