"""`ctb audit`: judge schemas, report, log, gate."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.cli import options
from ctb_audit.cli.output import Target, show, write_reports
from ctb_audit.cli.rows import asking, row_options
from ctb_audit.cli.server import load_notices, loading, settling
from ctb_audit.config import Config, with_options
from ctb_audit.copies import replace
from ctb_audit.errors import IncompleteError, UsageError
from ctb_audit.report.formats import FORMATS, PAGES, formatters
from ctb_audit.result import Audit
from ctb_audit.scoring import impact

if TYPE_CHECKING:
    from ctb_audit.report.context import ReportContext


@click.command("audit", epilog="Example: ctb audit migrations SCHEMA_REFERENCE.md -o report.md")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.source_options
@options.rule_options
@options.gate_options
@options.output_options((*FORMATS, *PAGES))
@options.log_options
@options.today_option
@row_options
@click.option(
    "--via-postgres",
    is_flag=True,
    help="Run the DDL on a scratch PostgreSQL and audit what that makes of it.",
)
@click.option(
    "--staged", is_flag=True, help="Judge what the next commit changes: only new findings block."
)
@click.option(
    "--since",
    metavar="REV",
    help="Judge what changed since a revision: only new findings and decline block.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Known findings, as `ctb baseline write` keeps them; default: the configured file.",
)
@click.option(
    "--fail-on-decline",
    is_flag=True,
    help="Also fail below the score of the last audit of these sources that passed.",
)
@click.option(
    "--compare",
    metavar="STANDARD",
    help="Also judge by this standard and show the tables whose score differs.",
)
@click.option(
    "--no-waivers", is_flag=True, help="Judge as if nothing were waived and no baseline kept."
)
def audit_command(sources: tuple[str, ...], **values: Any) -> int:
    """Judge the schemas of SOURCEs against the standard.

    A SOURCE is a folder, a .sql file, a Markdown schema reference, a catalog in JSON, `-` for
    standard input, a URL, or env:NAME for a URL in the environment. Without one, the
    configuration names them, else the current folder is searched.
    """
    output = options.output_of(values)
    exit_zero = values.pop("exit_zero")
    settings = AuditSettings(
        today=options.day(values.pop("today")),
        waivers=not values.pop("no_waivers"),
        jobs=values["jobs"],
    )
    declining, compared = values.pop("fail_on_decline"), values.pop("compare")
    staged, since = values.pop("staged"), values.pop("since")
    if staged or since is not None:
        reports = bool(output.outputs) or output.format not in (None, "terminal")
        if compared is not None:
            step = "leave one of them out"
            raise UsageError("--compare", "does not go with --staged or --since", step)
        found = _changed(sources, values, settings, since=since, both=staged, reports=reports)
        if found is None:
            return _untouched(output)
        audit, config = found
    else:
        audit, config = _audited(sources, values, settings, compared)
    if declining:
        from ctb_audit.cli.past import guarded_against_decline

        audit = guarded_against_decline(audit, config)
    _report(audit, output, config, partial(_context, audit, config, settings.today, sources))
    _log(audit, config, output.outputs)
    return exit_code(audit, exit_zero=exit_zero)


def exit_code(audit: Audit, *, exit_zero: bool = False) -> int:
    """3 for an incomplete audit, 1 for a lost gate, else 0 (DESIGN, Exit codes)."""
    if audit.incomplete:
        return 3
    return 0 if audit.gate.passed or exit_zero else 1


def _changed(
    sources: tuple[str, ...],
    values: dict[str, Any],
    settings: AuditSettings,
    *,
    since: str | None,
    both: bool,
    reports: bool,
) -> tuple[Audit, Config] | None:
    if values.pop("via_postgres"):
        raise UsageError("--via-postgres", "does not go with --staged or --since", "leave one out")
    if values["check_data"]:
        raise UsageError("--check-data", "does not go with --staged or --since", "leave one out")
    if both and since is not None:
        step = "--staged compares the index with HEAD, --since the folder with a revision"
        raise UsageError("--staged --since", "exclude each other", step)
    from ctb_audit.cli.change import Asked, audit_change

    return audit_change(Asked(sources, values, settings, since, may_skip=not reports))


def _untouched(output: options.Output) -> int:
    if not output.quiet:
        click.echo("nothing that is audited changes")
    return 0


def _context(
    audit: Audit, config: Config, today: date, sources: tuple[str, ...]
) -> "ReportContext":
    """Log and sources are read only for a format that shows them."""
    from ctb_audit.cli.past import report_context

    return report_context(audit, config, today=today, sources=sources)


def _audited(
    sources: tuple[str, ...],
    values: dict[str, Any],
    settings: AuditSettings,
    compared: str | None = None,
) -> tuple[Audit, Config]:
    from ctb_audit.cli.sources import own_folder, read_sources

    with asking(values, settings) as rows, loading(values.pop("via_postgres")) as server:
        config = options.configured(values, own_folder(sources))
        try:
            through = server.load if server else None
            loaded = read_sources(sources, config, values, live=rows.read, through=through)
        except IncompleteError as error:
            if config.log != "none":
                from ctb_audit.cli.logging import log_broken_run

                log_broken_run(error, config)
            raise
        with settling(loaded.catalogs, rows.settings) as chosen:
            audit = audit_catalogs(loaded.catalogs, config, chosen)
            if compared is not None:
                other = with_options(config, standard=compared)
                beside = audit_catalogs(loaded.catalogs, other, chosen)
                audit = replace(audit, impact=impact(beside, audit))
    notices = tuple(f"{s.path}: not read: {s.reason}" for s in loaded.skipped)
    notices += load_notices(server)
    return replace(audit, notices=(*audit.notices, *notices)), config


def _report(
    audit: Audit, output: options.Output, config: Config, context: "Callable[[], ReportContext]"
) -> None:
    formats = formatters(audit, verbose=output.verbose, templates=config.templates, context=context)
    write_reports(output.outputs, formats, output.format)
    if output.quiet and audit.gate.passed and not audit.incomplete:
        return
    if output.outputs and len(output.outputs) == 1 and output.format:
        return
    if output.format in (None, "terminal"):
        from ctb_audit.report.terminal import audit_lines

        show(audit_lines(audit, verbose=output.verbose))
    else:
        click.echo(formats[output.format](), nl=False)


def _log(audit: Audit, config: Config, outputs: tuple[Target, ...]) -> None:
    if config.log != "none":
        from ctb_audit.cli.logging import log_audit

        log_audit(audit, config, report_path=str(outputs[0].path) if outputs else None)
