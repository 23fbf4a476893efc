"""Identifiers given out, in the table `ctb_ids` beside the compliance log.

Whoever asks holds the only right to write there while the first free candidate is looked for and
noted, so that two callers never get the same: in SQLite that of the file, in PostgreSQL an
advisory lock. An id is never given out twice, used or not.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ctb_audit.errors import LogError
from ctb_audit.log.location import DEFAULT_LOG, resolved, sqlite_path
from ctb_audit.log.sqlite import SqliteLog, timestamp

_TABLE = (
    "CREATE TABLE IF NOT EXISTS ctb_ids ("
    " id TEXT PRIMARY KEY, kind TEXT NOT NULL, created_at TEXT NOT NULL) WITHOUT ROWID"
)


class Allocator(Protocol):
    """Gives out ids. `location` names the file or the database, without a password."""

    location: str

    def allocate(
        self, kind: str, wanted: Sequence[Iterable[str]], taken: AbstractSet[str] = frozenset()
    ) -> list[str]:
        """For each of `wanted` the first candidate that was neither given out nor is `taken`.

        Raises LogError where the ids cannot be noted or candidates run out; then none is noted.
        """


class SqliteAllocator:
    def __init__(self, log: SqliteLog) -> None:
        self._log = log
        self.location = log.location

    def allocate(
        self, kind: str, wanted: Sequence[Iterable[str]], taken: AbstractSet[str] = frozenset()
    ) -> list[str]:
        now = timestamp(datetime.now(UTC))
        with self._log.writing() as connection:
            connection.execute(_TABLE)
            return [self._first_free(connection, kind, ids, taken, now) for ids in wanted]

    def _first_free(
        self,
        connection: sqlite3.Connection,
        kind: str,
        ids: Iterable[str],
        taken: AbstractSet[str],
        now: str,
    ) -> str:
        last = ""
        for text in ids:
            if text not in taken and _note(connection, text, kind, now):
                return text
            last = text
        raise exhausted(self.location, kind, last)


def exhausted(location: str, kind: str, last: str) -> LogError:
    problem = f"has given out every {kind} id up to {last}"
    return LogError(location, problem, "change a part of the id")


def open_allocator(url: str, *, root: Path) -> tuple[Allocator, str]:
    """The allocator of the log that `url` names, and a notice ("" for none).

    Where no log is kept, `.ctb/compliance.db` below `root` keeps the ids, and the notice says so.
    Raises UsageError for a form that is not known, LogError for an empty variable.
    """
    kept = url != "none"
    named = resolved(url) if kept else ""
    if "://" in named and not named.startswith("sqlite:"):
        from ctb_audit.log.postgres_ids import open_postgres_ids

        return open_postgres_ids(named), ""
    notice = "" if kept else f"no log is kept, so ids are given out by {DEFAULT_LOG}"
    return SqliteAllocator(SqliteLog(root / sqlite_path(named))), notice


def _note(connection: sqlite3.Connection, text: str, kind: str, now: str) -> bool:
    row = (text, kind, now)
    return connection.execute("INSERT OR IGNORE INTO ctb_ids VALUES (?, ?, ?)", row).rowcount == 1
