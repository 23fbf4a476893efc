import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry, LogFilter, LogRow, Written, open_log
from ctb_audit.log.entry import ALL_ROWS, LogAway
from ctb_audit.log.spool import SpooledLog, entry_from, entry_text
from ctb_audit.log.sqlite import SqliteLog

Entry = Callable[..., LogEntry]
AT = datetime(2026, 11, 22, tzinfo=UTC)


class Switched:
    """A log that can be away, or take a row and then lose the answer."""

    def __init__(self, path: Path) -> None:
        self.location = "postgresql://host/log"
        self.notices: list[str] = []
        self.away = False
        self.silent = False
        self.refused = ""
        self.inner = SqliteLog(path)

    def write(self, entry: LogEntry) -> Written:
        if self.away:
            raise LogAway(self.location, "connection refused", "correct --log")
        if entry.created_by == self.refused:
            raise LogError(self.location, "refuses the row", "see the constraint")
        written = self.inner.write(entry)
        if self.silent:
            raise LogAway(self.location, "server closed the connection", "")
        return written

    def prepare(self) -> None:
        self.inner.prepare()

    def entries(self, wanted: LogFilter = ALL_ROWS) -> Iterator[LogRow]:
        return self.inner.entries(wanted)

    def last_score(self) -> int | None:
        return self.inner.last_score()


@pytest.fixture
def inner(tmp_path: Path) -> Switched:
    return Switched(tmp_path / "log.db")


@pytest.fixture
def log(inner: Switched, tmp_path: Path) -> SpooledLog:
    return SpooledLog(inner, tmp_path / ".ctb" / "spool")


def test_a_row_waits_while_the_log_is_away_and_is_delivered_once(
    log: SpooledLog, inner: Switched, entry: Entry
) -> None:
    inner.away = True
    kept = [log.write(entry(score=s, at=AT + timedelta(seconds=s))) for s in (10, 20)]
    assert all(Path(one.kept).is_file() and not one.heir_id for one in kept)
    assert "connection refused; the row is kept in" in log.notices[0]
    inner.away = False
    log.write(entry(score=30, at=AT + timedelta(seconds=30)))
    assert [row.score for row in log.entries()] == [30, 20, 10]
    assert {one.log_id for one in kept} < {row.log_id for row in log.entries()}
    assert log.waiting() == []
    assert log.notices[-1].endswith("2 rows that waited were delivered")


def test_a_row_whose_answer_was_lost_is_not_written_twice(
    log: SpooledLog, inner: Switched, entry: Entry
) -> None:
    inner.silent = True
    log.write(entry())
    assert len(list(inner.entries())) == len(log.waiting()) == 1
    inner.silent = False
    assert log.deliver() == 1
    assert len(list(inner.entries())) == 1


def test_two_deliveries_of_the_same_files_write_each_row_once(
    log: SpooledLog, inner: Switched, entry: Entry, tmp_path: Path
) -> None:
    inner.away = True
    log.write(entry())
    (waiting,) = log.waiting()
    text = waiting.read_text()
    inner.away = False
    log.deliver()
    waiting.write_text(text)
    SpooledLog(inner, tmp_path / ".ctb" / "spool").deliver()
    assert len(list(inner.entries())) == 1


def test_a_row_that_the_log_refuses_holds_up_no_other(
    log: SpooledLog, inner: Switched, entry: Entry
) -> None:
    inner.away = True
    log.write(entry(created_by="mallory"))
    inner.away, inner.refused = False, "mallory"
    log.write(entry(score=99))
    assert [row.score for row in inner.entries()] == [99]
    assert len(log.waiting()) == 1
    assert any("refuses the row" in notice for notice in log.notices)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 9}', '{"schema_version": 1}'])
def test_a_file_that_holds_no_row_is_kept_aside(
    log: SpooledLog, inner: Switched, entry: Entry, text: str
) -> None:
    log.folder.mkdir(parents=True)
    (log.folder / "LOG-X.json").write_text(text)
    log.write(entry())
    assert (log.folder / "LOG-X.damaged").read_text() == text
    assert any("holds no row" in notice for notice in log.notices)
    assert len(list(inner.entries())) == 1


def test_an_entry_comes_back_from_its_text(entry: Entry) -> None:
    made = entry(
        issues=[{"a": "\u202eé"}], recommendations=[{}], actions={"x": [1]}, created_by="é"
    ).identified()
    assert entry_from(entry_text(made)) == made
    assert json.loads(entry_text(made))["schema_version"] == 1


def test_a_spool_that_cannot_be_written_is_an_error(
    inner: Switched, entry: Entry, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    inner.away = True
    with pytest.raises(LogError, match=r"connection refused; the row cannot be kept in"):
        SpooledLog(inner, tmp_path / "file").write(entry())


def test_a_postgresql_log_that_is_away_keeps_its_rows(tmp_path: Path, entry: Entry) -> None:
    log = open_log("postgresql://127.0.0.1:1/none", root=tmp_path)
    written = log.write(entry())
    assert Path(written.kept).is_relative_to(tmp_path / ".ctb" / "spool")
    assert (tmp_path / ".ctb" / ".gitignore").read_text() == "*\n"
    with pytest.raises(LogError):
        list(log.entries())
