"""`ctb explain RULE`: what a rule finds, why it matters, how to mend it, with examples."""

from collections.abc import Iterator
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.completion import rule_names, standard_names
from ctb_audit.cli.output import show
from ctb_audit.errors import UsageError
from ctb_audit.report.terminal import SEVERITY_STYLES, Line, Segment
from ctb_audit.rulebook import load_standard
from ctb_audit.standard import LEVELS, Example, Rule
from ctb_audit.wording import did_you_mean

TITLES = {"fail": "Found", "ok": "Accepted", "fixed": "Fixed"}


@click.command("explain", epilog="Example: ctb explain unindexed-foreign-key")
@click.argument("rule", shell_complete=rule_names)
@click.option("--config", type=click.Path(), metavar="FILE", help="Configuration file.")
@click.option(
    "--standard", metavar="ID", help="Standard whose rule is meant.", shell_complete=standard_names
)
def explain_command(rule: str, **values: Any) -> int:
    """Explain RULE: why it matters, how to mend it, and examples."""
    config = options.configured({**values, "exclude": ()})
    standard = load_standard(
        config.standard or "ctb-1.0",
        rule_folders=config.rules,
        standard_folders=config.standards,
        examples=True,
    )
    found = standard.rules.get(rule)
    if found is None:
        hint = did_you_mean(rule, standard.rules)
        raise UsageError(
            rule, f"{standard.id} has no such rule{hint}", "`ctb rules` lists them all"
        )
    show(list(_lines(found)))
    return 0


def _lines(rule: Rule) -> Iterator[Line]:
    yield (Segment(rule.id, "bold"), Segment(f"  {rule.topic}", "dim"))
    yield (Segment(rule.summary),)
    yield ()
    severity = Segment(rule.severity, SEVERITY_STYLES[rule.severity])
    yield (Segment("severity  "), severity, Segment(_levels(rule), "dim"))
    if rule.clause:
        yield (Segment(f"clause    {rule.clause}"),)
    if rule.requirement:
        yield (Segment(f"counts    once for each {rule.requirement}"),)
    for title, text in (("Why", rule.why), ("How to mend it", rule.remedy)):
        yield ()
        yield (Segment(title, "bold"),)
        yield from ((Segment(f"  {line}"),) for line in text.strip().splitlines())
    for example in rule.examples:
        yield from _example(example)
    yield ()
    waiver = f'-- ctb: ignore[{rule.id}] owner=you until=YYYY-MM-DD reason="..."'
    yield (Segment("waive it above the statement:  ", "dim"), Segment(waiver))


def _levels(rule: Rule) -> str:
    given = [f"{level} {rule.severity_at(level) or 'not judged'}" for level in LEVELS]
    return f"  ({', '.join(given)})"


def _example(example: Example) -> Iterator[Line]:
    yield ()
    yield (Segment(f"{TITLES[example.kind]}: ", "bold"), Segment(example.title))
    text = example.sql or example.document
    yield from ((Segment(f"  {line}", "cyan"),) for line in text.strip().splitlines())
