"""Rows for every table of a scratch database, so that a migration is tried on data.

Candidates are made at random from a fixed seed; the server keeps those that its own checks, keys
and uniqueness accept. Tables come after those they refer to.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ctb_audit.model import Catalog, Column, Constraint, Name, Table, UserType
from ctb_audit.remedy.candidates import EXHAUSTED, ROOMLESS, Candidates, Row, Traits, roomless
from ctb_audit.remedy.quoting import identifiers, relation, type_name
from ctb_audit.remedy.row_order import Demand, Session, close_circle, foreign_keys, ordered
from ctb_audit.remedy.samples import Make, maker
from ctb_audit.semantics.quoting import identifier, literal

SEED = 20261122
_ROUNDS = 12
_KEYS_SEEN = 2000  # of a table that others refer to
_SAMPLES = 200  # accepted rows that others are made like
_SINGLES = 3000  # candidates of a table that may be tried alone
_IDLE = 2  # rounds without a new row before a table is given up
EMPTY_TARGET = "a table that it refers to is empty"
FULL = (EXHAUSTED, ROOMLESS, EMPTY_TARGET)
"""How the reasons begin why a table takes no more rows, of itself."""
_CHUNK = 100  # candidates of one INSERT: one that the server cannot cast takes all with it
_KEYS = ("primary key", "unique", "exclusion")


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
        self._unique = self._unique_sets()
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

    def _unique_sets(self) -> frozenset[frozenset[str]]:
        """Columns that hold no values twice, by themselves or together."""
        table = self._table
        found = {frozenset((c,)) for name, c in self._demand.unique if name == table.qualified}
        keys = ("primary key", "unique")
        found |= {frozenset(c.columns) for c in table.constraints if c.kind in keys}
        for index in table.indexes:
            if index.unique and all(key.column for key in index.keys):
                found.add(frozenset(key.column or "" for key in index.keys))
        return frozenset(found)

    def fill(self, count: int) -> tuple[int, str]:
        """Rows that the table holds in the end, and why they are fewer ("" for not)."""
        makers: dict[str, Make | None] = {c.name: self._maker(c) for c in self._columns}
        unknown = [c for c in self._required if makers[c] is None]
        keys = tuple(foreign_keys(self._table, self._demand))
        if set(unknown) - {name for c in keys for name in c.columns}:
            return 0, f"no values are known for {', '.join(sorted(unknown))}"
        traits = Traits(self._table, self._required, self._unique, self._done)
        candidates = Candidates(traits, makers, self._chance)
        held, error, idle = 0, "", 0
        for turn in range(_ROUNDS):
            wanted = count if turn == 0 else max(4 * (count - held), _CHUNK)
            parents = {c.columns: self._keys(c) for c in keys}
            first = self._first + turn * count * 4
            rows = list(candidates.rows(range(first, first + wanted), parents, self._samples(held)))
            if not rows:
                self.dangling = candidates.dangling
                return held, EMPTY_TARGET
            before = held
            held, error = self._keep(rows, held, count, error)
            idle = idle + 1 if held == before else 0
            if held >= count or idle > _IDLE:
                break
        self.dangling = candidates.dangling
        return held, "" if held >= count else error or roomless(self._table, self._types, held)

    def _keep(self, rows: Sequence[Row], held: int, count: int, error: str) -> tuple[int, str]:
        """Inserts chunk by chunk; how many the table holds then, and the last error."""
        import psycopg

        while rows and held < count:
            size = count - held
            chunk, rows = rows[:size], rows[size:]
            try:
                held += self._insert(chunk, count - held)
            except psycopg.Error as failed:
                error = str(failed).strip().splitlines()[0]
                held += self._insert_each(chunk, count - held)
        return held, error

    def _maker(self, column: Column) -> Make | None:
        name = column.name
        hints = [e for e in self._checks if name in e]
        return maker(column, self._types, hints)

    def _keys(self, constraint: Constraint) -> list[tuple[str | None, ...]]:
        """Keys of the table that a foreign key names, as text; of columns that hold each once
        those that they do not hold yet.
        """
        assert constraint.target is not None
        columns = ", ".join(f"k.{identifier(c)}::text" for c in constraint.target_columns)
        free = ""
        if frozenset(constraint.columns) in self._unique:
            pairs = zip(constraint.columns, constraint.target_columns, strict=True)
            same = " AND ".join(f"o.{identifier(c)} = k.{identifier(k)}" for c, k in pairs)
            own = relation(self._table.qualified)
            free = f" WHERE NOT EXISTS (SELECT FROM {own} AS o WHERE {same})"
        target = relation(constraint.target)
        sql = f"SELECT {columns} FROM {target} AS k{free} ORDER BY 1 LIMIT {_KEYS_SEEN}"
        return [tuple(row) for row in self._session.execute(sql.encode()).fetchall()]

    def _samples(self, held: int) -> list[Row]:
        """Rows that were accepted, as text: what is like them is likely to be."""
        if not held:
            return []
        columns = ", ".join(f"{identifier(c.name)}::text" for c in self._columns)
        sql = f"SELECT {columns} FROM {relation(self._table.qualified)} LIMIT {_SAMPLES}"
        return [list(row) for row in self._session.execute(sql.encode()).fetchall()]

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
