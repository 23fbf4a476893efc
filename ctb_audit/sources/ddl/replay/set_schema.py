"""ALTER ... SET SCHEMA and ALTER ... OWNER TO."""

from ctb_audit.copies import replace
from ctb_audit.model import Grant, Name
from ctb_audit.sources.ddl.operations import SetOwner, SetSchema
from ctb_audit.sources.ddl.replay.moves import move_function, move_relation, move_type
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.routines import find_routine
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.types import type_name

_ROUTINES = ("function", "procedure", "aggregate", "routine")
_RELATIONS = ("table", "foreign table", "view", "materialized view", "sequence", "index")


def set_schema(state: State, op: SetSchema) -> None:
    target = op.target
    if target.kind in ("type", "domain"):
        state.require_schema(op.schema)
        name = type_name(state, target.name)
        move_type(state, name, Name(op.schema, name.name))
    elif target.kind in _ROUTINES:
        state.require_schema(op.schema)
        key = find_routine(state, target)
        if key is None:
            raise Refusal(f'{target.kind} "{target.name}" does not exist')
        move_function(state, key, Name(op.schema, key[0].name))
    elif target.kind == "extension":
        extension = state.extensions.get(target.name.name)
        if extension is None:
            raise Refusal(f'extension "{target.name.name}" does not exist')
        state.extensions[target.name.name] = replace(extension, schema=op.schema)
    elif target.kind in _RELATIONS:
        _move_relation(state, op)


def _move_relation(state: State, op: SetSchema) -> None:
    found = state.find(op.target.name)
    if found is None:
        if op.if_exists:
            return
        message = f'relation "{op.target.name}" does not exist'
        raise Refusal(message, state.assumed(op.target.name))
    if state.relations[found] == "temporary":
        raise Ignored
    state.require_schema(op.schema)
    if found in state.sequences and state.sequences[found].owned_by is not None:
        raise Refusal(f'cannot move an owned sequence "{found.name}" into another schema', found)
    move_relation(state, found, Name(op.schema, found.name))


def set_owner(state: State, op: SetOwner) -> None:
    """What the old owner held by ownership the new one holds now: neither is listed."""
    target = op.target
    if target.kind in _ROUTINES:
        key = find_routine(state, target)
        if key is None:
            raise Refusal(f'{target.kind} "{target.name}" does not exist')
        function = state.functions[key]
        grants = _without(function.grants, function.owner, op.owner)
        state.functions[key] = replace(function, owner=op.owner, grants=grants)
        return
    found = state.find(target.name)
    if found is None:
        if target.kind in _RELATIONS:
            message = f'relation "{target.name}" does not exist'
            raise Refusal(message, state.assumed(target.name))
        return
    _own_relation(state, found, op.owner)


def _own_relation(state: State, found: Name, owner: str) -> None:
    if found in state.tables:
        table = state.tables[found]
        grants = _without(table.grants, table.owner, owner)
        state.put(replace(table, owner=owner, grants=grants))
    elif found in state.views:
        entry = state.views[found]
        grants = _without(entry.view.grants, entry.view.owner, owner)
        state.views[found] = replace(entry, view=replace(entry.view, owner=owner, grants=grants))
    elif found in state.sequences:
        sequence = state.sequences[found]
        state.sequences[found] = replace(sequence, grants=_without(sequence.grants, owner))


def _without(grants: tuple[Grant, ...] | None, *owners: str | None) -> tuple[Grant, ...] | None:
    return None if grants is None else tuple(g for g in grants if g.grantee not in owners)
