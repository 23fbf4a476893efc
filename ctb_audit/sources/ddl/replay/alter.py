"""ALTER TABLE: the server runs the actions of one statement in passes."""

from collections.abc import Callable
from typing import Any

from ctb_audit.copies import replace
from ctb_audit.model import Constraint, Index, Name, Table
from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterConstraint,
    AlterTable,
    AttachPartition,
    DetachPartition,
    DropColumn,
    DropConstraint,
    Inherit,
    NoEffect,
    SetOptions,
    SetTableFlag,
    SetTriggerState,
    TableAction,
)
from ctb_audit.sources.ddl.replay.alter_columns import add_column, alter_column
from ctb_audit.sources.ddl.replay.constraints import INDEXED
from ctb_audit.sources.ddl.replay.inheritance import (
    adopt_child,
    attach,
    detach,
    disinherit,
    unfit_to_inherit,
)
from ctb_audit.sources.ddl.replay.late import (
    add_constraint,
    alter_constraint,
    drop_column,
    drop_constraint,
)
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import IndexEntry, State


def _pass(action: TableAction) -> int:
    """The pass in which the server runs an action."""
    match action:
        case DropColumn() | DropConstraint():
            return 0
        case AlterColumn(change=change):
            return _column_pass(change)
        case AddColumn():
            return 2
        case AddConstraint(constraint):
            return _constraint_pass(constraint)
        case _:
            return 7


def _column_pass(change: str) -> int:
    if change.startswith("drop "):
        return 0
    if change == "type":
        return 1
    if change in ("set default", "add identity"):
        return 6
    return 7 if change == "set identity" else 3


def _constraint_pass(constraint: Constraint) -> int:
    if constraint.using_index:
        return 4
    if constraint.kind in INDEXED:
        return 5
    return 3 if constraint.kind == "not null" else 6


def alter_table(state: State, op: AlterTable) -> None:
    found = state.find(op.name)
    if found is None or found not in state.tables:
        _alter_other(state, op, found)
        return
    several = state.postgres and len(op.actions) > 1
    for action in sorted(op.actions, key=_pass) if several else op.actions:
        _act(state, found, action, op.only)


def _alter_other(state: State, op: AlterTable, found: Name | None) -> None:
    """ALTER TABLE on what is no table, or ALTER INDEX, VIEW and SEQUENCE."""
    if found is None and op.if_exists:
        return
    if found is not None and state.relations[found] == "index":
        _alter_index(state, found, op)
    elif found is not None and found in state.views:
        _alter_view(state, found, op)
    elif found is None or found not in state.sequences:
        state.table_name(op.name)  # says what is wrong with it


def _act(state: State, name: Name, action: TableAction, only: bool) -> None:
    """One action; in lenient mode a refused one leaves the others."""
    mark = state.journal.mark()
    try:
        _HANDLERS[type(action)](state, name, action, only)
    except Refusal as refusal:
        state.journal.undo(mark)
        state.complain(refusal)


def _set_flag(state: State, name: Name, action: SetTableFlag, only: bool) -> None:
    table = state.tables[name]
    match action.flag:
        case "row level security":
            table = replace(table, row_level_security=action.value)
        case "force row level security":
            table = replace(table, force_row_level_security=action.value)
        case "unlogged":
            table = replace(table, unlogged=action.value)
    state.put(table)


def _set_trigger_state(state: State, name: Name, action: SetTriggerState, only: bool) -> None:
    table = state.tables[name]
    triggers = table.triggers or ()
    if not action.which and all(t.name != action.trigger for t in triggers):
        message = f'trigger "{action.trigger}" for table "{name.name}" does not exist'
        raise Refusal(message, name)
    changed = tuple(
        replace(t, enabled=action.state) if action.which or t.name == action.trigger else t
        for t in triggers
    )
    state.put(replace(table, triggers=changed))
    for partition in () if only else state.partitions(name):
        child = state.tables[partition]
        if any(t.name == action.trigger or action.which for t in child.triggers or ()):
            _set_trigger_state(state, partition, action, only)


def changed_options(
    old: tuple[tuple[str, str], ...], changes: tuple[tuple[str, str | None], ...]
) -> tuple[tuple[str, str], ...]:
    """Storage or view options after SET (...) and RESET (...), in the order of first setting."""
    options: dict[str, str] = dict(old)
    for key, value in changes:
        if value is None:
            options.pop(key, None)
        else:
            options[key] = value
    return tuple(options.items())


def _set_options(state: State, name: Name, action: SetOptions, only: bool) -> None:
    table = state.tables[name]
    state.put(replace(table, options=changed_options(table.options, action.options)))


def _inherit(state: State, name: Name, action: Inherit, only: bool) -> None:
    parent = state.table_name(action.parent)
    if action.remove:
        disinherit(state, parent, name)
        return
    table = state.tables[name]
    if problem := unfit_to_inherit(state, parent):
        raise Refusal(problem, name)
    if parent in table.inherits:
        message = f'relation "{parent.name}" would be inherited from more than once'
        raise Refusal(message, name)
    adopt_child(state, parent, name, partition=False)
    table = state.tables[name]
    state.put(replace(table, inherits=(*table.inherits, parent)))


def _attach(state: State, name: Name, action: AttachPartition, only: bool) -> None:
    child = state.table_name(action.partition)
    if state.tables[name].partition_by is None:
        raise Refusal(f'table "{name.name}" is not partitioned', name)
    attach(state, name, child, action.bound)


def _detach(state: State, name: Name, action: DetachPartition, only: bool) -> None:
    detach(state, name, state.table_name(action.partition))


def _nothing(state: State, name: Name, action: NoEffect, only: bool) -> None:
    """The model holds nothing of it."""


_HANDLERS: dict[type, Callable[[State, Name, Any, bool], None]] = {
    AddColumn: add_column,
    DropColumn: drop_column,
    AlterColumn: alter_column,
    AddConstraint: add_constraint,
    DropConstraint: drop_constraint,
    AlterConstraint: alter_constraint,
    SetTableFlag: _set_flag,
    SetTriggerState: _set_trigger_state,
    SetOptions: _set_options,
    Inherit: _inherit,
    AttachPartition: _attach,
    DetachPartition: _detach,
    NoEffect: _nothing,
}


def _alter_view(state: State, found: Name, op: AlterTable) -> None:
    entry = state.views[found]
    view = entry.view
    for action in op.actions:
        if isinstance(action, SetOptions):
            view = replace(view, options=changed_options(view.options, action.options))
            checks = dict(action.options)
            if "check_option" in checks:
                view = replace(view, check_option=checks["check_option"] or "")
        elif isinstance(action, SetTriggerState):
            raise Refusal(f'triggers of the view "{found.name}" cannot be switched', found)
    state.views[found] = replace(entry, view=view)


def _alter_index(state: State, found: Name, op: AlterTable) -> None:
    """ALTER INDEX: options, and ATTACH PARTITION, which completes an index made ON ONLY."""
    entry = state.indexes[found]
    for action in op.actions:
        if isinstance(action, AttachPartition):
            _attach_index(state, found, entry, action)
        elif isinstance(action, SetOptions):
            _set_index_options(state, found, entry.owner, action)


def _set_index_options(state: State, found: Name, owner: Name, action: SetOptions) -> None:
    def changed(held: tuple[Index, ...]) -> tuple[Index, ...]:
        return tuple(
            replace(i, options=changed_options(i.options, action.options))
            if i.name == found.name
            else i
            for i in held
        )

    if owner in state.views:
        entry = state.views[owner]
        view = replace(entry.view, indexes=changed(entry.view.indexes))
        state.views[owner] = replace(entry, view=view)
    else:
        table = state.tables[owner]
        state.put(replace(table, indexes=changed(table.indexes)))


def _attach_index(state: State, parent: Name, entry: IndexEntry, action: AttachPartition) -> None:
    child = state.find(action.partition)
    if child is None or child not in state.indexes:
        raise Refusal(f'relation "{action.partition}" does not exist', entry.owner)
    child_entry = state.indexes[child]
    state.indexes[child] = replace(child_entry, parent=parent)
    if child_entry.constraint and child_entry.owner in state.tables:
        table = state.tables[child_entry.owner]
        constraints = tuple(
            replace(c, inherited=True) if c.name == child.name else c for c in table.constraints
        )
        state.put(replace(table, constraints=constraints))
    _complete(state, parent, entry)


def _complete(state: State, parent: Name, entry: IndexEntry) -> None:
    """An index on a partitioned table is valid once every partition has its part."""
    table: Table = state.tables[entry.owner]
    if all(_has_part(state, name, parent) for name in state.partitions(entry.owner)):
        indexes = tuple(
            replace(i, valid=True) if i.name == parent.name else i for i in table.indexes
        )
        state.put(replace(table, indexes=indexes))


def _has_part(state: State, partition: Name, parent: Name) -> bool:
    table = state.tables[partition]
    entries = (state.indexes.get(Name(table.schema, i.name)) for i in table.indexes)
    return any(e is not None and e.parent == parent for e in entries)
