"""Every rule with a mechanical answer: the plan for its failing example repairs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ctb_audit.audit import audit_catalogs
from ctb_audit.config import config_from_text
from ctb_audit.remedy.apply import applied
from ctb_audit.remedy.indexes import DropIndex
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.proposals import PROPOSALS
from ctb_audit.rulebook import load_standard
from ctb_audit.standard import Example, Rule
from tests.remedy.conftest import SETTINGS, VALUES, Remedy, catalog_of

BY_HAND = {
    "duplicate-unique",  # drops
    "exhausted-identifier-space",  # a choice
    "ineffective-trigger",  # its author knows what it is for
    "missing-primary-key",  # the owner knows what names a row
    "redundant-index",  # drops
    "repeated-unique",  # text, the server merged it
}


def examples() -> Iterator[tuple[Rule, Example]]:
    standard = load_standard("ctb-1.0", examples=True)
    for rule in standard.rules.values():
        for example in rule.examples:
            plain = example.sql and not example.document and example.system == "postgresql"
            plain = plain and not example.live
            if rule.check in PROPOSALS and example.kind == "fail" and plain:
                yield rule, example


@pytest.mark.parametrize(
    ("rule", "example"), list(examples()), ids=lambda v: getattr(v, "id", None) or v.title
)
def test_the_failing_example_is_repaired_or_explained(rule: Rule, example: Example) -> None:
    config = config_from_text(example.config, Path.cwd())
    catalogs = (catalog_of(example.sql),)
    chosen = Wanted(findings=lambda f: f.rule == rule.id, values=VALUES)
    plan = plan_remedies(catalogs, config, SETTINGS, chosen)
    before = audit_catalogs(catalogs, config, SETTINGS)
    after = audit_catalogs(applied(catalogs, plan.changes), config, SETTINGS)
    found = {f.fingerprint for f in before.findings if f.rule == rule.id}
    remaining = {f.fingerprint for f in after.findings if f.rule == rule.id}
    explained = {left.fingerprint for left in plan.left if left.reason}
    assert found, "the example fails"
    assert remaining <= explained
    if rule.id in BY_HAND:
        assert all(isinstance(change, DropIndex) for change in plan.changes)


@pytest.mark.parametrize(
    ("rule", "example"), list(examples()), ids=lambda v: getattr(v, "id", None) or v.title
)
def test_the_plan_of_the_failing_example_is_proven(
    rule: Rule, example: Example, remedied: Remedy
) -> None:
    made = remedied(example.sql, example.config, rows=15)
    proof = made.proof()
    assert [f for f in proof.failures if f.during != "writers"] == []
