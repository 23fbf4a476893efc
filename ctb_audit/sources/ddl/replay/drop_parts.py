"""DROP of triggers, policies and functions."""

from ctb_audit.copies import replace
from ctb_audit.model import Name, Table
from ctb_audit.sources.ddl.operations import Drop, ObjectRef
from ctb_audit.sources.ddl.replay.dependents import refuse_dependent
from ctb_audit.sources.ddl.replay.function_users import function_users
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.routines import find_routine
from ctb_audit.sources.ddl.replay.state import FunctionKey, State


def missing(state: State, op: Drop, message: str, name: Name | None) -> None:
    """What DROP names does not exist: forgiven by IF EXISTS."""
    if not op.if_exists:
        raise Refusal(message, *([] if name is None else [state.assumed(name)]))


def drop_part(state: State, target: ObjectRef, op: Drop) -> None:
    """DROP TRIGGER or POLICY ... ON table."""
    found = state.find(target.name)
    if found is not None and state.relations[found] == "temporary":
        raise Ignored
    if found is not None and found in state.views and target.kind == "trigger":
        _drop_view_trigger(state, found, target, op)
        return
    if found is None or found not in state.tables:
        missing(state, op, f'relation "{target.name}" does not exist', target.name)
        return
    table = state.tables[found]
    held = table.triggers if target.kind == "trigger" else table.policies
    if all(item.name != target.part for item in held or ()):
        message = f'{target.kind} "{target.part}" for table "{found.name}" does not exist'
        if not op.if_exists:
            raise Refusal(message, found)
        return
    _refuse_inherited(state, table, target)
    remove_part(state, found, target.kind, target.part)


def _refuse_inherited(state: State, table: Table, target: ObjectRef) -> None:
    """A partition's clone of its parent's trigger goes with the parent's only."""
    if target.kind == "trigger" and state.strict:
        for trigger in table.triggers or ():
            if trigger.name == target.part and trigger.inherited:
                message = f"cannot drop trigger {trigger.name} because its parent requires it"
                raise Refusal(message, table.qualified)


def remove_part(state: State, name: Name, kind: str, part: str) -> None:
    """Remove a trigger, with its clones on partitions, or a policy."""
    table = state.tables[name]
    if kind == "policy":
        kept = tuple(p for p in table.policies or () if p.name != part)
        state.put(replace(table, policies=kept))
        return
    for trigger in table.triggers or ():
        if trigger.name == part and trigger.constraint:
            state.constraint_names.drop(Name(table.schema, part))
    state.put(replace(table, triggers=tuple(t for t in table.triggers or () if t.name != part)))
    for partition in state.partitions(name):
        clones = state.tables[partition].triggers or ()
        if any(t.name == part and t.inherited for t in clones):
            remove_part(state, partition, kind, part)


def _drop_view_trigger(state: State, found: Name, target: ObjectRef, op: Drop) -> None:
    entry = state.views[found]
    kept = tuple(t for t in entry.view.triggers if t.name != target.part)
    if len(kept) == len(entry.view.triggers):
        message = f'trigger "{target.part}" for relation "{found.name}" does not exist'
        if not op.if_exists:
            raise Refusal(message, found)
        return
    state.views[found] = replace(entry, view=replace(entry.view, triggers=kept))


def drop_function(state: State, target: ObjectRef, op: Drop) -> None:
    key = find_routine(state, target)
    if key is None:
        missing(state, op, f'{target.kind} "{target.name}" does not exist', None)
        return
    if target.kind == "function" and state.functions[key].kind == "aggregate":
        raise Refusal(f'"{key[0].name}" is an aggregate function')
    for user in [*function_users(state, key)]:
        refuse_dependent(state, user.name, f"function {key[0].name}", user.told, op.cascade)
        user.remove()
    remove_function(state, key, op.cascade)


def remove_function(state: State, key: FunctionKey, cascade: bool) -> None:
    """Remove a function; triggers that call it refuse, or go with CASCADE."""
    name = key[0]
    if not key[1]:  # a trigger's function has no arguments
        for table in [*state.using_tables(name)]:
            for trigger in table.triggers or ():
                if trigger.function == name and not trigger.inherited:
                    dependent = f"trigger {trigger.name} on table {table.name}"
                    refuse_dependent(
                        state, table.qualified, f"function {name.name}()", dependent, cascade
                    )
                    remove_part(state, table.qualified, "trigger", trigger.name)
        _drop_view_triggers(state, name, cascade)
    del state.functions[key]
    rest = tuple(k for k in state.overloads[name] if k != key)
    if rest:
        state.overloads[name] = rest
    else:
        del state.overloads[name]


def _drop_view_triggers(state: State, function: Name, cascade: bool) -> None:
    for user in state.users.of(function):
        entry = state.views.get(user)
        if entry is None:
            continue
        using = [t for t in entry.view.triggers if t.function == function]
        for trigger in using:
            dependent = f"trigger {trigger.name} on view {user.name}"
            refuse_dependent(state, user, f"function {function.name}()", dependent, cascade)
        kept = tuple(t for t in entry.view.triggers if t not in using)
        state.views[user] = replace(entry, view=replace(entry.view, triggers=kept))
