"""An audit of a live database keeps no lock beyond ACCESS SHARE on catalogs and writes nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer, available_binaries
from ctb_audit.sources.postgres.connect import session
from ctb_audit.sources.postgres.read import read_session
from tests.drift.seeded import BASE, declared, findings

LOCKS = """
SELECT DISTINCT l.locktype, l.mode, n.nspname, coalesce(c.relkind, '')
FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = %s AND l.locktype <> 'virtualxid'
"""


@pytest.fixture(params=available_binaries(), ids=lambda b: f"{b.origin}-{b.major}")
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A database, and its URL for a role that may select from nothing in it."""
    with ScratchServer(request.param) as server, server.database() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(BASE.encode())
            admin.execute("DROP ROLE IF EXISTS nobody_at_all; CREATE ROLE nobody_at_all LOGIN")
            admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        yield url, server.url(url.rpartition("/")[2], user="nobody_at_all")


def test_a_role_with_select_on_nothing_sees_the_whole_schema(database: tuple[str, str]) -> None:
    url, bare = database
    with psycopg.connect(bare) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT FROM public.orders")
    with session(bare, "live", timeout_s=30, connect_timeout_s=5) as connection:
        seen = read_session(connection, "live")
    with session(url, "live", timeout_s=30, connect_timeout_s=5) as connection:
        whole = read_session(connection, "live")
    assert (seen.tables, seen.views, seen.functions) == (whole.tables, whole.views, whole.functions)
    assert not any(p.kind == "hidden" for p in seen.problems)
    assert findings([declared(), seen])[0] == frozenset()


def test_no_lock_but_access_share(database: tuple[str, str]) -> None:
    url, bare = database
    with (
        session(bare, "live", timeout_s=30, connect_timeout_s=5) as connection,
        psycopg.connect(url, autocommit=True) as admin,
    ):
        read_session(connection, "live")
        pid = connection.info.backend_pid
        locks = admin.execute(LOCKS, (pid,)).fetchall()
        wrote = admin.execute(
            "SELECT backend_xid FROM pg_stat_activity WHERE pid = %s", (pid,)
        ).fetchone()
    assert locks and wrote == (None,)
    assert {(kind, mode) for kind, mode, *_ in locks} == {("relation", "AccessShareLock")}
    assert {schema for *_, schema, _ in locks} == {"pg_catalog"}


def test_the_session_refuses_to_write(database: tuple[str, str]) -> None:
    with session(database[0], "live", timeout_s=30, connect_timeout_s=5) as connection:
        assert connection.read_only is True
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), connection.transaction():
            connection.execute("CREATE TABLE public.x (a int)")
