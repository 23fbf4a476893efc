"""Comparison and arithmetic operators on values, as PostgreSQL decides them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from ctb_audit.model import Type
from ctb_audit.semantics.values import (
    ERROR,
    UNDECIDED,
    Instant,
    Special,
    Value,
    cast,
    interval,
    timestamp,
)

_INTEGER = Type("bigint", "integer")
_NUMERIC = Type("numeric", "decimal")
_BOOLEAN = Type("boolean", "boolean")


def _adapted(value: Value, other: Value) -> Value:
    """A quoted literal takes the type of the other operand."""
    if not isinstance(value, str) or isinstance(other, str):
        return value
    if isinstance(other, bool):
        return cast(value, _BOOLEAN)
    if isinstance(other, int | Decimal):
        return cast(value, _INTEGER if isinstance(other, int) else _NUMERIC)
    if isinstance(other, Instant | datetime):
        return timestamp(value)
    return interval(value) if isinstance(other, timedelta) else UNDECIDED


def same(left: Value, right: Value) -> Value:
    """`left = right` of two values that are not null."""
    left, right = _adapted(left, right), _adapted(right, left)
    if isinstance(left, Special) or isinstance(right, Special):
        return ERROR if ERROR in (left, right) else UNDECIDED
    if isinstance(left, tuple) or isinstance(right, tuple):
        return UNDECIDED
    if _kind(left) != _kind(right):
        return UNDECIDED
    return left == right


def _kind(value: Value) -> type | None:
    if isinstance(value, bool):
        return bool
    return int if isinstance(value, int | Decimal) else type(value)


def _different(left: Value, right: Value) -> Value:
    equal = same(left, right)
    return not equal if isinstance(equal, bool) else equal


def _order(left: Value, right: Value) -> int | Special:
    """-1, 0 or 1. Texts are ordered by the collation, which only the empty text escapes."""
    equal = same(left, right)
    if not isinstance(equal, bool):
        return equal if isinstance(equal, Special) else UNDECIDED
    if equal:
        return 0
    left, right = _adapted(left, right), _adapted(right, left)
    if isinstance(left, str) and isinstance(right, str):
        if left and right:
            return UNDECIDED
        return -1 if not left else 1
    return -1 if left < right else 1  # type: ignore[operator]  # `same` found one kind


def _ordered(accept: tuple[int, ...]) -> Callable[[Value, Value], Value]:
    def operator(left: Value, right: Value) -> Value:
        order = _order(left, right)
        return order if isinstance(order, Special) else order in accept

    return operator


COMPARISONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "=": same,
    "<>": _different,
    "<": _ordered((-1,)),
    "<=": _ordered((-1, 0)),
    ">": _ordered((1,)),
    ">=": _ordered((0, 1)),
}


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _plus(left: Value, right: Value) -> Value:
    if isinstance(left, timedelta) and isinstance(right, Instant):
        left, right = right, left
    if isinstance(left, Instant):
        span = _adapted(right, timedelta(0))
        return Instant(left.offset + span) if isinstance(span, timedelta) else UNDECIDED
    if isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
        return left + right
    return _number(left, right, "+")


def _minus(left: Value, right: Value) -> Value:
    if isinstance(left, Instant):
        if isinstance(right, Instant):
            return left.offset - right.offset
        span = _adapted(right, timedelta(0))
        return Instant(left.offset - span) if isinstance(span, timedelta) else UNDECIDED
    if isinstance(left, datetime) and isinstance(right, timedelta):
        return left - right
    return _number(left, right, "-")


def _number(left: Value, right: Value, operator: str) -> Value:
    """Division truncates between integers, as PostgreSQL's does."""
    left, right = _adapted(left, right), _adapted(right, left)
    if not (_is_number(left) and _is_number(right)):
        return UNDECIDED
    assert isinstance(left, int | Decimal) and isinstance(right, int | Decimal)
    if operator in "/%":
        return _division(left, right, operator)
    a, b = (left, right) if _both_integers(left, right) else (Decimal(left), Decimal(right))
    result: int | Decimal = {"+": a + b, "-": a - b, "*": a * b}[operator]
    return result


def _both_integers(left: Value, right: Value) -> bool:
    return isinstance(left, int) and isinstance(right, int)


def _division(left: int | Decimal, right: int | Decimal, operator: str) -> Value:
    if right == 0:
        return ERROR
    if not (isinstance(left, int) and isinstance(right, int)):
        return Decimal(left) / Decimal(right) if operator == "/" else UNDECIDED
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if operator == "/" else left - quotient * right


ARITHMETIC: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": _plus,
    "-": _minus,
    "*": lambda a, b: _number(a, b, "*"),
    "/": lambda a, b: _number(a, b, "/"),
    "%": lambda a, b: _number(a, b, "%"),
}
