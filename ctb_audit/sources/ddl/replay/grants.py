"""GRANT and REVOKE on objects."""

from collections.abc import Iterator

from ctb_audit.copies import replace
from ctb_audit.model import Grant, Name
from ctb_audit.sources.ddl.operations import DefaultPrivileges, GrantPrivileges, ObjectRef
from ctb_audit.sources.ddl.replay.privileges import changed
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.routines import find_routine
from ctb_audit.sources.ddl.replay.state import FunctionKey, State

_ROUTINES = ("function", "procedure", "aggregate", "routine")
_HELD = ("schema", "sequence", "table", "foreign table", "view", "materialized view")


def grant(state: State, op: GrantPrivileges) -> None:
    for schema in op.all_in_schema:
        state.require_schema(schema)
        _grant_all_in(state, op, schema)
    for target in op.targets:
        if target.kind in _ROUTINES:
            key = find_routine(state, target)
            if key is None:
                raise Refusal(f'{target.kind} "{target.name}" does not exist')
            _on_function(state, key, op)
        elif target.kind == "schema":
            _on_schema(state, target, op)
        elif target.kind in _HELD:
            _on_relation(state, _relation(state, target), op)


def _relation(state: State, target: ObjectRef) -> Name:
    found = state.find(target.name)
    if found is None:
        message = f'relation "{target.name}" does not exist'
        raise Refusal(message, state.assumed(target.name))
    if state.relations[found] == "temporary":
        raise Ignored
    return found


def _grant_all_in(state: State, op: GrantPrivileges, schema: str) -> None:
    if op.kind in _ROUTINES:
        for key in [k for k in state.functions if k[0].schema == schema]:
            procedure = state.functions[key].kind == "procedure"
            if op.kind == "routine" or (op.kind == "procedure") == procedure:
                _on_function(state, key, op)
        return
    for name in [*_relations_in(state, schema, op.kind)]:
        _on_relation(state, name, op)


def _relations_in(state: State, schema: str, kind: str) -> Iterator[Name]:
    """GRANT ON ALL TABLES covers views too, ON ALL SEQUENCES sequences."""
    for name in state.relations:
        if name.schema != schema:
            continue
        sequence = name in state.sequences
        if sequence if kind == "sequence" else name in state.tables or name in state.views:
            yield name


def _on_schema(state: State, target: ObjectRef, op: GrantPrivileges) -> None:
    state.require_schema(target.name.name)
    schema = state.schemas[target.name.name]
    grants = _after(state, schema.grants, op, "schema")
    state.schemas[schema.name] = replace(schema, grants=grants)


def _on_function(state: State, key: FunctionKey, op: GrantPrivileges) -> None:
    function = state.functions[key]
    grants = _after(state, function.grants, op, "function", function.owner)
    state.functions[key] = replace(function, grants=grants)


def _on_relation(state: State, name: Name, op: GrantPrivileges) -> None:
    if name in state.tables:
        table = state.tables[name]
        if missing := [g.column for g in op.grants if g.column and not table.column(g.column)]:
            message = f'column "{missing[0]}" of relation "{name.name}" does not exist'
            raise Refusal(message, name)
        state.put(replace(table, grants=_after(state, table.grants, op, "table", table.owner)))
    elif name in state.views:
        entry = state.views[name]
        grants = _after(state, entry.view.grants, op, "table", entry.view.owner)
        state.views[name] = replace(entry, view=replace(entry.view, grants=grants))
    elif name in state.sequences:
        sequence = state.sequences[name]
        grants = _after(state, sequence.grants, op, "sequence")
        state.sequences[name] = replace(sequence, grants=grants)


def _after(
    state: State,
    old: tuple[Grant, ...] | None,
    op: GrantPrivileges,
    kind: str,
    owner: str | None = None,
) -> tuple[Grant, ...]:
    grants = [g for g in op.grants if owner is None or g.grantee != owner]
    return changed(old or (), grants, kind, state.version, op.revoke)


def set_default_privileges(state: State, op: DefaultPrivileges) -> None:
    state.defaults[len(state.defaults)] = op
