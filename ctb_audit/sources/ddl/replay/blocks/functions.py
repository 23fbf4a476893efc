"""Functions that DO blocks ask of the catalog, of the session and of texts."""

import re
from collections.abc import Callable, Mapping, Sequence

from ctb_audit.lean import pattern
from ctb_audit.semantics.functions import FUNCTIONS
from ctb_audit.semantics.quoting import identifier, literal
from ctb_audit.semantics.values import Special
from ctb_audit.sources.ddl.parse_postgres.literals import format_text
from ctb_audit.sources.ddl.replay.blocks.values import (
    Oid,
    Undecided,
    Value,
    boolean,
    checked,
    elements,
    looked_up,
    text_of,
)
from ctb_audit.sources.ddl.replay.state import State

DATABASE = "\0the database"
"""Stands for the name of the current database, which equals itself and no text."""

_TEXT = frozenset(("lower", "upper", "btrim", "ltrim", "rtrim", "replace", "left", "right"))
_MORE_TEXT = frozenset(("split_part", "substr", "substring", "length", "strpos", "starts_with"))
_SAME = pattern(r"\^?[\w -]*\$?")
_LOOKUPS = {
    "to_regclass": "regclass",
    "to_regtype": "regtype",
    "to_regnamespace": "regnamespace",
}


def call(state: State, name: str, arguments: Sequence[Value]) -> Value:
    """The value of a call; Undecided for functions that are not known here."""
    if name in _LOOKUPS and len(arguments) == 1:
        return looked_up(state, _LOOKUPS[name], arguments[0])
    known = _KNOWN.get(name)
    if known is not None:
        return known(state, arguments)
    if name in _TEXT or name in _MORE_TEXT:
        if None in arguments:
            return None
        plain = tuple(one for one in arguments if isinstance(one, (str, int)))
        value = FUNCTIONS[name](plain) if len(plain) == len(arguments) else Special.UNDECIDED
        if isinstance(value, (str, int)):
            return value
    raise Undecided


def aggregate(state: State, name: str, values: Sequence[Value], rest: Sequence[Value]) -> Value:
    present = [value for value in values if value is not None]
    match name:
        case "count":
            return len(present)
        case "array_agg":
            return list(values) if values else None
        case "string_agg" if len(rest) == 1 and isinstance(rest[0], str):
            texts = [text_of(state, value) or "" for value in present]
            return checked(rest[0].join(texts)) if texts else None
        case "bool_or" | "bool_and":
            held = [boolean(value) for value in present]
            return (any(held) if name == "bool_or" else all(held)) if held else None
        case "min" | "max" if all(isinstance(value, int) for value in present):
            numbers = [value for value in present if isinstance(value, int)]
            return (min(numbers) if name == "min" else max(numbers)) if numbers else None
    raise Undecided


def session_value(state: State, operation: str) -> Value:
    """CURRENT_SCHEMA and the like."""
    if operation == "SVFOP_CURRENT_SCHEMA":
        return _current_schema(state, ())
    if operation == "SVFOP_CURRENT_CATALOG":
        return DATABASE
    user = operation in ("SVFOP_CURRENT_USER", "SVFOP_SESSION_USER", "SVFOP_CURRENT_ROLE")
    if user and state.user is not None:
        return state.user
    raise Undecided


def _current_schema(state: State, arguments: Sequence[Value]) -> Value:
    return next((schema for schema in state.path if schema in state.schemas), None)


def _setting(state: State, arguments: Sequence[Value]) -> Value:
    """A setting of the user's own (`app.role`) that no script sets is not there."""
    name = arguments[0]
    if name == "server_version_num":
        return str(state.version * 10000)
    missing_ok = len(arguments) > 1 and boolean(arguments[1]) is True
    if isinstance(name, str) and "." in name and missing_ok and not _is_written(state, name):
        return None
    raise Undecided


def _is_written(state: State, setting: str) -> bool:
    """Whether a script that was begun seems to give the setting a value."""
    return any(
        setting in effect.excerpt and "current_setting" not in effect.excerpt
        for script in state.scripts
        for effect in script.effects
        if effect.verdict == "irrelevant"
    )


def _output(state: State, value: Value) -> str | None:
    """A value as the output function of its type gives it, which is no cast."""
    return str(value)[0].lower() if isinstance(value, bool) else text_of(state, value)


def _format(state: State, arguments: Sequence[Value]) -> Value:
    texts = [_output(state, argument) for argument in arguments]
    if texts[0] is None:
        return None
    if None in texts:
        raise Undecided
    built = format_text(texts[0], [text for text in texts[1:] if text is not None])
    if built is None:
        raise Undecided
    return checked(built)


def _concat(state: State, arguments: Sequence[Value]) -> Value:
    return checked("".join(_output(state, argument) or "" for argument in arguments))


def _quote_ident(state: State, arguments: Sequence[Value]) -> Value:
    text = text_of(state, arguments[0])
    return None if text is None else identifier(text)


def _quote_literal(state: State, arguments: Sequence[Value]) -> Value:
    text = text_of(state, arguments[0])
    return None if text is None else literal(text)


def _regexp_replace(state: State, arguments: Sequence[Value]) -> Value:
    """The first match, for patterns that mean the same to Python and to PostgreSQL."""
    if None in arguments:
        return None
    texts = [text_of(state, argument) or "" for argument in arguments]
    if len(texts) != len(("text", "pattern", "put")) or not _SAME.fullmatch(texts[1]):
        raise Undecided
    if "\\" in texts[2]:
        raise Undecided
    return checked(re.sub(texts[1], lambda match: texts[2], texts[0], count=1))


def _array_length(state: State, arguments: Sequence[Value]) -> Value:
    if arguments[0] is None or arguments[1] != 1:
        return None
    return len([*elements(arguments[0])]) or None


def _visible(state: State, arguments: Sequence[Value]) -> Value:
    match arguments[0]:
        case Oid(_, schema, _):
            return schema in state.path
    raise Undecided


_KNOWN: Mapping[str, Callable[[State, Sequence[Value]], Value]] = {
    "current_schema": _current_schema,
    "current_database": lambda state, arguments: DATABASE,
    "current_setting": _setting,
    "format": _format,
    "concat": _concat,
    "quote_ident": _quote_ident,
    "quote_literal": _quote_literal,
    "regexp_replace": _regexp_replace,
    "array_length": _array_length,
    "pg_table_is_visible": _visible,
    "pg_type_is_visible": _visible,
}
