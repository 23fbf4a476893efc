"""Functions, triggers and policies."""

from collections.abc import Iterable

from ctb_audit.copies import replace
from ctb_audit.lean import importer
from ctb_audit.model import Argument, Function, Name, Policy, Table, Trigger, Type
from ctb_audit.semantics.quoting import identifier
from ctb_audit.sources.ddl.operations import (
    AlterFunction,
    AlterPolicy,
    CreateFunction,
    CreatePolicy,
    CreateTrigger,
    ObjectRef,
)
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.privileges import initial_grants
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import FunctionKey, State
from ctb_audit.sources.ddl.replay.type_names import resolve_type

follow = importer("ctb_audit.sources.ddl.replay")("views.follow")

# ---- functions -------------------------------------------------------------------------------


def signature(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """What makes a function itself: the types of its input arguments."""
    inputs = (a for a in arguments if a.mode in ("in", "inout", "variadic"))
    return tuple(a.type.name + "[]" * a.type.dimensions for a in inputs)


def create_function(state: State, op: CreateFunction) -> None:
    name = state.creation_name(op.name)
    arguments = tuple(replace(a, type=_of_routine(state, a.type)) for a in op.function.arguments)
    key = (name, signature(arguments))
    old = state.functions.get(key)
    if old is not None and not op.replace:
        raise duplicate(f'function "{name.name}" already exists with same argument types')
    if old is not None and (old.kind == "procedure") != (op.function.kind == "procedure"):
        raise Refusal(f'cannot change routine kind of "{name.name}"')
    returns = op.function.returns
    function = replace(
        op.function,
        schema=home(name),
        name=name.name,
        arguments=arguments,
        returns=None if returns is None else _of_routine(state, returns),
        grants=old.grants if old else initial_grants(state, "function", home(name)),
        owner=old.owner if old else op.function.owner,
        comment=old.comment if old else op.function.comment,
    )
    if old is not None and old.returns is not None and function.returns is not None:
        _same_result(state, old, function)
    state.functions[key] = function
    note_function_types(state, function, name)
    if old is None:
        state.overloads[name] = (*(state.overloads.get(name) or ()), key)


def _of_routine(state: State, written: Type) -> Type:
    """The server keeps no modifier of what a routine takes and gives."""
    return replace(resolve_type(state, written), parameters=())


def note_function_types(state: State, function: Function, name: Name) -> None:
    """Remember which types and tables the routine takes and gives."""
    used = {argument.type.name for argument in function.arguments}
    if function.returns is not None:
        used.add(function.returns.name)
    for type_ in used:
        schema, dot, named = type_.partition(".")
        if dot:
            state.users.add(Name(schema, named), name)


def _same_result(state: State, old: Function, new: Function) -> None:
    before = (str(old.returns), old.returns_set)
    if before != (str(new.returns), new.returns_set):
        raise Refusal(f'cannot change return type of existing function "{new.name}"')


def find_routine(state: State, target: ObjectRef) -> FunctionKey | None:
    """The routine that a name with or without argument types means; Refusal where several do, or
    where it is one of another kind.
    """
    for candidate in state.candidates(target.name):
        keys = state.overloads.get(candidate) or ()
        if target.arguments is None:
            keys = tuple(key for key in keys if not _misnamed(state, key, target))
            if len(keys) > 1:
                raise Refusal(f'function name "{target.name}" is not unique')
            if keys:
                return keys[0]
            continue
        wanted = tuple(
            type_.name + "[]" * type_.dimensions
            for type_ in (resolve_type(state, t) for t in target.arguments)
        )
        for key in keys:
            if key[1] == wanted or _written_in_full(state, key) == wanted:
                if problem := _misnamed(state, key, target):
                    raise Refusal(problem)
                return key
    return None


def _misnamed(state: State, key: FunctionKey, target: ObjectRef) -> str:
    """Why a statement on such an object cannot mean the routine, "" if it can."""
    kind = state.functions[key].kind
    if target.kind == "aggregate":
        return "" if kind == "aggregate" else f"function {target.name} is not an aggregate"
    if target.kind == "routine" or (target.kind == "procedure") == (kind == "procedure"):
        return ""
    return f"{target.name} is not a {target.kind}"


def _written_in_full(state: State, key: FunctionKey) -> tuple[str, ...]:
    """OUT arguments may stand in the reference to a procedure, or to any routine."""
    arguments = (a for a in state.functions[key].arguments if a.mode != "table")
    return tuple(a.type.name + "[]" * a.type.dimensions for a in arguments)


def alter_function(state: State, op: AlterFunction) -> None:
    key = find_routine(state, op.target)
    if key is None:
        raise Refusal(f'function "{op.target.name}" does not exist')
    old = state.functions[key]
    settings: dict[str, str] = {} if op.reset_all else dict(old.settings)
    for name, value in op.settings:
        if value is None:
            settings.pop(name, None)
        else:
            settings[name] = value
    state.functions[key] = replace(
        old,
        settings=tuple(settings.items()),
        security_definer=_or(op.security_definer, old.security_definer),
        strict=_or(op.strict, old.strict),
        leakproof=_or(op.leakproof, old.leakproof),
        volatility=op.volatility or old.volatility,
        parallel=op.parallel or old.parallel,
    )


def _or(new: bool | None, old: bool) -> bool:
    return old if new is None else new


# ---- triggers --------------------------------------------------------------------------------


def create_trigger(state: State, op: CreateTrigger) -> None:
    found = state.find(op.table)
    if found is not None and state.relations[found] == "temporary":
        raise Ignored
    trigger = replace(op.trigger, function=_trigger_function(state, op.trigger.function))
    if found is not None and found in state.views:
        _add_to_view(state, found, trigger, op.replace)
        return
    name = state.table_name(op.table)
    _check_columns(state, state.tables[name], trigger)
    _add_trigger(state, name, trigger, op.replace)


_BUILT_IN_TRIGGERS = frozenset(
    [
        "suppress_redundant_updates_trigger",
        "tsvector_update_trigger",
        "tsvector_update_trigger_column",
    ]
)


def _trigger_function(state: State, written: Name) -> Name:
    for candidate in state.candidates(written):
        if (candidate, ()) in state.functions:
            return candidate
    if written.name in _BUILT_IN_TRIGGERS and written.schema in (None, "pg_catalog"):
        return Name("pg_catalog", written.name)
    if state.strict and not _from_extension(state):
        raise Refusal(f"function {written}() does not exist")
    return state.assumed(written)


def _from_extension(state: State) -> bool:
    return any(extension != "plpgsql" for extension in state.extensions)


def _check_columns(state: State, table: Table, trigger: Trigger) -> None:
    known = {c.name for c in table.columns}
    for column in trigger.columns:
        if known and column not in known:
            message = f'column "{column}" of relation "{table.name}" does not exist'
            state.complain(Refusal(message, table.qualified))


def _merged(
    held: tuple[Trigger, ...], trigger: Trigger, replaces: bool, table: Name
) -> tuple[Trigger, ...]:
    if all(t.name != trigger.name for t in held):
        return (*held, trigger)
    if not replaces:
        message = f'trigger "{trigger.name}" for relation "{table.name}" already exists'
        raise duplicate(message, table)
    return tuple(replace(trigger, comment=t.comment) if t.name == trigger.name else t for t in held)


def _add_trigger(state: State, name: Name, trigger: Trigger, replaces: bool) -> None:
    table = state.tables[name]
    state.put(replace(table, triggers=_merged(table.triggers or (), trigger, replaces, name)))
    state.users.add(trigger.function, name)
    if trigger.constraint:
        state.constraint_names.add(Name(table.schema, trigger.name))
    if trigger.row:
        for partition in state.partitions(name):
            _add_trigger(state, partition, replace(trigger, inherited=True), True)


def _add_to_view(state: State, found: Name, trigger: Trigger, replaces: bool) -> None:
    entry = state.views[found]
    triggers = _merged(entry.view.triggers, trigger, replaces, found)
    state.users.add(trigger.function, found)
    state.views[found] = replace(entry, view=replace(entry.view, triggers=triggers))


# ---- policies --------------------------------------------------------------------------------


def create_policy(state: State, op: CreatePolicy) -> None:
    name = state.table_name(op.table)
    table = state.tables[name]
    if any(p.name == op.policy.name for p in table.policies or ()):
        message = f'policy "{op.policy.name}" for table "{table.name}" already exists'
        raise duplicate(message, name)
    _require_columns(state, table, op.policy)
    state.put(replace(table, policies=(*(table.policies or ()), op.policy)))


def _require_columns(state: State, table: Table, policy: Policy) -> None:
    """Every column that the policy names without its table is there, in server mode."""
    if not state.strict:
        return
    of = ".".join(identifier(part) for part in (table.schema, table.name))
    for text in filter(None, (policy.using, policy.check)):
        followed = follow(state, f"SELECT FROM {of} WHERE ({text})")
        if followed.lost:
            raise Refusal(f'column "{followed.lost[0]}" does not exist', table.qualified)


def alter_policy(state: State, op: AlterPolicy) -> None:
    name = state.table_name(op.table)
    table = state.tables[name]
    if all(p.name != op.name for p in table.policies or ()):
        raise Refusal(f'policy "{op.name}" for table "{table.name}" does not exist', name)
    changed = tuple(
        replace(
            p,
            roles=p.roles if op.roles is None else op.roles,
            using=p.using if op.using is None else op.using,
            check=p.check if op.check is None else op.check,
        )
        if p.name == op.name
        else p
        for p in table.policies or ()
    )
    state.put(replace(table, policies=changed))
