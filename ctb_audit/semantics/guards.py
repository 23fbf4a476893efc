"""What guards the rows of one table: types, domains, CHECKs and row triggers."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ctb_audit.lean import dataclass
from ctb_audit.model import Constraint, Function, Name, Table, Trigger, Type, UserType
from ctb_audit.semantics.answers import No, Rejection, Undecided, Yes
from ctb_audit.semantics.evaluate import Row, value_of
from ctb_audit.semantics.inline import Functions, inlined
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.plpgsql import effect_of, is_modelled, rejects_row
from ctb_audit.semantics.tree import Const, Node, Ref, walk
from ctb_audit.semantics.values import ERROR, UNDECIDED, Value, array_literal, cast

if TYPE_CHECKING:
    from ctb_audit.semantics.plpgsql.triggers import Event

Types = Mapping[Name, UserType]


@dataclass(frozen=True)
class Guarded:
    """One table with the functions and types that its definitions name."""

    table: Table
    functions: Functions
    types: Types


def rejects(
    guarded: Guarded, row: Row, *, event: "Event" = "insert", old: Row | None = None
) -> Rejection:
    """Whether the database refuses to store a row of which only some columns are known.

    No holds the row as BEFORE triggers leave it. Constraints that are not validated or
    not enforced and disabled triggers do not count.
    """
    doubts: list[Undecided] = []
    current = dict(row)
    for timing in ("before", "after"):
        for trigger in relevant_triggers(guarded, frozenset(row), timing):
            outcome = _fire(guarded, trigger, current, event, old)
            if isinstance(outcome, Yes):
                return outcome
            if isinstance(outcome, Undecided):
                doubts.append(outcome)
            elif timing == "before":
                current.update(outcome.row)
        if timing == "before":
            declared = _declared(guarded, current, frozenset(row), doubts)
            if declared is not None:
                return declared
    return doubts[0] if doubts else No(current)


def _fire(
    guarded: Guarded, trigger: Trigger, row: Row, event: "Event", old: Row | None
) -> Rejection:
    function = function_of(guarded, trigger)
    return rejects_row(trigger, function, guarded.table, row, event=event, old=old)


def function_of(guarded: Guarded, trigger: Trigger) -> Function | None:
    """The function that a trigger runs: the one of that name without arguments."""
    found = guarded.functions.get(trigger.function, ())
    return next((f for f in found if not f.arguments), None)


def relevant_triggers(
    guarded: Guarded, columns: frozenset[str], timing: str
) -> tuple[Trigger, ...]:
    """Row triggers, in firing order, that could refuse a row or change one of the columns."""
    found = [
        trigger
        for trigger in guarded.table.triggers or ()
        if trigger.timing == timing and trigger.row and _matters(guarded, trigger, columns)
    ]
    return tuple(sorted(found, key=lambda trigger: trigger.name))


def _matters(guarded: Guarded, trigger: Trigger, columns: frozenset[str]) -> bool:
    effect = effect_of(trigger, function_of(guarded, trigger), guarded.table)
    if effect.unknown:
        return True
    changes = bool(columns & set(effect.assigns)) or "*" in effect.assigns
    return effect.runs and (effect.raises or effect.skips or effect.writes or changes)


def _declared(
    guarded: Guarded, row: Row, columns: frozenset[str], doubts: list[Undecided]
) -> Rejection | None:
    """The refusal of a type, a domain or a CHECK; what is not decided goes to `doubts`."""
    for outcome in _outcomes(guarded, row, columns):
        if isinstance(outcome, Yes):
            return outcome
        if isinstance(outcome, Undecided):
            doubts.append(outcome)
    return None


def _outcomes(guarded: Guarded, row: Row, columns: frozenset[str]) -> Iterator[Rejection]:
    for name in sorted(columns):
        column = guarded.table.column(name)
        if column is None:
            continue
        if row.get(name) is None and not column.nullable:
            yield Yes(f"{name} NOT NULL")
        yield rejects_value(guarded.types, column.type, row.get(name, UNDECIDED))
    for constraint in relevant_checks(guarded, columns):
        yield _check(guarded, constraint, row)


def relevant_checks(guarded: Guarded, columns: frozenset[str]) -> tuple[Constraint, ...]:
    """Validated and enforced CHECKs that name one of the columns, in firing order."""
    found = [
        constraint
        for constraint in guarded.table.constraints
        if _counts(constraint) and columns & _names(constraint.expression or "")
    ]
    return tuple(sorted(found, key=lambda constraint: constraint.name))


def _counts(constraint: Constraint) -> bool:
    return constraint.kind == "check" and constraint.validated and constraint.enforced


@lru_cache(maxsize=4096)
def _read(expression: str) -> Node | str:
    """The tree, or why there is none."""
    try:
        return parse_expression(expression)
    except Unreadable as error:
        return str(error)


@lru_cache(maxsize=4096)
def _names(expression: str) -> frozenset[str]:
    """Columns that an expression names; all its words where it cannot be read."""
    node = _read(expression)
    if isinstance(node, str):
        return frozenset("".join(c if c.isalnum() or c == "_" else " " for c in expression).split())
    return frozenset(part.path[-1] for part in walk(node) if isinstance(part, Ref))


def _check(guarded: Guarded, constraint: Constraint, row: Row) -> Rejection:
    node = _read(constraint.expression or "")
    if isinstance(node, str):
        return Undecided(f"constraint {constraint.name}: {node}")
    return refuted(inlined(node, guarded.functions), row, constraint.name)


def refuted(node: Node, row: Row, name: str) -> Rejection:
    """Whether a condition refuses a row: null passes, an error does not."""
    value = value_of(node, row)
    if value is False or value is ERROR:
        return Yes(name)
    if value is UNDECIDED and not _is_free(node, row):
        return Undecided(f"constraint {name} is not decided on a probe value")
    return No(row)


def _is_free(node: Node, row: Row) -> bool:
    """Whether only columns that the probe leaves open decide, so that some row passes."""
    opened = any(isinstance(part, Ref) and part.path[-1] not in row for part in walk(node))
    return opened and is_modelled(node)


def rejects_value(types: Types, type_: Type, value: Value) -> Rejection:
    """Whether a type refuses a value: its length, its labels, its domain's CHECKs."""
    if value is None or value is UNDECIDED or type_.dimensions:
        return No()
    user = types.get(name_of(type_))
    if user is not None and user.kind == "enum":
        return No() if value in user.labels else Yes(f"type {user.name}")
    if user is not None and user.kind == "domain":
        return _domain(types, user, value)
    return _built_in(type_, value)


def name_of(type_: Type) -> Name:
    """A user-defined type's name, with its schema where it has one."""
    schema, _, name = type_.name.rpartition(".")
    return Name(schema or None, name)


def _domain(types: Types, domain: UserType, value: Value) -> Rejection:
    if domain.base is not None:
        outcome = rejects_value(types, domain.base, value)
        if not isinstance(outcome, No):
            return outcome
    for constraint in domain.constraints:
        if _counts(constraint):
            node = _read(constraint.expression or "")
            label = f"domain {domain.name}"
            outcome = (
                Undecided(node) if isinstance(node, str) else refuted(node, {"value": value}, label)
            )
            if not isinstance(outcome, No):
                return outcome
    return No()


def _built_in(type_: Type, value: Value) -> Rejection:
    if type_.family == "uuid" and isinstance(value, str):
        plain = value.strip("{}").replace("-", "")
        hexadecimal = len(plain) == 32 and all(c in "0123456789abcdefABCDEF" for c in plain)
        return No() if hexadecimal else Yes("type uuid")
    if type_.family == "text" and isinstance(value, str):
        longer = bool(type_.parameters) and len(value.rstrip(" ")) > type_.parameters[0]
        return Yes(f"type {type_}") if longer else No()
    return Yes(f"type {type_}") if cast(value, type_) is ERROR else No()


def constants_of(guarded: Guarded, column: str) -> tuple[Value, ...]:
    """Constants that the CHECKs of a column name: likely exceptions, worth a probe."""
    found: dict[Value, None] = {}
    for constraint in relevant_checks(guarded, frozenset({column})):
        node = _read(constraint.expression or "")
        if isinstance(node, str):
            continue
        for part in walk(inlined(node, guarded.functions)):
            if isinstance(part, Const):
                found[part.value] = None
                found.update(dict.fromkeys(_items(part.value)))
    return tuple(found)


def _items(value: Value) -> tuple[Value, ...]:
    """The items of an array written as a text."""
    items = array_literal(value) if isinstance(value, str) and value[:1] == "{" else ()
    return items if isinstance(items, tuple) else ()
