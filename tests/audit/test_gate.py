"""The gate: threshold, schedule, severities, tables and incompleteness."""

from datetime import date

import pytest

from ctb_audit.gate import GateSettings, Step, decide, incompleteness
from ctb_audit.model import Coverage
from ctb_audit.result import Finding, TableResult, Waived
from ctb_audit.standard import Level, Severity

DAY = date(2026, 6, 1)


def finding(severity: Severity, level: Level | None, waiver: Waived | None = None) -> Finding:
    return Finding(
        "r", severity, "postgresql", "ddl", "public.a", "", "x", level=level, waiver=waiver
    )


@pytest.mark.parametrize(("score", "passed"), [(70, True), (69, False), (None, False), (100, True)])
def test_the_score_decides(score: int | None, passed: bool) -> None:
    assert decide(GateSettings(), score, (), (), DAY).passed is passed


@pytest.mark.parametrize(
    ("level", "waiver", "passed"),
    [
        ("STRICT", None, False),
        (None, None, False),
        ("RELAXED", None, True),
        ("NONE", None, True),
        ("STRICT", Waived("inline", "a", "b"), True),
    ],
)
def test_unwaived_critical_findings_block(
    level: Level | None, waiver: Waived | None, passed: bool
) -> None:
    gate = decide(GateSettings(), 100, (), (finding("CRITICAL", level, waiver),), DAY)
    assert gate.passed is passed


def test_fail_on_blocks_at_and_above() -> None:
    settings = GateSettings(fail_on="MEDIUM")
    assert not decide(settings, 100, (), (finding("MEDIUM", "STANDARD"),), DAY).passed
    assert decide(settings, 100, (), (finding("LOW", "STANDARD"),), DAY).passed


def test_a_schedule_replaces_the_threshold_from_its_day_on() -> None:
    steps = (Step(date(2026, 6, 1), 80), Step(date(2026, 1, 1), 60))
    settings = GateSettings(fail_under=10, schedule=steps)
    days = (date(2025, 12, 31), date(2026, 5, 31), DAY)
    assert [settings.threshold(day) for day in days] == [10, 60, 80]


def test_every_table_can_have_to_pass() -> None:
    table = TableResult("postgresql", "ddl", "public.a", "STRICT", "default", score=49)
    gate = decide(GateSettings(per_table=50), 90, (table,), (), DAY)
    assert gate.reasons == ("public.a scores 49, below 50 for each table",)


def test_what_makes_an_audit_incomplete() -> None:
    whole = incompleteness(GateSettings(), Coverage(100, 90, 5), 80, 0)
    assert whole == ()
    reasons = incompleteness(GateSettings(), Coverage(100, 90, 4), None, 2)
    assert [r.split(" ", 1)[0] for r in reasons] == ["94.0", "privileges", "no"]
