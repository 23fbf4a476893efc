"""What uses a type, or a table's rows, that has another name now."""

from ctb_audit.copies import replace
from ctb_audit.model import Argument, Column, Name, Type
from ctb_audit.sources.ddl.replay.routines import signature
from ctb_audit.sources.ddl.replay.state import FunctionKey, State


def retype_users(state: State, old: Name, new: Name) -> None:
    """Columns, other types and functions of a moved type."""
    _retype_functions(state, old, new)
    _retype_types(state, old, new)
    for user in [*state.using_tables(old)]:
        if any(c.type.name == str(old) for c in user.columns):
            state.put(replace(user, columns=_retyped(user.columns, old, new)))
            state.users.add(new, user.qualified)


def _retype_types(state: State, old: Name, new: Name) -> None:
    for user in state.users.of(old):
        held = state.types.get(user)
        if held is None:
            continue
        base = held.base
        if base is not None and base.name == str(old):
            base = replace(base, name=str(new))
        attributes = _retyped(held.attributes, old, new)
        state.types[user] = replace(held, base=base, attributes=attributes)
        state.users.add(new, user)


def _retyped(columns: tuple[Column, ...], old: Name, new: Name) -> tuple[Column, ...]:
    return tuple(
        replace(c, type=replace(c.type, name=str(new))) if c.type.name == str(old) else c
        for c in columns
    )


def _retype_functions(state: State, old: Name, new: Name) -> None:
    for user in state.users.of(old):
        for key in state.overloads.get(user) or ():
            _retype(state, key, str(old), str(new))
            state.users.add(new, user)


def _retype(state: State, key: FunctionKey, old: str, new: str) -> None:
    def one(type_: Type) -> Type:
        return replace(type_, name=new) if type_.name == old else type_

    function = state.functions[key]
    arguments: tuple[Argument, ...] = tuple(
        replace(a, type=one(a.type)) for a in function.arguments
    )
    returns = None if function.returns is None else one(function.returns)
    changed = replace(function, arguments=arguments, returns=returns)
    moved = (key[0], signature(arguments))
    if moved == key:
        state.functions[key] = changed
        return
    state.functions.rekey(key, moved, changed)
    rest = tuple(moved if k == key else k for k in state.overloads[key[0]])
    state.overloads[key[0]] = rest
