"""The state of a fleet's run: one SQLite file that holds the plan and every result so far.

Each result is one transaction, so that a run that ends in any way can be resumed. While a run
writes, the file is its alone. A shard's state travels to `ctb fleet merge` as it is.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from ctb_audit.errors import IncompleteError, UsageError
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.target import Target
from ctb_audit.lean import dataclass

T = TypeVar("T")
SCHEMA_VERSION = 1
APPLICATION_ID = 0x43544246  # "CTBF"
_STEP = "name another file with --state"
_TABLES = (
    "CREATE TABLE run (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), value TEXT NOT NULL)",
    "CREATE TABLE target (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE result (name TEXT PRIMARY KEY, run TEXT NOT NULL, inputs TEXT NOT NULL,"
    " at TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, content BLOB NOT NULL,"
    " log_id TEXT NOT NULL, logged INTEGER NOT NULL, seconds REAL NOT NULL,"
    " processor REAL NOT NULL, peak REAL NOT NULL)",
)


class StateError(IncompleteError):
    """A state file that cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a fleet. `shard`: which part of the plan it audits.
    `finished`: every target of its part has a result.
    """

    id: str
    day: date
    started: datetime
    shard: Shard = Shard()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A target's result. `reason` "" for an audit, whose `content` is there; else `message` says
    why there is none. `log_id` names its row; `logged` says that the log has it.
    """

    name: str
    run: str
    inputs: str
    at: datetime
    log_id: str
    reason: str = ""
    message: str = ""
    content: bytes = b""
    logged: bool = False
    seconds: float = 0.0
    processor: float = 0.0
    peak: float = 0.0


class State:
    """An open state file. `writing`: no other process may open it meanwhile."""

    def __init__(self, path: Path, *, writing: bool) -> None:
        """Raises UsageError for a file that another run holds, StateError for no state."""
        self.path = path
        if not writing and not path.is_file():
            raise StateError(str(path), "no state of a fleet is here", "run ctb fleet run first")
        try:
            if writing:
                _make_folder(path.parent)
            self._connection = _opened(path, writing)
        except sqlite3.Error as error:
            raise self._explained(error) from None
        except OSError as error:
            raise StateError(str(path), f"cannot be written ({error.strerror})", _STEP) from None
        try:
            self._prepare(writing)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "State":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def run(self) -> Run | None:
        """The latest run, None before the first."""
        row = self._one("SELECT value FROM run")
        return None if row is None else self._made(_run, row[0])

    def begin(self, run: Run, targets: Sequence[Target]) -> None:
        """Make this the run and these the plan; results of targets that left it go."""
        rows = [(t.name, json.dumps(asdict(t))) for t in targets]
        with self._transaction():
            self._connection.execute("DELETE FROM target")
            self._connection.executemany("INSERT INTO target VALUES (?, ?)", rows)
            self._connection.execute(
                "DELETE FROM result WHERE name NOT IN (SELECT name FROM target)"
            )
            self._put(run)

    def update(self, run: Run) -> None:
        with self._transaction():
            self._put(run)

    def targets(self) -> tuple[Target, ...]:
        """The whole plan, of every shard, by name."""
        rows = self._all("SELECT value FROM target ORDER BY name")
        return tuple(self._made(lambda value: Target(**value), row[0]) for row in rows)

    def keep(self, result: Result) -> None:
        """Store a result in place of the one that is there."""
        row = (
            *(result.name, result.run, result.inputs, result.at.isoformat(), result.reason),
            *(result.message, result.content, result.log_id, int(result.logged)),
            *(result.seconds, result.processor, result.peak),
        )
        with self._transaction():
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT OR REPLACE INTO result VALUES ({marks})", row)

    def confirm(self, name: str, run: str) -> None:
        """The result that is there is this run's too: its inputs are the same."""
        self._write("UPDATE result SET run = ? WHERE name = ?", (run, name))

    def mark_logged(self, name: str) -> None:
        self._write("UPDATE result SET logged = 1 WHERE name = ?", (name,))

    def inputs(self) -> Mapping[str, str]:
        """The digests of the inputs of what was audited, by target."""
        return dict(self._all("SELECT name, inputs FROM result WHERE reason = ''"))

    def names(self, run: str) -> frozenset[str]:
        """The targets that have a result of the run."""
        return frozenset(n for (n,) in self._all("SELECT name FROM result WHERE run = ?", (run,)))

    def unlogged(self) -> tuple[str, ...]:
        rows = self._all("SELECT name FROM result WHERE logged = 0 ORDER BY name")
        return tuple(name for (name,) in rows)

    def result(self, name: str) -> Result | None:
        row = self._one("SELECT * FROM result WHERE name = ?", (name,))
        return None if row is None else _result(row)

    def results(self, run: str) -> Iterator[Result]:
        """Those of the run, one after the other by name: an estate need not fit into memory."""
        for name in sorted(self.names(run)):
            found = self.result(name)
            if found is not None:
                yield found

    def _prepare(self, writing: bool) -> None:
        version = self._one("PRAGMA user_version")[0]
        ours = self._one("PRAGMA application_id")[0] == APPLICATION_ID
        if ours and version == SCHEMA_VERSION:
            return
        if ours:
            raise StateError(str(self.path), "was written by another version of ctb", _STEP)
        tables = self._one("SELECT count(*) FROM sqlite_master")[0]
        if tables or not writing:
            raise StateError(str(self.path), "is no state of a fleet; it is left as it is", _STEP)
        with self._transaction():
            for statement in _TABLES:
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _put(self, run: Run) -> None:
        value = {**asdict(run), "day": run.day.isoformat(), "started": run.started.isoformat()}
        self._connection.execute("INSERT OR REPLACE INTO run VALUES (1, ?)", (json.dumps(value),))

    def _made(self, make: Callable[[dict[str, Any]], T], text: str) -> T:
        try:
            return make(json.loads(text))
        except (KeyError, TypeError, ValueError) as error:
            problem = f"does not hold a run as ctb writes it ({error!r})"
            raise StateError(str(self.path), problem, _STEP) from None

    def _transaction(self) -> "_Transaction":
        return _Transaction(self)

    def _write(self, sql: str, parameters: tuple[Any, ...]) -> None:
        with self._transaction():
            self._connection.execute(sql, parameters)

    def _one(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        try:
            return self._connection.execute(sql, parameters).fetchone()
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _explained(self, error: sqlite3.Error) -> IncompleteError | UsageError:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            step = "wait for it, or " + _STEP
            return UsageError(str(self.path), "another run of a fleet is using it", step)
        if name in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            return StateError(str(self.path), "is no state of a fleet, or damaged", _STEP)
        return StateError(str(self.path), f"cannot be used: {error}", _STEP)


class _Transaction:
    """BEGIN and COMMIT, with what goes wrong told as this package tells it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __enter__(self) -> None:
        try:
            self._state._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._state._explained(error) from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._state._connection.execute("ROLLBACK" if error else "COMMIT")
        except sqlite3.Error as failure:
            raise self._state._explained(failure) from error
        if isinstance(error, sqlite3.Error):
            raise self._state._explained(error) from None


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.name == ".ctb":
        with suppress(FileExistsError), (folder / ".gitignore").open("x") as file:
            file.write("*\n")


def _opened(path: Path, writing: bool) -> sqlite3.Connection:
    mode = "rwc" if writing else "ro"
    url = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(url, uri=True, timeout=0.2, isolation_level=None)
    try:
        if writing:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _run(value: dict[str, Any]) -> Run:
    return Run(
        **{
            **value,
            "day": date.fromisoformat(value["day"]),
            "started": datetime.fromisoformat(value["started"]),
            "shard": Shard(**value["shard"]),
        }
    )


def _result(row: Sequence[Any]) -> Result:
    name, run, inputs, at, reason, message, content, log_id, logged, *cost = row
    return Result(
        name=name,
        run=run,
        inputs=inputs,
        at=datetime.fromisoformat(at),
        log_id=log_id,
        reason=reason,
        message=message,
        content=content,
        logged=bool(logged),
        seconds=cost[0],
        processor=cost[1],
        peak=cost[2],
    )
