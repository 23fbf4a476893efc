"""The roles that docs/security.md creates suffice, and can do no more."""

import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ctb_audit.log import LogEntry, open_log
from ctb_audit.log.allocation import open_allocator
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from tests.faults.conftest import Start

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
SCHEMA = """
CREATE TABLE users (id serial PRIMARY KEY, heir_id varchar(50), created_at timestamp);
INSERT INTO users (heir_id) VALUES ('no id'), ('HEIR-2025-10-USER-AUTH-01');
"""
FORBIDDEN = (
    ("ctb_audit", "INSERT INTO users (heir_id) VALUES ('x')"),
    ("ctb_audit", "UPDATE users SET heir_id = 'x'"),
    ("ctb_audit", "CREATE TABLE more (id int)"),
    ("ctb_log", "DELETE FROM ctb_compliance_log"),
    ("ctb_log", "UPDATE ctb_compliance_log SET compliance_score = 100"),
    ("ctb_log", "DELETE FROM ctb_ids"),
    ("ctb_log", "SELECT * FROM users"),
)


def test_the_documented_roles_suffice_and_can_do_no_more(tmp_path: Path, start: Start) -> None:
    block = re.search(r"```sql\n(.*?)```", PAGE.read_text(), re.S)
    assert block is not None
    with ScratchServer() as server:
        with psycopg.connect(server.url(), autocommit=True) as session:
            session.execute(SCHEMA.encode())
            open_log(server.url(), root=tmp_path, create=True).prepare()
            session.execute(block[1].encode())
        check(server, tmp_path, start)
        for role, statement in FORBIDDEN:
            with (
                psycopg.connect(server.url(user=role)) as session,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                session.execute(statement.encode())


def check(server: ScratchServer, root: Path, start: Start) -> None:
    """What each role is for."""
    catalog = read_live(server.url(user="ctb_audit"), source_name="it")
    assert catalog.problems == ()
    assert {t.name for t in catalog.tables} >= {"users", "ctb_compliance_log"}
    source = server.url(user="ctb_audit")
    said, error = start("audit", "--no-log", "--check-data", source).communicate(timeout=60)
    assert b"invalid-heir-value" in said, error
    log = open_log(server.url(user="ctb_log"), root=root)
    row = log.write(LogEntry("audit", 80, "completed", datetime.now(UTC)))
    assert [found.log_id for found in log.entries()] == [row.log_id]
    allocator, _ = open_allocator(server.url(user="ctb_log"), root=root)
    assert allocator.allocate("heir", [["HEIR-2026-11-A-B-01"]]) == ["HEIR-2026-11-A-B-01"]
