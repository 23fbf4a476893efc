"""Values of a column's type, as text that the server casts: deterministic and bounded."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ctb_audit.lean import pattern
from ctb_audit.model import Column, Name, Type, UserType
from ctb_audit.remedy.matching import matching

Make = Callable[[random.Random, int], str]
_WORDS = ("north", "amber", "delta", "Österreich", "O'Brien", 'quote"d', "tab\tbed", "x", "zeta 9")
_STRING = pattern(r"'((?:[^']|'')*)'")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORT = 12  # characters that a word with a number may not fit into
_LONG = 500
_HINT = 0.7  # share of values that a check suggests
_MONTH = pattern(r"'(\d{4}-\d\d)-\d\d")
_HINTED = frozenset(
    {
        "bytes",
        "timestamp",
        "date",
        "text",
        "integer",
        "serial",
        "decimal",
        "float",
        "json",
        "network",
    }
)
_PATTERN = pattern(r"[\[\\^$+*]")
_NUMBER = pattern(r"(?<![\w'.])-?\d+(?:\.\d+)?(?![\w'])")


def maker(
    column: Column,
    types: Mapping[Name, UserType],
    hints: Sequence[str],
    *,
    only_hinted: bool = False,
) -> Make | None:
    """Makes the column's values; None for a type that nothing here knows.

    `hints`: expressions of the checks on the column, whose constants and patterns are values worth
    trying; `only_hinted`: no other, where there are any (a domain takes all rows with it).
    """
    plain = _plain(column.type, types)
    if plain is None:
        return None
    limit = _limit(column.type)
    if limit and limit <= _SHORT:
        plain = _counted(limit)
    worth = _worth(column, hints) if column.type.family in _HINTED else []
    if column.type.dimensions:
        inner = plain
        return lambda chance, row: "{" + _element(inner(chance, row)) + "}"

    def make(chance: random.Random, row: int) -> str:
        value = plain(chance, row)
        if worth and (only_hinted or chance.random() < _HINT):
            value = chance.choice(worth)(chance, row)
        return value[:limit] if limit else value

    return make


def _element(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _limit(type_: Type) -> int | None:
    """How many characters a text holds; None for no bound."""
    if type_.name == "character" and not type_.parameters:
        return 1
    return type_.parameters[0] if type_.family == "text" and type_.parameters else None


def _counted(length: int) -> Make:
    """Distinct as long as they can be: the row's number in base 36."""

    def make(chance: random.Random, row: int) -> str:
        text = ""
        while len(text) < length:
            row, digit = divmod(row, 36)
            text = _DIGITS[digit] + text
        return text

    return make


def _worth(column: Column, hints: Sequence[str]) -> list[Make]:
    """Constants of the checks, their neighbours, and strings that their patterns match."""
    read = _READERS.get(column.type.family, _numbers)
    return [make for hint in hints for make in read(hint)]


def _strings(hint: str) -> Iterator[Make]:
    texts = [t.replace("''", "'").replace("\\\\", "\\") for t in _STRING.findall(hint)]
    patterns = [t for t in texts if _PATTERN.search(t)]
    yield from map(_matched, patterns)
    yield from (_constant(t) for t in texts if t not in patterns)
    if patterns:
        return
    yield from (_counted(int(n)) for n in _NUMBER.findall(hint) if n.isdigit() and int(n) < _LONG)


def _numbers(hint: str) -> Iterator[Make]:
    yield from (_constant(near) for n in _NUMBER.findall(hint) for near in _near(n))


def _days(hint: str) -> Iterator[Make]:
    """Any time of the month that a bound names."""
    for month in _MONTH.findall(hint):
        yield _in_month(month)


def _in_month(month: str) -> Make:
    return lambda chance, row: f"{month}-{1 + chance.randrange(28):02d} {_clock(chance)}"


def _bytes(hint: str) -> Iterator[Make]:
    for number in _NUMBER.findall(hint):
        if number.isdigit() and int(number) < _LONG:
            yield _sized(int(number))


def _sized(length: int) -> Make:
    return lambda chance, row: f"\\x{chance.getrandbits(8 * length or 1):0{2 * length}x}"


_READERS: Mapping[str, Callable[[str], Iterable[Make]]] = {
    "text": _strings,
    "json": _strings,
    "network": _strings,
    "bytes": _bytes,
    "timestamp": _days,
    "date": _days,
}


def _constant(value: str) -> Make:
    return lambda chance, row: value


def _matched(pattern: str) -> Make:
    return lambda chance, row: matching(pattern, chance)


def _near(number: str) -> tuple[str, ...]:
    if "." in number:
        value = float(number)
        return (number, f"{value + 1:.3f}", f"{value - 1:.3f}", f"{value / 2:.3f}")
    whole = int(number)
    return (number, str(whole + 1), str(whole - 1))


def _plain(type_: Type, types: Mapping[Name, UserType]) -> Make | None:
    user = _user_type(type_, types)
    if user is not None:
        if user.kind == "enum" and user.labels:
            return lambda chance, row: chance.choice(user.labels)
        if user.kind == "domain" and user.base is not None:
            hints = [c.expression or "" for c in user.constraints]
            return maker(Column("value", user.base), types, hints, only_hinted=bool(hints))
        return None
    made = _BY_NAME.get(type_.name) or _BY_FAMILY.get(type_.family)
    if type_.name == "numeric" and type_.parameters:
        whole = max(
            type_.parameters[0] - (type_.parameters[1] if len(type_.parameters) > 1 else 0), 0
        )
        return lambda chance, row: str(chance.randrange(0, 10 ** min(whole, 9)))
    if type_.name in ("bit", "bit varying"):
        size = type_.parameters[0] if type_.parameters else 1
        return lambda chance, row: format(chance.getrandbits(size), f"0{size}b")
    return made


def _user_type(type_: Type, types: Mapping[Name, UserType]) -> UserType | None:
    schema, _, name = type_.name.rpartition(".")
    return types.get(Name(schema, name)) if schema else None


def _text(chance: random.Random, row: int) -> str:
    return f"{chance.choice(_WORDS)} {row}" if chance.random() < 0.5 else f"v{row}"


def _integer(chance: random.Random, row: int) -> str:
    return str(row + 1) if chance.random() < 0.7 else str(chance.randrange(0, 30000))


def _time(chance: random.Random, row: int) -> str:
    day = 1 + chance.randrange(28)
    return f"20{chance.randrange(10, 26)}-{1 + chance.randrange(12):02d}-{day:02d} {_clock(chance)}"


def _clock(chance: random.Random) -> str:
    return f"{chance.randrange(24):02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"


def _uuid(chance: random.Random, row: int) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _range(make: Make) -> Make:
    def made(chance: random.Random, row: int) -> str:
        low, high = sorted((make(chance, row), make(chance, row)))
        return f"[{low},{high}]"

    return made


def _day(chance: random.Random, row: int) -> str:
    return _time(chance, row)[:10]


def _vector(chance: random.Random, row: int) -> str:
    return f"[{row},{chance.randrange(90)},1]"


def _number_range(chance: random.Random, row: int) -> str:
    low = chance.randrange(10000)
    return f"[{low},{low + 1 + chance.randrange(50)})"


_BY_FAMILY: Mapping[str, Make] = {
    "text": _text,
    "integer": _integer,
    "serial": _integer,
    "decimal": lambda chance, row: f"{chance.randrange(0, 1000)}.{chance.randrange(10)}",
    "float": lambda chance, row: f"{chance.random() * 100:.3f}",
    "boolean": lambda chance, row: chance.choice(("true", "false")),
    "timestamp": _time,
    "date": _day,
    "time": lambda chance, row: _clock(chance),
    "uuid": _uuid,
    "json": lambda chance, row: f'{{"row": {row}, "tags": ["a", "b"]}}',
    "bytes": lambda chance, row: f"\\x{chance.getrandbits(64):016x}",
}
_BY_NAME: Mapping[str, Make] = {
    "smallint": lambda chance, row: str(chance.randrange(0, 30000)),
    '"char"': lambda chance, row: chance.choice("abcdef"),
    "name": _text,
    "bytea": _BY_FAMILY["bytes"],
    "uuid": _uuid,
    "json": _BY_FAMILY["json"],
    "jsonb": _BY_FAMILY["json"],
    "inet": lambda chance, row: f"10.{row >> 16 & 255}.{row >> 8 & 255}.{row & 255}",
    "cidr": lambda chance, row: f"10.{row >> 8 & 255}.{row & 255}.0/24",
    "macaddr": lambda chance, row: (
        f"02:00:00:{row >> 16 & 255:02x}:{row >> 8 & 255:02x}:{row & 255:02x}"
    ),
    "interval": lambda chance, row: f"{1 + chance.randrange(500)} minutes",
    "money": lambda chance, row: f"{chance.randrange(1000)}.50",
    "tsvector": lambda chance, row: f"word{row} other",
    "tsquery": lambda chance, row: f"word{row}",
    "xml": lambda chance, row: f"<row>{row}</row>",
    "oid": _integer,
    "xid": _integer,
    "xid8": _integer,
    "pg_lsn": lambda chance, row: f"0/{row:X}",
    "regclass": lambda chance, row: "pg_class",
    "point": lambda chance, row: f"({row},{chance.randrange(90)})",
    "line": lambda chance, row: "{1,2,3}",
    "lseg": lambda chance, row: f"[(0,0),({row},1)]",
    "box": lambda chance, row: f"(({row},1),(0,0))",
    "path": lambda chance, row: f"((0,0),({row},1))",
    "polygon": lambda chance, row: f"((0,0),({row},1),(1,1))",
    "circle": lambda chance, row: f"<({row},1),2>",
    "int4range": _number_range,
    "int8range": _number_range,
    "numrange": _number_range,
    "daterange": _range(_day),
    "tsrange": _range(_time),
    "tstzrange": _range(_time),
    "public.citext": _text,
    "citext": _text,
    "hstore": lambda chance, row: f"row=>{row}",
    "ltree": lambda chance, row: f"top.n{row}",
    "vector": _vector,
    "public.vector": _vector,
    "public.ltree": lambda chance, row: f"top.n{row}",
    "public.hstore": lambda chance, row: f"row=>{row}",
}
