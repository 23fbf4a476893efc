"""Values of expressions on probe rows, and PostgreSQL's input of literals into them.

SQL null is None. An `Instant` is a point in time relative to now(), so that nothing here
depends on the clock.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

from ctb_audit.lean import dataclass
from ctb_audit.model import Type
from ctb_audit.semantics.leaves import boolean_from


class Special(Enum):
    """`UNDECIDED`: not decidable here. `ERROR`: the server raises an error."""

    UNDECIDED = "undecided"
    ERROR = "error"


UNDECIDED = Special.UNDECIDED
ERROR = Special.ERROR


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """`offset` after now(), the start of the transaction."""

    offset: timedelta


NOW = Instant(timedelta(0))
Scalar = str | int | Decimal | bool | Instant | datetime | timedelta | None
Value = Scalar | Special | tuple["Value", ...]

_INTEGER_BOUNDS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
_UNITS = {
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), timedelta(seconds=1)),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m"), timedelta(minutes=1)),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), timedelta(hours=1)),
    **dict.fromkeys(("day", "days", "d"), timedelta(days=1)),
    **dict.fromkeys(("week", "weeks", "w"), timedelta(weeks=1)),
}


def cast(value: Value, type_: Type) -> Value:
    """`value::type`; UNDECIDED for types whose input is not modelled here."""
    if value is None or isinstance(value, Special):
        return value
    if isinstance(value, tuple):
        return _cast_array(value, type_)
    if type_.dimensions:
        return _cast_array(array_literal(value), type_) if isinstance(value, str) else UNDECIDED
    converter = _CONVERTERS.get(type_.family)
    if converter is None:
        return UNDECIDED
    return converter(value, type_)


def _cast_array(value: Value, type_: Type) -> Value:
    if not type_.dimensions or not isinstance(value, tuple):
        return UNDECIDED
    element = Type(type_.name, type_.family, type_.parameters)
    return tuple(cast(item, element) for item in value)


def _to_text(value: Scalar, type_: Type) -> Value:
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int | Decimal):
        value = str(value)
    if not isinstance(value, str) or type_.name not in ("text", "character varying"):
        return UNDECIDED
    return value[: type_.parameters[0]] if type_.parameters else value


def _to_integer(value: Scalar, type_: Type) -> Value:
    bound = _INTEGER_BOUNDS[type_.name]
    number: Value = UNDECIDED
    if isinstance(value, str):
        text = value.strip()
        signless = text[1:] if text[:1] in ("+", "-") else text
        number = int(text) if signless.isdigit() and text.isascii() else ERROR
    elif isinstance(value, int):
        number = int(value)
    elif isinstance(value, Decimal):
        number = int(value) if value == value.to_integral_value() else UNDECIDED
    if isinstance(number, int) and not -bound <= number < bound:
        return ERROR
    return number


def _to_decimal(value: Scalar, type_: Type) -> Value:
    if type_.parameters or isinstance(value, bool):
        return UNDECIDED
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if not isinstance(value, str):
        return UNDECIDED
    try:
        number = Decimal(value.strip())
    except ArithmeticError:
        return ERROR
    return number if number.is_finite() else UNDECIDED


def _to_boolean(value: Scalar, type_: Type) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    if isinstance(value, str):
        truth = boolean_from(value)
        return ERROR if truth is None else truth
    return UNDECIDED


def _to_timestamp(value: Scalar, type_: Type) -> Value:
    if type_.parameters:
        return UNDECIDED
    return timestamp(value) if isinstance(value, str) else value


def _to_interval(value: Scalar, type_: Type) -> Value:
    return interval(value) if isinstance(value, str) else UNDECIDED


_CONVERTERS: Mapping[str, Callable[[Scalar, Type], Value]] = {
    "text": _to_text,
    "integer": _to_integer,
    "decimal": _to_decimal,
    "float": _to_decimal,
    "boolean": _to_boolean,
    "timestamp": _to_timestamp,
    "interval": _to_interval,
}


def timestamp(text: str) -> Value:
    """An ISO 8601 timestamp without time zone, or the word now."""
    if text.strip().lower() == "now":
        return NOW
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return UNDECIDED
    return found if found.tzinfo is None else UNDECIDED


def interval(text: str) -> Value:
    """An interval of weeks, days and smaller units; months have no fixed length."""
    words = text.lower().split()
    if not words or len(words) % 2:
        return UNDECIDED
    total = timedelta(0)
    for count, unit in zip(words[::2], words[1::2], strict=True):
        if unit not in _UNITS or not count.removeprefix("-").isdigit():
            return UNDECIDED
        total += int(count) * _UNITS[unit]
    return total


def array_literal(text: str) -> Value:
    """The texts of `'{a,b}'`; UNDECIDED with quotes, nesting or NULL in it."""
    inner = text.strip()[1:-1]
    outer = text.strip()
    if not (outer.startswith("{") and outer.endswith("}")) or set(inner) & set('{}"\\'):
        return UNDECIDED
    items = tuple(item.strip() for item in inner.split(",")) if inner.strip() else ()
    return UNDECIDED if any(item.lower() == "null" for item in items) else items
