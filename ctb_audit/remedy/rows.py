"""Rows for every table of a scratch database, so that a migration is tried on data.

Candidates are made at random from a fixed seed; the server keeps those that its own checks, keys
and uniqueness accept. Tables come after those they refer to.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ctb_audit.model import Catalog, Column, Constraint, Name, Table, UserType
from ctb_audit.remedy.quoting import identifier, identifiers, literal, relation, type_name
from ctb_audit.remedy.row_order import Demand, Session, close_circle, foreign_keys, ordered
from ctb_audit.remedy.samples import Make, maker

SEED = 20261122
_ROUNDS = 12
_NULLS = 0.15
_SINGLES = 3000  # candidates of a table that may be tried alone
_IDLE = 2  # rounds without a new row before a table is given up
EMPTY_TARGET = "a table that it refers to is empty"
EXHAUSTED = "its checks and keys accept no more of what was tried"
_CHUNK = 100  # candidates of one INSERT: one that the server cannot cast takes all with it
_KEYS = ("primary key", "unique", "exclusion")
Row = list[str | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows each table holds; `reasons` for those that hold fewer than were asked."""

    rows: Mapping[Name, int] = field(default_factory=dict)
    reasons: Mapping[Name, str] = field(default_factory=dict)


NO_DEMAND = Demand()


def fill(
    session: Session,
    catalog: Catalog,
    count: int,
    demand: Demand = NO_DEMAND,
    *,
    first: int = 0,
) -> Filled:
    """Puts `count` rows into every table; `catalog` is what the session's database holds.

    `first` is the number of the first row: other numbers, other values.

    Triggers of the tables stay quiet. `session` is in autocommit mode.
    """
    tables = [t for t in catalog.tables if t.partition_by is None]
    rows: dict[Name, int] = {}
    reasons: dict[Name, str] = {}
    circular: list[tuple[Table, tuple[str, ...]]] = []
    with _quiet(session):
        for table in ordered(tables, demand):
            filler = _Filler(session, catalog, table, _Turn(demand, first, frozenset(rows)))
            rows[table.qualified], reason = filler.fill(count)
            circular += ((table, columns) for columns in sorted(filler.dangling))
            if reason:
                reasons[table.qualified] = reason
        for table, columns in circular:
            close_circle(session, table, columns, reasons)
    return Filled(rows, reasons)


@contextmanager
def _quiet(session: Session) -> Iterator[None]:
    """Triggers, those of foreign keys among them, do not fire; keys are chosen to hold."""
    session.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        session.execute("RESET session_replication_role")


@dataclass(frozen=True, slots=True)
class _Turn:
    """A table's turn: `first` is the number of its first row, `done` holds those before it."""

    demand: Demand
    first: int
    done: frozenset[Name]


class _Filler:
    """Fills one table."""

    def __init__(self, session: Session, catalog: Catalog, table: Table, turn: _Turn) -> None:
        self._session = session
        self._table = table
        self._demand = turn.demand
        self._first = turn.first
        self._done = turn.done
        self._singles = _SINGLES
        self.dangling: set[tuple[str, ...]] = set()
        self._types: Mapping[Name, UserType] = catalog.types_by_name
        self._chance = random.Random(f"{SEED} {turn.first} {table.qualified}")
        computed = [c.name for c in table.columns if c.generated is not None]
        self._checks = tuple(  # the server computes a generated column later
            e for e in self._expressions(catalog) if not any(name in e for name in computed)
        )
        self._columns = [c for c in table.columns if c.generated is None]
        self._required = {
            c.name
            for c in self._columns
            if not c.nullable or (table.qualified, c.name) in turn.demand.required
        }
        for constraint in table.constraints:
            if constraint.kind == "primary key":
                self._required |= set(constraint.columns)
        self._unique = self._unique_columns()
        deferrable = any(c.deferrable for c in table.constraints if c.kind in _KEYS)
        self._otherwise = "" if deferrable else " ON CONFLICT DO NOTHING"

    def _expressions(self, catalog: Catalog) -> Iterator[str]:
        for constraint in self._table.constraints:
            if constraint.kind == "check" and constraint.expression and constraint.enforced:
                yield constraint.expression
        yield from self._demand.checks.get(self._table.qualified, ())
        if self._table.partition_of is not None:
            name = literal(relation(self._table.qualified))
            found = self._session.execute(
                f"SELECT pg_get_partition_constraintdef({name}::regclass)".encode()
            ).fetchone()
            if found and found[0]:
                yield str(found[0])

    def _unique_columns(self) -> frozenset[str]:
        """Columns that are unique by themselves."""
        found = {c for name, c in self._demand.unique if name == self._table.qualified}
        for constraint in self._table.constraints:
            if constraint.kind in ("primary key", "unique") and len(constraint.columns) == 1:
                found |= set(constraint.columns)
        for index in self._table.indexes:
            if index.unique and len(index.keys) == 1 and index.keys[0].column:
                found.add(index.keys[0].column)
        return frozenset(found)

    def fill(self, count: int) -> tuple[int, str]:
        """Rows that the table holds in the end, and why they are fewer ("" for not)."""
        import psycopg

        makers: dict[str, Make | None] = {c.name: self._maker(c) for c in self._columns}
        unknown = [c for c in self._required if makers[c] is None]
        parents = {c.columns: self._keys(c) for c in foreign_keys(self._table, self._demand)}
        referring = {name for columns in parents for name in columns}
        if set(unknown) - referring:
            return 0, f"no values are known for {', '.join(sorted(unknown))}"
        held, error, idle = 0, "", 0
        for turn in range(_ROUNDS):
            wanted = min(count - held, count) * (1 if turn == 0 else 4)
            candidates = [
                row
                for number in range(wanted)
                if (row := self._row(self._first + turn * count * 4 + number, makers, parents))
                is not None
            ]
            if not candidates:
                return held, EMPTY_TARGET
            before = held
            while candidates and held < count:
                chunk = candidates[: max(count - held, _CHUNK)]
                candidates = candidates[len(chunk) :]
                try:
                    held += self._insert(chunk, count - held)
                except psycopg.Error as failed:
                    error = str(failed).strip().splitlines()[0]
                    held += self._insert_each(chunk, count - held)
            idle = idle + 1 if held == before else 0
            if held >= count or idle > _IDLE:
                break
        if held >= count:
            return held, ""
        return held, error or EXHAUSTED

    def _maker(self, column: Column) -> Make | None:
        name = column.name
        hints = [e for e in self._checks if name in e]
        return maker(column, self._types, hints)

    def _keys(self, constraint: Constraint) -> list[tuple[str | None, ...]]:
        """Keys of the table that a foreign key names, as text."""
        assert constraint.target is not None
        columns = ", ".join(f"{identifier(c)}::text" for c in constraint.target_columns)
        sql = f"SELECT {columns} FROM {relation(constraint.target)} ORDER BY 1 LIMIT 2000"
        return [tuple(row) for row in self._session.execute(sql.encode()).fetchall()]

    def _row(
        self,
        number: int,
        makers: Mapping[str, Make | None],
        parents: Mapping[tuple[str, ...], list[tuple[str | None, ...]]],
    ) -> Row | None:
        """One candidate; None where a table that it must refer to is empty."""
        values: dict[str, str | None] = {}
        for column in self._columns:
            make = makers[column.name]
            omit = column.name not in self._required and self._chance.random() < _NULLS
            values[column.name] = None if make is None or omit else make(self._chance, number)
        fixed: set[str] = set()
        for columns, keys in parents.items():
            if not self._refer(columns, keys, values, fixed, number):
                return None
            fixed |= set(columns)
        return [values[c.name] for c in self._columns]

    def _refer(
        self,
        columns: tuple[str, ...],
        keys: list[tuple[str | None, ...]],
        values: dict[str, str | None],
        fixed: set[str],
        number: int,
    ) -> bool:
        """Sets a foreign key's columns to an existing key, or to NULL where they may be."""
        free = [c for c in columns if c not in self._required and c not in fixed]
        if not keys and not free and self._in_circle(columns):
            self.dangling.add(columns)
            return True
        if free and (not keys or self._chance.random() < _NULLS):
            values[free[0]] = None
            return True
        shared = [(n, c) for n, c in enumerate(columns) if c in fixed]
        fitting = [k for k in keys if all(k[n] == values[c] for n, c in shared)] if shared else keys
        if not fitting:
            if free:
                values[free[0]] = None
            return bool(free)
        single = len(columns) == 1 and columns[0] in self._unique
        key = fitting[number % len(fitting)] if single else self._chance.choice(fitting)
        values.update(zip(columns, key, strict=True))
        return True

    def _in_circle(self, columns: tuple[str, ...]) -> bool:
        """Whether the rows to refer to are still to come."""
        found = (c for c in self._table.constraints if c.kind == "foreign key")
        return any(c.columns == columns and c.target not in self._done for c in found)

    def _insert_each(self, candidates: Sequence[Row], limit: int) -> int:
        """The candidates one by one: where one cannot be cast the others need not suffer."""
        import psycopg

        held = 0
        for row in candidates[: self._singles]:
            self._singles -= 1
            if held < limit:
                with suppress(psycopg.Error):
                    held += self._insert([row], 1)
        return held

    def _insert(self, candidates: Sequence[Row], limit: int) -> int:
        """Inserts at most `limit` of the candidates that every check accepts."""
        names = [c.name for c in self._columns]
        if not names:
            return 0
        arrays = ", ".join("%s::text[]" for _ in names)
        casts = ", ".join(
            f"candidate.c{n}::{type_name(c.type)} AS {identifier(c.name)}"
            for n, c in enumerate(self._columns)
        )
        labels = ", ".join(f"c{n}" for n in range(len(names)))
        accepted = "".join(f" AND ({check}) IS NOT FALSE" for check in self._checks)
        alias = identifier(self._table.name)
        sql = (
            (
                f"INSERT INTO {relation(self._table.qualified)} ({identifiers(names)})"
                f" OVERRIDING SYSTEM VALUE SELECT * FROM (SELECT {casts}"
                f" FROM unnest({arrays}) AS candidate ({labels})) AS {alias}"
                f" WHERE true{accepted} LIMIT {limit}{self._otherwise}"
            )
            .replace("%", "%%")
            .replace("%%s::text[]", "%s::text[]")
        )
        columns = [[row[n] for row in candidates] for n in range(len(names))]
        with self._session.transaction():
            return self._session.execute(sql.encode(), columns).rowcount


def counted(session: Session, tables: Iterable[Name]) -> Mapping[Name, int]:
    """How many rows each table holds now."""
    found = {}
    for name in tables:
        row = session.execute(f"SELECT count(*) FROM {relation(name)}".encode()).fetchone()
        found[name] = int(row[0]) if row else 0
    return found
