"""In which order tables are filled, and what rows must satisfy beyond the schema."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ctb_audit.model import Constraint, Name, Table
from ctb_audit.remedy.quoting import identifiers, relation
from ctb_audit.semantics.quoting import identifier

if TYPE_CHECKING:
    import psycopg

Session: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"


@dataclass(frozen=True, slots=True)
class Demand:
    """What rows must satisfy beyond the schema: `checks` are expressions by table, `required`
    columns hold no NULL, `unique` ones no value twice.
    """

    checks: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)
    required: frozenset[tuple[Name, str]] = frozenset()
    unique: frozenset[tuple[Name, str]] = frozenset()
    foreign_keys: Mapping[Name, tuple[Constraint, ...]] = field(default_factory=dict)


def ordered(tables: Sequence[Table], demand: Demand) -> list[Table]:
    """Those that others refer to first; in a circle those that may refer to nothing yet."""
    waiting = {t.qualified: t for t in tables}
    every = {t.qualified: set(_targets(t, demand, waiting, hard=False)) for t in tables}
    hard = {t.qualified: set(_targets(t, demand, waiting, hard=True)) for t in tables}
    placed: list[Table] = []
    done: set[Name] = set()
    while waiting:
        ready = [n for n in waiting if every[n] <= done]
        ready = ready or [n for n in waiting if hard[n] <= done][:1] or [next(iter(waiting))]
        for name in ready:
            placed.append(waiting.pop(name))
            done.add(name)
    return placed


def _targets(
    table: Table, demand: Demand, known: Collection[Name], *, hard: bool
) -> Iterator[Name]:
    """What a table refers to; `hard`: without a column that may hold NULL instead."""
    for constraint in foreign_keys(table, demand):
        columns = (table.column(c) for c in constraint.columns)
        soft = any(c is not None and c.nullable for c in columns)
        target = constraint.target
        if target in known and target != table.qualified and not (hard and soft):
            assert target is not None
            yield target


def foreign_keys(table: Table, demand: Demand) -> Iterator[Constraint]:
    yield from (c for c in table.constraints if c.kind == "foreign key" and c.enforced)
    yield from demand.foreign_keys.get(table.qualified, ())


def close_circle(
    session: Session, table: Table, columns: tuple[str, ...], reasons: dict[Name, str]
) -> None:
    """Lets rows that were made before the rows they refer to refer to them."""
    import psycopg

    for constraint in table.constraints:
        if constraint.kind != "foreign key" or constraint.columns != columns:
            continue
        assert constraint.target is not None
        target, name = relation(constraint.target), relation(table.qualified)
        keys = identifiers(constraint.target_columns)
        pairs = zip(columns, constraint.target_columns, strict=True)
        assigned = ", ".join(f"{identifier(c)} = k.{identifier(k)}" for c, k in pairs)
        sql = (
            f"WITH k AS (SELECT {keys}, row_number() OVER () AS n, count(*) OVER () AS all_keys"
            f" FROM {target}), r AS (SELECT ctid AS place, row_number() OVER () AS n FROM {name})"
            f" UPDATE {name} AS t SET {assigned} FROM r JOIN k"
            " ON k.n = 1 + (r.n - 1) % k.all_keys WHERE t.ctid = r.place"
        )
        try:
            with session.transaction():
                session.execute(sql.encode())
        except psycopg.Error as error:
            reasons[table.qualified] = str(error).strip().splitlines()[0]
