"""Identifiers given out, in the table `ctb_ids` beside the compliance log in SQLite.

Whoever asks holds the file's only right to write while the first free candidate is looked for and
noted, so that two callers never get the same. An id is never given out twice, used or not.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path

from ctb_audit.errors import LogError
from ctb_audit.log.location import DEFAULT_LOG, sqlite_path
from ctb_audit.log.sqlite import SqliteLog, timestamp

_TABLE = (
    "CREATE TABLE IF NOT EXISTS ctb_ids ("
    " id TEXT PRIMARY KEY, kind TEXT NOT NULL, created_at TEXT NOT NULL) WITHOUT ROWID"
)


class Allocator:
    """Gives out ids. `location` names the file."""

    def __init__(self, log: SqliteLog) -> None:
        self._log = log
        self.location = log.location

    def allocate(
        self, kind: str, wanted: Sequence[Iterable[str]], taken: AbstractSet[str] = frozenset()
    ) -> list[str]:
        """For each of `wanted` the first candidate that was neither given out nor is `taken`.

        Raises LogError where the file cannot be written or candidates run out; then none is noted.
        """
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
        problem = f"has given out every {kind} id up to {last}"
        raise LogError(self.location, problem, "change a part of the id")


def open_allocator(url: str, *, root: Path) -> tuple[Allocator, str]:
    """The allocator of the log that `url` names, and a notice ("" for none).

    Where the log is not a SQLite file, or there is none, `.ctb/compliance.db` below `root` keeps
    the ids, and the notice says so.
    """
    own = not url or (url != "none" and not _is_elsewhere(url))
    path = root / sqlite_path(url if own else "")
    notice = "" if own else f"ids are given out by {DEFAULT_LOG}, which this machine alone sees"
    return Allocator(SqliteLog(path)), notice


def _is_elsewhere(url: str) -> bool:
    return url.startswith("env:") or ("://" in url and not url.startswith("sqlite:"))


def _note(connection: sqlite3.Connection, text: str, kind: str, now: str) -> bool:
    row = (text, kind, now)
    return connection.execute("INSERT OR IGNORE INTO ctb_ids VALUES (?, ?, ?)", row).rowcount == 1
