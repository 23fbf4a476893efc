import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry, LogFilter, open_log
from ctb_audit.log.postgres import DDL_FILE, PostgresLog

Entry = Callable[..., LogEntry]

# The table as an organisation's own reference has it: nullable columns, no value checks.
THEIRS = """
CREATE TABLE ctb_compliance_log (
  id serial PRIMARY KEY, log_id varchar(50) UNIQUE NOT NULL, action_type varchar(50) NOT NULL,
  compliance_score integer NOT NULL, status varchar(50) NOT NULL, issues jsonb,
  recommendations jsonb, actions_performed jsonb, report_path varchar(255),
  heir_id varchar(50) NOT NULL UNIQUE, process_id varchar(50) NOT NULL,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP, updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
  created_by varchar(100) NOT NULL DEFAULT 'ctb_system', orbt_layer integer DEFAULT 1,
  blueprint_version varchar(20) DEFAULT '1.0', enforcement_level varchar(20) DEFAULT 'STRICT'
);
CREATE FUNCTION check_heir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.heir_id !~ '^HEIR-\\d{4}-\\d{2}-[A-Z]+-[A-Z]+-\\d{2}$' THEN
    RAISE EXCEPTION 'bad id %', NEW.heir_id;
  END IF;
  RETURN NEW;
END; $$;
CREATE TRIGGER check_heir BEFORE INSERT OR UPDATE ON ctb_compliance_log
  FOR EACH ROW EXECUTE FUNCTION check_heir();
"""

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ctb_audit.log import LogEntry, open_log
log = open_log(sys.argv[1], root=Path("/"), create=True)
for number in range(25):
    log.write(LogEntry("audit", number, "completed", datetime(2026, 11, 22, tzinfo=UTC)))
"""


@pytest.fixture
def log(database: str) -> PostgresLog:
    return PostgresLog(database, create=True)


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


def test_a_row_comes_back_as_it_was_written(log: PostgresLog, entry: Entry) -> None:
    written = entry(
        issues=[{"rule": "missing-primary-key", "text": "a\0b"}],
        actions={"schema_version": 1},
        report_path="reports/audit.md",
    )
    ids = log.write(written)
    (row,) = log.entries()
    assert (row.log_id, row.heir_id) == (ids.log_id, "HEIR-2026-11-SYS-CTB-01")
    assert (row.action, row.score, row.status, row.at) == ("audit", 83, "completed", written.at)
    assert row.issues == [{"rule": "missing-primary-key", "text": "ab"}]
    assert (row.actions, row.report_path) == ({"schema_version": 1}, "reports/audit.md")


def test_a_missing_table_is_made_only_on_request(database: str, entry: Entry) -> None:
    log = open_log(database, root=Path("/"))
    with pytest.raises(LogError, match=r"has no table ctb_compliance_log; create it with ctb"):
        log.write(entry())
    assert log.last_score() is None
    assert list(log.entries()) == []


def test_the_shipped_ddl_runs_twice(connection: psycopg.Connection) -> None:
    for _ in range(2):
        connection.execute(DDL_FILE.read_bytes())
    found = connection.execute("SELECT count(*) FROM ctb_compliance_log").fetchone()
    assert found == (0,)


def test_the_table_of_the_reference_is_written_to(
    database: str, connection: psycopg.Connection, entry: Entry
) -> None:
    connection.execute(THEIRS.encode())
    log = PostgresLog(database)
    heirs = [log.write(entry()).heir_id for _ in range(101)]
    assert heirs[-1] == "HEIR-2026-11-SYS-CTBA-02"
    assert log.last_score() == 83


def test_times_are_utc_whatever_the_session_says(
    log: PostgresLog, connection: psycopg.Connection, entry: Entry
) -> None:
    connection.execute("ALTER ROLE CURRENT_USER SET TimeZone = 'Asia/Tokyo'")
    log.write(entry())
    connection.execute("ALTER ROLE CURRENT_USER RESET TimeZone")
    found = connection.execute("SELECT created_at, updated_at FROM ctb_compliance_log").fetchone()
    naive = entry().at.replace(tzinfo=None)
    assert found == (naive, naive)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_an_update_in_any_time_zone_keeps_the_order(
    log: PostgresLog, connection: psycopg.Connection, entry: Entry, zone: str
) -> None:
    log.write(entry(at=entry().at + timedelta(days=3650)))
    connection.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
    connection.execute("UPDATE ctb_compliance_log SET status = 'partial'")
    found = connection.execute("SELECT updated_at >= created_at FROM ctb_compliance_log").fetchone()
    assert found == (True,)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action_type", "scan"),
        ("compliance_score", 101),
        ("status", "done"),
        ("enforcement_level", "SOFT"),
        ("orbt_layer", 5),
        ("heir_id", "HEIR-2026-13-SYS-CTB-01"),
        ("heir_id", "HEIR-2026-11-SYS-CTB-01\n"),
        ("process_id", "PRC-CTB-12345678901"),
        ("blueprint_version", "1.2.3.4"),
        ("created_at", "2999-01-01"),
    ],
)
def test_the_table_refuses(
    log: PostgresLog, connection: psycopg.Connection, entry: Entry, column: str, value: object
) -> None:
    log.write(entry())
    connection.execute(b"ALTER TABLE ctb_compliance_log DISABLE TRIGGER USER")
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(f"UPDATE ctb_compliance_log SET {column} = %s".encode(), (value,))


def test_eight_writers_at_once_get_distinct_ids(database: str) -> None:
    command = [sys.executable, "-c", WRITER, database]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    errors = [writer.communicate()[1] for writer in writers]
    rows = list(PostgresLog(database).entries())
    assert errors == [""] * 8
    assert len({row.heir_id for row in rows}) == len({row.log_id for row in rows}) == 200


def test_an_id_that_another_program_takes_is_tried_again(
    log: PostgresLog, connection: psycopg.Connection, entry: Entry
) -> None:
    """A writer without our lock: its row appears between our reading and our writing."""
    log.write(entry())
    connection.execute(
        b"CREATE SEQUENCE once;"
        b"CREATE FUNCTION intrude() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        b"  IF nextval('once') = 1 THEN NEW.heir_id := 'HEIR-2026-11-SYS-CTB-01'; END IF;"
        b"  RETURN NEW; END; $$;"
        b"CREATE TRIGGER intrude BEFORE INSERT ON ctb_compliance_log"
        b"  FOR EACH ROW EXECUTE FUNCTION intrude();"
    )
    assert log.write(entry()).heir_id == "HEIR-2026-11-SYS-CTB-02"


def test_entries_are_filtered_newest_first(log: PostgresLog, entry: Entry) -> None:
    start = entry().at
    for day, action in enumerate(("audit", "tag", "audit")):
        log.write(entry(action=action, score=day, at=start + timedelta(days=day)))
    days = LogFilter(since=start + timedelta(days=1), until=start + timedelta(days=1))
    assert [row.score for row in log.entries()] == [2, 1, 0]
    assert [row.score for row in log.entries(LogFilter(action="audit", limit=1))] == [2]
    assert [row.score for row in log.entries(days)] == [1]
    log.write(entry(score=0, status="failed", actions={"error": "no source"}))
    assert log.last_score() == 2


def test_a_table_without_the_columns_is_named(
    database: str, connection: psycopg.Connection, entry: Entry
) -> None:
    connection.execute("CREATE TABLE ctb_compliance_log (id integer, log_id text)")
    with pytest.raises(LogError, match="ctb_compliance_log lacks action_type"):
        PostgresLog(database, create=True).write(entry())


def test_no_message_holds_the_password(entry: Entry) -> None:
    log = PostgresLog("postgresql://auditor:s3cret-word@127.0.0.1:1/audits")
    with pytest.raises(LogError) as caught:
        log.write(entry())
    assert "s3cret-word" not in str(caught.value)
    assert log.location == "postgresql://auditor@127.0.0.1:1/audits"
    with pytest.raises(LogError) as broken:
        PostgresLog("postgresql://auditor:s3cret-word@[::1/audits")
    assert "s3cret-word" not in str(broken.value)


def test_a_remote_server_is_spoken_to_over_tls_only(entry: Entry) -> None:
    log = PostgresLog("postgresql://db.example.org/audits?sslmode=disable")
    with pytest.raises(LogError, match="sslmode=disable, and TLS is required for a remote host"):
        log.write(entry())


def test_the_same_log_id_is_written_once(database: str, entry: Entry, tmp_path: Path) -> None:
    log = open_log(database, root=tmp_path, create=True)
    row = entry().identified()
    assert log.write(row) == log.write(row)
    assert len(list(log.entries())) == 1


def test_a_serialization_failure_is_tried_again(
    database: str, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from psycopg.errors import SerializationFailure

    from ctb_audit.log import postgres

    log = open_log(database, root=tmp_path, create=True)
    insert, failures = postgres._insert, [SerializationFailure("once"), SerializationFailure("no")]

    def failing(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return insert(*arguments)

    monkeypatch.setattr(postgres, "_insert", failing)
    written = log.write(entry())
    assert not failures
    assert [row.log_id for row in log.entries()] == [written.log_id]


def test_a_connection_that_dies_is_opened_again(
    database: str, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ctb_audit.log import postgres

    log = open_log(database, root=tmp_path, create=True)
    log.write(entry())
    insert, deaths = postgres._insert, [1]

    def killed(connection: Any, row: LogEntry) -> Any:
        if deaths:
            deaths.pop()
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return insert(connection, row)

    monkeypatch.setattr(postgres, "_insert", killed)
    written = log.write(entry())
    assert not deaths and not written.kept
    assert len(list(log.entries())) == 2


def test_rows_can_be_asked_for_by_score_and_id_and_without_details(
    database: str, entry: Entry, tmp_path: Path
) -> None:
    log = open_log(database, root=tmp_path, create=True)
    ids = [log.write(entry(score=s, issues=[{"rule": "x"}])).log_id for s in (40, 60, 80)]
    between = list(log.entries(LogFilter(lowest=50, highest=70)))
    assert [row.log_id for row in between] == [ids[1]]
    (lean,) = log.entries(LogFilter(log_id=ids[2], details=False))
    assert [r.log_id for r in log.entries(LogFilter(heir_id=lean.heir_id))] == [ids[2]]
    assert (lean.score, lean.issues) == (80, [])


def test_a_role_that_may_not_create_is_told_so(database: str, entry: Entry, tmp_path: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader_only")
        connection.execute("CREATE ROLE reader_only LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    named = database.replace("postgres@", "reader_only@")
    with pytest.raises(LogError, match="permission denied for schema public"):
        open_log(named, root=tmp_path, create=True).write(entry())
    assert not list((tmp_path / ".ctb").glob("spool/*/*.json"))


def test_rows_of_a_fleet_come_with_that_part_of_their_actions_alone(
    database: str, entry: Entry, tmp_path: Path
) -> None:
    log = open_log(database, root=tmp_path, create=True)
    log.write(entry(actions={"schema_version": 1}))
    log.write(entry(actions={"schema_version": 1, "fleet": {"target": "a"}, "tables": [1]}))
    (row,) = log.entries(LogFilter(only="fleet"))
    assert row.actions == {"fleet": {"target": "a"}}
