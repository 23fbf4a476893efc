"""STANDARD section 11, held by arithmetic examples and by properties."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctb_audit.result import Finding, TableResult, UnknownVerdict, grade_of
from ctb_audit.scoring import (
    Rescore,
    database_score,
    half_up,
    next_grade,
    score_tables,
    system_scores,
    table_score,
    with_points,
)
from ctb_audit.standard import LEVELS, SEVERITIES, Level, Severity


def table(name: str, passed: int = 0, level: Level = "STANDARD") -> TableResult:
    return TableResult("postgresql", "ddl", name, level, "default", passed=passed)


def finding(name: str, severity: Severity, requirement: str = "") -> Finding:
    return Finding("some-rule", severity, "postgresql", "ddl", name, requirement, "is wrong")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(149, 2), 75),
        (Fraction(74, 1), 74),
        (Fraction(7449, 100), 74),
        (Fraction(0), 0),
    ],
)
def test_halves_round_up(value: Fraction, expected: int) -> None:
    assert half_up(value.numerator, value.denominator) == expected


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((0, 0, 0), None), ((1, 0, 0), 100), ((0, 0, 1), 0), ((1, 1, 1), 33), ((5, 3, 0), 63)],
)
def test_a_table_scores_its_passed_share(
    weights: tuple[int, int, int], expected: int | None
) -> None:
    assert table_score(*weights) == expected


def test_the_database_score_weighs_levels() -> None:
    tables = score_tables(
        [table("public.a", 1, "STRICT"), table("public.b", 0, "RELAXED"), table("public.c")],
        [finding("public.b", "LOW")],
        [],
    )
    assert [t.score for t in tables] == [100, 0, None]
    assert database_score(tables) == 75


def test_tables_at_level_none_give_no_score() -> None:
    tables = score_tables([table("public.a", 5, "NONE")], [], [])
    assert tables[0].score == 100
    assert database_score(tables) is None
    assert system_scores(tables)[0].score is None


def test_unknown_counts_as_not_passed() -> None:
    unknown = UnknownVerdict("some-rule", "HIGH", "postgresql", "public.a", "x", "unreadable")
    assert score_tables([table("public.a", 5)], [], [unknown])[0].score == 50


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, "EXCELLENT"),
        (90, "EXCELLENT"),
        (89, "GOOD"),
        (70, "GOOD"),
        (69, "NEEDS WORK"),
        (60, "NEEDS WORK"),
        (59, "FAIL"),
        (0, "FAIL"),
        (None, None),
    ],
)
def test_grades(score: int | None, grade: str | None) -> None:
    assert grade_of(score) == grade


def test_the_next_grade_takes_the_fewest_fixes() -> None:
    found = [finding("public.a", "LOW", f"l{n}") for n in range(9)]
    found.append(finding("public.a", "CRITICAL"))
    tables = score_tables([table("public.a", 41)], found, [])
    assert tables[0].score == 68
    step = next_grade(68, with_points(found, tables), tables)
    assert step is not None
    assert (step.grade, step.fingerprints, step.score) == (
        "GOOD",
        (found[-1].fingerprint,),
        85,
    )


def test_no_way_up_where_fixes_do_not_reach() -> None:
    unknowns = [UnknownVerdict("r", "CRITICAL", "postgresql", "public.a", "", "?")]
    found = [finding("public.a", "LOW")]
    tables = score_tables([table("public.a", 1)], found, unknowns)
    assert next_grade(tables[0].score, found, tables) is None


@st.composite
def audits(draw: st.DrawFn) -> tuple[list[TableResult], list[Finding]]:
    names = [f"public.t{n}" for n in range(draw(st.integers(1, 4)))]
    levels = st.sampled_from(LEVELS)
    tables = [table(name, draw(st.integers(0, 60)), draw(levels)) for name in names]
    found = [
        finding(draw(st.sampled_from(names)), draw(st.sampled_from(SEVERITIES)), str(n))
        for n in range(draw(st.integers(0, 12)))
    ]
    return tables, found


@given(audits())
def test_fixing_everything_gains_what_is_missing(
    case: tuple[list[TableResult], list[Finding]],
) -> None:
    tables, found = case
    scored = score_tables(tables, found, [])
    score = database_score(scored)
    rescore = Rescore(scored)
    if score is not None:
        assert list(rescore.while_fixing(found))[-1] == 100
        assert all(rescore.gain(f) >= 0 for f in found)
        exact = sum(rescore.gain(f) for f in found)
        assert abs(exact - (100 - score)) <= 1


@given(audits())
def test_the_next_grade_is_reached_and_not_with_fewer(
    case: tuple[list[TableResult], list[Finding]],
) -> None:
    tables, found = case
    scored = score_tables(tables, found, [])
    score = database_score(scored)
    step = next_grade(score, found, scored)
    if step is None:
        assert score is None or score >= 90
        return
    by_print = {f.fingerprint: f for f in found}
    chosen = [by_print[p] for p in step.fingerprints]
    *before, reached = Rescore(scored).while_fixing(chosen)
    assert reached == step.score >= step.threshold
    assert all(score < step.threshold for score in before)
