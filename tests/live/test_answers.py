"""Batches of queries: what is asked when, and that nobody waits for anybody."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from ctb_audit.sources.postgres.answers import Answers, Query

LONG = "SELECT repeat('x', 1000) FROM generate_series(1, 20000)"  # 20 MB, a socket holds 0.2
DONE = "SELECT query = %s AND wait_event = 'ClientRead' FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def database(server: ScratchServer) -> Iterator[str]:
    with server.database() as url:
        yield url


def _value(name: str, text: str = "SELECT 1") -> Query:
    return Query(name, text, {})


def test_the_server_goes_on_while_what_it_gave_is_read(database: str) -> None:
    """It does not stand still with a full socket until somebody looks the rows up."""
    with (
        psycopg.connect(database) as asking,
        psycopg.connect(database, autocommit=True) as admin,
        Answers(asking, [[_value("first")], [_value("long", LONG)]]) as answers,
    ):
        assert answers["first"] == [(1,)]
        end = time.monotonic() + 30
        done = False
        while not done and time.monotonic() < end:
            row = admin.execute(DONE, (LONG, asking.info.backend_pid)).fetchone()
            done = row == (True,)
        assert done  # it waits for the next query, not for a reader of its rows
        assert len(answers["long"]) == 20_000


def test_what_depends_on_rows_goes_before_the_next_batch(database: str) -> None:
    stamp = "SELECT clock_timestamp()"
    batches = [[_value(name, stamp)] for name in ("one", "two", "three", "four")]
    with psycopg.connect(database) as asking, Answers(asking, batches) as answers:
        assert answers["one"]
        answers.now([_value("between", stamp)])
        names = ("one", "two", "between", "three", "four")
        times = [answers[name][0][0] for name in names]
    assert times == sorted(times)


def test_a_query_that_was_not_asked_waits_for_nothing(database: str) -> None:
    batches = [[_value("one")], [_value("slow", "SELECT pg_sleep(60)")]]
    with psycopg.connect(database) as asking:
        asking.execute("SET statement_timeout = '1s'")
        before = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled), Answers(asking, batches) as answers:
            assert answers["one"] == [(1,)]
            assert answers["nothing"] == []
            assert time.monotonic() - before < 1
            answers["slow"]


def test_an_error_of_a_later_batch_is_raised_where_it_is_looked_up(database: str) -> None:
    batches = [[_value("one")], [_value("two", "SELECT 1 / 0"), _value("three")]]
    with (
        psycopg.connect(database) as asking,
        pytest.raises(psycopg.errors.DivisionByZero),
        Answers(asking, batches) as answers,
    ):
        assert answers["one"] == [(1,)]
        answers["three"]


def test_a_server_that_goes_away_meanwhile_is_an_error_of_the_next_look(database: str) -> None:
    with (
        psycopg.connect(database) as asking,
        psycopg.connect(database, autocommit=True) as admin,
        pytest.raises(psycopg.OperationalError),
        Answers(asking, [[_value("one")], [_value("two", LONG)]]) as answers,
    ):
        assert answers["one"] == [(1,)]
        admin.execute("SELECT pg_terminate_backend(%s)", (asking.info.backend_pid,))
        time.sleep(0.1)
        answers["two"]


def test_a_library_without_pipelines_asks_one_by_one(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_live(database)
    monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: False)
    assert read_live(database) == whole


def test_a_collation_that_only_an_index_names_is_read(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as admin:
        row = admin.execute(
            "SELECT collname FROM pg_collation WHERE collprovider = 'c' AND oid > 1000"
            " AND collencoding IN (-1, 6) LIMIT 1"
        ).fetchone()
        named = row[0] if row else "ucs_basic"
        admin.execute(
            f'CREATE TABLE t (a text); CREATE INDEX i ON t (a COLLATE "{named}")'.encode()
        )
    (table,) = read_live(database).tables
    collation = table.indexes[0].keys[0].collation
    assert collation is not None and collation.name == named
