"""Which function the calls in a text mean, and how they follow it to another name."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass
from ctb_audit.model import Constraint, Function, IndexKey, Name, Table, Trigger, UserType
from ctb_audit.semantics.quoting import identifier
from ctb_audit.sources.ddl.replay.expressions import Token, tokens
from ctb_audit.sources.ddl.replay.state import FunctionKey, State

Rewrite = Callable[[str], str]


class Call(NamedTuple):
    """`start` and `end` of the name as written, its schema included; `arguments` as tokens."""

    start: int
    end: int
    schema: str | None
    arguments: tuple[tuple[Token, ...], ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """The calls that mean a function; `doubtful`: one may mean it or another of its name."""

    calls: tuple[Call, ...] = ()
    doubtful: bool = False


def meant(state: State, text: str | None, key: FunctionKey, table: Table | None = None) -> Meant:
    """The calls of the function `key` in a text over the columns of `table`."""
    name = key[0]
    if not text or name.name not in text.lower():
        return Meant()
    rivals = [
        other
        for known in (state.overloads if _is_common(state, name) else (name,))
        if known.name == name.name
        for other in state.overloads.get(known) or ()
    ]
    found, doubtful = [], False
    for call in _calls(text, name.name):
        if call.schema is not None and call.schema != name.schema:
            continue
        fitting = _fitting(state, [r for r in rivals if call.schema in (None, r[0].schema)], call)
        fitting = _by_columns(fitting, call, table) if len(fitting) > 1 else fitting
        if fitting == [key]:
            found.append(call)
        doubtful = doubtful or (key in fitting and len(fitting) > 1)
    return Meant(tuple(found), doubtful)


def _is_common(state: State, name: Name) -> bool:
    return sum(Name(schema, name.name) in state.overloads for schema in state.schemas) > 1


def _calls(text: str, name: str) -> Iterator[Call]:
    found = tokens(text)
    for at, token in enumerate(found[:-1]):
        if token.identifier != name or found[at + 1].text != "(":
            continue
        qualified = at > 1 and found[at - 1].text == "."
        first = found[at - 2] if qualified else token
        end = token.start + len(token.text)
        schema = first.identifier if qualified else None
        yield Call(first.start, end, schema, tuple(_arguments(found, at + 2)))


def _arguments(found: Sequence[Token], at: int) -> Iterator[tuple[Token, ...]]:
    depth, argument = 1, list[Token]()
    for token in found[at:]:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0:
            break
        if depth == 1 and token.text == ",":
            yield tuple(argument)
            argument = []
        else:
            argument.append(token)
    if argument:
        yield tuple(argument)


def _fitting(state: State, keys: Sequence[FunctionKey], call: Call) -> list[FunctionKey]:
    """Those that take so many arguments."""
    count = len(call.arguments)
    return [key for key in keys if _takes(state.functions[key], len(key[1]), count)]


def _takes(function: Function, inputs: int, count: int) -> bool:
    if any(a.mode == "variadic" for a in function.arguments):
        return count >= inputs - 1
    optional = sum(a.default is not None for a in function.arguments)
    return inputs - optional <= count <= inputs


def _by_columns(keys: Sequence[FunctionKey], call: Call, table: Table | None) -> list[FunctionKey]:
    """Those whose types are those of the columns that are handed over, else all."""
    types: dict[int, str] = {}
    for place, argument in enumerate(call.arguments):
        column = (
            table.column(argument[0].identifier or "") if table and len(argument) == 1 else None
        )
        if column is not None:
            types[place] = column.type.name + "[]" * column.type.dimensions
    exact = [
        k for k in keys if all(k[1][at] == type_ for at, type_ in types.items() if at < len(k[1]))
    ]
    return exact or [*keys]


def renamed(state: State, text: str, key: FunctionKey, new: Name, table: Table | None) -> str:
    """The text with its calls of the function under the new name."""
    for call in reversed(meant(state, text, key, table).calls):
        moved = call.schema is not None or new.schema != key[0].schema
        schema = f"{identifier(new.schema or '')}." if moved else ""
        text = f"{text[: call.start]}{schema}{identifier(new.name)}{text[call.end :]}"
    return text


def follow_function(state: State, key: FunctionKey, new: Name) -> None:
    """Carry a function's new name into all that calls it; asked before it moves."""
    _follow_in_tables(state, key, new)

    def told(text: str) -> str:
        return renamed(state, text, key, new, None)

    for entry in state.views.ordered():
        definition = told(entry.view.definition)
        triggers = tuple(_trigger_told(t, key[0], new, told) for t in entry.view.triggers)
        view = replace(entry.view, definition=definition, triggers=triggers)
        if view != entry.view:
            state.views[Name(view.schema, view.name)] = replace(entry, view=view)
    for type_ in state.types.ordered():
        domain = _domain_told(type_, told)
        if domain != type_:
            state.types[Name(type_.schema, type_.name)] = domain
    _follow_in_functions(state, told)
    if not key[1]:
        _follow_triggers(state, key[0], new)


def is_stored(function: Function) -> bool:
    """A body that the server keeps as a tree: RETURN ... or BEGIN ATOMIC."""
    start = function.body.lstrip()[:12].upper()
    return function.language == "sql" and start.startswith(("RETURN", "BEGIN ATOMIC"))


def _follow_in_functions(state: State, told: Rewrite) -> None:
    for key in [*state.functions]:
        function = state.functions[key]
        if is_stored(function) and (body := told(function.body)) != function.body:
            state.functions[key] = replace(function, body=body)


def _follow_in_tables(state: State, key: FunctionKey, new: Name) -> None:
    for table in state.tables.ordered():

        def told(text: str, of: Table = table) -> str:
            return renamed(state, text, key, new, of)

        changed = _table_told(table, told)
        if changed != table:
            state.put(changed)


def _follow_triggers(state: State, old: Name, new: Name) -> None:
    for user in state.using_tables(old):
        triggers = tuple(
            replace(t, function=new) if t.function == old else t for t in user.triggers or ()
        )
        state.put(replace(user, triggers=triggers))
        state.users.add(new, user.qualified)


def _optional(text: str | None, told: Rewrite) -> str | None:
    return None if text is None else told(text)


def _table_told(table: Table, told: Rewrite) -> Table:
    return replace(
        table,
        columns=tuple(
            replace(c, default=_optional(c.default, told), generated=_optional(c.generated, told))
            if c.default is not None or c.generated is not None
            else c
            for c in table.columns
        ),
        constraints=tuple(_constraint_told(c, told) for c in table.constraints),
        indexes=tuple(
            replace(
                i,
                keys=tuple(_key_told(k, told) for k in i.keys),
                predicate=_optional(i.predicate, told),
            )
            for i in table.indexes
        ),
        policies=table.policies
        and tuple(
            replace(p, using=_optional(p.using, told), check=_optional(p.check, told))
            for p in table.policies
        ),
        triggers=table.triggers
        and tuple(replace(t, when=_optional(t.when, told)) for t in table.triggers),
    )


def _constraint_told(constraint: Constraint, told: Rewrite) -> Constraint:
    if constraint.kind not in ("check", "exclusion"):
        return constraint
    return replace(
        constraint,
        expression=_optional(constraint.expression, told),
        predicate=_optional(constraint.predicate, told),
        elements=tuple(_key_told(k, told) for k in constraint.elements),
    )


def _key_told(key: IndexKey, told: Rewrite) -> IndexKey:
    return key if key.expression is None else replace(key, expression=told(key.expression))


def _trigger_told(trigger: Trigger, old: Name, new: Name, told: Rewrite) -> Trigger:
    function = new if trigger.function == old else trigger.function
    return replace(trigger, function=function, when=_optional(trigger.when, told))


def _domain_told(type_: UserType, told: Rewrite) -> UserType:
    constraints = tuple(_constraint_told(c, told) for c in type_.constraints)
    return replace(type_, default=_optional(type_.default, told), constraints=constraints)
