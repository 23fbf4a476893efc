"""`ctb rules`: the rules of a standard as a table, JSON or the generated catalogue."""

import json
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.output import show, write_reports
from ctb_audit.report.terminal import SEVERITY_STYLES, Line, Segment, plain
from ctb_audit.rulebook import load_standard
from ctb_audit.standard import Standard

FORMATS = ("table", "json", "markdown")


@click.command("rules", epilog="Example: ctb rules --standard ctb-1.3 --select indexes")
@click.option("--config", type=click.Path(), metavar="FILE", help="Configuration file.")
@options.rule_options
@options.output_options(FORMATS)
def rules_command(**values: Any) -> int:
    """List the rules of a standard: id, severity and what each one finds."""
    output = options.output_of(values)
    values["exclude"] = ()
    config = options.configured(values)
    standard = load_standard(
        config.standard or "ctb-1.0",
        rule_folders=config.rules,
        standard_folders=config.standards,
        overrides=config.severity,
        select=config.select,
        ignore=config.ignore,
        examples=True,
    )
    formats = {
        "table": lambda: plain(_lines(standard)),
        "terminal": lambda: plain(_lines(standard)),
        "json": lambda: _json(standard),
        "markdown": lambda: _markdown(standard),
    }
    write_reports(output.outputs, formats, output.format)
    if output.outputs:
        return 0
    if output.format in (None, "table"):
        show(_lines(standard))
    else:
        click.echo(formats[output.format](), nl=False)
    return 0


def _lines(standard: Standard) -> list[Line]:
    width = max((len(rule_id) for rule_id in standard.rules), default=0)
    lines: list[Line] = []
    topic = ""
    for rule in sorted(standard.rules.values(), key=lambda r: (r.topic, r.id)):
        if rule.topic != topic:
            topic = rule.topic
            lines += [(Segment(topic, "bold"),)]
        severity = Segment(f"{rule.severity:<8}", SEVERITY_STYLES[rule.severity])
        lines += [(Segment(f"  {rule.id:<{width}}  "), severity, Segment(f"  {rule.summary}"))]
    return lines


def _json(standard: Standard) -> str:
    value = {
        "standard": {"id": standard.id, "title": standard.title, "hash": standard.hash},
        "rules": [
            {
                "id": rule.id,
                "topic": rule.topic,
                "severity": rule.severity,
                "levels": dict(rule.levels),
                "summary": rule.summary,
                "why": rule.why,
                "remedy": rule.remedy,
                "clause": rule.clause,
                "requirement": rule.requirement,
                "needs": list(rule.needs),
                "systems": list(rule.systems),
            }
            for rule in sorted(standard.rules.values(), key=lambda r: (r.topic, r.id))
        ],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _markdown(standard: Standard) -> str:
    from ctb_audit.report.catalogue import catalogue_markdown

    return catalogue_markdown(standard)
