"""CREATE and DROP EXTENSION: what extensions own, as servers told (`bench/extensions.py`)."""

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass
from ctb_audit.model import Function, IndexKey, Name, Table, Type
from ctb_audit.sources.ddl.operations import CreateExtension, Drop, ObjectRef
from ctb_audit.sources.ddl.replay.dependents import refuse_dependent
from ctb_audit.sources.ddl.replay.drop_parts import missing, remove_part
from ctb_audit.sources.ddl.replay.expressions import tokens
from ctb_audit.sources.ddl.replay.function_users import (
    User,
    drop_column_of,
    drop_constraint_of,
    drop_function_with_users,
    drop_index,
    drop_type,
    users,
)
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import EXTENSION_TYPES, TYPELESS

FACTS = Path(__file__).with_name("extensions.json")
_BUILT_IN = ("plpgsql",)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an extension owns; `classes`: operator classes by access method, `defaults`: the types
    that it has the default class of, by access method. `whole`: that is all that matters here.
    """

    types: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    classes: frozenset[tuple[str, str]] = frozenset()
    defaults: frozenset[tuple[str, str]] = frozenset()
    methods: frozenset[str] = frozenset()
    requires: tuple[str, ...] = ()
    whole: bool = True


@cache
def _recorded() -> Mapping[str, Mapping[str, list[str]]]:
    known: Mapping[str, Mapping[str, list[str]]] = json.loads(FACTS.read_text())["extensions"]
    return known


@cache
def facts(extension: str) -> Facts:
    """What is known of an extension; of one that no server told about, its types at most."""
    entry = _recorded().get(extension)
    if entry is None:
        types = (name for name, owners in EXTENSION_TYPES.items() if extension in owners)
        return Facts(types=frozenset(types), whole=extension in TYPELESS)
    classes = [line.split(" ", 2) for line in entry.get("operator classes", ())]
    return Facts(
        frozenset(entry.get("types", ())),
        frozenset(entry.get("functions", ())),
        frozenset((method, name) for method, name, *_ in classes),
        frozenset((method, rest[0][1:]) for method, _, *rest in classes if rest),
        frozenset(entry.get("access methods", ())),
        tuple(entry.get("requires", ())),
    )


# ---- CREATE ------------------------------------------------------------------------------------


def create_extension(state: State, op: CreateExtension) -> None:
    name = op.extension.name
    if name in state.extensions or name in _BUILT_IN:
        if op.if_not_exists:
            return
        raise duplicate(f'extension "{name}" already exists')
    schema = state.creation_schema(op.extension.schema)
    for needed in facts(name).requires:
        if needed not in state.extensions and (op.cascade or not state.strict):
            extension = replace(op.extension, name=needed)
            create_extension(state, replace(op, extension=extension, if_not_exists=True))
        elif needed not in state.extensions:
            raise Refusal(f'required extension "{needed}" is not installed')
    state.extensions[name] = replace(op.extension, schema=schema)


# ---- DROP --------------------------------------------------------------------------------------


def drop_extension(state: State, target: ObjectRef, op: Drop) -> None:
    """RESTRICT refuses where something uses what the extension owns; CASCADE takes it along."""
    name = target.name.name
    if name not in state.extensions:
        missing(state, op, f'extension "{name}" does not exist', None)
        return
    together = {other.name.name for other in op.targets}
    needing = [e.name for e in state.extensions.ordered() if name in facts(e.name).requires]
    for other in (needed for needed in needing if needed not in together):
        told = f"extension {other}"
        refuse_dependent(state, target.name, f"extension {name}", told, op.cascade)
        drop_extension(state, replace(target, name=Name(None, other)), replace(op, cascade=True))
    for user in [*_users(state, name, facts(name))]:
        refuse_dependent(state, user.name, f"extension {name}", user.told, op.cascade)
        user.remove()
    if not facts(name).whole:
        message = f"what else extension {name} owned, and goes with it, is not known"
        state.record(Refusal(message, kind="not-understood"))
    del state.extensions[name]


def _users(state: State, name: str, owned: Facts) -> Iterator[User]:
    home = state.extensions[name].schema or ""
    types = owned.types | {f"{home}.{type_}" for type_ in owned.types}
    for table in state.tables.ordered():
        yield from _of_table(state, table, owned, types)
    for key in [*state.functions]:
        function = state.functions[key]
        if function.language == name or _has_type(function, types):
            yield User(
                f"function {key[0].name}", key[0], partial(drop_function_with_users, state, key)
            )
    for type_ in state.types.ordered():
        if type_.base is not None and type_.base.name in types:
            qualified = Name(type_.schema, type_.name)
            yield User(f"type {type_.name}", qualified, partial(drop_type, state, qualified))
    own = {f for f in owned.functions if not any(n.name == f for n in state.overloads)}

    def uses(text: str | None, table: Table | None) -> bool:
        return text is not None and _mentions(text, own, owned.types)

    yield from users(state, uses)


def _has_type(function: Function, types: frozenset[str]) -> bool:
    used: list[Type] = [argument.type for argument in function.arguments]
    if function.returns is not None:
        used.append(function.returns)
    return any(type_.name in types for type_ in used)


def _mentions(text: str, functions: set[str], types: frozenset[str]) -> bool:
    """Whether a text calls one of the functions or casts to one of the types."""
    found = tokens(text)
    for at, token in enumerate(found):
        name = token.identifier
        if name in functions and at + 1 < len(found) and found[at + 1].text == "(":
            return True
        first = at - 2 if at > 1 and found[at - 1].text == "." else at
        if name in types and first and found[first - 1].text.lower() in ("::", "as"):
            return True
    return False


def _of_table(state: State, table: Table, owned: Facts, types: frozenset[str]) -> Iterator[User]:
    name = table.qualified
    for column in table.columns:
        if column.type.name in types:
            told = f"column {column.name} of table {table.name}"
            yield User(told, name, partial(drop_column_of, state, name, column.name))
    for index in table.indexes:
        if any(_needs(table, index.method, key, owned) for key in index.keys):
            place = Name(table.schema, index.name)
            yield User(f"index {index.name}", name, partial(drop_index, state, place))
    for held in table.constraints:
        method = held.method or "gist"
        if any(_needs(table, method, key, owned) for key in held.elements):
            told = f"constraint {held.name} on table {table.name}"
            yield User(told, name, partial(drop_constraint_of, state, name, held.name))
    yield from _triggers(state, table, owned)


def _triggers(state: State, table: Table, owned: Facts) -> Iterator[User]:
    for trigger in table.triggers or ():
        is_user = (trigger.function, ()) in state.functions
        if trigger.function.name in owned.functions and not is_user:
            told = f"trigger {trigger.name} on table {table.name}"
            remove = partial(remove_part, state, table.qualified, "trigger", trigger.name)
            yield User(told, table.qualified, remove)


def _needs(table: Table, method: str, key: IndexKey, owned: Facts) -> bool:
    """Whether a key's operator class is one of the extension's, its access method too."""
    if method in owned.methods:
        return True
    if key.opclass is not None:
        return (method, key.opclass.name) in owned.classes
    column = table.column(key.column or "")
    if column is None:
        return False
    type_ = column.type.name + "[]" * bool(column.type.dimensions)
    return (method, type_) in owned.defaults
