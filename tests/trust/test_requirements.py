"""Removing a requirement always produces its finding, repairing it always removes it."""

from itertools import combinations

import pytest

from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from tests.trust.invariants import audited
from tests.trust.requirements import BASE, DAMAGES, REQUIREMENTS, Requirement

Findings = frozenset[tuple[str, str]]


def findings(*statements: str) -> Findings:
    text = ";\n".join((BASE.strip().rstrip(";"), *statements))
    audit = audited([replay([read_script(text, "a.sql", "postgresql")])])
    assert not audit.coverage.not_understood
    found = [f for f in audit.findings if f.table == "public.accounts" and f.severity != "INFO"]
    assert len(set(found)) == len(found)
    return frozenset((f.rule, f.requirement) for f in found)


def without(*left_out: Requirement) -> list[str]:
    return [r.statement for r in REQUIREMENTS if r not in left_out]


def label(value: object) -> str:
    if isinstance(value, Requirement):
        return " ".join(sorted(f"{rule}:{key}".rstrip(":") for rule, key in value.findings))
    return ""


def test_the_whole_table_has_no_finding() -> None:
    assert findings(*without()) == frozenset()


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=label)
def test_a_requirement_left_out_is_found_and_said_later_it_is_not(
    requirement: Requirement,
) -> None:
    rest = without(requirement)
    assert findings(*rest) == requirement.findings
    assert findings(*rest, requirement.statement) == frozenset()


@pytest.mark.parametrize("first", REQUIREMENTS, ids=label)
def test_two_left_out_are_both_found(first: Requirement) -> None:
    later = REQUIREMENTS[REQUIREMENTS.index(first) + 1 :]
    pairs = [pair for pair in combinations((first, *later), 2) if pair[0] is first]
    for one, other in pairs:
        expected = (one.findings - other.hides) | (other.findings - one.hides)
        assert findings(*without(one, other)) == expected
    assert first.findings


@pytest.mark.parametrize(("damage", "repair", "expected"), DAMAGES)
def test_what_is_damaged_later_is_found_until_it_is_repaired(
    damage: str, repair: str, expected: Findings
) -> None:
    whole = without()
    assert findings(*whole, damage) == expected
    assert findings(*whole, damage, repair) == frozenset()
