"""ADD COLUMN and ALTER COLUMN."""

import re
from collections.abc import Callable
from typing import Literal

from ctb_audit.copies import replace
from ctb_audit.model import Column, Name, Table, Type
from ctb_audit.sources.ddl.operations import AddColumn, AlterColumn
from ctb_audit.sources.ddl.replay.columns import (
    build,
    most_columns,
    note_use,
    own_sequence,
    sequence_of,
    spreads_identity,
    without_null_default,
)
from ctb_audit.sources.ddl.replay.constraints import (
    add_indexed,
    merge_declared,
)
from ctb_audit.sources.ddl.replay.foreign_keys import add_foreign_keys
from ctb_audit.sources.ddl.replay.indexes import spread_constraint
from ctb_audit.sources.ddl.replay.late import add_check, user_of
from ctb_audit.sources.ddl.replay.local_parts import note_local
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.sequences import altered, drawn_sequence
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import resolve_type


def add_column(state: State, name: Name, action: AddColumn, only: bool) -> None:
    table = state.tables[name]
    if table.column(action.column.name) is not None:
        if action.if_not_exists:
            return
        message = f'column "{action.column.name}" of relation "{table.name}" already exists'
        raise duplicate(message, name)
    if len(table.columns) >= most_columns(state):
        raise Refusal(f"tables can have at most {most_columns(state)} columns", name)
    children = state.children(name)
    if only and children:
        state.complain(Refusal("column must be added to child tables too", name))
    if action.column.identity and children and not spreads_identity(state, table):
        raise Refusal("cannot recursively add identity column to a table with children", name)
    column = build(state, name, action.column)
    _store_new(state, name, column)
    for child in children:
        _add_to_child(state, child, column)
    _add_constraints(state, name, action)


def _store_new(state: State, name: Name, column: Column) -> None:
    note_use(state, name, column)
    table = state.tables[name]
    state.put(replace(table, columns=(*table.columns, column)))


def _add_to_child(state: State, name: Name, column: Column) -> None:
    """A child that has the column already merges it."""
    table = state.tables[name]
    own = table.column(column.name)
    if own is not None:
        merged = replace(own, inherited=True)
        columns = tuple(merged if c is own else c for c in table.columns)
        state.put(replace(table, columns=columns))
        note_local(state, name, "column", column.name)
        return
    _store_new(state, name, replace(column, inherited=True, serial=None, comment=None))
    for child in state.children(name):
        _add_to_child(state, child, column)


def _add_constraints(state: State, name: Name, action: AddColumn) -> None:
    for check in action.constraints:
        if check.kind == "check":
            add_check(state, name, check, only=False)
    for constraint in merge_declared(action.constraints):
        table = add_indexed(state, state.tables[name], constraint)
        state.put(table)
        spread_constraint(state, name, table.constraints[-1])
    keys = (c for c in action.constraints if c.kind == "foreign key")
    state.put(add_foreign_keys(state, state.tables[name], *keys))


# ---- ALTER COLUMN ------------------------------------------------------------------------------


def alter_column(state: State, name: Name, action: AlterColumn, only: bool) -> None:
    table = state.tables[name]
    column = table.column(action.name)
    if column is None:
        if action.if_exists or name in state.open_tables:
            return
        raise Refusal(f'column "{action.name}" of relation "{table.name}" does not exist', name)
    if action.change == "type" and (column.inherited or (only and state.children(name))):
        above = f'cannot alter inherited column "{action.name}"'
        below = f'type of inherited column "{action.name}" must be changed in child tables too'
        state.complain(Refusal(above if column.inherited else below, name))
    _alter_column(state, table, column, action, only)


def _alter_column(
    state: State, table: Table, column: Column, action: AlterColumn, only: bool
) -> None:
    name = table.qualified
    change = _CHANGES.get(action.change)
    if change is None:
        return
    changed = change(state, table, column, action)
    columns = tuple(changed if c.name == action.name else c for c in table.columns)
    state.put(replace(state.tables[name], columns=columns))
    note_use(state, name, changed)
    if not only and "identity" not in action.change:
        for child in state.children(name):
            below = state.tables[child]
            inherited = below.column(action.name)
            if inherited is not None:
                _alter_column(state, below, inherited, action, only)


def _set_type(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if not isinstance(action.value, Type):
        return column
    resolved = resolve_type(state, action.value, table.qualified)
    user = user_of(state, table.qualified, column.name)
    if user:
        state.complain(Refusal(f"cannot alter type of a column used {user}", table.qualified))
    if column.identity and resolved.name not in ("smallint", "integer", "bigint"):
        message = "identity column type must be smallint, integer, or bigint"
        raise Refusal(message, table.qualified)
    for name in sequence_of(state, table.qualified, column.name):
        if column.identity:
            state.sequences[name] = altered(state.sequences[name], {"type": resolved.name})
    return replace(column, type=resolved, default=_cast(column, resolved))


_TIMES = frozenset({"timestamp", "date", "time"})


def _cast(column: Column, type_: Type) -> str | None:
    """A literal keeps the type that it was stored in: moments mean another thing in another one."""
    default = column.default
    times = {column.type.family, type_.family} <= _TIMES and column.type.name != type_.name
    if default is None or not times or not re.fullmatch(r"'[^']*'", default):
        return default
    return f"{default}::{column.type}"


def _set_default(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if column.generated is not None or column.identity:
        what = "a generated column" if column.generated is not None else "an identity column"
        raise Refusal(f'column "{column.name}" is {what}', table.qualified)
    default = str(action.value)
    drawn = drawn_sequence(state, default)
    owned = drawn if drawn in sequence_of(state, table.qualified, column.name) else None
    if drawn is not None:
        state.users.add(drawn, table.qualified)
    return without_null_default(replace(column, default=default, serial=owned))


def _drop_default(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    return replace(column, default=None, serial=None)


def _set_not_null(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    return replace(column, nullable=False)


def _drop_not_null(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if column.identity:
        raise Refusal(f'column "{column.name}" is an identity column', table.qualified)
    primary = next((c for c in table.constraints if c.kind == "primary key"), None)
    if primary is not None and column.name in primary.columns:
        raise Refusal(f'column "{column.name}" is in a primary key', table.qualified)
    return replace(column, nullable=True)


def _add_identity(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if column.nullable:
        message = f'column "{column.name}" must be declared NOT NULL before identity can be added'
        raise Refusal(message, table.qualified)
    if column.identity or column.default is not None:
        what = "is already an identity column" if column.identity else "already has a default value"
        raise Refusal(f'column "{column.name}" {what}', table.qualified)
    own_sequence(state, table.qualified, column.name, column.type.name)
    return replace(column, identity=_identity(action))


def _identity(action: AlterColumn) -> Literal["always", "by default"]:
    return "always" if action.value == "always" else "by default"


def _set_identity(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if not column.identity:
        raise Refusal(f'column "{column.name}" is not an identity column', table.qualified)
    return column if action.value is None else replace(column, identity=_identity(action))


def _drop_identity(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if not column.identity:
        if action.if_exists:
            return column
        raise Refusal(f'column "{column.name}" is not an identity column', table.qualified)
    for name in sequence_of(state, table.qualified, column.name):
        del state.sequences[name]
        del state.relations[name]
    return replace(column, identity="")


def _drop_expression(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if column.generated is None and not action.if_exists:
        raise Refusal(f'column "{column.name}" is not a generated column', table.qualified)
    return replace(column, generated=None, generated_kind="")


def _set_expression(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    if column.generated is None:
        raise Refusal(f'column "{column.name}" is not a generated column', table.qualified)
    return replace(column, generated=str(action.value))


def _collation(state: State, table: Table, column: Column, action: AlterColumn) -> Column:
    return replace(column, collation=action.value) if isinstance(action.value, Name) else column


_CHANGES: dict[str, Callable[[State, Table, Column, AlterColumn], Column]] = {
    "type": _set_type,
    "set default": _set_default,
    "drop default": _drop_default,
    "set not null": _set_not_null,
    "drop not null": _drop_not_null,
    "add identity": _add_identity,
    "set identity": _set_identity,
    "drop identity": _drop_identity,
    "drop expression": _drop_expression,
    "set expression": _set_expression,
    "collation": _collation,
}
