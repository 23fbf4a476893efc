"""Pages: what they show, that nothing of others runs on them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ctb_audit.log import LogEntry, open_log
from tests.service.conftest import ECHO, HEIR, Running, Start, repository_at

HOSTILE = '<script>alert(1)</script>" onmouseover="x\x1b[31m'


@pytest.fixture
def service(repository: Path, start: Start) -> Running:
    (repository / "db" / "odd.sql").write_text(
        'CREATE TABLE "<img src=x onerror=alert(1)>" (id int);'
    )
    service = start(repository)
    assert service.post("audit", {"heir_id": HEIR}).status == 200
    return service


def test_the_latest_report_is_a_page_of_the_log(service: Running, repository: Path) -> None:
    (report,) = (repository / ".ctb/reports").glob("*.html")
    report.write_text("<script>alert('from the repository')</script>")
    reply = service.get("/report")
    assert reply.status == 200
    assert "from the repository" not in reply.text
    assert "<h1" in reply.text
    assert "<img src=x" not in reply.text


def test_the_policy_of_a_report_allows_its_own_script_alone(service: Running) -> None:
    reply = service.get("/report")
    policy = reply.headers["content-security-policy"]
    assert re.search(r"script-src 'sha256-[^']+';", policy)
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    stated = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', reply.text)
    assert stated is not None
    for part in stated[1].replace("&#39;", "'").split("; "):
        assert part in policy


def test_own_templates_are_not_used_for_pages(service: Running, repository: Path) -> None:
    (repository / "mine").mkdir()
    (repository / "mine/report.html.j2").write_text("<script>mine()</script>")
    config = repository / "ctb.toml"
    config.write_text(config.read_text() + 'templates = "mine"\n')
    assert "mine()" not in service.get("/report").text


def test_an_earlier_report_has_an_address_of_its_own(service: Running, repository: Path) -> None:
    (first,) = (row.log_id for row in open_log("", root=repository).entries())
    service.post("audit", {"heir_id": HEIR})
    assert service.get(f"/report/{first}").status == 200
    assert service.get("/report/LOG-NONE").status == 404


def test_the_history_links_to_reports_and_keeps_its_filters(service: Running) -> None:
    text = service.get("/history?action=audit&min_score=0&status=").text
    assert "<option selected>audit</option>" in text
    assert re.search(r'href="/report/LOG-[0-9A-Z]+\?repository=\."', text)
    assert HEIR in text
    assert "No runs fit these filters" in service.get("/history?action=tag").text


def test_a_hostile_log_is_shown_as_text(repository: Path, start: Start) -> None:
    log = open_log("", root=repository)
    request = {"heir_id": HOSTILE, "by": HOSTILE}
    actions = {"error": HOSTILE, "request": request, "standard": HOSTILE}
    log.write(LogEntry("audit", 0, "failed", datetime.now(UTC), actions=actions))
    service = start(repository, command=ECHO)
    for path in ("/history", f"/history?table={'%3Cscript%3E'}", "/"):
        text = service.get(path).text
        assert "<script" not in text
        assert "\x1b" not in text
        assert 'onmouseover="x' not in text


def test_older_pages_are_reached_by_links(repository: Path, start: Start) -> None:
    log = open_log("", root=repository)
    for score in range(5):
        log.write(LogEntry("audit", score, "completed", datetime.now(UTC)))
    service = start(repository, command=ECHO)
    path, seen = "/history?limit=2", []
    while path:
        text = service.get(path).text
        seen += re.findall(r'<span class="mark \S+">(\d+)</span>', text)
        found = re.search(r'<a href="([^"]+)">Older</a>', text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == ["4", "3", "2", "1", "0"]


def test_the_overview_lists_every_repository_where_it_stands(tmp_path: Path, start: Start) -> None:
    for name in ("shop", "mail"):
        repository_at(tmp_path / name)
    named = ("HEIR-2026-11-SYS-SHOP-01=shop", "HEIR-2026-11-SYS-MAIL-01=mail")
    open_log("", root=tmp_path / "shop").write(
        LogEntry("audit", 93, "completed", datetime.now(UTC))
    )
    text = start(tmp_path, command=ECHO, repositories=named).get("/").text
    assert "EXCELLENT" in text
    assert text.count("No audit yet") == 1
    assert 'href="/history?repository=mail"' in text


@pytest.mark.parametrize(
    "path", ["/report", "/report/LOG-1", "/history?limit=x", "/history?repository=x"]
)
def test_a_page_that_cannot_be_shown_says_why_in_html(
    repository: Path, start: Start, path: str
) -> None:
    reply = start(repository, command=ECHO).get(path)
    assert reply.status in (404, 422)
    assert reply.headers["content-type"].startswith("text/html")
    assert "<h1>" in reply.text


def test_pages_load_their_style_and_nothing_else(service: Running) -> None:
    for path in ("/", "/history", "/none/of/these"):
        text = service.get(path).text
        assert "<script" not in text
        assert re.findall(r'(?:src|href)="(?!/|data:,|#)', text) == []
    style = service.get("/service.css", key="")
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text
