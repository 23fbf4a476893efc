"""Constraints and indexes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field
from functools import partial
from typing import Literal

from ctb_audit.errors import SourceError
from ctb_audit.lean import dataclass
from ctb_audit.model import Constraint, ConstraintKind, Index, IndexKey, Name
from ctb_audit.sources.postgres.decompiled import split_list
from ctb_audit.sources.postgres.fetch import Row, Rows
from ctb_audit.sources.postgres.naming import DEFAULT_COLLATION, Directory, options
from ctb_audit.sources.postgres.refusals import CHANGED

_KINDS: Mapping[str, ConstraintKind] = {
    "p": "primary key",
    "u": "unique",
    "f": "foreign key",
    "c": "check",
    "x": "exclusion",
}
_MATCHES: Mapping[str, Literal["simple", "full", "partial"]] = {
    "s": "simple",
    "f": "full",
    "p": "partial",
}
_ACTIONS: Mapping[str, str] = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
_DESCENDING, _NULLS_FIRST = 1, 2  # bits of indoption


@dataclass(slots=True)
class Keys:
    """Constraints and indexes by their table's oid, domains' constraints by the type's oid."""

    constraints: dict[int, list[Constraint]] = field(default_factory=lambda: defaultdict(list))
    of_domains: dict[int, list[Constraint]] = field(default_factory=lambda: defaultdict(list))
    indexes: dict[int, list[Index]] = field(default_factory=lambda: defaultdict(list))
    not_valid: set[tuple[int, int]] = field(default_factory=set)
    """Columns (table, number) whose NOT NULL is not validated (PostgreSQL 18)."""


def read_keys(rows: Rows, directory: Directory, collations: Mapping[tuple[int, int], int]) -> Keys:
    """`collations`: those of columns that differ from the default, by table and number."""
    keys = Keys()
    maker = _Indexes(directory, collations)
    indexes = {row[0]: row for row in rows["indexes"]}
    for row in sorted(rows["constraints"], key=lambda r: r[5]):
        if row[4] == "n":
            keys.not_valid.update((row[1], number) for number in row[6])
            continue
        backing = indexes.pop(row[3], None) if row[4] in "pux" else None
        target = keys.constraints[row[1]] if row[1] else keys.of_domains[row[2]]
        target.append(_constraint(row, backing, directory, maker))
    for row in sorted(indexes.values(), key=lambda r: r[2]):
        keys.indexes[row[1]].append(maker.index(row))
    return keys


def _constraint(row: Row, index: Row | None, directory: Directory, maker: "_Indexes") -> Constraint:
    kind = _KINDS[row[4]]
    make = partial(
        Constraint,
        kind,
        row[5],
        deferrable=row[7],
        initially_deferred=row[8],
        inherited=row[11],
        comment=directory.comment("pg_constraint", row[0]),
        location=directory.location,
    )
    match kind:
        case "check":
            return make(expression=row[22], validated=row[9], enforced=row[20], no_inherit=row[10])
        case "foreign key":
            return _foreign_key(make, row, directory)
        case _:
            return _indexed(make, row, index, directory, maker)


def _foreign_key(make: partial[Constraint], row: Row, directory: Directory) -> Constraint:
    return make(
        columns=directory.names(row[1], row[6]),
        target=Name(row[12], row[13]),
        target_columns=tuple(row[24] or directory.names(row[14], row[15])),
        match=_MATCHES[row[16]],
        on_update=_ACTIONS[row[17]],
        on_delete=_ACTIONS[row[18]],
        on_delete_columns=directory.names(row[1], row[19]),
        validated=row[9],
        enforced=row[20],
        period=row[21],
    )


def _indexed(
    make: partial[Constraint],
    row: Row,
    index: Row | None,
    directory: Directory,
    maker: "_Indexes",
) -> Constraint:
    """A primary key, unique or exclusion constraint, completed from the index behind it."""
    table = row[1]
    if index is None:
        return make(columns=directory.names(table, row[6]), period=row[21])
    include = directory.names(table, index[8][index[7] :])
    if row[4] == "x":
        return make(
            columns=directory.names(table, row[6]),
            method=index[3],
            elements=maker.keys(index),
            operators=tuple(row[23] or ()),
            predicate=index[15],
            include=include,
        )
    return make(
        columns=directory.names(table, row[6]),
        nulls_not_distinct=index[6],
        period=row[21],
        include=include,
    )


class _Indexes:
    def __init__(self, directory: Directory, collations: Mapping[tuple[int, int], int]) -> None:
        self._directory = directory
        self._collations = collations

    def index(self, row: Row) -> Index:
        directory = self._directory
        oid, table, name, method, unique, valid, not_distinct, count, numbers = row[:9]
        return Index(
            name,
            self.keys(row),
            method,
            unique,
            directory.names(table, numbers[count:]) if len(numbers) > count else (),
            row[15],
            not_distinct,
            valid,
            options=options((row[12], "")) if row[12] else (),
            comment=directory.comment("pg_class", oid),
            location=directory.location,
        )

    def keys(self, row: Row) -> tuple[IndexKey, ...]:
        table, count, numbers = row[1], row[7], row[8]
        names = self._directory.columns.get(table, {})
        expressions = iter(split_list(row[13]) if row[13] else ())
        collated = bool(row[14]) and " COLLATE " in row[14]
        found = []
        for position in range(count):
            number = numbers[position]
            if number:
                usual = self._collations.get((table, number), DEFAULT_COLLATION)
                column, expression, told = names[number], None, True
            else:
                usual, told = DEFAULT_COLLATION, collated
                column, expression = None, next(expressions, None)
                if expression is None:
                    raise SourceError(self._directory.location.path, *CHANGED)
            collation = self._directory.collation(row[10][position], usual) if told else None
            opclass = self._directory.opclasses.get(row[9][position])
            found.append(self._key(column, expression, collation, opclass, row[11][position]))
        return tuple(found)

    def _key(
        self,
        column: str | None,
        expression: str | None,
        collation: Name | None,
        opclass: Name | None,
        bits: int,
    ) -> IndexKey:
        descending, first = bool(bits & _DESCENDING), bool(bits & _NULLS_FIRST)
        nulls_first = None if first == descending else first
        return IndexKey(column, expression, collation, opclass, descending, nulls_first)
