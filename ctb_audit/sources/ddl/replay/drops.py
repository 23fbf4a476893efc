"""DROP of whole objects, with what depends on them."""

from collections.abc import Callable

from ctb_audit.copies import replace
from ctb_audit.lean import importer
from ctb_audit.model import Name, Table
from ctb_audit.sources.ddl.operations import Drop, ObjectRef
from ctb_audit.sources.ddl.replay.alter_constraints import release_name, remove_constraint
from ctb_audit.sources.ddl.replay.dependents import refuse_dependent
from ctb_audit.sources.ddl.replay.drop_columns import drop_view, remove_column
from ctb_audit.sources.ddl.replay.drop_indexes import remove_index
from ctb_audit.sources.ddl.replay.drop_parts import (
    drop_function,
    drop_part,
    missing,
    remove_function,
)
from ctb_audit.sources.ddl.replay.drop_sequences import drop_owned, remove_sequence
from ctb_audit.sources.ddl.replay.local_parts import forget_local
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.state import TEMPORARY, State

drop_extension = importer("ctb_audit.sources.ddl.replay")("extensions.drop_extension")
Targets = frozenset[Name]
_RELATIONS = ("table", "foreign table", "view", "materialized view", "index", "sequence")


def drop(state: State, op: Drop) -> None:
    """Targets may depend on each other: what went along with an earlier one is no error."""
    found = [state.find(target.name) for target in op.targets]
    together = _with_partitions(state, [name for name in found if name is not None])
    for target, name in zip(op.targets, found, strict=True):
        gone = name is not None and name not in state.relations
        if not (gone and target.kind in _RELATIONS):
            _DROPS.get(target.kind, _nothing)(state, target, op, together)


def _with_partitions(state: State, names: list[Name]) -> Targets:
    whole = dict.fromkeys(names)
    waiting = [name for name in names if name in state.tables]
    while waiting:
        for partition in state.partitions(waiting.pop()):
            if partition not in whole:
                whole[partition] = None
                waiting.append(partition)
    return frozenset(whole)


def _relation(state: State, target: ObjectRef, op: Drop, kinds: tuple[str, ...]) -> Name | None:
    """The relation to drop; None where IF EXISTS forgives."""
    found = state.find(target.name)
    if found is None:
        missing(state, op, f'{target.kind} "{target.name}" does not exist', target.name)
        return None
    kind = state.relations[found]
    if kind == "temporary":
        del state.relations[Name(TEMPORARY, target.name.name)]
        raise Ignored
    if kind not in kinds:
        raise Refusal(f'"{found.name}" is not a {target.kind}', found)
    return found


def _drop_table(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    found = _relation(state, target, op, ("table", "foreign table"))
    if found is not None:
        remove_table(state, found, op.cascade, together)


def remove_table(state: State, name: Name, cascade: bool, together: Targets = frozenset()) -> None:
    """Remove a table: partitions, indexes, triggers, policies and owned sequences go along;
    children, views and foreign keys of others refuse unless CASCADE or dropped together.
    """
    table = state.tables[name]
    for child in state.children(name):
        if child not in state.tables:
            continue
        if state.tables[child].partition_of != name and child not in together:
            refuse_dependent(state, name, f"table {name.name}", f"table {child.name}", cascade)
        remove_table(state, child, cascade, together)
    _drop_pointing_keys(state, name, cascade, together)
    for entry in [*state.using_views([name])]:
        view = Name(entry.view.schema, entry.view.name)
        if view not in together:
            refuse_dependent(state, name, f"table {name.name}", f"view {view.name}", cascade)
        drop_view(state, view, cascade or view not in together, together)
    _drop_uses_of_type(state, name, f"table {name.name}", cascade)
    _drop_sequences(state, table, cascade, together)
    _forget_table(state, table)


def _drop_sequences(state: State, table: Table, cascade: bool, together: Targets) -> None:
    along = together | {table.qualified}
    for sequence in state.owned.of(table.qualified):
        owner = state.sequences.get(sequence)
        if owner and owner.owned_by and owner.owned_by[:2] == (table.schema, table.name):
            drop_owned(state, sequence, along, cascade)


def _forget_table(state: State, table: Table) -> None:
    for constraint in table.constraints:
        release_name(state, table.schema, constraint)
    for index in table.indexes:
        entry = state.indexes.get(Name(table.schema, index.name))
        if entry is not None and entry.owner == table.qualified:
            del state.indexes[Name(table.schema, index.name)]
            del state.relations[Name(table.schema, index.name)]
    forget_local(state, table)
    del state.tables[table.qualified]
    del state.relations[table.qualified]


def _drop_pointing_keys(state: State, name: Name, cascade: bool, together: Targets) -> None:
    for user in [*state.using_tables(name)]:
        if user.qualified == name:
            continue
        for key in user.constraints:
            if key.kind == "foreign key" and key.target == name:
                if user.qualified not in together:
                    dependent = f"constraint {key.name} on table {user.name}"
                    refuse_dependent(state, name, f"table {name.name}", dependent, cascade)
                remove_constraint(state, user.qualified, key, cascade=True)


def _drop_view(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    found = _relation(state, target, op, (target.kind,))
    if found is None:
        return
    drop_view(state, found, op.cascade, together)


def _drop_index(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    found = _relation(state, target, op, ("index",))
    if found is None:
        return
    entry = state.indexes[found]
    if entry.constraint:
        message = f'cannot drop index "{found.name}" because a constraint requires it'
        state.complain(Refusal(message, entry.owner))
        return
    if entry.parent is not None:
        message = (
            f'cannot drop index "{found.name}" because index "{entry.parent.name}" requires it'
        )
        raise Refusal(message, entry.owner)
    remove_index(state, found, op.cascade)


def _drop_sequence(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    found = _relation(state, target, op, ("sequence",))
    if found is not None:
        remove_sequence(state, found, op.cascade)


def _drop_type(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    found = next((c for c in state.candidates(target.name) if c in state.types), None)
    if found is None:
        missing(state, op, f'type "{target.name}" does not exist', target.name)
        return
    remove_type_with_uses(state, found, op.cascade)


def remove_type_with_uses(state: State, name: Name, cascade: bool) -> None:
    """Remove a type; columns, functions and types that use it refuse, or go with CASCADE."""
    _drop_uses_of_type(state, name, f"type {name.name}", cascade)
    _drop_types_on(state, name, cascade)
    remove_type(state, name)


def _drop_types_on(state: State, name: Name, cascade: bool) -> None:
    """Domains over a type, attributes of it, and tables OF it."""
    for other in [n for n in state.types if n != name]:
        held = state.types.get(other)
        if held is None:
            continue
        if held.base is not None and held.base.name == str(name):
            refuse_dependent(state, other, f"type {name.name}", f"type {other.name}", cascade)
            _drop_uses_of_type(state, other, f"type {other.name}", cascade)
            _drop_types_on(state, other, cascade)
            remove_type(state, other)
        elif any(a.type.name == str(name) for a in held.attributes):
            refuse_dependent(state, other, f"type {name.name}", f"type {other.name}", cascade)
            kept = tuple(a for a in held.attributes if a.type.name != str(name))
            state.types[other] = replace(held, attributes=kept)
    for table in state.users.of(name):
        if state.typed.get(table) == name and table in state.tables:
            refuse_dependent(state, table, f"type {name.name}", f"table {table.name}", cascade)
            remove_table(state, table, cascade=True)


def remove_type(state: State, name: Name) -> None:
    for constraint in state.types[name].constraints:
        state.constraint_names.drop(Name(name.schema, constraint.name))
    if state.relations.get(name) == "type":
        del state.relations[name]
    del state.types[name]


def _drop_uses_of_type(state: State, name: Name, what: str, cascade: bool) -> None:
    """Columns and functions that use a type, or a table's row type."""
    for user in [*state.using_tables(name)]:
        for column in user.columns:
            if column.type.name == str(name) and user.qualified != name:
                dependent = f"column {column.name} of table {user.name}"
                refuse_dependent(state, user.qualified, what, dependent, cascade)
                remove_column(state, user.qualified, column.name, cascade=True)
    for key in [k for k in state.functions if str(name) in k[1]]:
        refuse_dependent(state, name, what, f"function {key[0].name}", cascade)
        remove_function(state, key, cascade=True)


def _drop_schema(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    schema = target.name.name
    if schema not in state.schemas:
        missing(state, op, f'schema "{schema}" does not exist', None)
        return
    held = [name for name in state.relations if name.schema == schema]
    others = [name for name in state.types if name.schema == schema]
    functions = [key for key in state.functions if key[0].schema == schema]
    if (held or others or functions) and not op.cascade:
        inside = (held or others or [key[0] for key in functions])[0]
        message = f"cannot drop schema {schema} because {inside} depends on it"
        state.complain(Refusal(message, inside))
        return
    for name in held:
        _remove_relation(state, name)
    for name in others:
        if name in state.types:
            _drop_uses_of_type(state, name, f"type {name.name}", cascade=True)
            remove_type(state, name)
    for key in functions:
        if key in state.functions:
            remove_function(state, key, cascade=True)
    del state.schemas[schema]


def _remove_relation(state: State, name: Name) -> None:
    if name in state.tables:
        remove_table(state, name, cascade=True)
    elif name in state.views:
        drop_view(state, name, cascade=True)
    elif name in state.sequences and state.sequences[name].owned_by is None:
        remove_sequence(state, name, cascade=True)


def _drop_extension(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    drop_extension(state, target, op)


def _drop_part(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    drop_part(state, target, op)


def _drop_function(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    drop_function(state, target, op)


def _nothing(state: State, target: ObjectRef, op: Drop, together: Targets) -> None:
    """The model holds no such objects."""


_DROPS: dict[str, Callable[[State, ObjectRef, Drop, Targets], None]] = {
    "table": _drop_table,
    "foreign table": _drop_table,
    "view": _drop_view,
    "materialized view": _drop_view,
    "index": _drop_index,
    "sequence": _drop_sequence,
    "type": _drop_type,
    "domain": _drop_type,
    "schema": _drop_schema,
    "extension": _drop_extension,
    "function": _drop_function,
    "procedure": _drop_function,
    "aggregate": _drop_function,
    "routine": _drop_function,
    "trigger": _drop_part,
    "policy": _drop_part,
}
