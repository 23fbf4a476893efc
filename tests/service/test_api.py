"""The endpoints: what they take, what they answer, and what stands in the log afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ctb_audit.log import open_log
from ctb_audit.service.openapi import document
from tests.service.conftest import ECHO, HEIR, Reply, Start, repository_at, worker


def checked(reply: Reply, schema: str) -> Any:
    """The reply, held to the OpenAPI document."""
    whole = document("^HEIR-")
    root = {**whole, "$ref": f"#/components/schemas/{schema}"}
    assert list(Draft202012Validator(root).iter_errors(reply.json)) == []
    return reply.json


def rows(folder: Path) -> list[Any]:
    return list(open_log("", root=folder).entries())


def test_an_audit_answers_with_score_grade_and_issues(repository: Path, start: Start) -> None:
    service = start(repository)
    reply = service.post("audit", {"heir_id": HEIR})
    value = checked(reply, "AuditReply")
    assert reply.status == 200
    assert list(value) == [
        *("success", "compliance_score", "status", "issues", "report_path", "heir_id")
    ]
    assert (value["success"], value["heir_id"]) == (True, HEIR)
    assert 0 <= value["compliance_score"] <= 100
    assert "missing-tracking-column" in {issue["rule"] for issue in value["issues"]}
    assert "<h1" in (repository / value["report_path"]).read_text()
    (row,) = rows(repository)
    assert row.score == value["compliance_score"]
    assert row.report_path == value["report_path"]
    assert row.actions["request"]["by"] == "ann"
    assert len(row.issues) == len(value["issues"])


def test_a_tagging_says_how_many_files_it_changed(repository: Path, start: Start) -> None:
    service = start(repository)
    value = checked(service.post("tag", {"target_dir": "db/", "heir_id": HEIR}), "TagReply")
    assert list(value) == ["success", "tagged_files", "report_path", "heir_id"]
    assert (value["success"], value["tagged_files"]) == (True, 1)
    assert "CTB Metadata" in (repository / "db/users.sql").read_text()
    assert "CTB Metadata" not in (repository / "ctb.toml").read_text()
    assert "db/users.sql" in (repository / value["report_path"]).read_text()
    again = service.post("tag", {"target_dir": "db", "heir_id": HEIR}).json
    assert again["tagged_files"] == 0
    assert [row.action for row in rows(repository)] == ["tag", "tag"]


def test_a_dry_remediation_is_the_default_and_writes_a_report_alone(
    repository: Path, start: Start
) -> None:
    service = start(repository)
    value = checked(service.post("remediate", {"heir_id": HEIR}), "RemediateReply")
    assert list(value) == ["success", "actions_performed", "report_path", "heir_id"]
    assert value["success"] is True
    assert all(text.startswith("would write ") for text in value["actions_performed"])
    assert "```sql" in (repository / value["report_path"]).read_text()
    assert not (repository / ".ctb/remediation").exists()
    assert not (repository / ".ctb/compliance.db").exists()


def test_a_remediation_writes_proven_files_and_a_row(repository: Path, start: Start) -> None:
    service = start(repository)
    value = service.post("remediate", {"dry_run": False, "heir_id": HEIR}).json
    done = value["actions_performed"]
    assert done
    assert all(text.endswith(" (proven)") for text in done)
    for text in done:
        assert (repository / text.removeprefix("wrote ").removesuffix(" (proven)")).is_file()
    (row,) = rows(repository)
    assert (row.action, row.status) == ("remediate", "completed")
    assert [a["path"] for a in row.actions["actions"]] == [t.split()[1] for t in done]


def test_what_cannot_be_audited_is_409_and_a_failed_row(repository: Path, start: Start) -> None:
    (repository / "db/users.sql").unlink()
    service = start(repository)
    reply = service.post("audit", {"heir_id": HEIR})
    value = checked(reply, "ErrorReply")
    assert (reply.status, value["error"]["code"]) == (409, "REPOSITORY_NOT_READY")
    assert str(repository) not in reply.text
    assert value["heir_id"] == HEIR
    assert [row.status for row in rows(repository)] == ["failed"]
    shown = service.get("/api/ctb/history").json["runs"][0]
    assert str(repository) not in shown["error"]


@pytest.mark.parametrize("source", ["../outside", "/etc", "link", "-"])
def test_a_source_outside_of_the_service_is_not_read(
    repository: Path, start: Start, source: str
) -> None:
    outside = repository.parent / "outside"
    outside.mkdir()
    (outside / "a.sql").write_text("CREATE TABLE secret (id int);")
    (repository / "link").symlink_to(outside)
    service = start(repository)
    (repository / "ctb.toml").write_text(f'sources = ["{source}"]\n')
    reply = service.post("audit", {"heir_id": HEIR})
    assert reply.status == 409
    assert "secret" not in reply.text


def test_a_state_folder_that_leads_elsewhere_is_refused(repository: Path, start: Start) -> None:
    outside = repository.parent / "outside"
    outside.mkdir()
    (repository / ".ctb").symlink_to(outside)
    reply = start(repository).post("audit", {"heir_id": HEIR})
    assert (reply.status, ".ctb: is a link" in reply.text) == (409, True)


def test_files_that_links_lead_to_are_not_tagged(repository: Path, start: Start) -> None:
    outside = repository.parent / "outside.sql"
    outside.write_text("SELECT 1;\n")
    (repository / "db/link.sql").symlink_to(outside)
    assert start(repository).post("tag", {"target_dir": ".", "heir_id": HEIR}).status == 200
    assert outside.read_text() == "SELECT 1;\n"


def test_code_in_a_repository_is_never_imported(repository: Path, start: Start) -> None:
    for name in ("json.py", "click.py", "sitecustomize.py", "ctb_audit.py"):
        (repository / name).write_text("raise SystemExit(9)\n")
    assert start(repository).post("audit", {"heir_id": HEIR}).status == 200


# ---- which repository ---------------------------------------------------------------------------


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    for name in ("shop", "mail"):
        repository_at(tmp_path / "estate" / name)
    return tmp_path / "estate"


REGISTERED = ("HEIR-2026-11-SYS-SHOP-01=shop", "HEIR-2026-11-SYS-MAIL-01=mail")
WHERE = worker("print(json.dumps({'reply': {'repository': job['repository']}}))")


def test_an_id_chooses_the_repository_it_is_registered_for(estate: Path, start: Start) -> None:
    service = start(estate, command=WHERE, repositories=REGISTERED)
    found = [
        service.post("audit", {"heir_id": f"HEIR-2026-11-SYS-{name}-01"}).json["repository"]
        for name in ("SHOP", "MAIL")
    ]
    assert found == ["shop", "mail"]


def test_an_id_of_a_row_chooses_the_repository_whose_log_has_it(estate: Path, start: Start) -> None:
    service = start(estate, repositories=REGISTERED)
    service.post("tag", {"target_dir": ".", "heir_id": "HEIR-2026-11-SYS-MAIL-01"})
    (row,) = rows(estate / "mail")
    assert service.post("tag", {"target_dir": ".", "heir_id": row.heir_id}).status == 200
    assert len(rows(estate / "mail")) == 2
    assert not (estate / "shop/.ctb/compliance.db").exists()


def test_repositories_that_share_a_log_have_each_its_own_runs(
    estate: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_LOG", str(estate / "team.db"))
    for name in ("shop", "mail"):
        config = estate / name / "ctb.toml"
        config.write_text(config.read_text() + 'log = "env:TEAM_LOG"\n')
    service = start(estate, repositories=REGISTERED)
    service.post("tag", {"target_dir": ".", "heir_id": "HEIR-2026-11-SYS-MAIL-01"})
    (row,) = open_log(str(estate / "team.db"), root=estate).entries()
    assert service.post("tag", {"target_dir": ".", "heir_id": row.heir_id}).status == 200
    counts = [
        service.get(f"/api/ctb/history?repository={name}").json["count"]
        for name in ("shop", "mail")
    ]
    assert counts == [0, 2]


def test_an_id_of_no_repository_is_404(estate: Path, start: Start) -> None:
    service = start(estate, command=WHERE, repositories=REGISTERED)
    reply = service.post("audit", {"heir_id": "HEIR-2026-11-SYS-GONE-01"})
    assert (reply.status, reply.json["error"]["code"]) == (404, "RESOURCE_NOT_FOUND")


def test_with_one_repository_every_id_is_a_tracking_id(repository: Path, start: Start) -> None:
    service = start(repository, command=WHERE)
    found = {service.post("audit", {"heir_id": f"HEIR-2026-11-A-B-0{n}"}).status for n in range(5)}
    assert found == {200}


def test_each_repository_has_its_own_history(estate: Path, start: Start) -> None:
    service = start(estate, repositories=REGISTERED)
    service.post("tag", {"target_dir": ".", "heir_id": "HEIR-2026-11-SYS-MAIL-01"})
    counts = {
        name: service.get(f"/api/ctb/history?repository={name}").json["count"]
        for name in ("shop", "mail")
    }
    assert counts == {"shop": 0, "mail": 1}
    assert service.get("/api/ctb/history?repository=../shop").status == 404


# ---- history ------------------------------------------------------------------------------------


@pytest.fixture
def past(repository: Path) -> Path:
    """Seven audits of one day each, two of them in the same moment, and a tagging."""
    from datetime import UTC, datetime, timedelta

    from ctb_audit.log import LogEntry

    log = open_log("", root=repository)
    first = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for day in range(7):
        at = first + timedelta(days=min(day, 5))
        table = {"name": "public.users", "system": "postgresql", "level": "STRICT", "score": day}
        log.write(
            LogEntry(
                action="audit" if day else "tag",
                score=50 + day,
                status="completed",
                at=at,
                actions={
                    "tables": [table] if day % 2 else [],
                    "request": {"heir_id": HEIR if day == 3 else "HEIR-2026-11-A-B-01"},
                    "standard": "ctb-1.0",
                },
            )
        )
    return repository


def test_pages_hold_every_run_once_the_newest_first(past: Path, start: Start) -> None:
    service = start(past)
    seen: list[int] = []
    path = "/api/ctb/history?limit=2"
    while path:
        value = checked(service.get(path), "HistoryReply")
        seen += [run["score"] for run in value["runs"]]
        path = f"/api/ctb/history?limit=2&before={value['next']}" if value["next"] else ""
    assert seen == [56, 55, 54, 53, 52, 51, 50]


def test_runs_that_are_written_meanwhile_move_no_page(past: Path, start: Start) -> None:
    service = start(past, command=ECHO)
    first = service.get("/api/ctb/history?limit=3").json
    open_log("", root=past).write(_entry())
    second = service.get(f"/api/ctb/history?limit=3&before={first['next']}").json
    assert [run["score"] for run in second["runs"]] == [53, 52, 51]


def _entry() -> Any:
    from datetime import UTC, datetime

    from ctb_audit.log import LogEntry

    return LogEntry(action="audit", score=1, status="failed", at=datetime.now(UTC))


FILTERED = {
    "action=tag": [50],
    "status=failed": [],
    "since=2026-11-05": [56, 55, 54],
    "until=2026-11-02": [51, 50],
    "since=2026-11-03&until=2026-11-04": [53, 52],
    "min_score=52&max_score=53": [53, 52],
    "table=users": [55, 53, 51],
    "table=public.users&limit=1": [55],
    f"heir_id={HEIR}": [53],
    "heir_id=HEIR-2026-11-SYS-CTB-02": [51],
    "table=none": [],
}


def test_runs_are_filtered(past: Path, start: Start) -> None:
    service = start(past)
    found = {query: service.get(f"/api/ctb/history?{query}").json["runs"] for query in FILTERED}
    assert {query: [run["score"] for run in runs] for query, runs in found.items()} == FILTERED


def test_a_page_after_a_run_that_is_not_there_is_404(past: Path, start: Start) -> None:
    assert start(past).get("/api/ctb/history?before=LOG-NONE").status == 404


def test_a_log_that_is_no_log_is_503_and_named_without_its_folder(past: Path, start: Start) -> None:
    service = start(past)
    (past / ".ctb/compliance.db").write_bytes(b"no database" * 1000)
    reply = service.get("/api/ctb/history")
    assert (reply.status, reply.json["error"]["code"]) == (503, "LOG_UNAVAILABLE")
    assert str(past) not in reply.text
    health = service.get("/api/health")
    assert (health.status, checked(health, "HealthReply")["status"]) == (503, "degraded")


def test_health_needs_no_key_and_knows_an_empty_log(repository: Path, start: Start) -> None:
    reply = start(repository).get("/api/health", key="")
    assert reply.status == 200
    assert checked(reply, "HealthReply")["services"] == {
        "compliance_log": "empty",
        "jobs": "running",
    }


def test_the_document_is_served_and_names_every_endpoint(repository: Path, start: Start) -> None:
    reply = start(repository).get("/api/openapi.json", key="")
    assert set(reply.json["paths"]) == {
        "/api/ctb/tag",
        "/api/ctb/audit",
        "/api/ctb/remediate",
        "/api/ctb/history",
        "/api/health",
        "/api/openapi.json",
    }
    for schema in reply.json["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert json.dumps(reply.json).count("$ref") > 10
