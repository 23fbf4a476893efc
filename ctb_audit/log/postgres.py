"""The compliance log in PostgreSQL: the table as `ctb_compliance_log.sql` makes it, or as the
organisation's own reference defines it (without our further constraints).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import random
from typing import TYPE_CHECKING, Any

from ctb_audit.errors import LogError, SourceError
from ctb_audit.log.entry import (
    ALL_ROWS,
    COLUMNS,
    TABLE,
    LogAway,
    LogEntry,
    LogFilter,
    LogRow,
    Written,
    row_from,
)
from ctb_audit.log.identifiers import heir_prefix, next_heir_id
from ctb_audit.sources.postgres.connect import UNNAMED, connected, display_url, parse, secrets
from ctb_audit.sources.postgres.refusals import said

if TYPE_CHECKING:
    import psycopg

DDL_FILE = Path(__file__).with_name(f"{TABLE}.sql")
IDS_FILE = Path(__file__).with_name("ctb_ids.sql")
_LOCK = 0x4354424C4F47  # "CTBLOG", the key of the advisory lock that orders our writers
_ATTEMPTS = 8  # another program may allocate the same HEIR id without our lock
_RECONNECTS = 2
_PAUSE = 0.2  # seconds before the first repetition
_PATIENCE = 60.0  # seconds; another writer may hold the lock for some


class _Contended(LogError):
    """Another writer was in the way; the next attempt may succeed at once."""


class PostgresLog:
    """`location` is the URL without its password."""

    def __init__(self, url: str, create: bool = False) -> None:
        try:
            self._settings = parse(url, "log postgresql://...")
        except SourceError as error:
            raise LogError(error.place, "not a PostgreSQL URL", "correct --log") from None
        self._hidden = secrets(url, self._settings)
        self.location = UNNAMED if display_url(url) == UNNAMED else _shown(self._settings)
        self.notices: list[str] = []
        self._create = create

    def write(self, entry: LogEntry) -> Written:
        """Each attempt is one transaction. One whose end is not known is repeated: the `log_id`
        tells whether it succeeded.
        """
        entry = entry.identified()
        for attempt in range(_ATTEMPTS):
            try:
                with self.writing() as connection:
                    return self._write(connection, entry)
            except LogAway:
                if attempt >= _RECONNECTS:
                    raise
                time.sleep(_PAUSE * 2**attempt)
            except _Contended:
                time.sleep(_PAUSE * random())
        raise LogError(self.location, "no free HEIR id: another writer keeps taking them")

    def prepare(self) -> None:
        with self.writing() as connection:
            self._require_table(connection)
            if self._create:
                connection.execute(IDS_FILE.read_text(encoding="utf-8"))

    @contextmanager
    def writing(self) -> "Iterator[psycopg.Connection[dict[str, Any]]]":
        """One transaction that holds the only right to write; it sees what the lock waited for."""
        with self._connected() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            yield connection

    def entries(self, wanted: LogFilter = ALL_ROWS) -> Iterator[LogRow]:
        sql, parameters = _query(wanted)
        with self._connected() as connection, connection.transaction():
            if not self._is_ready(connection):
                return
            with connection.cursor("ctb_log") as cursor:
                for values in cursor.execute(sql, parameters):
                    yield row_from(values, _utc(values["created_at"]))

    def last_score(self) -> int | None:
        with self._connected() as connection, connection.transaction():
            if not self._is_ready(connection):
                return None
            row = connection.execute(
                f"SELECT compliance_score FROM {TABLE} WHERE action_type = 'audit'"
                " AND status <> 'partial' AND actions_performed -> 'error' IS NULL"
                " ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return None if row is None else int(row["compliance_score"])

    def _write(self, connection: "psycopg.Connection[dict[str, Any]]", entry: LogEntry) -> Written:
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        self._require_table(connection)
        return _insert(connection, entry)

    def _require_table(self, connection: "psycopg.Connection[dict[str, Any]]") -> None:
        if not self._is_ready(connection):
            if not self._create:
                step = "create it with ctb history --create, or correct --log"
                raise LogError(self.location, f"has no table {TABLE}", step)
            connection.execute(DDL_FILE.read_text(encoding="utf-8"))

    def _is_ready(self, connection: "psycopg.Connection[dict[str, Any]]") -> bool:
        rows = connection.execute(
            "SELECT attname FROM pg_catalog.pg_attribute"
            " WHERE attrelid = pg_catalog.to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            (TABLE,),
        ).fetchall()
        found = {row["attname"] for row in rows}
        missing = [name for name in ("id", *COLUMNS) if name not in found]
        if found and missing:
            problem = f"{TABLE} lacks {', '.join(missing)}"
            raise LogError(self.location, problem, f"add them as in {DDL_FILE.name}")
        return bool(found)

    @contextmanager
    def _connected(self) -> "Iterator[psycopg.Connection[dict[str, Any]]]":
        import psycopg
        from psycopg.rows import dict_row

        try:
            with connected(
                self._settings,
                self.location,
                patience_s=_PATIENCE,
                autocommit=True,
                row_factory=dict_row,
            ) as connection:
                yield connection
        except SourceError as error:
            raise LogError(self.location, error.problem, error.step) from None
        except psycopg.Error as error:
            problem = said(error, self._hidden)
            raise _kind(error)(self.location, problem, "correct --log, or use --no-log") from None


def _kind(error: "psycopg.Error") -> type[LogError]:
    from psycopg.errors import (
        DeadlockDetected,
        OperationalError,
        SerializationFailure,
        UniqueViolation,
    )

    if isinstance(error, UniqueViolation | SerializationFailure | DeadlockDetected):
        return _Contended
    return LogAway if isinstance(error, OperationalError) else LogError


def _shown(settings: dict[str, Any]) -> str:
    user = f"{settings['user']}@" if settings.get("user") else ""
    port = f":{settings['port']}" if settings.get("port") else ""
    host = settings.get("host") or settings.get("hostaddr") or ""
    return f"postgresql://{user}{host}{port}/{settings.get('dbname', '')}"


def _insert(connection: "psycopg.Connection[dict[str, Any]]", entry: LogEntry) -> Written:
    known = connection.execute(
        f"SELECT heir_id FROM {TABLE} WHERE log_id = %s", (entry.log_id,)
    ).fetchone()
    if known is not None:
        return Written(entry.log_id, known["heir_id"])
    prefix = heir_prefix(entry.at)
    highest = connection.execute(
        f"SELECT heir_id FROM {TABLE} WHERE heir_id LIKE %s AND heir_id ~ %s"
        ' ORDER BY length(heir_id) DESC, heir_id COLLATE "C" DESC LIMIT 1',
        (f"{prefix}%", f"^{prefix}[A-Z]*-[0-9][0-9]$"),
    ).fetchone()
    heir_id = next_heir_id(entry.at, None if highest is None else highest["heir_id"])
    now = entry.utc().replace(tzinfo=None)
    row = {**entry.values(heir_id), "created_at": now, "updated_at": now}
    marks = ", ".join(f"%({name})s" for name in COLUMNS)
    names = ", ".join(COLUMNS)
    connection.execute(f"INSERT INTO {TABLE} ({names}) VALUES ({marks})", row)
    return Written(entry.log_id, heir_id)


_PART = "jsonb_build_object('{0}', actions_performed -> '{0}')"


def _query(wanted: LogFilter) -> tuple[str, list[Any]]:
    terms: list[tuple[str, Any]] = [
        ("action_type = %s", wanted.action),
        ("status = %s", wanted.status),
        ("created_at >= %s", wanted.since and _naive(wanted.since)),
        ("created_at <= %s", wanted.until and _naive(wanted.until)),
        ("compliance_score >= %s", wanted.lowest),
        ("compliance_score <= %s", wanted.highest),
        ("log_id = %s", wanted.log_id),
        ("actions_performed -> %s IS NOT NULL", wanted.only or None),
        ("heir_id = %s", wanted.heir_id),
    ]
    given = [(sql, value) for sql, value in terms if value is not None]
    where = " AND ".join(sql for sql, _ in given) or "true"
    columns = wanted.columns(_PART)
    sql = f"SELECT {columns} FROM {TABLE} WHERE {where} ORDER BY id DESC"
    limit = "" if wanted.limit is None else f" LIMIT {int(wanted.limit)}"
    return sql + limit, [value for _, value in given]


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
