"""The catalogue of rules as Markdown: `rules/README.md` is its output."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ctb_audit import resources
from ctb_audit.standard import LEVELS, Rule, Standard

INTRODUCTION = """\
# Rules

Each rule is one file, `<topic>/<rule-id>.toml`: the rule, its explanation, its tests and the
text of the report. `ctb explain <rule>` shows a rule with its examples. This page is made from
the files; `ctb rules --format markdown` prints it for the configured standard.
"""

LEGEND = """\
Severities are CRITICAL, HIGH, MEDIUM, LOW and INFO, given for the levels STRICT, STANDARD,
RELAXED and NONE in this order; `-` where a level does not judge the rule. The key is what tells
several findings of one rule on one table apart.
"""

OWN_RULES = """\
## Rules of your own

Put files of the same form into a folder, name it in `ctb.toml` (`rules = ["audit/rules"]`), and
they are judged with the others. A file named like a built-in rule replaces it. A rule can only
name a registered check and give it values; nothing in it is executed.
"""

OWN_STANDARDS = """\
## Standards of your own

A file `<id>.toml` in a folder that `ctb.toml` names (`standards = ["audit/standards"]`), chosen
with `standard = "<id>"`:

    title = "Ours"
    extends = "ctb-1.0"
    remove = ["field.created_by"]        # taken out of the base first
    exempt = ["our_migrations"]          # a list or value replaces the base's
    [rules]
    exclude = ["unindexed-status"]
    [field.heir_id]                      # a table merges key by key
    min_length = 40
    [override.redundant-index]           # laid over the rule's file
    severity = "MEDIUM"

`standard.schema.json`, `rule.schema.json` and `config.schema.json` describe every key.
"""


def catalogue_markdown(*standards: Standard) -> str:
    """Every rule of the standards by topic, with severities, key and clause, and the keys of a
    rule file. With several standards a column says which of them a rule belongs to.
    """
    merged: dict[str, Rule] = {}
    for standard in standards:
        merged = {**standard.rules, **merged}
    ordered = sorted(merged.values(), key=lambda rule: (rule.topic, rule.id))
    parts = [INTRODUCTION, _totals(ordered, standards), LEGEND]
    for topic, rules in groupby(ordered, key=lambda rule: rule.topic):
        parts.append(f"## {topic}\n\n" + _table(_header(standards), _rows(rules, standards)))
    parts += [OWN_RULES, _keys(), OWN_STANDARDS]
    return "\n".join(parts)


def _totals(rules: Sequence[Rule], standards: Sequence[Standard]) -> str:
    lines = [f"{len(rules)} rules.", ""]
    lines += [f"- `{s.id}`: {s.title}; {len(s.rules)} rules" for s in standards]
    return "\n".join(lines) + "\n"


def _header(standards: Sequence[Standard]) -> Sequence[str]:
    shown = ["standards"] if len(standards) > 1 else []
    return ["rule", "finds", "severity", "key", "clause", *shown]


def _rows(rules: Iterator[Rule], standards: Sequence[Standard]) -> Iterator[Sequence[str]]:
    for rule in rules:
        row = [
            f"[`{rule.id}`]({rule.topic}/{rule.id}.toml)",
            rule.summary,
            severities(rule),
            rule.requirement or "-",
            rule.clause,
        ]
        holders = [s.id for s in standards if rule.id in s.rules]
        yield [*row, ", ".join(holders)] if len(standards) > 1 else row


def severities(rule: Rule) -> str:
    """`HIGH`, or one a level where they differ: `HIGH, MEDIUM, LOW, -`."""
    return ", ".join(rule.severity_at(level) or "-" for level in LEVELS)


def _keys() -> str:
    schema: Mapping[str, Any] = json.loads(resources.resource_text("rules/rule.schema.json"))
    required = set(schema["required"])
    rows = [
        [f"`{key}`" + (" (required)" if key in required else ""), value["description"]]
        for key, value in schema["properties"].items()
    ]
    example = schema["properties"]["example"]["items"]["properties"]
    rows += [[f"`example.{key}`", value["description"]] for key, value in example.items()]
    return _table(["key", "meaning"], iter(rows))


def _table(header: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [_line(header), _line(["---"] * len(header)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
