"""ADD, DROP, VALIDATE and ALTER CONSTRAINT."""

from collections.abc import Sequence

from ctb_audit.copies import replace
from ctb_audit.model import Constraint, Name, Table
from ctb_audit.semantics.parse import is_same_text
from ctb_audit.sources.ddl.operations import AddConstraint, AlterConstraint, DropConstraint
from ctb_audit.sources.ddl.replay.constraints import (
    INDEXED,
    add_checks,
    add_indexed,
    not_null,
    replace_constraint,
)
from ctb_audit.sources.ddl.replay.foreign_keys import add_foreign_keys
from ctb_audit.sources.ddl.replay.indexes import absorb_index, spread_constraint
from ctb_audit.sources.ddl.replay.inheritance import clone_foreign_key
from ctb_audit.sources.ddl.replay.local_parts import has_other_parent, is_local, note_local
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State


def add_constraint(state: State, name: Name, action: AddConstraint, only: bool) -> None:
    constraint = action.constraint
    table = state.tables[name]
    if constraint.kind == "check":
        add_check(state, name, constraint, only)
    elif constraint.kind == "foreign key":
        _add_foreign_key(state, name, constraint)
    elif constraint.kind == "not null":
        state.put(not_null(table, constraint.columns))
    elif constraint.using_index:
        state.put(absorb_index(state, table, constraint))
    else:
        changed = add_indexed(state, table, constraint)
        state.put(changed)
        if not only and changed is not table:
            spread_constraint(state, name, changed.constraints[-1])


def add_check(state: State, name: Name, check: Constraint, only: bool) -> None:
    table = state.tables[name]
    changed = add_checks(state, table, [check])
    state.put(changed)
    if changed is table or check.no_inherit:
        return
    added = changed.constraints[-1]
    children = state.children(name)
    if only and children:
        state.complain(Refusal("constraint must be added to child tables too", name))
        return
    for child in children:
        _inherit_check(state, child, added)


def _inherit_check(state: State, name: Name, check: Constraint) -> None:
    table = state.tables[name]
    own = next((c for c in table.constraints if c.name == check.name), None)
    if own is None:
        state.constraint_names.add(Name(table.schema, check.name))
        inherited = replace(check, inherited=True, comment=None)
        state.put(replace(table, constraints=(*table.constraints, inherited)))
    elif own.kind != "check" or not is_same_text(own.expression, check.expression):
        message = f'constraint "{check.name}" conflicts with the one on relation "{table.name}"'
        state.complain(Refusal(message, name))
    else:
        state.put(replace_constraint(table, own.name, replace(own, inherited=True)))
        if table.partition_of is None:
            note_local(state, name, "check", own.name)
    for child in state.children(name):
        _inherit_check(state, child, check)


def _add_foreign_key(state: State, name: Name, key: Constraint) -> None:
    table = state.tables[name]
    changed = add_foreign_keys(state, table, key)
    state.put(changed)
    if changed is not table:
        for partition in state.partitions(name):
            clone_foreign_key(state, partition, changed.constraints[-1])


# ---- DROP, ALTER ------------------------------------------------------------------------------


def _found(table: Table, name: str) -> Constraint | None:
    return next((c for c in table.constraints if c.name == name), None)


def _missing(table: Table, name: str) -> Refusal:
    return Refusal(
        f'constraint "{name}" of relation "{table.name}" does not exist', table.qualified
    )


def drop_constraint(state: State, name: Name, action: DropConstraint, only: bool) -> None:
    table = state.tables[name]
    constraint = _found(table, action.name)
    if constraint is None:
        if not action.if_exists:
            raise _missing(table, action.name)
        return
    if constraint.inherited and state.strict:
        message = f'cannot drop inherited constraint "{action.name}" of relation "{table.name}"'
        raise Refusal(message, name)
    if state.version < 18 and only and constraint.kind == "check" and state.partitions(name):
        message = "cannot remove constraint from only the partitioned table when partitions exist"
        state.complain(Refusal(message, name))
    remove_constraint(state, name, constraint, action.cascade)
    for child in state.children(name):
        _release_child(state, child, name, constraint, only)


def _release_child(
    state: State, child: Name, parent: Name, constraint: Constraint, only: bool
) -> None:
    """An inherited constraint goes with its parent's, or stays as the child's own with ONLY."""
    table = state.tables[child]
    own = _part_of(state, table, parent, constraint)
    if own is None or not own.inherited:
        return
    if constraint.kind == "check":
        if has_other_parent(state, table, parent, "check", own.name):
            return
        if only or is_local(state, child, "check", own.name):
            state.put(replace_constraint(table, own.name, replace(own, inherited=False)))
            return
    remove_constraint(state, child, own, cascade=True)
    for grandchild in state.children(child):
        _release_child(state, grandchild, child, own, only)


def _part_of(state: State, table: Table, parent: Name, whole: Constraint) -> Constraint | None:
    if whole.kind not in INDEXED:
        return _found(table, whole.name)
    above = Name(parent.schema, whole.name)
    for own in table.constraints:
        entry = state.indexes.get(Name(table.schema, own.name))
        if entry is not None and entry.parent == above:
            return own
    return None


def remove_constraint(state: State, name: Name, constraint: Constraint, cascade: bool) -> None:
    """Take a constraint away with its index; foreign keys that rest on it refuse or go along.

    A primary key leaves its columns NOT NULL.
    """
    table = state.tables[name]
    if constraint.kind in ("primary key", "unique"):
        told = f'constraint "{constraint.name}"'
        drop_resting_keys(state, table, constraint.columns, told, cascade)
    table = state.tables[name]
    release_name(state, table.schema, constraint)
    kept = tuple(c for c in table.constraints if c != constraint)  # many have no name elsewhere
    state.put(replace(table, constraints=kept))


def release_name(state: State, schema: str, constraint: Constraint) -> None:
    qualified = Name(schema, constraint.name)
    state.constraint_names.drop(qualified)
    if constraint.kind in INDEXED:
        state.relations.discard(qualified)
        state.indexes.discard(qualified)


def drop_resting_keys(
    state: State, table: Table, columns: Sequence[str], told: str, cascade: bool
) -> None:
    """Foreign keys that rest on a unique key of a table refuse its removal, or go along."""
    for user in [*state.using_tables(table.qualified)]:
        for key in user.constraints:
            rests = key.kind == "foreign key" and key.target == table.qualified
            if not rests or sorted(key.target_columns) != sorted(columns):
                continue
            if cascade:
                remove_constraint(state, user.qualified, key, cascade)
            else:
                message = (
                    f'cannot drop {told} because constraint "{key.name}" '
                    f'on table "{user.name}" depends on it'
                )
                state.complain(Refusal(message, table.qualified, user.qualified))


def alter_constraint(state: State, name: Name, action: AlterConstraint, only: bool) -> None:
    table = state.tables[name]
    constraint = _found(table, action.name)
    if constraint is None:
        raise _missing(table, action.name)
    if action.validate and only and constraint.kind == "check" and state.children(name):
        state.complain(Refusal("constraint must be validated on child tables too", name))
    changed = _changed(constraint, action)
    state.put(replace_constraint(table, constraint.name, changed))
    for child in () if only else state.children(name):
        inherited = _part_of(state, state.tables[child], name, constraint)
        if inherited is not None and inherited.inherited:
            alter_constraint(state, child, replace(action, name=inherited.name), only)


def _changed(constraint: Constraint, action: AlterConstraint) -> Constraint:
    if action.validate:
        constraint = replace(constraint, validated=True)
    if action.deferrable is not None:
        later = constraint.initially_deferred and action.deferrable
        constraint = replace(constraint, deferrable=action.deferrable, initially_deferred=later)
    if action.initially_deferred is not None:
        constraint = replace(constraint, initially_deferred=action.initially_deferred)
    if action.enforced is not None:
        constraint = replace(constraint, enforced=action.enforced, validated=action.enforced)
    if action.no_inherit is not None:
        constraint = replace(constraint, no_inherit=action.no_inherit)
    return constraint
