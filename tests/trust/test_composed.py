"""What a rule finds in its examples it finds in larger projects, and nothing else is found there.

`tests/rules` holds each rule to its own examples; this holds the rules to one another.
"""

import pytest

from ctb_audit.rulebook.files import built_in
from tests.trust.composed import (
    OF_ALL,
    Finding,
    Piece,
    composed,
    findings,
    host,
    pieces,
    renaming,
    separable,
)

ROWS = "what rows hold, a server tells"
TRACKER = "what was applied, the tracker of a server tells"
FILES = "files on disk decide"
NOT_SHOWN = {
    **dict.fromkeys(
        (
            *("duplicate-heir-value", "invalid-blueprint-value", "invalid-heir-value"),
            *("invalid-process-value", "orbt-out-of-range", "score-out-of-range"),
            *("unregistered-identifier", "updated-before-created", "value-out-of-list"),
        ),
        ROWS,
    ),
    **dict.fromkeys(("failed-migration", "unapplied-migration", "unknown-migration"), TRACKER),
}
"""Rules of which every example needs a server."""
NOT_FOUND = {
    "missing-source-file": FILES,
    "missing-migration": FILES,
    "undocumented-table": "orphan-table says it where both surfaces are there",
}
"""Rules whose examples need more than a project's texts, or less than the whole standard."""


def of_rule(rule: str) -> list[Piece]:
    return [piece for piece in pieces() if piece.rule == rule]


SHOWN = sorted({piece.rule for piece in pieces()} - {*OF_ALL})


def test_only_what_a_server_shows_is_left_out() -> None:
    assert set(built_in().rules) - {piece.rule for piece in pieces()} == set(NOT_SHOWN)


@pytest.mark.parametrize("rule", SHOWN)
def test_beside_a_project_exactly_the_findings_of_the_example_appear(rule: str) -> None:
    for piece in of_rule(rule):
        whole = host(piece.kinds)
        beside = findings(composed([whole, piece]))
        assert beside == findings(whole.text + piece.config) | findings(piece.text), piece.label


@pytest.mark.parametrize("rule", SHOWN)
def test_a_defect_is_found_in_a_project_and_its_repair_is_not(rule: str) -> None:
    found: dict[str, bool] = {}
    for piece in of_rule(rule):
        beside = findings(composed([host(piece.kinds), piece]))
        found[piece.label] = any(f.rule == rule and "host" not in f.table for f in beside)
    expected = {p.label: p.kind == "fail" and rule not in NOT_FOUND for p in of_rule(rule)}
    assert found == expected


@pytest.mark.parametrize("rule", SHOWN)
def test_other_names_of_tables_change_no_finding(rule: str) -> None:
    for piece in of_rule(rule):
        if "group" in piece.title:
            continue  # prose that speaks of users
        change = renaming(piece.names, "other")
        expected = {
            f._replace(table=change(f.table), requirement=change(f.requirement))
            for f in findings(piece.text)
        }
        assert findings(piece.renamed("other").text) == expected, piece.label


@pytest.mark.parametrize("kinds", separable(), ids=" ".join)
def test_all_examples_in_one_project_are_found_as_they_are_findings(kinds: tuple[str, ...]) -> None:
    parts = separable()[kinds]
    apart = frozenset[Finding]().union(*(findings(part.text) for part in parts))
    assert findings(composed(parts)) == apart
    assert findings(composed(reversed(parts))) == apart
