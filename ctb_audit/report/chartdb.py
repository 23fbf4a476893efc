"""Catalogs as a diagram that ChartDB imports (File, Import, JSON)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ctb_audit.model import Catalog, Column, Constraint, Index, IndexKey, Table

GAP_X, GAP_Y, ROW = 320, 80, 32
PER_ROW = 6
COLOUR = "#8eb7ff"
_TYPES = {"mysql": "mysql", "sqlite": "sqlite", "postgresql": "postgresql"}


def chartdb_json(catalogs: Sequence[Catalog]) -> str:
    """One diagram of all tables and views; equal catalogs give equal texts.

    Several systems make a `generic` diagram, as ChartDB has no other for them.
    """
    tables = [table for catalog in catalogs for table in catalog.tables]
    systems = {t.system for t in tables}
    only = next(iter(systems)) if len(systems) == 1 else ""
    fields = {(_id(t), c.name): f"{_id(t)}.{c.name}" for t in tables for c in t.columns}
    diagram = {
        "id": "ctb",
        "name": next((c.source for c in catalogs if c.source), "ctb"),
        "databaseType": _TYPES.get(only, "generic"),
        "tables": list(_placed(tables)),
        "relationships": [r for t in tables for r in _relations(t, tables, fields)],
        "dependencies": [],
    }
    return json.dumps(diagram, ensure_ascii=False, indent=2) + "\n"


def _id(table: Table) -> str:
    return f"{table.system}.{table.schema}.{table.name}"


def _placed(tables: Sequence[Table]) -> Iterator[dict[str, Any]]:
    """On a grid, each row below the tallest table of the one before."""
    top = 0
    for start in range(0, len(tables), PER_ROW):
        row = tables[start : start + PER_ROW]
        for position, table in enumerate(row):
            yield _table(table, position * GAP_X, top)
        top += max(len(t.columns) for t in row) * ROW + GAP_Y


def _table(table: Table, x: int, y: int) -> dict[str, Any]:
    keys = [c for c in table.constraints if c.kind == "primary key"]
    primary = frozenset(keys[0].columns if keys else ())
    unique = {c.columns[0] for c in _unique(table) if len(c.columns) == 1}
    return {
        "id": _id(table),
        "name": table.name,
        "schema": table.schema,
        "x": x,
        "y": y,
        "fields": [_field(c, table, primary, unique) for c in table.columns],
        "indexes": list(_indexes(table)),
        "checkConstraints": [
            {"id": f"{_id(table)}#check{n}", "expression": c.expression, "createdAt": 0}
            for n, c in enumerate(table.constraints)
            if c.kind == "check" and c.expression
        ],
        "color": COLOUR,
        "isView": False,
        "createdAt": 0,
        **({"comments": table.comment} if table.comment else {}),
    }


def _unique(table: Table) -> Iterator[Constraint]:
    return (c for c in table.constraints if c.kind == "unique")


def _field(
    column: Column, table: Table, primary: frozenset[str], unique: set[str]
) -> dict[str, Any]:
    """ChartDB's own type is a name without its length, which stands apart."""
    type_ = column.type
    found: dict[str, Any] = {
        "id": f"{_id(table)}.{column.name}",
        "name": column.name,
        "type": {"id": type_.name.replace(" ", "_").lower(), "name": type_.name.lower()},
        "primaryKey": column.name in primary,
        "unique": column.name in unique or primary == {column.name},
        "nullable": column.nullable,
        "createdAt": 0,
    }
    if type_.dimensions:
        found["isArray"] = True
    if type_.parameters and type_.family == "text":
        found["characterMaximumLength"] = str(type_.parameters[0])
    elif type_.parameters:
        found.update(zip(("precision", "scale"), type_.parameters, strict=False))
    if column.default is not None:
        found["default"] = column.default
    if column.comment:
        found["comments"] = column.comment
    return found


def _indexes(table: Table) -> Iterator[dict[str, Any]]:
    """Expression keys have no field in ChartDB; an index of nothing else is left out. A unique
    constraint of several columns is an index there.
    """
    for index in (*table.indexes, *_unique_together(table)):
        names = [k.column for k in index.keys if k.column is not None]
        if names and not index.intended:
            yield {
                "id": f"{_id(table)}#{index.name}",
                "name": index.name,
                "unique": index.unique,
                "type": index.method,
                "fieldIds": [f"{_id(table)}.{name}" for name in names],
                "createdAt": 0,
            }


def _unique_together(table: Table) -> Iterator[Index]:
    for constraint in _unique(table):
        if len(constraint.columns) > 1:
            keys = tuple(IndexKey(column) for column in constraint.columns)
            yield Index(constraint.name, keys, unique=True)


def _relations(
    table: Table, tables: Sequence[Table], fields: dict[tuple[str, str], str]
) -> Iterator[dict[str, Any]]:
    """One for each column of a foreign key whose table is drawn."""
    known = {(t.system, t.qualified): t for t in tables}
    for key in table.constraints:
        target = known.get((table.system, key.target)) if key.target is not None else None
        if key.kind != "foreign key" or target is None:
            continue
        wanted = key.target_columns or _primary(target)
        for own, other in zip(key.columns, wanted, strict=False):
            if (_id(table), own) in fields and (_id(target), other) in fields:
                yield {
                    "id": f"{_id(table)}#{key.name}.{own}",
                    "name": key.name,
                    "sourceSchema": table.schema,
                    "targetSchema": target.schema,
                    "sourceTableId": _id(table),
                    "targetTableId": _id(target),
                    "sourceFieldId": fields[_id(table), own],
                    "targetFieldId": fields[_id(target), other],
                    "sourceCardinality": "many",
                    "targetCardinality": "one",
                    "createdAt": 0,
                }


def _primary(table: Table) -> tuple[str, ...]:
    return next((c.columns for c in table.constraints if c.kind == "primary key"), ())
