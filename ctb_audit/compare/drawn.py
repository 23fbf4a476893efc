"""What a diagram can say of a table: the rest of a definition is no difference beside one.

A diagram of ChartDB keeps columns with types, NULL and defaults, keys, unique columns, relations
column by column, checks, and the columns of indexes. It keeps no names of constraints, no actions
of foreign keys, no order, predicate or expression of an index, no triggers, views or functions.
"""

from collections.abc import Iterator
from dataclasses import replace

from ctb_audit.model import Catalog, Column, Constraint, Index, IndexKey, Table


def is_diagram(catalog: Catalog) -> bool:
    """Whether all that it holds was drawn."""
    return bool(catalog.tables) and all(table.drawn for table in catalog.tables)


def as_drawn(table: Table) -> Table:
    """The table as a diagram would show it; equal tables give equal parts, by equal names."""
    return Table(
        table.system,
        table.schema,
        table.name,
        columns=tuple(map(_column, table.columns)),
        constraints=tuple({c.name: c for c in _constraints(table)}.values()),
        indexes=tuple({i.name: i for i in _indexes(table)}.values()),
        triggers=None,
        policies=None,
        row_level_security=None,
        comment=table.comment,
        grants=None,
        location=table.location,
    )


def _column(column: Column) -> Column:
    shown = Column(column.name, column.type, column.nullable, column.default)
    return replace(shown, comment=column.comment, location=column.location)


def _constraints(table: Table) -> Iterator[Constraint]:
    for constraint in table.constraints:
        if constraint.kind == "foreign key":
            yield from _relations(constraint)
        elif constraint.kind == "check":
            name = f"check {constraint.expression}"
            yield Constraint("check", name, expression=constraint.expression)
        elif constraint.kind == "primary key":
            yield Constraint("primary key", "primary key", constraint.columns)
        elif constraint.kind == "unique":
            yield _unique(constraint.columns)
    for index in table.indexes:
        if index.unique and _drawn_columns(index):
            yield _unique(_drawn_columns(index))


def _relations(key: Constraint) -> Iterator[Constraint]:
    """A relation for each column; one to the primary key names its column all the same."""
    targets = key.target_columns or ("id",) * len(key.columns)
    for own, other in zip(key.columns, targets, strict=False):
        name = f"foreign key {own}"
        yield Constraint("foreign key", name, (own,), target=key.target, target_columns=(other,))


def _unique(columns: tuple[str, ...]) -> Constraint:
    return Constraint("unique", f"unique {', '.join(columns)}", columns)


def _drawn_columns(index: Index) -> tuple[str, ...]:
    return tuple(k.column for k in index.keys if k.column is not None)


def _indexes(table: Table) -> Iterator[Index]:
    """Those of columns; what is unique, on whichever rows, stands among the constraints."""
    for index in table.indexes:
        columns = _drawn_columns(index)
        if columns and not index.unique and not index.intended:
            keys = tuple(IndexKey(column) for column in columns)
            yield Index(index.name, keys, location=index.location)
