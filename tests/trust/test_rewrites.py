"""Metamorphic tests of the rules: writing a script otherwise never changes a verdict."""

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bench.rewrites import verdicts as audit_verdicts
from ctb_audit.judge import Judgement
from ctb_audit.rulebook import load_rule_examples
from ctb_audit.rulebook.files import built_in
from ctb_audit.standard import Example
from tests.rules.conftest import JudgeExample
from tests.trust.rewrites import REWRITES

SEED = 12
LAYOUTS = ("spaced", "commented", "other case", "line ends")
"""What may be done to a script whose statements fail on purpose."""
FIDELITY = Path(__file__).parent.parent / "fidelity" / "examples"
SCRIPTS = {
    "elements of a schema": (
        "CREATE SCHEMA s CREATE VIEW v AS SELECT id FROM t CREATE TABLE t (id integer);"
    ),
    "a statement that is not known": (
        "CREATE TABLE t (id integer PRIMARY KEY);\nGRANT SELECT ON t TO :visitor;"
    ),
    **{path.stem: path.read_text(encoding="utf-8") for path in sorted(FIDELITY.glob("*.sql"))},
}
Verdicts = tuple[frozenset[tuple[str, ...]], ...]


@cache
def cases() -> tuple[tuple[str, Example], ...]:
    """Every example in PostgreSQL's SQL; one of kind `fixed` follows the one that it repairs."""
    return tuple(_cases())


def _cases() -> Iterator[tuple[str, Example]]:
    for rule in sorted(built_in().rules):
        broken = ""
        for example in load_rule_examples(rule):
            if example.kind == "fail":
                broken = example.sql
            if example.live or example.system != "postgresql" or not example.sql:
                continue
            sql = f"{broken}\n{example.sql}" if example.kind == "fixed" else example.sql
            yield rule, replace(example, sql=sql)


def rules() -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for rule, _ in cases()))


def verdicts(judgement: Judgement) -> Verdicts:
    """Everything that the rule says, but for words and places."""
    return (
        frozenset((f.system, f.table, f.requirement, f.severity) for f in judgement.findings),
        frozenset((u.system, u.table, u.requirement) for u in judgement.unknowns),
        frozenset((n.rule, n.reason) for n in judgement.not_judged),
        frozenset((t.name, t.level, str(t.passed), t.exempt) for t in judgement.tables),
    )


@pytest.mark.parametrize("rewrite", REWRITES)
@pytest.mark.parametrize("rule", rules())
def test_writing_it_otherwise_changes_no_verdict(
    rule: str, rewrite: str, judge_example: JudgeExample
) -> None:
    for example in [example for name, example in cases() if name == rule]:
        sql = REWRITES[rewrite](example.sql, random.Random(SEED))
        first = verdicts(judge_example(rule, example))
        assert verdicts(judge_example(rule, replace(example, sql=sql))) == first, sql


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_layout_of_a_script_changes_no_audit(name: str) -> None:
    sql = SCRIPTS[name]
    first = audit_verdicts(sql)
    for layout in LAYOUTS:
        assert audit_verdicts(REWRITES[layout](sql, random.Random(SEED))) == first, layout
