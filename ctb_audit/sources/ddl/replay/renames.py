"""RENAME of objects and their parts, through everything that names them."""

from collections.abc import Callable

from ctb_audit.copies import replace
from ctb_audit.model import Name, UserType
from ctb_audit.sources.ddl.operations import Rename
from ctb_audit.sources.ddl.replay.local_parts import has_other_parent, rename_local
from ctb_audit.sources.ddl.replay.moves import move_function, move_relation, move_type
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal, duplicate
from ctb_audit.sources.ddl.replay.rename_columns import rename_column
from ctb_audit.sources.ddl.replay.routines import find_routine
from ctb_audit.sources.ddl.replay.state import TEMPORARY, State
from ctb_audit.sources.ddl.replay.types import type_name

_RELATIONS = ("table", "foreign table", "view", "materialized view", "index", "sequence")


def rename(state: State, op: Rename) -> None:
    if op.target.part:
        _PARTS.get(op.target.kind, _nothing)(state, op)
    elif op.target.kind in _RELATIONS:
        _rename_relation(state, op)
    else:
        _OBJECTS.get(op.target.kind, _nothing)(state, op)


def _nothing(state: State, op: Rename) -> None:
    """The model holds no such objects."""


def _relation(state: State, op: Rename) -> Name | None:
    found = state.find(op.target.name)
    if found is None:
        if op.if_exists:
            return None
        message = f'relation "{op.target.name}" does not exist'
        raise Refusal(message, state.assumed(op.target.name))
    if state.relations[found] == "temporary":
        if not op.target.part:
            state.relations.rekey(found, Name(TEMPORARY, op.to), "temporary")
        raise Ignored
    return found


def _rename_relation(state: State, op: Rename) -> None:
    found = _relation(state, op)
    if found is not None:
        if found.name == op.to:
            raise duplicate(f'relation "{op.to}" already exists', found)
        move_relation(state, found, Name(found.schema, op.to))


def _rename_column(state: State, op: Rename) -> None:
    found = _relation(state, op)
    if found is None:
        return
    if found in state.views:
        entry = state.views[found]
        columns = entry.view.columns
        if columns is not None:
            columns = tuple(op.to if c == op.target.part else c for c in columns)
            output = entry.output and tuple(
                (op.to if c == op.target.part else c, type_) for c, type_ in entry.output
            )
            view = replace(entry.view, columns=columns)
            state.views[found] = replace(entry, view=view, output=output)
        return
    if found in state.types:
        _rename_attribute(state, found, op)
        return
    if found in state.tables:
        column = state.tables[found].column(op.target.part)
        if column is not None and column.inherited:
            raise Refusal(f'cannot rename inherited column "{column.name}"', found)
        if op.only and column is not None and state.children(found):
            message = f'inherited column "{column.name}" must be renamed in child tables too'
            state.complain(Refusal(message, found))
        rename_column(state, found, op.target.part, op.to)


def _rename_attribute(state: State, found: Name, op: Rename) -> None:
    composite = state.types[found]
    known = {attribute.name for attribute in composite.attributes}
    if op.target.part not in known:
        raise Refusal(f'column "{op.target.part}" does not exist')
    if op.to in known:
        raise duplicate(f'column "{op.to}" of relation "{found.name}" already exists')
    attributes = tuple(
        replace(a, name=op.to) if a.name == op.target.part else a for a in composite.attributes
    )
    state.types[found] = replace(composite, attributes=attributes)


def _rename_constraint(state: State, op: Rename) -> None:
    found = _relation(state, op)
    if found is not None:
        table = state.table_name(found)
        held = state.tables[table].constraints
        if any(c.name == op.target.part and c.inherited and c.kind == "check" for c in held):
            raise Refusal(f'cannot rename inherited constraint "{op.target.part}"', table)
        rename_constraint(state, table, op.target.part, op.to)


def rename_constraint(state: State, name: Name, old: str, new: str) -> None:
    """The index behind a constraint is renamed with it; inherited checks follow."""
    table = state.tables[name]
    constraint = next((c for c in table.constraints if c.name == old), None)
    if constraint is None:
        raise Refusal(f'constraint "{old}" for table "{table.name}" does not exist', name)
    if any(c.name == new for c in table.constraints):
        raise duplicate(f'constraint "{new}" for relation "{table.name}" already exists', name)
    index = Name(table.schema, old)
    if index in state.indexes:
        move_relation(state, index, Name(table.schema, new))
        return
    state.constraint_names.drop(Name(table.schema, old))
    state.constraint_names.add(Name(table.schema, new))
    changed = (replace(c, name=new) if c is constraint else c for c in table.constraints)
    state.put(replace(table, constraints=tuple(changed)))
    if constraint.kind == "check" and not constraint.no_inherit:
        rename_local(state, name, "check", old, new)
        for child in state.children(name):
            below = state.tables[child]
            if any(c.name == old and c.inherited for c in below.constraints):
                if has_other_parent(state, below, name, "check", old):
                    state.complain(Refusal(f'cannot rename inherited constraint "{old}"', child))
                rename_constraint(state, child, old, new)


def _rename_trigger(state: State, op: Rename) -> None:
    found = _relation(state, op)
    if found is None:
        return
    if found in state.views:
        entry = state.views[found]
        triggers = tuple(
            replace(t, name=op.to) if t.name == op.target.part else t for t in entry.view.triggers
        )
        state.views[found] = replace(entry, view=replace(entry.view, triggers=triggers))
        return
    _rename_table_trigger(state, state.table_name(found), op.target.part, op.to)


def _rename_table_trigger(state: State, name: Name, old: str, new: str) -> None:
    table = state.tables[name]
    held = table.triggers or ()
    if all(t.name != old for t in held):
        raise Refusal(f'trigger "{old}" for table "{table.name}" does not exist', name)
    if any(t.name == new for t in held):
        raise duplicate(f'trigger "{new}" for relation "{table.name}" already exists', name)
    changed = tuple(replace(t, name=new) if t.name == old else t for t in held)
    state.put(replace(table, triggers=changed))
    for partition in state.partitions(name):
        if any(t.name == old and t.inherited for t in state.tables[partition].triggers or ()):
            _rename_table_trigger(state, partition, old, new)


def _rename_policy(state: State, op: Rename) -> None:
    found = _relation(state, op)
    if found is None:
        return
    table = state.tables[state.table_name(found)]
    held = table.policies or ()
    if all(p.name != op.target.part for p in held):
        message = f'policy "{op.target.part}" for table "{table.name}" does not exist'
        raise Refusal(message, found)
    if any(p.name == op.to for p in held):
        message = f'policy "{op.to}" for table "{table.name}" already exists'
        raise duplicate(message, found)
    changed = tuple(replace(p, name=op.to) if p.name == op.target.part else p for p in held)
    state.put(replace(table, policies=changed))


def _rename_domain_constraint(state: State, op: Rename) -> None:
    name = type_name(state, op.target.name)
    domain: UserType = state.types[name]
    if all(c.name != op.target.part for c in domain.constraints):
        message = f'constraint "{op.target.part}" for domain "{name.name}" does not exist'
        raise Refusal(message)
    state.constraint_names.drop(Name(name.schema, op.target.part))
    state.constraint_names.add(Name(name.schema, op.to))
    changed = tuple(
        replace(c, name=op.to) if c.name == op.target.part else c for c in domain.constraints
    )
    state.types[name] = replace(domain, constraints=changed)


def _rename_type(state: State, op: Rename) -> None:
    name = type_name(state, op.target.name)
    move_type(state, name, Name(name.schema, op.to))


def _rename_function(state: State, op: Rename) -> None:
    key = find_routine(state, op.target)
    if key is None:
        raise Refusal(f'{op.target.kind} "{op.target.name}" does not exist')
    move_function(state, key, Name(key[0].schema, op.to))


def _rename_schema(state: State, op: Rename) -> None:
    old = op.target.name.name
    if old not in state.schemas:
        raise Refusal(f'schema "{old}" does not exist')
    if op.to in state.schemas:
        raise duplicate(f'schema "{op.to}" already exists')
    state.schemas.rekey(old, op.to, replace(state.schemas[old], name=op.to))
    _move_contents(state, old, op.to)


def _move_contents(state: State, old: str, new: str) -> None:
    for name in [n for n in state.relations if n.schema == old]:
        if name in state.tables or name in state.views:
            move_relation(state, name, Name(new, name.name))
    for name in [n for n in state.relations if n.schema == old]:
        move_relation(state, name, Name(new, name.name))
    for name in [n for n in state.types if n.schema == old]:
        move_type(state, name, Name(new, name.name))
    for key in [k for k in state.functions if k[0].schema == old]:
        move_function(state, key, Name(new, key[0].name))


_PARTS: dict[str, Callable[[State, Rename], None]] = {
    "column": _rename_column,
    "type": _rename_column,  # ALTER TYPE ... RENAME ATTRIBUTE
    "constraint": _rename_constraint,
    "trigger": _rename_trigger,
    "policy": _rename_policy,
    "domain constraint": _rename_domain_constraint,
}
_OBJECTS: dict[str, Callable[[State, Rename], None]] = {
    "type": _rename_type,
    "domain": _rename_type,
    "function": _rename_function,
    "procedure": _rename_function,
    "aggregate": _rename_function,
    "routine": _rename_function,
    "schema": _rename_schema,
}
