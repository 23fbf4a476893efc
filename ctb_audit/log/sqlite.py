"""The compliance log in a SQLite file.

Schema versions are `PRAGMA user_version`; `application_id` tells our files from others. A
file that is newer or somebody else's is left as it is; a damaged one of ours is kept aside under
another name, and a new one begins.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ctb_audit.errors import LogError
from ctb_audit.log.damage import APPLICATION_ID, is_ours, keep_aside
from ctb_audit.log.entry import (
    ALL_ROWS,
    COLUMNS,
    TABLE,
    LogEntry,
    LogFilter,
    LogRow,
    Written,
    row_from,
)
from ctb_audit.log.identifiers import heir_prefix, next_heir_id
from ctb_audit.whole_file import write_whole

SCHEMA_VERSION = 1
BUSY_SECONDS = 30.0
_ANOTHER = "name another file with --log"

# SQLite's error names, longest first -> problem, next step
_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "SQLITE_NOTADB": ("is not a SQLite database and is left as it is", _ANOTHER),
    "SQLITE_CORRUPT": ("is damaged and is left as it is", "restore it, or " + _ANOTHER),
    "SQLITE_READONLY": ("cannot be written", "make it writable, or " + _ANOTHER),
    "SQLITE_CANTOPEN": ("cannot be opened", "check folder and permissions, or " + _ANOTHER),
    "SQLITE_BUSY": (f"is locked for {BUSY_SECONDS:.0f} seconds", "end the other writer"),
    "SQLITE_LOCKED": (f"is locked for {BUSY_SECONDS:.0f} seconds", "end the other writer"),
    "SQLITE_FULL": ("cannot grow: the disk is full", "free some space"),
    "SQLITE_IOERR": ("cannot be read or written", "check the disk, or " + _ANOTHER),
    "SQLITE_CONSTRAINT": ("refuses the row", "see the constraint"),
}


_DAMAGES = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


class _Damaged(LogError):
    """The file is no database, or no longer one."""


class SqliteLog:
    """`path` is absolute; `create` makes a missing file on the first write."""

    def __init__(self, path: Path, create: bool = True) -> None:
        self.path = path
        self.location = str(path)
        self.notices: list[str] = []
        self._create = create

    def write(self, entry: LogEntry) -> Written:
        entry = entry.identified()
        try:
            return self._append(entry)
        except _Damaged:
            if not self._create or not is_ours(self.path):
                raise
        aside = keep_aside(self.path)
        self.notices.append(
            f"{self.location}: is damaged; it is kept aside as {aside.name} and a new log begins"
        )
        return self._append(entry)

    def prepare(self) -> None:
        with self.writing():
            pass

    def _append(self, entry: LogEntry) -> Written:
        with self.writing() as connection:
            return _insert(connection, entry)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the only right to write; the table is there."""
        if self._create:
            self._prepare_folder()
        with self._connected("rwc" if self._create else "rw") as connection:
            self._write_ahead(connection)
            connection.execute("BEGIN IMMEDIATE")
            if not self._is_ready(connection):
                self._make(connection)
            yield connection
            connection.execute("COMMIT")

    def entries(self, wanted: LogFilter = ALL_ROWS) -> Iterator[LogRow]:
        if not self.path.exists():
            raise LogError(self.location, "no log here yet", "run an audit, or correct --log")
        sql, parameters = _query(wanted)
        with self._connected("ro") as connection:
            if not self._is_ready(connection):
                return
            for values in connection.execute(sql, parameters):
                yield row_from(values, datetime.fromisoformat(values["created_at"]))

    def last_score(self) -> int | None:
        if not self.path.exists():
            return None
        with self._connected("ro") as connection:
            if not self._is_ready(connection):
                return None
            row = connection.execute(
                f"SELECT compliance_score FROM {TABLE} WHERE action_type = 'audit'"
                " AND status <> 'partial' AND CASE WHEN json_valid(actions_performed)"
                " THEN json_extract(actions_performed, '$.error') END IS NULL"
                " ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return None if row is None else int(row[0])

    def _prepare_folder(self) -> None:
        folder = self.path.parent
        if folder.name == ".ctb" and folder.is_symlink():
            problem = f"{folder} is a link, and may lead anywhere"
            raise LogError(self.location, problem, "remove it, or name the log with --log")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            ignore = folder / ".gitignore"
            if folder.name == ".ctb" and not ignore.exists():
                write_whole(ignore, b"*\n")
        except OSError as error:
            problem = f"its folder cannot be made ({error.strerror})"
            raise LogError(self.location, problem, _ANOTHER) from error

    @contextmanager
    def _connected(self, mode: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connect(mode)
            try:
                yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _connect(self, mode: str) -> sqlite3.Connection:
        """A write-ahead log in a folder that cannot be written is read as immutable."""
        url = f"{self.path.absolute().as_uri()}?mode={mode}"
        try:
            return _opened(url)
        except sqlite3.OperationalError:
            if mode != "ro" or not self.path.is_file():
                raise
            return _opened(f"{url}&immutable=1")

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Readers do not wait for writers; a file system that cannot do it still works. The
        switch ignores the busy timeout, and one of several first writers is enough.
        """
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        if not self._is_ours_or_empty(connection):
            return
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            return

    def _is_ours_or_empty(self, connection: sqlite3.Connection) -> bool:
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        return ours or not _tables(connection)

    def _is_ready(self, connection: sqlite3.Connection) -> bool:
        """True if the table is there, False in an empty file. Raises LogError for another's."""
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        if ours and version > SCHEMA_VERSION:
            problem = f"was written by a newer ctb (log schema {version})"
            raise LogError(self.location, problem, "upgrade ctb-audit, or " + _ANOTHER)
        tables = _tables(connection)
        if TABLE in tables:
            self._require_columns(connection)
            return True
        if tables:
            problem = f"holds other tables and no {TABLE}; it is left as it is"
            raise LogError(self.location, problem, _ANOTHER)
        return False

    def _require_columns(self, connection: sqlite3.Connection) -> None:
        found = {row[1] for row in connection.execute(f"PRAGMA table_info({TABLE})")}
        missing = [name for name in ("id", *COLUMNS) if name not in found]
        if missing:
            problem = f"{TABLE} lacks {', '.join(missing)}"
            raise LogError(self.location, problem, "add them, or " + _ANOTHER)

    def _make(self, connection: sqlite3.Connection) -> None:
        for statement in _statements(Path(__file__).with_name(f"{TABLE}.sqlite.sql").read_text()):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _explained(self, error: sqlite3.Error) -> LogError:
        name = getattr(error, "sqlite_errorname", "")
        for prefix, (problem, step) in _PROBLEMS.items():
            if name.startswith(prefix):
                detail = f" ({error})" if prefix in ("SQLITE_CONSTRAINT", "SQLITE_IOERR") else ""
                kind = _Damaged if prefix in _DAMAGES else LogError
                return kind(self.location, problem + detail, step)
        return LogError(self.location, str(error), _ANOTHER)


def timestamp(at: datetime) -> str:
    """UTC text as the log holds it: `2026-11-22T08:15:30.123Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _opened(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master"
        " WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    )
    return {row[0] for row in rows}


def _statements(script: str) -> Iterator[str]:
    """One statement at a time: `executescript` would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _insert(connection: sqlite3.Connection, entry: LogEntry) -> Written:
    known = connection.execute(
        f"SELECT heir_id FROM {TABLE} WHERE log_id = ?", (entry.log_id,)
    ).fetchone()
    if known is not None:
        return Written(entry.log_id, known[0])
    prefix = heir_prefix(entry.at)
    highest = connection.execute(
        f"SELECT heir_id FROM {TABLE} WHERE heir_id GLOB ? "
        "AND substr(heir_id, 18, length(heir_id) - 20) NOT GLOB '*[^A-Z]*' "
        "ORDER BY length(heir_id) DESC, heir_id DESC LIMIT 1",
        (f"{prefix}*-[0-9][0-9]",),
    ).fetchone()
    heir_id = next_heir_id(entry.at, None if highest is None else highest[0])
    now = timestamp(entry.at)
    row = {**entry.values(heir_id), "created_at": now, "updated_at": now}
    marks = ", ".join(f":{name}" for name in COLUMNS)
    connection.execute(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})", row)
    return Written(entry.log_id, heir_id)


_VALID = "CASE WHEN json_valid(actions_performed)"
_PART = "json_object('{0}', json_extract(actions_performed, '$.{0}'))"


def _path(wanted: LogFilter) -> str | None:
    return f"$.{wanted.only}" if wanted.only else None


def _query(wanted: LogFilter) -> tuple[str, list[str | int]]:
    terms: list[tuple[str, str | int | None]] = [
        ("action_type = ?", wanted.action),
        ("status = ?", wanted.status),
        ("created_at >= ?", timestamp(wanted.since) if wanted.since else None),
        ("created_at <= ?", timestamp(wanted.until) if wanted.until else None),
        ("compliance_score >= ?", wanted.lowest),
        ("compliance_score <= ?", wanted.highest),
        ("log_id = ?", wanted.log_id),
        (f"{_VALID} THEN json_extract(actions_performed, ?) END IS NOT NULL", _path(wanted)),
        ("heir_id = ?", wanted.heir_id),
    ]
    given = [(sql, value) for sql, value in terms if value is not None]
    where = " AND ".join(sql for sql, _ in given) or "1"
    columns = wanted.columns(_PART)
    sql = f"SELECT {columns} FROM {TABLE} WHERE {where} ORDER BY id DESC"
    parameters = [value for _, value in given]
    if wanted.limit is not None:
        return sql + " LIMIT ?", [*parameters, wanted.limit]
    return sql, parameters
