"""COMMENT ON; a table's comment that starts with `ctb:` declares."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Index, Name, Policy, Table, Trigger
from ctb_audit.sources.ddl.operations import Comment, ObjectRef
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.routines import find_routine
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.types import type_name

Part = TypeVar("Part", Column, Constraint, Index, Policy, Trigger)
_RELATIONS = ("table", "foreign table", "view", "materialized view", "sequence", "index")
_PARTS = ("column", "constraint", "trigger", "policy")
_ROUTINES = ("function", "procedure", "aggregate", "routine")


def comment(state: State, op: Comment) -> None:
    target = op.target
    text = op.text or None
    if target.kind in _RELATIONS:
        _on_relation(state, _found(state, target), target.kind, text)
    elif target.kind in _PARTS:
        _on_part(state, _found(state, target), target, text)
    elif target.kind in _ROUTINES:
        key = find_routine(state, target)
        if key is None:
            raise Refusal(f'{target.kind} "{target.name}" does not exist')
        state.functions[key] = replace(state.functions[key], comment=text)
    elif target.kind in ("type", "domain"):
        name = type_name(state, target.name)
        state.types[name] = replace(state.types[name], comment=text)
    elif target.kind == "schema":
        state.require_schema(target.name.name)
        schema = state.schemas[target.name.name]
        state.schemas[schema.name] = replace(schema, comment=text)


def _found(state: State, target: ObjectRef) -> Name:
    found = state.find(target.name)
    if found is None:
        message = f'relation "{target.name}" does not exist'
        raise Refusal(message, state.assumed(target.name))
    if state.relations[found] == "temporary":
        raise Ignored
    return found


def _on_relation(state: State, name: Name, kind: str, text: str | None) -> None:
    if state.relations[name] != kind:
        raise Refusal(f'"{name.name}" is not a {kind}', name)
    if name in state.tables:
        state.put(_declared(state, replace(state.tables[name], comment=text)))
    elif name in state.views:
        entry = state.views[name]
        state.views[name] = replace(entry, view=replace(entry.view, comment=text))
    elif name in state.sequences:
        state.sequences[name] = replace(state.sequences[name], comment=text)
    elif name in state.indexes:
        _on_index(state, name, text)


def _declared(state: State, table: Table) -> Table:
    """The declarations of the newest comment stand in for those of an older one."""
    from ctb_audit.sources.ddl.annotations import from_comment

    others = tuple(d for d in table.declarations if d.source != "comment")
    location = state.effect.location if state.effect else table.location
    found = from_comment(table.comment or "", location)
    for mistake in found.mistakes:
        message = f"{mistake.problem}; {mistake.step}"
        state.record(Refusal(message, table.qualified, kind="not-understood"))
    return replace(table, declarations=(*others, *found.declarations))


def _on_index(state: State, name: Name, text: str | None) -> None:
    owner = state.indexes[name].owner
    if owner in state.views:
        entry = state.views[owner]
        indexes = _commented(entry.view.indexes, name.name, text)
        state.views[owner] = replace(entry, view=replace(entry.view, indexes=indexes))
    elif owner in state.tables:
        table = state.tables[owner]
        state.put(replace(table, indexes=_commented(table.indexes, name.name, text)))


def _commented(items: tuple[Part, ...], name: str, text: str | None) -> tuple[Part, ...]:
    return tuple(replace(i, comment=text) if i.name == name else i for i in items)


def _on_part(state: State, name: Name, target: ObjectRef, text: str | None) -> None:
    if name in state.types and target.kind == "column":
        _on_attribute(state, name, target.part, text)
    if name not in state.tables:
        return
    table = state.tables[name]
    held: dict[str, Iterable[Column | Constraint | Trigger | Policy]] = {
        "column": table.columns,
        "constraint": table.constraints,
        "trigger": table.triggers or (),
        "policy": table.policies or (),
    }
    if all(item.name != target.part for item in held[target.kind]):
        message = f'{target.kind} "{target.part}" of relation "{name.name}" does not exist'
        raise Refusal(message, name)
    state.put(_WITH_PART[target.kind](table, target.part, text))


def _on_attribute(state: State, name: Name, part: str, text: str | None) -> None:
    composite = state.types[name]
    if all(attribute.name != part for attribute in composite.attributes):
        raise Refusal(f'column "{part}" of relation "{name.name}" does not exist')
    attributes = _commented(composite.attributes, part, text)
    state.types[name] = replace(composite, attributes=attributes)


_WITH_PART: dict[str, Callable[[Table, str, str | None], Table]] = {
    "column": lambda t, n, x: replace(t, columns=_commented(t.columns, n, x)),
    "constraint": lambda t, n, x: replace(t, constraints=_commented(t.constraints, n, x)),
    "trigger": lambda t, n, x: replace(t, triggers=_commented(t.triggers or (), n, x)),
    "policy": lambda t, n, x: replace(t, policies=_commented(t.policies or (), n, x)),
}
