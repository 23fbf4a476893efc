"""The HTML report: whole, small, without a request, and with what each reader looks for."""

import base64
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.errors import ConfigurationError
from ctb_audit.gate import Step
from ctb_audit.report.context import ReportContext, TrendPoint
from ctb_audit.report.html import audit_html
from ctb_audit.report.html_relations import drawing
from ctb_audit.result import Audit, Finding, Impact, ImpactRow, Relation, Waived

from .conftest import TODAY, judged, schedule, trend

SQL = """
CREATE TABLE orgs (id int PRIMARY KEY, status text);
CREATE TABLE users (id int PRIMARY KEY, org_id int REFERENCES orgs (id));
CREATE TABLE alone (id int);
"""


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return judged(tmp_path_factory.mktemp("html"), SQL)


def page(audit: Audit, **context: Any) -> str:
    return audit_html(audit, replace(ReportContext(TODAY), **context))


def test_the_policy_allows_exactly_the_two_parts_of_the_page(audit: Audit) -> None:
    text = page(audit)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    policy = policy.replace("&#39;", "'")
    for element in ("style", "script"):
        (part,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.S)
        digest = base64.b64encode(sha256(part.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_every_link_of_the_page_leads_somewhere_in_it(audit: Audit) -> None:
    text = page(audit, lines={"schema.sql": {2: "CREATE TABLE orgs (", 3: "x"}})
    targets = set(re.findall(r'\bid="?([\w-]+)', text))
    links = set(re.findall(r'href="?#([\w-]+)', text))
    assert links and links <= targets
    ids = re.findall(r'\bid="?([\w-]+)', text)
    assert len(ids) == len(set(ids))


def test_score_grade_gate_and_change_are_on_top(audit: Audit) -> None:
    text = page(audit, trend=(TrendPoint(datetime(2026, 11, 1, tzinfo=UTC), audit.score or 0),))
    assert f">{audit.score}</text>" in text
    assert f'<p class="grade">{audit.grade}</p>' in text
    assert "The gate of 70 is lost" in text
    assert "unchanged since 2026-11-01" in text
    earlier = (TrendPoint(datetime(2026, 11, 1, tzinfo=UTC), (audit.score or 0) - 3),)
    assert "+3 since 2026-11-01" in page(audit, trend=earlier)


def test_thresholds_to_come_say_what_they_take(audit: Audit) -> None:
    text = page(audit, schedule=(*schedule(), Step(date(2028, 1, 1), 10)), trend=trend())
    assert "2027-01-01" in text and "in 40 days" in text
    assert re.search(r"<td>60</td><td>\d+ fix(es)? to go", text)
    assert "reached already" in text
    assert "2026-06-01" not in text.partition("Thresholds to come")[2].partition("</table>")[0]


def test_a_database_without_a_score_has_a_page(audit: Audit) -> None:
    bare = replace(audit, score=None, tables=(), findings=(), next_grade=None, relations=())
    text = page(bare)
    assert "NO SCORE" in text and "there is no score" in text


def test_waivers_show_owner_reason_end_and_what_ends_soon(audit: Audit) -> None:
    waived = tuple(
        replace(f, waiver=Waived("configuration", "data-team", "few rows", "2026-12-01"))
        for f in audit.findings[:2]
    )
    text = page(replace(audit, findings=(*waived, *audit.findings[2:])))
    for part in ("data-team", "few rows", "2026-12-01", "ends soon"):
        assert part in text
    later = tuple(replace(f, waiver=Waived("baseline", reason="known")) for f in waived)
    text = page(replace(audit, findings=later))
    assert "known findings" in text and "no end" in text and "ends soon" not in text


def test_the_heat_map_holds_a_cell_for_each_table_and_topic(audit: Audit) -> None:
    table = page(audit).partition('id="heatmap"')[2].partition("</table>")[0]
    heads = re.findall(r'<th scope="col">([^<]+)', table)
    rows = re.findall(r"<tr id=.*?</tr>", table, re.S)
    assert heads[:3] == ["Table", "Level", "Score"] and "indexes" in heads
    assert len(rows) == len(audit.tables)
    assert all(row.count("<td") == len(heads) - 1 for row in rows)


def test_another_standard_is_compared(audit: Audit) -> None:
    row = ImpactRow("postgresql", "public.orgs", 95, 50)
    text = page(replace(audit, impact=Impact("ctb-1.3", 91, (row,))))
    assert "Compared with ctb-1.3" in text and "EXCELLENT → FAIL" in text


def test_relations_are_drawn_once_each_and_cycles_end(audit: Audit) -> None:
    found = drawing(audit)
    assert found is not None
    assert [node["label"] for node in found["nodes"]] == ["users", "orgs"]
    assert found["alone"] == ["public.alone"]
    circle = tuple(
        Relation("postgresql", f"public.t{n}", ("x",), f"public.t{(n + 1) % 300}")
        for n in range(300)
    )
    ring = drawing(replace(audit, relations=(*circle, circle[0])))
    assert ring is not None
    assert len(ring["nodes"]) == len(ring["edges"]) == 300
    places = {(node["x"], node["y"]) for node in ring["nodes"]}
    assert len(places) == 300
    loop = drawing(replace(audit, relations=(Relation("postgresql", "a.b", ("p",), "a.b"),)))
    assert loop is not None and len(loop["nodes"]) == 1


def test_ten_thousand_findings_stay_below_five_megabytes(audit: Audit) -> None:
    one = audit.findings[0]
    many: tuple[Finding, ...] = tuple(
        replace(
            one, requirement=f"a_rather_long_column_name_{n}", message=f"column {n} accepts NULL"
        )
        for n in range(10_000)
    )
    assert len(page(replace(audit, findings=many)).encode()) < 5_000_000


def test_a_projects_own_template_comes_first(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "report.css.j2").write_text(":root{--accent:#123456}")
    text = audit_html(audit, ReportContext(TODAY), tmp_path)
    assert "<style>:root{--accent:#123456}</style>" in text
    (tmp_path / "report.html.j2").write_text("<h1>{{ head.score }} {{ policy }}")
    assert audit_html(audit, ReportContext(TODAY), tmp_path).startswith(f"<h1>{audit.score} ")
    (tmp_path / "report.html.j2").write_text("{{ nothing.here }}")
    with pytest.raises(ConfigurationError, match=r"report\.html\.j2:1"):
        audit_html(audit, ReportContext(TODAY), tmp_path)


def test_a_template_reaches_nothing_but_its_values(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    with pytest.raises(ConfigurationError):
        audit_html(audit, ReportContext(TODAY), tmp_path)
