"""Constraints and indexes."""

from collections import defaultdict
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Literal

from ctb_audit.errors import SourceError
from ctb_audit.lean import dataclass
from ctb_audit.model import Constraint, ConstraintKind, Index, IndexKey, Name
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.decompiled import split_list
from ctb_audit.sources.postgres.fetch import DEFAULT_COLLATION, Rows
from ctb_audit.sources.postgres.naming import Directory, options
from ctb_audit.sources.postgres.refusals import CHANGED

_BACKED: Mapping[str, ConstraintKind] = {
    "p": "primary key",
    "u": "unique",
    "x": "exclusion",
}
"""Kinds of constraints that an index stands behind."""

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
_NAME = attrgetter("name")
_DESCENDING, _NULLS_FIRST = 1, 2  # bits of indoption


@dataclass(slots=True)
class Keys:
    """Constraints and indexes by their table's oid, domains' constraints by the type's oid."""

    constraints: dict[int, list[Constraint]]
    of_domains: dict[int, list[Constraint]]
    indexes: dict[int, list[Index]]


def read_keys(rows: Rows, directory: Directory, collations: Mapping[tuple[int, int], int]) -> Keys:
    """`collations`: those of columns that differ from the default, by table and number."""
    keys = Keys(defaultdict(list), defaultdict(list), defaultdict(list))
    behind = {row[0]: row for row in rows["indexes"]}
    named = {oid for row in rows["indexes"] for oid in row[10]}
    directory.add_collations(rows.collations_of(named - directory.collations.keys() - {0}))
    maker = _Indexes(directory, collations)
    # made before it is known which of them stand behind a constraint, while the server tells that
    indexes = {row[0]: maker.index(row) for row in rows["indexes"] if not row[16]}
    for row in rows["constraints"]:
        if row[4] in _BACKED:
            indexes.pop(row[3], None)
            found = _backed(row, behind.get(row[3]), directory, maker)
        else:
            found = _constraint(row, directory)
        (keys.constraints[row[1]] if row[1] else keys.of_domains[row[2]]).append(found)
    for oid, index in indexes.items():
        keys.indexes[behind[oid][1]].append(index)
    by_table: tuple[Mapping[int, list[Constraint]] | Mapping[int, list[Index]], ...]
    by_table = (keys.constraints, keys.of_domains, keys.indexes)
    for held in by_table:
        for of_one in held.values():
            of_one.sort(key=_NAME)
    return keys


def _constraint(row: Row, directory: Directory) -> Constraint:
    """A check or a foreign key."""
    comment = directory.comment("pg_constraint", row[0])
    if row[4] == "c":
        return Constraint(
            "check",
            row[5],
            expression=row[22],
            validated=row[9],
            enforced=row[20],
            no_inherit=row[10],
            inherited=row[11],
            comment=comment,
            location=directory.location,
        )
    return Constraint(
        "foreign key",
        row[5],
        directory.names(row[1], row[6]),
        target=Name(row[12], row[13]),
        target_columns=tuple(row[24] or directory.names(row[14], row[15])),
        match=_MATCHES[row[16]],
        on_update=_ACTIONS[row[17]],
        on_delete=_ACTIONS[row[18]],
        on_delete_columns=directory.names(row[1], row[19]),
        deferrable=row[7],
        initially_deferred=row[8],
        validated=row[9],
        enforced=row[20],
        period=row[21],
        inherited=row[11],
        comment=comment,
        location=directory.location,
    )


def _backed(row: Row, index: Row | None, directory: Directory, maker: "_Indexes") -> Constraint:
    """A primary key, unique or exclusion constraint, completed from the index behind it."""
    table = row[1]
    told: dict[str, Any]
    if index is not None and row[4] == "x":
        told = {
            "method": index[3],
            "elements": maker.keys(index),
            "operators": tuple(row[23] or ()),
            "predicate": index[15],
        }
    elif index is not None:
        told = {"nulls_not_distinct": index[6], "period": row[21]}
    else:
        told = {"period": row[21]}
    return Constraint(
        _BACKED[row[4]],
        row[5],
        directory.names(table, row[6]),
        deferrable=row[7],
        initially_deferred=row[8],
        include=directory.names(table, index[8][index[7] :]) if index else (),
        inherited=row[11],
        comment=directory.comment("pg_constraint", row[0]),
        location=directory.location,
        **told,
    )


class _Indexes:
    def __init__(self, directory: Directory, collations: Mapping[tuple[int, int], int]) -> None:
        self._directory = directory
        self._collations = collations
        self._made: dict[tuple[str, int, int, int, int], IndexKey] = {}
        """Those of columns, by all that they depend on: most are alike from table to table."""

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
        expressions = iter(split_list(row[13]) if row[13] else ())
        return tuple(
            [
                self._of_column(row, place)
                if row[8][place]
                else self._of_expression(row, place, next(expressions, None))
                for place in range(row[7])
            ]
        )

    def _of_column(self, row: Row, place: int) -> IndexKey:
        table, number = row[1], row[8][place]
        name = self._directory.columns[table][number]
        usual = self._collations.get((table, number), DEFAULT_COLLATION)
        known_by = (name, row[10][place], usual, row[9][place], row[11][place])
        made = self._made.get(known_by)
        if made is None:
            collation = self._directory.collation(row[10][place], usual)
            made = self._made[known_by] = self._key(row, place, name, None, collation)
        return made

    def _of_expression(self, row: Row, place: int, expression: str | None) -> IndexKey:
        if expression is None:
            raise SourceError(self._directory.location.path, *CHANGED)
        collated = bool(row[14]) and " COLLATE " in row[14]
        oid = row[10][place] if collated else 0
        collation = self._directory.collation(oid, DEFAULT_COLLATION)
        return self._key(row, place, None, expression, collation)

    def _key(
        self,
        row: Row,
        place: int,
        column: str | None,
        expression: str | None,
        collation: Name | None,
    ) -> IndexKey:
        opclass, bits = self._directory.opclasses.get(row[9][place]), row[11][place]
        descending, first = bool(bits & _DESCENDING), bool(bits & _NULLS_FIRST)
        nulls_first = None if first == descending else first
        return IndexKey(column, expression, collation, opclass, descending, nulls_first)
