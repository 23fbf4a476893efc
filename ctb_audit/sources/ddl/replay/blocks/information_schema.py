"""Rows of the information schema, as far as the model knows them."""

from collections.abc import Callable, Mapping

from ctb_audit.model import Table
from ctb_audit.sources.ddl.replay.blocks.functions import DATABASE
from ctb_audit.sources.ddl.replay.blocks.pg_catalog import (
    CONSTRAINT_KINDS,
    SERVER_SCHEMAS,
    Rows,
    columns_of_views,
    constraints,
    tables,
)
from ctb_audit.sources.ddl.replay.blocks.values import Row
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import EXTENSION_TYPES

_NOT_NULL = "\0_not_null"
"""Stands for the name of a NOT NULL, which is made of numbers before PostgreSQL 18."""


def _schemata(state: State, only: str | None) -> Rows:
    for schema in (*state.schemas, *SERVER_SCHEMAS):
        yield {"catalog_name": DATABASE, "schema_name": schema}


def _place(table: Table) -> dict[str, str]:
    return {"table_catalog": DATABASE, "table_schema": table.schema, "table_name": table.name}


def _all_tables(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        kind = "FOREIGN" if table.kind == "foreign" else "BASE TABLE"
        yield {**_place(table), "table_type": kind}
    for entry in state.views.ordered():
        view = entry.view
        if not view.materialized and only in (None, view.name):
            yield {
                "table_catalog": DATABASE,
                "table_schema": view.schema,
                "table_name": view.name,
                "table_type": "VIEW",
            }


def _columns(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        for number, column in enumerate(table.columns, 1):
            type_ = column.type
            row: dict[str, str | int | None] = {
                **_place(table),
                "column_name": column.name,
                "ordinal_position": number,
                "is_nullable": "YES" if column.nullable else "NO",
                "is_identity": "YES" if column.identity else "NO",
            }
            if type_.dimensions:
                row["data_type"] = "ARRAY"
            elif "." in type_.name or type_.name in EXTENSION_TYPES:
                row |= {"data_type": "USER-DEFINED", "udt_name": type_.name.rpartition(".")[2]}
            elif type_.family != "unknown":
                row["data_type"] = type_.name
            if column.default is None:
                row["column_default"] = None
            yield row
    yield from _columns_of_views(state, only)


def _columns_of_views(state: State, only: str | None) -> Rows:
    for view, names in columns_of_views(state, only):
        for number, name in enumerate(names if not view.materialized else (), 1):
            yield {
                "table_catalog": DATABASE,
                "table_schema": view.schema,
                "table_name": view.name,
                "column_name": name,
                "ordinal_position": number,
                "is_nullable": "YES",
                "is_identity": "NO",
                "column_default": None,
            }


def _table_constraints(state: State, only: str | None) -> Rows:
    """NOT NULL is a check there."""
    for table, constraint in constraints(state, only):
        kind = CONSTRAINT_KINDS[constraint.kind][1]
        if kind:
            yield _table_constraint(table, constraint.name, kind)
    for table in tables(state, only):
        for column in table.columns:
            if not column.nullable:
                yield _table_constraint(table, _NOT_NULL, "CHECK")


def _table_constraint(table: Table, name: str | None, kind: str) -> Row:
    return {
        **_place(table),
        "constraint_catalog": DATABASE,
        "constraint_schema": table.schema,
        "constraint_name": name,
        "constraint_type": kind,
    }


def _key_column_usage(state: State, only: str | None) -> Rows:
    for table, constraint in constraints(state, only):
        if constraint.kind in ("foreign key", "primary key", "unique"):
            for number, column in enumerate(constraint.columns, 1):
                yield {
                    **_place(table),
                    "constraint_catalog": DATABASE,
                    "constraint_schema": table.schema,
                    "constraint_name": constraint.name,
                    "column_name": column,
                    "ordinal_position": number,
                }


def _constraint_column_usage(state: State, only: str | None) -> Rows:
    """Of a foreign key the columns that it points to; of a check those that it reads."""
    for table, constraint in constraints(state, only):
        target = constraint.target or table.qualified
        listed = constraint.kind != "exclusion"
        for column in constraint.target_columns or constraint.columns if listed else ():
            yield {
                "table_catalog": DATABASE,
                "table_schema": target.schema,
                "table_name": target.name,
                "column_name": column,
                "constraint_schema": table.schema,
                "constraint_name": constraint.name,
            }


def _views(state: State, only: str | None) -> Rows:
    for row in _all_tables(state, only):
        if row["table_type"] == "VIEW":
            yield row


def _triggers(state: State, only: str | None) -> Rows:
    """One row for each event, as there."""
    for table in tables(state, only):
        for trigger in table.triggers or ():
            for event in trigger.events:
                if event != "truncate":
                    yield {
                        "trigger_catalog": DATABASE,
                        "trigger_schema": table.schema,
                        "trigger_name": trigger.name,
                        "event_manipulation": event.upper(),
                        "event_object_catalog": DATABASE,
                        "event_object_schema": table.schema,
                        "event_object_table": table.name,
                    }


VIEWS: Mapping[str, Callable[[State, str | None], Rows]] = {
    "schemata": _schemata,
    "tables": _all_tables,
    "columns": _columns,
    "table_constraints": _table_constraints,
    "key_column_usage": _key_column_usage,
    "constraint_column_usage": _constraint_column_usage,
    "views": _views,
    "triggers": _triggers,
}
