"""What an audit holds while it reads: nothing of a user's but in the statement that prints it.

The server locks what a definition reads while it prints the definition (ACCESS SHARE): tables of
views, of sub-selects in policies, of SQL-standard function bodies.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from ctb_audit.errors import SourceError
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from ctb_audit.sources.postgres.connect import session
from ctb_audit.sources.postgres.read import read_session
from ctb_audit.sources.postgres.refusals import failed

DDL = """
CREATE TABLE viewed (a int);
CREATE VIEW of_view AS SELECT a FROM viewed;
CREATE MATERIALIZED VIEW of_stored AS SELECT a FROM viewed;
CREATE TABLE looked_up (a int);
CREATE TABLE guarded (a int);
CREATE POLICY p ON guarded USING (EXISTS (SELECT FROM looked_up l WHERE l.a = guarded.a));
CREATE TABLE counted (a int);
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM counted; END;
CREATE TABLE computed (a int CHECK (a > 0), b int GENERATED ALWAYS AS (a + 1) STORED, c text)
  PARTITION BY RANGE (a);
CREATE TABLE part PARTITION OF computed FOR VALUES FROM (1) TO (9);
CREATE INDEX lowered ON computed (lower(c) COLLATE "POSIX") WHERE a > 1;
CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER changed BEFORE UPDATE ON guarded FOR EACH ROW WHEN (OLD.a <> NEW.a)
  EXECUTE FUNCTION t();
CREATE TABLE schema_migrations (version text PRIMARY KEY, dirty boolean);
"""
READ_BY_DEFINITIONS = ("viewed", "looked_up", "counted")
HELD = """
SELECT l.locktype, l.mode, l.relation::regclass::text FROM pg_locks l
WHERE l.pid = %s AND l.locktype <> 'virtualxid' AND (l.locktype <> 'relation'
  OR l.mode <> 'AccessShareLock' OR l.relation >= 16384)
"""
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"


@pytest.fixture
def database(server: ScratchServer) -> Iterator[str]:
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(DDL.encode())
        yield url


def test_nothing_but_catalogs_is_locked_after_the_read(database: str) -> None:
    with (
        session(database, "live", timeout_s=30, connect_timeout_s=5) as reading,
        psycopg.connect(database, autocommit=True) as admin,
    ):
        catalog = read_session(reading, "live")
        pid = reading.info.backend_pid
        held = admin.execute(HELD, (pid,)).fetchall()
        activity = "SELECT state, backend_xid FROM pg_stat_activity WHERE pid = %s"
        seen = admin.execute(activity, (pid,)).fetchone()
        for table in catalog.tables:  # what an ALTER TABLE would wait for
            admin.execute(f"BEGIN; LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE NOWAIT; END")
    assert held == []
    assert seen == ("idle in transaction", None)  # still open, and it never had a transaction id
    assert len(catalog.views) == 2 and len(catalog.functions) == 2


@pytest.mark.parametrize("gate", READ_BY_DEFINITIONS)
def test_an_audit_that_waits_keeps_nobody_waiting(database: str, gate: str) -> None:
    """Held up in whichever of its queries, it holds none of the tables that others read."""
    with (
        psycopg.connect(database) as owner,
        psycopg.connect(database, autocommit=True) as admin,
        ThreadPoolExecutor() as pool,
    ):
        owner.execute(f"LOCK TABLE {gate} IN ACCESS EXCLUSIVE MODE".encode())
        audit = pool.submit(read_live, database)
        while not (admin.execute(WAITS).fetchone() or (0,))[0]:
            assert not audit.done()
        for table in set(READ_BY_DEFINITIONS) - {gate}:
            admin.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT; END")
        owner.rollback()
        catalog = audit.result(timeout=60)
    assert all(view.definition for view in catalog.views)


def test_a_lock_that_is_not_given_is_said(database: str) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("LOCK TABLE viewed IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceError) as caught:
            read_live(database, timeout_s=0.5)
    assert "lock" in caught.value.problem
    assert "try again" in caught.value.step


@pytest.mark.parametrize("dropped", ["VIEW of_view", "TABLE looked_up CASCADE"])
def test_a_schema_that_changes_while_it_is_read_is_said(database: str, dropped: str) -> None:
    """Rows are of the audit's snapshot, definitions are printed of what is there."""
    with (
        psycopg.connect(database, autocommit=True) as admin,
        session(database, "live", timeout_s=30, connect_timeout_s=5) as reading,
    ):
        reading.execute("SELECT FROM pg_class LIMIT 1")
        admin.execute(f"DROP {dropped}".encode())
        with pytest.raises(psycopg.Error) as caught:
            read_session(reading, "live")
    told = failed(caught.value, "live", (), 30)
    assert told.problem == "its schema was changed while it was read"
    assert "try again" in told.step


def test_expressions_that_are_gone_while_they_are_read_are_said(database: str) -> None:
    """The server prints nothing, where it refuses to print the others."""
    with (
        psycopg.connect(database, autocommit=True) as admin,
        session(database, "live", timeout_s=30, connect_timeout_s=5) as reading,
    ):
        reading.execute("SELECT FROM pg_class LIMIT 1")
        admin.execute("DROP TABLE computed CASCADE")
        with pytest.raises(SourceError, match="its schema was changed while it was read"):
            read_session(reading, "live")
