"""What calls a function in an expression, and so stands in the way of its removal."""

from collections.abc import Callable, Iterator
from functools import partial

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass
from ctb_audit.model import Name, Policy, Table
from ctb_audit.sources.ddl.replay.alter_constraints import remove_constraint
from ctb_audit.sources.ddl.replay.drop_columns import drop_view, remove_column
from ctb_audit.sources.ddl.replay.expressions import tokens
from ctb_audit.sources.ddl.replay.state import FunctionKey, State


@dataclass(frozen=True, slots=True)
class User:
    """One dependent, as the server names it, and how CASCADE takes it away."""

    told: str
    table: Name
    remove: Callable[[], None]


def function_users(state: State, key: FunctionKey) -> list[User]:
    """Expressions that call the function; none where another one has its name: which is meant
    the text alone does not say.
    """
    name = key[0]
    if len(state.overloads.get(name) or ()) > 1:
        return []
    found = [user for table in state.tables.ordered() for user in _of_table(state, table, name)]
    for entry in state.views.ordered():
        if calls(entry.view.definition, name):
            view = Name(entry.view.schema, entry.view.name)
            found.append(User(f"view {view.name}", view, partial(drop_view, state, view, True)))
    return found


def calls(text: str | None, function: Name) -> bool:
    """Whether a text calls the function, under its name with or without its schema."""
    if not text or function.name not in text:
        return False
    found = tokens(text)
    for at, token in enumerate(found[:-1]):
        if token.identifier == function.name and found[at + 1].text == "(":
            qualified = at > 1 and found[at - 1].text == "."
            if not qualified or found[at - 2].identifier == function.schema:
                return True
    return False


def _of_table(state: State, table: Table, function: Name) -> Iterator[User]:
    name = table.qualified
    for column in table.columns:
        told = f"column {column.name} of table {table.name}"
        if calls(column.generated, function):
            yield User(told, name, partial(remove_column, state, name, column.name, True))
        elif calls(column.default, function):
            told = f"default value for {told}"
            yield User(told, name, partial(_drop_default, state, name, column.name))
    for check in table.constraints:
        if check.kind == "check" and not check.inherited and calls(check.expression, function):
            told = f"constraint {check.name} on table {table.name}"
            yield User(told, name, partial(remove_constraint, state, name, check, True))
    for policy in table.policies or ():
        if calls(policy.using, function) or calls(policy.check, function):
            told = f"policy {policy.name} on table {table.name}"
            yield User(told, name, partial(_drop_policy, state, name, policy))


def _drop_default(state: State, name: Name, column: str) -> None:
    table = state.tables[name]
    columns = (replace(c, default=None) if c.name == column else c for c in table.columns)
    state.put(replace(table, columns=tuple(columns)))


def _drop_policy(state: State, name: Name, policy: Policy) -> None:
    table = state.tables[name]
    kept = tuple(p for p in table.policies or () if p.name != policy.name)
    state.put(replace(table, policies=kept))
