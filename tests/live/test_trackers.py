"""Trackers of migration tools: known by their shape, read without writing, safe to show."""

import psycopg
import pytest

from ctb_audit.model import AppliedMigration, Tracker
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from tests.live.conftest import Read

SCHEMAS = "CREATE TABLE schema_migrations "
FLYWAY = """
CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50),
  description varchar(200), type varchar(20), script varchar(1000), checksum int,
  installed_by varchar(100), installed_on timestamp DEFAULT now(), execution_time int,
  success boolean NOT NULL);
INSERT INTO flyway_schema_history (installed_rank, version, type, script, success) VALUES
  (1, '1', 'BASELINE', '<< Flyway Baseline >>', true), (2, '2', 'SQL', 'V2__a.sql', true),
  (3, NULL, 'SQL', 'R__views.sql', true), (4, '3', 'SQL', 'V3__b.sql', false),
  (5, '2', 'UNDO_SQL', 'U2__a.sql', true);
"""
PRISMA = """
CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,
  finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text,
  rolled_back_at timestamptz, started_at timestamptz NOT NULL, applied_steps_count int);
INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at,
  rolled_back_at, logs) VALUES
  ('1', 'x', '20250101_a', '2025-01-01', '2025-01-01', NULL, NULL),
  ('2', 'x', '20250102_b', '2025-01-02', NULL, '2025-01-03', 'password=hunter2'),
  ('3', 'x', '20250103_c', '2025-01-03', NULL, NULL, 'password=hunter2');
"""
SQITCH = """
CREATE SCHEMA sqitch;
CREATE TABLE sqitch.changes (change_id text PRIMARY KEY, script_hash text, change text NOT NULL,
  project text NOT NULL, note text, committed_at timestamptz NOT NULL);
CREATE TABLE sqitch.events (event text, change_id text, change text, project text,
  committed_at timestamptz);
INSERT INTO sqitch.changes VALUES ('1', 'h', 'users', 'p', '', '2025-01-01');
INSERT INTO sqitch.events VALUES ('deploy', '1', 'users', 'p', '2025-01-01'),
  ('fail', '2', 'widgets', 'p', '2025-01-02');
"""
SUPABASE = """
CREATE SCHEMA supabase_migrations;
CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[],
  name text);
INSERT INTO supabase_migrations.schema_migrations VALUES
  ('20250101000000', '{secret}', 'init'), ('20250102000000', NULL, NULL);
"""
TOOLS = {
    "ctb (reference 1.0)": (
        SCHEMAS + "(id serial PRIMARY KEY, migration_name varchar(255) UNIQUE NOT NULL,"
        " executed_at timestamp, execution_time_ms int, success boolean DEFAULT true,"
        " error_message text);"
        "INSERT INTO schema_migrations (migration_name, success) VALUES"
        " ('2025-10-20_a.sql', true), ('2025-10-21_b.sql', false);",
        "ctb",
        [("2025-10-20_a.sql", "applied", ""), ("2025-10-21_b.sql", "failed", "")],
    ),
    "ctb (reference 1.3)": (
        SCHEMAS + "(version varchar(255) PRIMARY KEY, applied_at timestamp DEFAULT now());"
        "INSERT INTO schema_migrations VALUES ('001_a.sql');",
        "ctb",
        [("001_a.sql", "applied", "001_a.sql")],
    ),
    "golang-migrate": (
        SCHEMAS + "(version bigint PRIMARY KEY, dirty boolean NOT NULL);"
        "INSERT INTO schema_migrations VALUES (7, true);",
        "golang-migrate",
        [("7", "failed", "7")],
    ),
    "rails": (
        SCHEMAS + "(version varchar PRIMARY KEY); CREATE TABLE ar_internal_metadata (key varchar);"
        "INSERT INTO schema_migrations VALUES ('20250101000000');",
        "rails",
        [("20250101000000", "applied", "20250101000000")],
    ),
    "dbmate": (
        SCHEMAS + "(version varchar(128) PRIMARY KEY);"
        "INSERT INTO schema_migrations VALUES ('20250101000000');",
        "dbmate",
        [("20250101000000", "applied", "20250101000000")],
    ),
    "ecto": (
        SCHEMAS + "(version bigint PRIMARY KEY, inserted_at timestamp);"
        "INSERT INTO schema_migrations VALUES (20250101000000);",
        "ecto",
        [("20250101000000", "applied", "20250101000000")],
    ),
    "alembic": (
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
        "INSERT INTO alembic_version VALUES ('ae1027a6acf');",
        "alembic",
        [("ae1027a6acf", "applied", "ae1027a6acf")],
    ),
    "flyway": (
        FLYWAY,
        "flyway",
        [
            ("?", "baseline", "1"),
            ("R__views.sql", "applied", ""),
            ("V3__b.sql", "failed", "3"),
            ("U2__a.sql", "reverted", "2"),
        ],
    ),
    "prisma": (
        PRISMA,
        "prisma",
        [
            ("20250101_a", "applied", ""),
            ("20250102_b", "reverted", ""),
            ("20250103_c", "failed", ""),
        ],
    ),
    "sqitch": (SQITCH, "sqitch", [("users", "applied", ""), ("widgets", "failed", "")]),
    "supabase": (
        SUPABASE,
        "supabase",
        [
            ("20250101000000_init", "applied", "20250101000000"),
            ("20250102000000", "applied", "20250102000000"),
        ],
    ),
    "goose": (
        "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint,"
        " is_applied boolean, tstamp timestamp);"
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES"
        " (0, true), (1, true), (2, true), (2, false);",
        "goose",
        [("1", "applied", "1"), ("2", "reverted", "2")],
    ),
    "sqlx": (
        "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text,"
        " installed_on timestamptz, success boolean, checksum bytea, execution_time bigint);"
        "INSERT INTO _sqlx_migrations (version, success) VALUES (1, true), (2, false);",
        "sqlx",
        [("1", "applied", "1"), ("2", "failed", "2")],
    ),
    "diesel": (
        "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY,"
        " run_on timestamp DEFAULT now());"
        "INSERT INTO __diesel_schema_migrations VALUES ('20250101000000');",
        "diesel",
        [("20250101000000", "applied", "20250101000000")],
    ),
    "knex": (
        "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch int,"
        " migration_time timestamptz);"
        "INSERT INTO knex_migrations (name, batch) VALUES ('20250101_a.js', 1);",
        "knex",
        [("20250101_a.js", "applied", "")],
    ),
}


@pytest.mark.parametrize(("ddl", "tool", "expected"), TOOLS.values(), ids=list(TOOLS))
def test_a_tool_s_tracker_is_read(
    read: Read, ddl: str, tool: str, expected: list[tuple[str, str, str]]
) -> None:
    (tracker,) = read(ddl).trackers
    assert (tracker.tool, tracker.problem) == (tool, "")
    assert [(a.name, a.state, a.version) for a in tracker.applied] == expected
    assert "secret" not in repr(tracker) and "hunter2" not in repr(tracker)


def test_another_tool_s_shape_is_said(read: Read) -> None:
    (tracker,) = read(SCHEMAS + "(step int, done boolean, payload text);").trackers
    assert tracker == Tracker(
        tracker.table, problem="its columns are those of no known migration tool"
    )


def test_what_is_no_name_of_a_migration_is_not_shown(read: Read) -> None:
    (tracker,) = read(
        SCHEMAS + "(version varchar(255) PRIMARY KEY, applied_at timestamp);"
        "INSERT INTO schema_migrations VALUES (E'x\\ny'), ('pass=a&b'), ('<script>');"
    ).trackers
    assert tracker.applied == (AppliedMigration("?"),)


def test_a_tracker_without_privileges_says_so(server: ScratchServer) -> None:
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("DROP ROLE IF EXISTS tracker_reader; CREATE ROLE tracker_reader LOGIN")
            session.execute((SCHEMAS + "(version varchar PRIMARY KEY)").encode())
        catalog = read_live(url.replace("postgres@", "tracker_reader@"))
    assert [t.problem for t in catalog.trackers] == ["the role may not read it; grant it SELECT"]
    assert [t.name for t in catalog.tables] == ["schema_migrations"]


def test_a_column_of_another_type_ends_nothing(read: Read) -> None:
    catalog = read(
        SCHEMAS + "(version bigint PRIMARY KEY, dirty text);"
        "INSERT INTO schema_migrations VALUES (1, 'maybe');"
    )
    assert [t.problem for t in catalog.trackers] == ["it could not be read (SQLSTATE 42804)"]


def test_a_database_without_migrations_has_no_tracker(read: Read) -> None:
    assert read("CREATE TABLE changes (id int); CREATE TABLE migrations (id int);").trackers == ()
