"""The product's own table keeps the standard that the product audits (STANDARD section 10)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ctb_audit.config import Config
from ctb_audit.judge import Judgement, judge
from ctb_audit.log import LogEntry
from ctb_audit.log.postgres import DDL_FILE
from ctb_audit.log.sqlite import SqliteLog
from ctb_audit.model import System
from ctb_audit.rulebook import load_standard
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.subjects import build_project


@pytest.fixture
def audit() -> Callable[[Path, System], Judgement]:
    def run(file: Path, system: System) -> Judgement:
        catalog = replay([read_script(file.read_text(encoding="utf-8"), file.name, system)])
        project = build_project(
            [catalog],
            load_standard("ctb-1.0"),
            entry=Config(root=file.parent).table_entry,
            default_level=None,
            today=date(2026, 11, 22),
        )
        return judge(project)

    return run


def test_the_shipped_ddl_has_no_finding_that_weighs(
    audit: Callable[[Path, System], Judgement],
) -> None:
    judgement = audit(DDL_FILE, "postgresql")
    (table,) = judgement.tables
    assert (table.name, table.level) == ("public.ctb_compliance_log", "STRICT")
    assert table.passed > 100
    assert [(f.rule, f.severity) for f in judgement.findings] == [
        ("exhausted-identifier-space", "INFO")
    ]
    assert judgement.unknowns == []


def test_sqlite_has_the_columns_checks_and_indexes_of_postgresql(
    server: ScratchServer, tmp_path: Path, entry: Callable[..., LogEntry]
) -> None:
    import sqlite3

    log = SqliteLog(tmp_path / "log.db")
    log.write(entry())
    ours = sqlite3.connect(log.path)
    columns = {row[1] for row in ours.execute("PRAGMA table_info(ctb_compliance_log)")}
    indexes = {row[1] for row in ours.execute("PRAGMA index_list(ctb_compliance_log)")}
    (sql,) = ours.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'ctb%'")
    ours.close()
    with server.database() as url, psycopg.connect(url, autocommit=True) as theirs:
        theirs.execute(DDL_FILE.read_bytes())
        wanted = theirs.execute(
            "SELECT array_agg(attname::text) FROM pg_attribute"
            " WHERE attrelid = 'ctb_compliance_log'::regclass AND attnum > 0"
        ).fetchone()
        names = theirs.execute(
            "SELECT conname::text FROM pg_constraint"
            " WHERE conrelid = 'ctb_compliance_log'::regclass AND contype IN ('c', 'u')"
        ).fetchall()
        keys = theirs.execute(
            "SELECT indexname::text FROM pg_indexes WHERE indexname LIKE 'idx_ctb%'"
        ).fetchall()
    assert wanted is not None and columns == set(wanted[0])
    assert {name for (name,) in names} <= set(sql[0].split())
    assert {name for (name,) in keys} <= indexes
