"""The summary for pull requests is short whatever the audit holds."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.gate import Step
from ctb_audit.report.context import ReportContext
from ctb_audit.report.summary import LIMIT, audit_summary
from ctb_audit.result import Audit, Change, Impact, ImpactRow

from .conftest import TODAY, judged, trend


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    sql = "".join(f"CREATE TABLE t{n} (id int, status text);\n" for n in range(40))
    return judged(tmp_path_factory.mktemp("summary"), sql)


def test_it_says_score_gate_change_and_the_next_threshold(audit: Audit) -> None:
    context = ReportContext(TODAY, trend(), (Step(date(2027, 1, 1), 60),))
    text = audit_summary(audit, context)
    assert text.startswith(f"<!-- ctb-audit -->\n## Schema audit: {audit.score} FAIL ❌\n")
    assert f"{(audit.score or 0) - 50:+d} since 2026-10-01" in text
    assert "Next threshold: 60 from 2027-01-01, " in text
    assert text.count("<details") == text.count("</details>")
    assert f"and {len(audit.findings) - 25} more" in text


def test_it_never_passes_the_limit_of_a_comment(audit: Audit) -> None:
    long = tuple(replace(f, message="x" * 9_000) for f in audit.findings)
    text = audit_summary(replace(audit, findings=long), ReportContext(TODAY))
    assert len(text) <= LIMIT < 65_536
    assert f"## Schema audit: {audit.score}" in text
    assert text.count("<details") == text.count("</details>")


def test_of_a_change_it_names_what_is_new(audit: Audit) -> None:
    new = audit.open_findings[5]
    changed = replace(audit, change=Change("HEAD", 50, frozenset({new.fingerprint})))
    text = audit_summary(changed, ReportContext(TODAY))
    assert "<details open><summary>1 new finding</summary>" in text
    assert f"New findings: 1 {new.severity.lower()}." in text


def test_it_shows_another_standard(audit: Audit) -> None:
    rows = (ImpactRow("postgresql", "public.t1", 90, 20),)
    text = audit_summary(replace(audit, impact=Impact("ctb-1.3", 77, rows)), ReportContext(TODAY))
    assert "Against ctb-1.3: 77 there" in text and "| `public.t1` | 90 | 20 |" in text


def test_a_projects_own_template_comes_first(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "summary.md.j2").write_text("score {{ head.score }}")
    assert audit_summary(audit, ReportContext(TODAY), tmp_path) == f"score {audit.score}\n"
