"""Values of PL/pgSQL expressions over the replayed catalog: what can be told, and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import Name
from ctb_audit.semantics.quoting import identifier
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import EXTENSION_TYPES

LONGEST_TEXT = 1_000_000
"""Characters of a text; a longer one is undecided."""

_PART = pattern(r'\s*(?:"((?:[^"]|"")+)"|([A-Za-z_\x80-\U0010ffff][\w$]*))\s*(\.|\Z)')
_TEXTS = frozenset(("text", "name", "varchar", "bpchar", "cstring", "sql_identifier"))
_NUMBERS = frozenset(("int2", "int4", "int8", "integer", "bigint", "smallint"))
_OBJECTS = frozenset(("regclass", "regtype", "regnamespace"))
_MOST_PARTS = 2
_SOFT_NAMES = 16
"""Since this version to_regclass gives null for what is no name."""
_TRUE = frozenset(("t", "true", "y", "yes", "on", "1"))
_FALSE = frozenset(("f", "false", "n", "no", "off", "0"))
_ARRAY = pattern(r"\s*(\[-?\d+:-?\d+\]|\s*\{)")
_INTEGER = pattern(r"\s*[-+]?\d+\s*")


class Undecided(Exception):
    """Only a run would tell."""


class Oid(NamedTuple):
    """Stands for the number of an object; `kind` is the catalog that lists it."""

    kind: str
    schema: str
    name: str


Row: TypeAlias = Mapping[str, "Value"]
Item = TypeVar("Item")
Value: TypeAlias = "str | int | bool | Oid | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that names may mean, by alias; `outer` those of the query around."""

    rows: Mapping[str, Row]
    outer: "Scope | None" = None

    def column(self, name: str) -> Value:
        """Raises KeyError where no row has it."""
        for row in self.rows.values():
            if name in row:
                return row[name]
        if self.outer is None:
            raise KeyError(name)
        return self.outer.column(name)

    def row(self, alias: str) -> Row | None:
        if alias in self.rows:
            return self.rows[alias]
        return self.outer.row(alias) if self.outer is not None else None


def checked(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Undecided
    return text


def text_of(state: State, value: Value) -> str | None:
    """A value as text; Undecided for what has no text that is known."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case Oid("pg_type", "pg_catalog", name):
            return name
        case Oid("pg_class" | "pg_type" as kind, schema, name):
            known = state.types if kind == "pg_type" else state.relations
            seen = next((s for s in state.path if Name(s, name) in known), None)
            prefix = "" if seen == schema else identifier(schema) + "."
            return prefix + identifier(name)
        case Oid("pg_namespace" | "pg_roles", _, name):
            return identifier(name)
    raise Undecided


def boolean(value: Value) -> bool | None:
    """A condition's value."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    raise Undecided


def in_order(keyed: Sequence[tuple[Value, Item]], by: Mapping[str, Any]) -> list[Item]:
    """Items by their keys as ORDER BY has them, `by` its SortBy; numbers of objects keep the order
    in which these were made.
    """
    descending = by.get("sortby_dir") == "SORTBY_DESC"
    first = by.get("sortby_nulls") == "SORTBY_NULLS_FIRST" or (
        descending and by.get("sortby_nulls") != "SORTBY_NULLS_LAST"
    )
    nulls = [item for key, item in keyed if key is None]
    rest = [(key, item) for key, item in keyed if key is not None]
    rest.sort(key=lambda pair: _rank(pair[0]), reverse=descending)
    there = [item for _, item in rest]
    return nulls + there if first else there + nulls


def _rank(key: Value) -> tuple[int, str]:
    match key:
        case int():
            return key, ""
        case str():
            return 0, key
        case Oid():
            return 0, ""
    raise Undecided


def cast(state: State, value: Value, type_: str) -> Value:
    """`value::type`, for the types that names and conditions have."""
    same = isinstance(value, Oid) and (type_ == "oid" or type_ in _OBJECTS)
    if value is None or type_ == "record" or same:
        return value
    if type_.endswith("[]"):
        return _array(value)
    if type_ in _TEXTS:
        return text_of(state, value)
    if type_ in _NUMBERS:
        return _integer(value)
    if type_ in _OBJECTS:
        return looked_up(state, type_, value, required=True)
    if type_ in ("bool", "boolean"):
        return boolean(value)
    raise Undecided


def _array(value: Value) -> Value:
    if isinstance(value, str) and not _ARRAY.match(value):
        raise Refusal(f'malformed array literal: "{value}"')
    return [*elements(value)]


def _integer(value: Value) -> Value:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise Undecided


def looked_up(state: State, type_: str, value: Value, *, required: bool = False) -> Value:
    """The object of that name, as `to_regclass` and casts to regclass find it."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Undecided
    try:
        name = read_name(value)
    except Undecided:
        if required or state.version < _SOFT_NAMES:
            raise Refusal(f"invalid name syntax: {value}") from None
        return None
    found = _found(state, type_, name)
    if found is None and required:
        if type_ == "regclass":
            raise Refusal(f'relation "{name}" does not exist', state.assumed(name))
        raise Undecided
    return found


def _found(state: State, type_: str, name: Name) -> Oid | None:
    if type_ == "regnamespace":
        return Oid("pg_namespace", "", name.name) if name.name in state.schemas else None
    if type_ == "regclass":
        if name.schema in ("pg_catalog", "information_schema"):
            raise Undecided
        known = state.find(name)
        if known is None and name.schema is None and name.name.startswith("pg_"):
            raise Undecided
        return Oid("pg_class", known.schema or "", known.name) if known else None
    if type_ == "regtype":
        return _type(state, name)
    raise Undecided


def _type(state: State, name: Name) -> Oid | None:
    for candidate in state.candidates(name):
        if candidate in state.types or candidate in state.tables or candidate in state.views:
            return Oid("pg_type", candidate.schema or "", candidate.name)
    if name.name in EXTENSION_TYPES:
        raise Undecided
    built_in = postgres_type(name.name) if name.schema in (None, "pg_catalog") else None
    if built_in is not None:
        return Oid("pg_type", "pg_catalog", built_in[0])
    if state.extensions:
        raise Undecided
    return None


def read_name(text: str) -> Name:
    """The name that a text spells, folded; Undecided for a malformed one."""
    parts: list[str] = []
    position = 0
    while position < len(text) or not parts:
        match = _PART.match(text, position)
        if match is None:
            raise Undecided
        written, plain, _ = match.groups()
        parts.append(written.replace('""', '"') if written is not None else plain.lower())
        position = match.end()
    return Name(parts[-_MOST_PARTS] if len(parts) >= _MOST_PARTS else None, parts[-1])


def elements(value: Value) -> Iterator[Value]:
    """The elements of an array; its text is read where it holds plain words."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, str) and re.fullmatch(r'\{[^{}"\\]*\}', value):
        parts = [part.strip() for part in value[1:-1].split(",")]
        yield from (None if part.upper() == "NULL" else part for part in parts if part)
    else:
        raise Undecided
