"""TypeName nodes as model types."""

import re

from ctb_audit.lean import pattern
from ctb_audit.model import Type
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.ddl.lexis import SHORT
from ctb_audit.sources.ddl.parse_postgres.names import option_value, strings
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_IDENT = r'(?:[uU]&)?(?:"(?:[^"]|"")*"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*)'
_FIELD = r"(?:year|month|day|hour|minute|second)"
_SPELLING = pattern(
    rf"((?:national\s+)?{_IDENT}(?:\s*\.\s*{_IDENT})*(?:\s+(?:precision|varying)\b)?"
    r"(?:\s*\((?:[^()'\"]|'[^']*'|\"[^\"]*\")*\))?"
    r"(?:\s+with(?:out)?\s+time\s+zone\b)?"
    rf"(?:\s+{_FIELD}\b(?:\s+to\s+{_FIELD}\b)?(?:\s*+\(\s*+\d++\s*+\))?)?"
    r"(?:\s*+%\s*+type\b)?(?:\s*+\[\s*+\d*+\s*+\]|\s++array\b)*+)"
    r"(\s*+(?:/\*|--|[(\[.]|with(?:out)?\b))?",
    re.IGNORECASE,
)
"""A type as it is written, and a sign that it goes on: a comment can stand between its words."""
_PLAIN = pattern(
    r"(?!national\b)([a-z_][a-z0-9_]*+(?:\(\d+(?:, ?\d+)?\))?)()"
    r"(?=\s*(?:[,;)]|\Z|(?:not|null|default|primary|unique|references|check)\b))",
    re.IGNORECASE | re.ASCII,
)
"""One word and its parameters, and behind them what no type goes on with. In a short script these
are most types, and `_SPELLING` takes 1.2 ms to compile.
"""
_EXTENSION_TYPES = frozenset({"citext", "hstore", "geometry", "geography"})
_INTERVAL_FIELDS = (
    (1 << 2, "year"),
    (1 << 1, "month"),
    (1 << 3, "day"),
    (1 << 10, "hour"),
    (1 << 11, "minute"),
    (1 << 12, "second"),
)
_FULL_RANGE = 0x7FFF
_CACHE: dict[str, Type] = {}
_CACHE_SIZE = 4096
UNTYPED = Type("")
"""The type of a column of a typed table or partition, which the statement does not repeat."""


def read_type(node: Node, source: Source) -> Type:
    """The type that a TypeName node spells; one spelling is one type."""
    location = node.get("location", -1)
    text = source.text
    match = None
    if location >= 0:
        match = _PLAIN.match(text, location) if len(text) < SHORT else None
        match = match or _SPELLING.match(text, location)
    if match is None:
        return type_of(node)
    spelling, goes_on = match.groups()
    if goes_on:
        return type_of(node, source.slice(*match.span(1)).strip())
    found = _CACHE.get(spelling)
    if found is None:
        if len(_CACHE) >= _CACHE_SIZE:
            _CACHE.clear()
        found = _CACHE[spelling] = type_of(node, source.slice(*match.span(1)).strip())
    return found


def type_of(node: Node, spelling: str = "") -> Type:
    """The type of a TypeName node; `spelling` is the source's text."""
    name, family = _canonical(strings(node.get("names", ())))
    if node.get("pct_type"):
        name, family = f"{'.'.join(strings(node['names']))}%TYPE", "unknown"
    dimensions = len(node.get("arrayBounds", ()))
    modifiers = node.get("typmods", ())
    if name == "interval" and modifiers:
        return _interval(modifiers, dimensions, spelling)
    parameters = [_integer(m) for m in modifiers]
    if None in parameters:
        name = f"{name}({','.join(_modifier(m) for m in modifiers)})"
        parameters = []
    values = tuple(p for p in parameters if p is not None)
    return Type(name, family, values, dimensions, spelling or name)


def _canonical(parts: tuple[str, ...]) -> tuple[str, str]:
    """The name and family; a name that no catalog type has is kept as written."""
    *schema, name = parts
    if schema and schema[-1] != "pg_catalog" and name not in _EXTENSION_TYPES:
        return ".".join(parts[-2:]), "unknown"
    found = postgres_type('"char"' if name == "char" else name)
    return found or (name, "unknown")


def _integer(modifier: Node) -> int | None:
    constant = modifier.get("A_Const")
    if constant is None or "ival" not in constant:
        return None
    value: int = constant["ival"].get("ival", 0)
    return value


def _modifier(modifier: Node) -> str:
    """The text of a type modifier that is not a number, e.g. of `geometry(Point,4326)`."""
    column = modifier.get("ColumnRef")
    if column is not None:
        return ".".join(strings(f for f in column["fields"] if "String" in f))
    constant = modifier.get("A_Const", {})
    if "ival" in constant:
        return str(constant["ival"].get("ival", 0))
    return option_value({"String": constant.get("sval", {})})


def _interval(modifiers: list[Node], dimensions: int, spelling: str) -> Type:
    mask = _integer(modifiers[0]) or 0
    precision = tuple(p for p in map(_integer, modifiers[1:]) if p is not None)
    fields = [word for bit, word in _INTERVAL_FIELDS if mask & bit]
    ends = fields if len(fields) < 2 else [fields[0], fields[-1]]
    qualifier = "" if mask == _FULL_RANGE else " to ".join(ends)
    return Type("interval", "interval", precision, dimensions, spelling or "interval", qualifier)
