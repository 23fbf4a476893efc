"""Rows that wait for a log that cannot be reached.

A row is kept as a file of its own, named by its `log_id`, and delivered before the next row is
written. The log knows a `log_id` that it has, so a row whose file outlived its delivery is not
written twice; a file is removed only once its row is committed.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ctb_audit.errors import LogError
from ctb_audit.log.entry import ALL_ROWS, Log, LogAway, LogEntry, LogFilter, LogRow, Written
from ctb_audit.whole_file import write_whole

SPOOL = Path(".ctb") / "spool"
SCHEMA_VERSION = 1


class SpooledLog:
    """A log in front of which rows can wait in `folder`, one sub-folder for each log."""

    def __init__(self, log: Log, folder: Path) -> None:
        self.location = log.location
        self.folder = folder / sha256(log.location.encode()).hexdigest()[:16]
        self.notices: list[str] = []
        self._log = log

    def write(self, entry: LogEntry) -> Written:
        """As `Log.write`; a row that the log cannot take now is kept, and `kept` says where."""
        entry = entry.identified()
        try:
            self.deliver()
            return self._log.write(entry)
        except LogAway as error:
            path = self._keep(entry, error)
            kept = f"the row is kept in {path} and delivered by a later run"
            self.notices.append(f"{error.place}: {error.problem}; {kept}")
        return Written(entry.log_id, "", str(path))

    def deliver(self) -> int:
        """Writes the rows that wait, the oldest first; how many. A row that the log refuses stays.

        Raises LogAway.
        """
        delivered = 0
        for path in self.waiting():
            entry = self._read(path)
            if entry is None:
                continue
            try:
                self._log.write(entry)
            except LogAway:
                raise
            except LogError as error:
                self.notices.append(f"{error.place}: {error.problem}; {path} still waits")
                continue
            path.unlink(missing_ok=True)
            delivered += 1
        if delivered:
            rows = "row" if delivered == 1 else "rows"
            self.notices.append(f"{self.location}: {delivered} {rows} that waited were delivered")
        return delivered

    def waiting(self) -> list[Path]:
        """The files of the rows that wait, the oldest first."""
        return sorted(self.folder.glob("LOG-*.json"))

    def prepare(self) -> None:
        self._log.prepare()

    def entries(self, wanted: LogFilter = ALL_ROWS) -> Iterator[LogRow]:
        return self._log.entries(wanted)

    def last_score(self) -> int | None:
        return self._log.last_score()

    def _keep(self, entry: LogEntry, cause: LogAway) -> Path:
        path = self.folder / f"{entry.log_id}.json"
        if any(p.name == ".ctb" and p.is_symlink() for p in self.folder.parents):
            problem = f"{cause.problem}; the row cannot be kept, .ctb is a link"
            raise LogError(cause.place, problem, cause.step) from cause
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _ignore(self.folder)
            write_whole(path, entry_text(entry).encode(), durable=True)
        except OSError as error:
            problem = f"{cause.problem}; the row cannot be kept in {self.folder} ({error.strerror})"
            raise LogError(cause.place, problem, cause.step) from error
        return path

    def _read(self, path: Path) -> LogEntry | None:
        """The row in a file; None where another run delivered it, or it holds none (kept aside)."""
        try:
            return entry_from(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            aside = path.with_suffix(".damaged")
            with suppress(OSError):
                path.rename(aside)
            self.notices.append(f"{path}: holds no row ({error}); it is kept aside as {aside.name}")
            return None


def entry_text(entry: LogEntry) -> str:
    """The row as JSON, with the version of its shape."""
    value = {"schema_version": SCHEMA_VERSION, **asdict(entry), "at": entry.at.isoformat()}
    return json.dumps(value, ensure_ascii=True, default=str)


def entry_from(text: str) -> LogEntry:
    """The row of a text that `entry_text` wrote; ValueError, KeyError or TypeError for another."""
    value: dict[str, Any] = json.loads(text)
    if value.pop("schema_version") != SCHEMA_VERSION:
        raise ValueError("written by another version of ctb")
    entry = LogEntry(**value)
    return replace(entry, at=datetime.fromisoformat(value["at"]))


def _ignore(folder: Path) -> None:
    """`.ctb` stays out of the repository."""
    for parent in folder.parents:
        if parent.name == ".ctb":
            if not (parent / ".gitignore").exists():
                write_whole(parent / ".gitignore", b"*\n")
            return
