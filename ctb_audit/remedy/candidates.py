"""Rows that a table may accept: made at random, or like those that it has accepted."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ctb_audit.model import Name, Table, UserType
from ctb_audit.remedy.samples import Make

_NULLS = 0.15
_LIKE = 0.7  # share of candidates that are made like accepted rows
EXHAUSTED = "its checks and keys accept no more of what was tried"
ROOMLESS = "its key has room for no more"
Row = list[str | None]
Keys = Mapping[tuple[str, ...], list[tuple[str | None, ...]]]


@dataclass(frozen=True)
class Traits:
    """`required` columns hold no NULL, `unique` sets of columns no values twice; `done` are the
    tables that have their rows.
    """

    table: Table
    required: set[str]
    unique: frozenset[frozenset[str]]
    done: frozenset[Name]

    @property
    def keyed(self) -> frozenset[str]:
        """Columns of any key, which together hold no values twice."""
        found = {column for columns in self.unique for column in columns}
        for constraint in self.table.constraints:
            if constraint.kind == "exclusion":
                found |= set(constraint.columns)
                found |= {k.column for k in constraint.elements if k.column}
        keys = [k for index in self.table.indexes if index.unique for k in index.keys]
        found |= {k.column for k in keys if k.column}
        computed = " ".join(k.expression for k in keys if k.expression)
        return frozenset(found | {c.name for c in self.table.columns if c.name in computed})

    def in_circle(self, columns: tuple[str, ...]) -> bool:
        """Whether the rows to refer to are still to come."""
        found = (c for c in self.table.constraints if c.kind == "foreign key")
        return any(c.columns == columns and c.target not in self.done for c in found)


class Candidates:
    """`dangling`: foreign keys of a circle, whose rows are to refer to something later."""

    def __init__(
        self, traits: Traits, makers: Mapping[str, Make | None], chance: random.Random
    ) -> None:
        self._traits = traits
        self._keyed = traits.keyed
        self._columns = [c for c in traits.table.columns if c.generated is None]
        self._makers = makers
        self._chance = chance
        self.dangling: set[tuple[str, ...]] = set()

    def rows(self, numbers: range, parents: Keys, accepted: Sequence[Row]) -> Iterator[Row]:
        """One for each number; fewer where a table that it must refer to is empty."""
        for number in numbers:
            like = None
            if accepted and self._chance.random() < _LIKE:
                like = dict(
                    zip((c.name for c in self._columns), self._chance.choice(accepted), strict=True)
                )
            row = self._row(number, parents, like)
            if row is not None:
                yield row

    def _row(self, number: int, parents: Keys, like: Mapping[str, str | None] | None) -> Row | None:
        values = {c.name: self._value(c.name, number, like) for c in self._columns}
        fixed: set[str] = set()
        for columns, keys in parents.items():
            kept = like is not None and (
                any(like[c] is None for c in columns) or not self._keyed & set(columns)
            )
            if not kept and not self._refer(columns, keys, values, fixed, number):
                return None
            fixed |= set(columns)
        return [values[c.name] for c in self._columns]

    def _value(self, name: str, number: int, like: Mapping[str, str | None] | None) -> str | None:
        make = self._makers[name]
        if like is not None and (like[name] is None or name not in self._keyed):
            return like[name]
        optional = name not in self._traits.required and like is None
        omit = optional and self._chance.random() < _NULLS
        return None if make is None or omit else make(self._chance, number)

    def _refer(
        self,
        columns: tuple[str, ...],
        keys: list[tuple[str | None, ...]],
        values: dict[str, str | None],
        fixed: set[str],
        number: int,
    ) -> bool:
        """Sets a foreign key's columns to an existing key, or to NULL where they may be."""
        free = [c for c in columns if c not in self._traits.required and c not in fixed]
        if not keys and not free and self._traits.in_circle(columns):
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
        sole = frozenset(columns) in self._traits.unique
        key = fitting[number % len(fitting)] if sole else self._chance.choice(fitting)
        values.update(zip(columns, key, strict=True))
        return True


def roomless(table: Table, types: Mapping[Name, UserType], held: int) -> str:
    """Why the table takes no more rows: a key of few values, or what is not known."""
    for constraint in table.constraints:
        if constraint.kind in ("primary key", "unique"):
            room = _room(table, constraint.columns, types)
            if room is not None and room <= held:
                return f"{ROOMLESS}: {constraint.name} has {room} values"
    return EXHAUSTED


def _room(table: Table, columns: Sequence[str], types: Mapping[Name, UserType]) -> int | None:
    """How many values the columns have together; None where that is no small number."""
    room = 1
    for name in columns:
        column = table.column(name)
        if column is None or (column.nullable and len(columns) > 1):
            return None
        schema, _, bare = column.type.name.rpartition(".")
        found = types.get(Name(schema, bare)) if schema else None
        if column.type.family == "boolean":
            room *= 2
        elif found is not None and found.kind == "enum":
            room *= len(found.labels)
        else:
            return None
    return room
