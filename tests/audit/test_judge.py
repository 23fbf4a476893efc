"""The engine: crashes, doubts, exemptions, needs and levels, with checks made for the test."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from ctb_audit.checks import PROJECT_REGISTRY, REGISTRY
from ctb_audit.checks.registry import ProjectFinding
from ctb_audit.judge import Judgement, judge
from ctb_audit.model import Catalog, Declaration, Location, Name, Problem, Table
from ctb_audit.project import Project, Subject
from ctb_audit.standard import Rule, Standard
from ctb_audit.subjects import build_project
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

TABLE = Table("postgresql", "public", "users", location=Location("a.sql", 3, 1))


def always_fails(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield Pass("a")
    yield Fail("is wrong", "b")
    yield NotApplicable("no", "c")


def crashes(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield Pass("a")
    raise ZeroDivisionError("boom")


def project_fails(project: Project) -> Iterator[ProjectFinding]:
    yield ProjectFinding("a.sql", Fail("is not SQL"))


@pytest.fixture(autouse=True)
def _checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "always_fails", always_fails)
    monkeypatch.setitem(REGISTRY, "crashes", crashes)
    monkeypatch.setitem(PROJECT_REGISTRY, "project_fails", project_fails)


RULE = Rule("bad-thing", "tracking", "s", "w", "r", "HIGH", "always_fails")


def judged(rule: Rule, *, table: Table = TABLE, problems: tuple[Problem, ...] = ()) -> Judgement:
    standard = Standard("s", "S", (), {}, {}, {rule.id: rule}, exempt=("schema_migrations",))
    catalog = Catalog(tables=(table,), problems=problems)
    return judge(build_project([catalog], standard, today=date(2026, 1, 1)))


def test_a_verdict_becomes_a_finding_with_what_the_engine_knows() -> None:
    result = judged(RULE)
    (found,) = result.findings
    assert (found.rule, found.severity, found.table) == ("bad-thing", "HIGH", "public.users")
    assert (found.requirement, found.location) == ("b", Location("a.sql", 3, 1))
    assert (result.passes, result.tables[0].passed) == (1, 5)


def test_a_crash_is_unknown_and_names_the_check() -> None:
    result = judged(replace(RULE, check="crashes"))
    assert [u.reason for u in result.unknowns] == ["check crashes failed: ZeroDivisionError: boom"]
    assert (result.findings, result.passes) == ([], 0)


@pytest.mark.parametrize(
    ("level", "severity"),
    [("STRICT", "HIGH"), ("STANDARD", "HIGH"), ("RELAXED", "LOW"), ("NONE", "INFO")],
)
def test_the_level_caps_the_severity(level: str, severity: str) -> None:
    declared = replace(TABLE, declarations=(Declaration("annotation", level=level),))
    assert judged(RULE, table=declared).findings[0].severity == severity


def test_a_level_that_does_not_ask_is_not_judged() -> None:
    assert judged(replace(RULE, levels={"STANDARD": None})).findings == []


@pytest.mark.parametrize(
    ("topic", "count"), [("tracking", 0), ("enforcement", 0), ("identifiers", 0), ("indexes", 1)]
)
def test_an_exempt_table_is_judged_on_the_rest(topic: str, count: int) -> None:
    table = replace(TABLE, name="schema_migrations")
    result = judged(replace(RULE, topic=topic), table=table)
    assert len(result.findings) == count
    assert result.tables[0].exempt == "the tracker of a migration tool"


def test_a_rule_without_its_surface_is_listed_once() -> None:
    result = judged(replace(RULE, needs=("live",)))
    assert [(n.rule, n.reason) for n in result.not_judged] == [
        ("bad-thing", "no live database is among the sources")
    ]


@pytest.mark.parametrize(("excerpt", "passes"), [("DO $$ ALTER $$", 1), ("DO $$ DROP $$", 0)])
def test_what_was_not_understood_makes_its_tables_unknown(excerpt: str, passes: int) -> None:
    problem = Problem(
        "not-understood", "dynamic DDL", (Name("public", "users"),), excerpt, Location("b.sql", 9)
    )
    result = judged(RULE, problems=(problem,))
    assert (len(result.findings), result.passes) == (0, passes)
    assert "b.sql:9" in result.unknowns[-1].reason


def test_findings_of_no_table_stand_on_a_pseudo_object() -> None:
    result = judged(replace(RULE, check="project_fails", topic="sql"))
    (found,) = result.findings
    assert (found.table, found.table_level, found.level) == ("a.sql", False, None)
    assert result.tables[0].passed == 0


def test_unknown_requirements_are_named() -> None:
    assert Unknown("why").requirement == ""
