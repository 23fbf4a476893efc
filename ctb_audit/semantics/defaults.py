"""What a column's default yields, whatever its spelling (STANDARD section 1)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Union

from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import Column, System
from ctb_audit.semantics import tree, value_of
from ctb_audit.semantics.parse import Unreadable, parse_expression

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Now:
    """The current time, in any spelling and time zone."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. Also `'now'::timestamp`, which the server evaluates only once."""

    value: Union[str, int, "Decimal", bool]


@dataclass(frozen=True, slots=True)
class NextValue:
    """The next value of a sequence: serial or `nextval(...)`."""


@dataclass(frozen=True, slots=True)
class Generated:
    """An identity or generated column: the engine writes it."""


@dataclass(frozen=True, slots=True)
class Null:
    """No default, or DEFAULT NULL."""


@dataclass(frozen=True, slots=True)
class Call:
    """Any other expression, e.g. `gen_random_uuid()`; `text` as the source spells it."""

    text: str


@dataclass(frozen=True, slots=True)
class Undecided:
    reason: str


Default = Now | Literal | NextValue | Generated | Null | Call | Undecided

CLOCKS = frozenset({"now", "statement_timestamp", "clock_timestamp"})
_TIMES = frozenset({"timestamp without time zone", "timestamp with time zone"})


def default_of(column: Column, system: System = "postgresql") -> Default:
    """What an INSERT without the column stores."""
    if column.identity or column.generated is not None:
        return Generated()
    if column.default is None:
        counted = column.serial is not None or column.type.family == "serial"
        return NextValue() if counted else Null()
    if system == "postgresql":
        return _postgres_default(column.default)
    return plain_default(column.default)


@lru_cache(maxsize=4096)
def _postgres_default(text: str) -> Default:
    try:
        node = parse_expression(text)
    except Unreadable as error:
        plain = plain_default(text)
        return Undecided(str(error)) if isinstance(plain, Call) else plain
    if is_now(node):
        return Now()
    if isinstance(node, tree.Call) and node.name == "nextval":
        return NextValue()
    constant = literal_of(node)
    if isinstance(constant, tree.Const):
        return Null() if constant.value is None else Literal(constant.value)
    return Call(text)


def is_now(node: tree.Node) -> bool:
    """Whether an expression is the current time to the microsecond or its given precision."""
    match node:
        case tree.Call("precise", (inner, _)):
            return is_now(inner)
        case tree.Call("timezone", (zone, inner)):
            return literal_of(zone) is not None and is_now(inner)
        case tree.Call(name, (), _):
            return name in CLOCKS
        case tree.Cast(arg, type_):
            return type_.name in _TIMES and (is_now(arg) or _is_runtime_now(arg))
    return False


def _is_runtime_now(node: tree.Node) -> bool:
    """`'now'::text`, which a cast to timestamp reads when the statement runs."""
    match node:
        case tree.Cast(tree.Const(str(word)), type_):
            return type_.name == "text" and word.strip().lower() == "now"
    return False


def literal_of(node: tree.Node) -> tree.Const | None:
    """The constant under casts that keep its text; None for anything else.

    `'0'::integer` gives 0, `'x'::character varying` 'x', `'{}'::jsonb` '{}'.
    """
    match node:
        case tree.Const():
            return node
        case tree.Operator("-" | "+", None, _):
            from decimal import Decimal

            value = value_of(node, {})
            return tree.Const(value, "numeric") if isinstance(value, int | Decimal) else None
        case tree.Cast(arg, type_):
            return _cast_literal(node, literal_of(arg), type_.family)
    return None


def _cast_literal(node: tree.Cast, inner: tree.Const | None, family: str) -> tree.Const | None:
    if inner is None or inner.value is None:
        return inner
    from decimal import Decimal

    value = value_of(node, {})
    if isinstance(value, str | int | Decimal | bool):
        return tree.Const(value, family)
    return inner if isinstance(inner.value, str) else None


_CLOCK_WORDS = pattern(
    r"(now|current_timestamp|transaction_timestamp|statement_timestamp|clock_timestamp|"
    r"localtimestamp|sysdate|current_datetime|datetime|localtime)(?:\s*+(\(\s*+(\d|'now')?\s*+\)))?"
    r"(\s++on\s++update\s++.*)?",
    re.IGNORECASE,
)
_QUOTED = pattern(r"'((?:[^']|'')*)'|\"([^\"]*)\"", re.DOTALL)
_WORDS: Mapping[str, Default] = {
    "null": Null(),
    "true": Literal(True),
    "false": Literal(False),
}


def plain_default(text: str) -> Default:
    """Defaults of engines without a grammar here: literals and the clock, else a Call."""
    bare = text.strip()
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    if bare.lower() in _WORDS:
        return _WORDS[bare.lower()]
    if _CLOCK_WORDS.fullmatch(bare) and bare.lower() not in ("datetime", "now"):
        return Now()
    quoted = _QUOTED.fullmatch(bare)
    if quoted:
        single = quoted.group(1)
        return Literal(single.replace("''", "'") if single is not None else quoted.group(2))
    return _number(bare) or Call(text)


def _number(text: str) -> Literal | None:
    from decimal import Decimal

    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    whole = number.is_finite() and number == number.to_integral_value() and "." not in text
    return Literal(int(number) if whole else number)
