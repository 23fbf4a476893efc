"""Servers that hang, cut, restart or are slow: nothing is lost, and nobody waits for ever."""

import signal
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ctb_audit.errors import SourceError
from ctb_audit.log import LogEntry, open_log
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from tests.faults.conftest import Start
from tests.faults.proxies import Proxy, Then, database_of, url

ROW = LogEntry("audit", 80, "completed", datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


@pytest.fixture
def database(server: ScratchServer) -> Iterator[str]:
    with server.database() as address:
        with psycopg.connect(address, autocommit=True) as session:
            session.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
        yield address


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctb_audit.sources.postgres.connect._GRACE_S", 0.2)
    monkeypatch.setattr("ctb_audit.log.postgres._PATIENCE", 0.3)
    monkeypatch.setattr("ctb_audit.log.postgres._PAUSE", 0.0)


@pytest.mark.parametrize("budget", [1, 400, 3000])
def test_a_source_that_hangs_is_given_up(
    server: ScratchServer, database: str, budget: int, impatient: None
) -> None:
    with Proxy(server, budget=budget) as proxy, pytest.raises(SourceError) as caught:
        address = url(proxy.port, database_of(database))
        began = time.monotonic()
        read_live(address, timeout_s=0.2, connect_timeout_s=2)
    assert time.monotonic() - began < 30
    assert (caught.value.problem, caught.value.exit_code) == ("no answer in time", 3)


@pytest.mark.parametrize("budget", [1, 400, 3000])
def test_a_source_that_dies_is_told(server: ScratchServer, database: str, budget: int) -> None:
    with Proxy(server, budget=budget, then="cut") as proxy, pytest.raises(SourceError) as caught:
        read_live(url(proxy.port, database_of(database)))
    assert "connection" in caught.value.problem


def test_a_slow_source_says_the_same(server: ScratchServer, database: str) -> None:
    with Proxy(server, delay_s=0.02) as proxy:
        slow = read_live(url(proxy.port, database_of(database)), source_name="it")
    assert slow == read_live(database, source_name="it")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("then", "budgets"), [("hang", (500, 600, 700, 800, 900)), ("cut", range(1, 1500, 100))]
)
def test_a_row_is_written_once_or_waits_wherever_the_connection_ends(
    server: ScratchServer,
    database: str,
    then: Then,
    budgets: Sequence[int],
    tmp_path: Path,
) -> None:
    """The first connection ends after more and more bytes, also behind a COMMIT that succeeded."""
    log = open_log(database, root=tmp_path, create=True)
    log.prepare()
    for number, budget in enumerate(budgets, start=1):
        with Proxy(server, budget=budget, then=then, times=1) as proxy:
            away = open_log(url(proxy.port, database_of(database)), root=tmp_path)
            written = away.write(ROW)
            assert not written.kept
        rows = list(log.entries())
        assert (len(rows), len({row.heir_id for row in rows})) == (number, number)
        assert rows[0].log_id == written.log_id


def test_a_log_that_is_gone_keeps_the_row_and_one_that_is_back_gets_it(
    server: ScratchServer, database: str, impatient: None, tmp_path: Path
) -> None:
    log = open_log(database, root=tmp_path, create=True)
    log.prepare()
    with Proxy(server, budget=1, then="cut", times=3) as proxy:
        address = url(proxy.port, database_of(database))
        kept = open_log(address, root=tmp_path).write(ROW)
        assert Path(kept.kept).is_file()
        open_log(address, root=tmp_path).write(ROW)
    assert [row.log_id for row in log.entries()][1] == kept.log_id
    assert not Path(kept.kept).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_does_not_wait_for_a_server_that_hangs(
    server: ScratchServer, database: str, start: Start, number: signal.Signals
) -> None:
    with Proxy(server, budget=400) as proxy:
        process = start("audit", "--no-log", url(proxy.port, database_of(database)))
        assert proxy.spent.wait(60)
        for _ in range(60):
            process.send_signal(number)
            if process.poll() is not None:
                break
            time.sleep(0.25)
        error = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert b"Traceback" not in error
