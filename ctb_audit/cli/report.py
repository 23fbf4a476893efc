"""`ctb report`: a report of an audit that ran before, from its JSON or from the log."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.history import find_row, opened_log
from ctb_audit.cli.output import show, write_reports
from ctb_audit.cli.past import report_context
from ctb_audit.config import Config, load_config, with_options
from ctb_audit.errors import ConfigurationError
from ctb_audit.report.context import ReportContext
from ctb_audit.report.formats import FORMATS, PAGES, formatters
from ctb_audit.report.saved import audit_from_json, audit_from_row, standard_of
from ctb_audit.result import Audit
from ctb_audit.sources.files import read_text
from ctb_audit.standard import Rule


@click.command("report", epilog="Example: ctb report latest -o report.html")
@click.argument("audit", metavar="[AUDIT]", default="latest")
@click.option("--log", "log_url", metavar="URL", help="Compliance log; default: the configured.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration file; default: ctb.toml or [tool.ctb], found upwards.",
)
@options.output_options((*FORMATS, *PAGES))
@options.today_option
def report_command(audit: str, **values: Any) -> int:
    """Report an audit again, in any format.

    AUDIT is a file that `ctb audit --format json` wrote, or a row of the compliance log: a log_id
    or the beginning of one, latest (the default), latest~1, ...
    """
    output = options.output_of(values)
    config = with_options(load_config(values["config"]), log=values["log_url"])
    found, ran = _audit(audit, config, values)
    today = options.day(values["today"]) if values["today"] else ran.date()

    def context() -> ReportContext:
        return report_context(found, config, today=today, ran=ran)

    formats = formatters(found, verbose=output.verbose, templates=config.templates, context=context)
    write_reports(output.outputs, formats, output.format)
    if output.outputs and (output.format or output.quiet):
        return 0
    if output.format in (None, "terminal"):
        from ctb_audit.report.terminal import audit_lines

        show(list(audit_lines(found, verbose=output.verbose)))
    else:
        click.echo(formats[output.format](), nl=False)
    return 0


def _audit(reference: str, config: Config, values: Mapping[str, Any]) -> tuple[Audit, datetime]:
    """The audit and when it ran: a file where one has this name or a suffix, else a row."""
    path = Path(reference)
    if path.is_file() or path.suffix:
        text = read_text(path, reference)
        ran = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return audit_from_json(text, reference, _rules(standard_of(text), config)), ran
    log = opened_log(values["config"], values["log_url"])
    row = find_row(log, reference)
    standard = str(row.actions.get("standard", ""))
    return audit_from_row(row, log.location, _rules(standard, config)), row.at


def _rules(standard: str, config: Config) -> Mapping[str, Rule]:
    """The rules of the audit's standard; none where this machine does not have it."""
    from ctb_audit.rulebook import load_standard

    try:
        found = load_standard(
            standard, rule_folders=config.rules, standard_folders=config.standards
        )
    except ConfigurationError as error:
        click.echo(f"ctb: warning: {error}; the report is without why and fix", err=True)
        return {}
    return found.rules
