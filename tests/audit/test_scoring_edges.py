"""Scores at their edges: what counts for a gain, what a grade asks for, what a standard changes."""

from dataclasses import replace

import pytest

from ctb_audit.result import Audit, Finding, Gate, TableResult, UnknownVerdict, Waived
from ctb_audit.scoring import (
    Rescore,
    cheapest,
    impact,
    next_grade,
    score_tables,
    system_scores,
    with_points,
)
from ctb_audit.standard import Level, Severity

WAIVED = Waived(kind="inline", owner="o", reason="r", until="", location=None)


def table(name: str, passed: int = 0, level: Level = "STANDARD") -> TableResult:
    return TableResult("postgresql", "ddl", name, level, "default", passed=passed)


def finding(name: str, severity: Severity, requirement: str = "") -> Finding:
    return Finding("some-rule", severity, "postgresql", "ddl", name, requirement, "is wrong")


def scored(passed: int, *found: Finding, unknown: Severity | None = None) -> list[TableResult]:
    doubts = [UnknownVerdict("r", unknown, "postgresql", "public.a", "x", "?")] if unknown else []
    return list(score_tables([table("public.a", passed)], found, doubts))


def test_every_system_has_the_score_of_its_own_tables() -> None:
    mine, other = scored(1)[0], replace(scored(0, finding("public.a", "LOW"))[0], system="mysql")
    found = system_scores([mine, other])
    assert [(s.system, s.score) for s in found] == [("postgresql", 100), ("mysql", 0)]


def test_what_is_unknown_lowers_what_a_fix_gains() -> None:
    broken = finding("public.a", "MEDIUM")
    tables = scored(5, broken, unknown="LOW")
    assert [f.points for f in with_points([broken], tables)] == [33.33]


@pytest.mark.parametrize(
    "changed",
    [
        finding("public.b", "HIGH"),
        replace(finding("public.a", "HIGH"), system="mysql"),
        replace(finding("public.a", "HIGH"), table_level=False),
        replace(finding("public.a", "HIGH"), waiver=WAIVED),
    ],
)
def test_a_finding_outside_the_score_gains_nothing(changed: Finding) -> None:
    assert Rescore(scored(1, finding("public.a", "LOW"))).gain(changed) == 0


def test_a_score_on_the_floor_of_a_grade_looks_at_the_one_above() -> None:
    found = [finding("public.a", "MEDIUM")]
    tables = scored(7, *found)
    assert tables[0].score == 70
    step = next_grade(70, found, tables)
    assert step is not None
    assert (step.grade, step.threshold, step.score) == ("EXCELLENT", 90, 100)
    assert next_grade(90, found, tables) is None


def test_only_what_enters_the_score_is_proposed() -> None:
    counted = finding("public.a", "HIGH", "counted")
    waived = replace(finding("public.a", "CRITICAL", "waived"), waiver=WAIVED)
    outside = replace(finding("public.a", "CRITICAL", "outside"), table_level=False)
    found = [waived, outside, counted]
    step = next_grade(50, found, scored(5, *found))
    assert step is not None
    assert step.fingerprints == (counted.fingerprint,)


def test_a_threshold_that_all_fixes_just_reach_is_reached() -> None:
    first, second = finding("public.a", "LOW", "1"), finding("public.a", "LOW", "2")
    tables = scored(6, first, second, unknown="MEDIUM")
    assert tables[0].score == 55
    assert cheapest(73, [first, second], tables) == ((first, second), 73)
    assert cheapest(74, [first, second], tables) is None
    assert cheapest(55, [first, second], tables) == ((), 55)


def audit(*tables: TableResult) -> Audit:
    return Audit(
        standard="ctb-1.0",
        standard_hash="",
        sources=(),
        tables=tables,
        findings=(),
        unknowns=(),
        not_judged=(),
        problems=(),
        systems=(),
        coverage=None,  # type: ignore[arg-type]  # of no concern here
        score=80,
        gate=Gate(True, 70),
    )


def test_another_standard_shows_the_tables_whose_scores_it_changes() -> None:
    same, before = replace(table("public.a"), score=80), replace(table("public.b"), score=60)
    after, new = replace(before, score=70), replace(table("public.c"), score=50)
    shown = impact(audit(same, before), audit(same, after, new))
    assert (shown.standard, shown.score) == ("ctb-1.0", 80)
    assert [(r.name, r.before, r.after) for r in shown.tables] == [
        ("public.b", 60, 70),
        ("public.c", None, 50),
    ]
