"""Holds plain tables to a JSON Schema without importing `jsonschema` (55 ms).

Knows the keywords that the schemas in `rules/` use for what a user writes; a test keeps
its answers equal to those of `jsonschema`. What it adds are messages that name the key.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

from ctb_audit.wording import did_you_mean

Schema = Mapping[str, Any]

ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "format"}
)


class ShapeProblem(NamedTuple):
    """`key` is the dotted path, `waiver[0].until`; "" for the table itself."""

    key: str
    problem: str


def problems(value: Any, schema: Schema, key: str = "") -> Iterator[ShapeProblem]:
    """What is wrong with the value, in the order of its keys; `key` is where it stands."""
    if "type" in schema and not _is_type(value, schema["type"]):
        yield ShapeProblem(key, f"must be {_typed(schema['type'])}, not {_shown(value)}")
        return
    for keyword, check in _KEYWORDS.items():
        problem = check(value, schema[keyword]) if keyword in schema else ""
        if problem:
            yield ShapeProblem(key, problem)
    yield from _any_of(value, schema, key)
    if isinstance(value, Mapping):
        yield from _object(value, schema, key)
    elif isinstance(value, list) and "items" in schema:
        for position, item in enumerate(value):
            yield from problems(item, schema["items"], f"{key}[{position}]")


def plain(value: Any) -> Any:
    """The value as JSON has it: TOML's dates become `YYYY-MM-DD` text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def _any_of(value: Any, schema: Schema, key: str) -> Iterator[ShapeProblem]:
    """The problems of the first branch of the value's own type, or that no branch has it."""
    branches = schema.get("anyOf", ())
    results = [(branch, list(problems(value, branch, key))) for branch in branches]
    if not results or any(not found for _, found in results):
        return
    fitting = [f for b, f in results if _is_type(value, b.get("type", ()))]
    if fitting:
        yield from fitting[0]
        return
    types = " or ".join(_typed(branch.get("type", "value")) for branch in branches)
    yield ShapeProblem(key, f"must be {types}, not {_shown(value)}")


def _object(value: Mapping[str, Any], schema: Schema, key: str) -> Iterator[ShapeProblem]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    for name, item in value.items():
        place = _join(key, name)
        for found in problems(name, schema.get("propertyNames", {}), place):
            yield ShapeProblem(place, f"as a key, {found.problem}")
        wanted: Schema | bool = known.get(name, schema.get("additionalProperties", True))
        if isinstance(wanted, Mapping):
            yield from problems(item, wanted, place)
        elif not wanted:
            yield _unknown_key(name, item, place, known)
    for name in schema.get("required", ()):  # last: a misspelt key explains what is missing
        if name not in value:
            yield ShapeProblem(_join(key, name), "is missing")


def _unknown_key(name: str, value: Any, place: str, known: Mapping[str, Schema]) -> ShapeProblem:
    """Names the key inside an unknown table where that one is near a known key."""
    for inner in value if isinstance(value, Mapping) else ():
        suggestion = did_you_mean(inner, known)
        if suggestion:
            return ShapeProblem(_join(place, inner), f"unknown key{suggestion}")
    return ShapeProblem(place, f"unknown key{did_you_mean(name, known)}")


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


# ---- keywords: (value, what the schema says) -> the problem, "" for none ------------------------


def _enum(value: Any, allowed: Sequence[Any]) -> str:
    if any(value == a and type(value) is type(a) for a in allowed):
        return ""
    suggestion = did_you_mean(value, map(str, allowed)) if isinstance(value, str) else ""
    listed = ", ".join(str(a) if a != "" else '""' for a in allowed)
    return f"must be one of {listed}, not {_shown(value)}{suggestion}"


def _pattern(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or re.search(pattern, value):
        return ""
    if pattern == r"\S":
        return "must not be blank"
    return f"{_shown(value)} does not match {pattern}"


def _minimum(value: Any, bound: float) -> str:
    return f"must be at least {bound}, not {value}" if _is_number(value) and value < bound else ""


def _maximum(value: Any, bound: float) -> str:
    return f"must be at most {bound}, not {value}" if _is_number(value) and value > bound else ""


def _min_length(value: Any, bound: int) -> str:
    return "must not be empty" if isinstance(value, str) and len(value) < bound else ""


def _min_items(value: Any, bound: int) -> str:
    return "must not be empty" if isinstance(value, list) and len(value) < bound else ""


_KEYWORDS: Mapping[str, Callable[[Any, Any], str]] = {
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "minItems": _min_items,
}
KEYWORDS = ANNOTATIONS | {
    *_KEYWORDS,
    *("type", "anyOf", "properties", "additionalProperties", "propertyNames"),
    *("items", "required"),
}


def _is_number(value: Any) -> bool:
    """TOML's `nan` and `inf` are none: every comparison with them would pass in silence."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a text", lambda v: isinstance(v, str)),
    "boolean": ("true or false", lambda v: isinstance(v, bool)),
    "integer": ("a whole number", lambda v: _is_number(v) and v == v // 1),
    "number": ("a number", _is_number),
    "array": ("a list", lambda v: isinstance(v, list)),
    "object": ("a table", lambda v: isinstance(v, Mapping)),
}


def _is_type(value: Any, wanted: str | Sequence[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(_TYPES[name][1](value) for name in names)


def _typed(wanted: str | Sequence[str]) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    return " or ".join(_TYPES[name][0] if name in _TYPES else name for name in names)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else str(value)
