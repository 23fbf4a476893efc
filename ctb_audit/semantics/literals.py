"""Literals of PostgreSQL in one canonical spelling for each value."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal

from ctb_audit.lean import pattern
from ctb_audit.semantics.leaves import boolean_from
from ctb_audit.semantics.tree import Const, Value
from ctb_audit.semantics.values import array_literal

INTEGERS = frozenset({"smallint", "integer", "bigint"})
FLOATS = frozenset({"real", "double precision"})
TEXTS = frozenset({"text", "character varying", "name"})
INSTANTS = frozenset({"timestamp without time zone", "timestamp with time zone", "date"})


def constant(value: Value, type_name: str) -> Const:
    """The literal as a value of a type; its text as it is where that type has no canon here."""
    if value is None:
        return Const(None)
    if type_name in TEXTS or not type_name:
        return Const(_text(value), "text")
    if type_name in INTEGERS or type_name in FLOATS or type_name == "numeric":
        number = _number(value)
        return Const(value, type_name) if number is None else number_const(number, type_name)
    reader = _READERS.get(type_name)
    return Const(reader(value) if reader and isinstance(value, str) else value, type_name)


def number_const(number: int | Decimal, type_name: str) -> Const:
    """A number; the integer types share one spelling."""
    if type_name in INTEGERS and number == int(number):
        return Const(int(number), "integer")
    return Const(Decimal(number), "numeric" if type_name == "numeric" else "double precision")


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(value: Value) -> int | Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _boolean(text: str) -> Value:
    truth = boolean_from(text)
    return text if truth is None else truth


def _instant(text: str) -> str:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return text.strip().lower()
    return (found if found.tzinfo is None else found.astimezone(UTC)).isoformat(" ")


def _time(text: str) -> str:
    try:
        return time.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return text


def _date(text: str) -> str:
    return _instant(text).removesuffix(" 00:00:00")


def _jsonb(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


_UNIT_MONTHS = {"year": 12, "yr": 12, "y": 12, "month": 1, "mon": 1}
_UNIT_DAYS = {"week": 7, "w": 7, "day": 1, "d": 1}
_UNIT_SECONDS = {"hour": 3600, "hr": 3600, "h": 3600, "minute": 60, "min": 60, "m": 60}
_UNIT_SECONDS |= {"second": 1, "sec": 1, "s": 1}
_CLOCK = pattern(r"([+-]?)(?<!\d)(\d++):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_AMOUNT = pattern(r"([+-]?(?<!\d)\d++(?:\.\d++)?)\s*+([a-z]+)")


def _interval(text: str) -> str:
    """Months, days and seconds, which PostgreSQL keeps apart."""
    rest, totals = text.strip().lower(), [Decimal(0), Decimal(0), Decimal(0)]
    clock = _CLOCK.search(rest)
    if clock:
        sign = -1 if clock.group(1) == "-" else 1
        hours, minutes, seconds = (Decimal(clock.group(n) or 0) for n in (2, 3, 4))
        totals[2] += sign * (hours * 3600 + minutes * 60 + seconds)
        rest = rest.replace(clock.group(0), "")
    for amount, word in _AMOUNT.findall(rest):
        unit = word if len(word) == 1 else word.removesuffix("s")
        for at, table in enumerate((_UNIT_MONTHS, _UNIT_DAYS, _UNIT_SECONDS)):
            totals[at] += Decimal(amount) * table.get(unit, 0)
    left = _AMOUNT.sub("", rest).strip()
    whole = not left and all(total == int(total) for total in totals[:2])
    return " ".join(format(total.normalize(), "f") for total in totals) if whole else text


_READERS: Mapping[str, Callable[[str], Value]] = {
    "boolean": _boolean,
    "timestamp without time zone": _instant,
    "timestamp with time zone": _instant,
    "date": _date,
    "time without time zone": _time,
    "jsonb": _jsonb,
    "interval": _interval,
    "uuid": lambda text: text.strip("{}").lower(),
    "bpchar": lambda text: text.rstrip(" "),
    "regclass": lambda text: text.removeprefix("public.").replace('"', ""),
}


def items_of(text: str) -> tuple[str, ...] | None:
    """The items of `'{a,b}'`; None where they need more than splitting."""
    items = array_literal(text)
    if not isinstance(items, tuple):
        return None
    return tuple(item for item in items if isinstance(item, str))


def is_canonical(const: Const) -> bool:
    """Whether a literal that is spelled differently is certainly another value."""
    if const.type == "timestamp with time zone":
        return isinstance(const.value, str) and const.value.endswith("+00:00")
    return const.type in _CANONICAL or not isinstance(const.value, str)


_CANONICAL = frozenset(
    {"text", "boolean", "date", "timestamp without time zone", "jsonb", "bpchar"}
)
