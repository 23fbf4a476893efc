"""What calls a function in an expression, and so stands in the way of its removal."""

from collections.abc import Callable, Iterator
from functools import partial

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass, importer
from ctb_audit.model import Constraint, Function, Index, IndexKey, Name, Table, UserType
from ctb_audit.sources.ddl.replay.alter_constraints import remove_constraint
from ctb_audit.sources.ddl.replay.calls import is_stored, meant
from ctb_audit.sources.ddl.replay.drop_columns import drop_view, remove_column
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import FunctionKey, State

_late = importer("ctb_audit.sources.ddl.replay")
_remove_part = _late("drop_parts.remove_part")
_remove_function = _late("drop_parts.remove_function")
_remove_index = _late("drop_indexes.remove_index")
_remove_type = _late("drops.remove_type_with_uses")

Uses = Callable[[str | None, Table | None], bool]
"""Whether an expression, over the columns of a table or of none, uses what is dropped."""


@dataclass(frozen=True, slots=True)
class User:
    """One dependent, as the server names it, and how CASCADE takes it away."""

    told: str
    name: Name
    remove: Callable[[], None]


def function_users(state: State, key: FunctionKey) -> Iterator[User]:
    """All that calls the function. Where a text calls it or another of its name, which of them is
    not known, and that is said.
    """

    def uses(text: str | None, table: Table | None) -> bool:
        found = meant(state, text, key, table)
        if found.doubtful:
            tables = () if table is None else (table.qualified,)
            message = (
                f"several functions {key[0].name} fit a call: which one is dropped is not known"
            )
            state.record(Refusal(message, *tables, kind="not-understood"))
        return bool(found.calls)

    return users(state, uses)


def users(state: State, uses: Uses) -> Iterator[User]:
    """Everything that stores an expression that uses something."""
    for table in state.tables.ordered():
        yield from _of_table(state, table, uses)
    for entry in state.views.ordered():
        view = Name(entry.view.schema, entry.view.name)
        if uses(entry.view.definition, None):
            yield User(f"view {view.name}", view, partial(_drop_view, state, view))
    for type_ in state.types.ordered():
        yield from _of_domain(state, type_, uses)
    for function in state.functions.ordered():
        if is_stored(function) and uses(function.body, None):
            yield from _function(state, function)


def _function(state: State, function: Function) -> Iterator[User]:
    for key in state.overloads.get(Name(function.schema, function.name)) or ():
        if state.functions[key] == function:
            yield User(
                f"function {function.name}", key[0], partial(drop_function_with_users, state, key)
            )


def _of_domain(state: State, type_: UserType, uses: Uses) -> Iterator[User]:
    """A default is a trait of the domain itself, so the domain goes."""
    name = Name(type_.schema, type_.name)
    if uses(type_.default, None):
        yield User(f"type {type_.name}", name, partial(drop_type, state, name))
        return
    for constraint in type_.constraints:
        if uses(constraint.expression, None):
            remove = partial(_drop_domain_constraint, state, name, constraint)
            yield User(f"constraint {constraint.name}", name, remove)


def _of_table(state: State, table: Table, uses: Uses) -> Iterator[User]:
    name = table.qualified
    for column in table.columns:
        told = f"column {column.name} of table {table.name}"
        if uses(column.generated, table):
            yield User(told, name, partial(drop_column_of, state, name, column.name))
        elif uses(column.default, table):
            told = f"default value for {told}"
            yield User(told, name, partial(_drop_default, state, name, column.name))
    for constraint in table.constraints:
        if _constraint_uses(constraint, table, uses):
            told = f"constraint {constraint.name} on table {table.name}"
            yield User(told, name, partial(drop_constraint_of, state, name, constraint.name))
    yield from _parts(state, table, uses)


def _parts(state: State, table: Table, uses: Uses) -> Iterator[User]:
    name = table.qualified
    for index in table.indexes:
        if _index_uses(index, table, uses):
            told = f"index {index.name}"
            yield User(told, name, partial(drop_index, state, Name(table.schema, index.name)))
    for policy in table.policies or ():
        if uses(policy.using, table) or uses(policy.check, table):
            told = f"policy {policy.name} on table {table.name}"
            yield User(told, name, partial(_remove_part, state, name, "policy", policy.name))
    for trigger in table.triggers or ():
        if not trigger.inherited and uses(trigger.when, None):
            told = f"trigger {trigger.name} on table {table.name}"
            yield User(told, name, partial(_remove_part, state, name, "trigger", trigger.name))


def _constraint_uses(constraint: Constraint, table: Table, uses: Uses) -> bool:
    texts = (constraint.expression, constraint.predicate)
    return any(uses(text, table) for text in texts) or _keys_use(constraint.elements, table, uses)


def _index_uses(index: Index, table: Table, uses: Uses) -> bool:
    return uses(index.predicate, table) or _keys_use(index.keys, table, uses)


def _keys_use(keys: tuple[IndexKey, ...], table: Table, uses: Uses) -> bool:
    return any(uses(key.expression, table) for key in keys)


# What one dependent took along, another one need not take away.


def _drop_default(state: State, name: Name, column: str) -> None:
    table = state.tables[name]
    columns = (replace(c, default=None) if c.name == column else c for c in table.columns)
    state.put(replace(table, columns=tuple(columns)))


def drop_column_of(state: State, name: Name, column: str) -> None:
    if state.tables[name].column(column) is not None:
        remove_column(state, name, column, True)


def drop_constraint_of(state: State, name: Name, constraint: str) -> None:
    for held in state.tables[name].constraints:
        if held.name == constraint:
            remove_constraint(state, name, held, True)


def drop_index(state: State, name: Name) -> None:
    if name in state.indexes:
        _remove_index(state, name)


def _drop_view(state: State, name: Name) -> None:
    if name in state.views:
        drop_view(state, name, True)


def drop_function_with_users(state: State, key: FunctionKey) -> None:
    if key in state.functions:
        for user in [*function_users(state, key)]:
            user.remove()
        _remove_function(state, key, True)


def drop_type(state: State, name: Name) -> None:
    if name in state.types:
        _remove_type(state, name, True)


def _drop_domain_constraint(state: State, name: Name, constraint: Constraint) -> None:
    domain = state.types.get(name)
    if domain is not None:
        kept = tuple(c for c in domain.constraints if c.name != constraint.name)
        state.types[name] = replace(domain, constraints=kept)
        state.constraint_names.drop(Name(name.schema, constraint.name))
