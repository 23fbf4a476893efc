"""Built-in functions and text operators of PostgreSQL that probe rows need."""

import json
from collections.abc import Callable, Mapping
from typing import cast as typed

from ctb_audit.semantics import patterns, regex
from ctb_audit.semantics.comparison import COMPARISONS
from ctb_audit.semantics.patterns import Regex, Untranslatable
from ctb_audit.semantics.values import UNDECIDED, Value

LONGEST_TEXT = 2000
"""Characters of a text that patterns are matched against; longer ones are UNDECIDED."""

Arguments = tuple[Value, ...]
Function = Callable[[Arguments], Value]


def _matcher(
    read: Callable[[str, bool], Regex], ignore_case: bool, negated: bool
) -> Callable[[Value, Value], Value]:
    def operator(text: Value, pattern: Value) -> Value:
        if not isinstance(text, str) or not isinstance(pattern, str) or len(text) > LONGEST_TEXT:
            return UNDECIDED
        try:
            found = patterns.search(read(pattern, ignore_case), text)
        except Untranslatable:
            return UNDECIDED
        return UNDECIDED if found is None else found != negated

    return operator


def _concatenated(left: Value, right: Value) -> Value:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return UNDECIDED


TEXT_OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "~": _matcher(regex.advanced, False, False),
    "~*": _matcher(regex.advanced, True, False),
    "!~": _matcher(regex.advanced, False, True),
    "!~*": _matcher(regex.advanced, True, True),
    "~~": _matcher(patterns.like, False, False),
    "~~*": _matcher(patterns.like, True, False),
    "!~~": _matcher(patterns.like, False, True),
    "!~~*": _matcher(patterns.like, True, True),
    "||": _concatenated,
    "^@": lambda text, start: (
        text.startswith(start) if isinstance(text, str) and isinstance(start, str) else UNDECIDED
    ),
}


def _on_text(compute: Callable[..., Value], *kinds: type) -> Function:
    """A strict function: null where an argument is null, UNDECIDED for other types."""

    def function(args: Arguments) -> Value:
        if None in args:
            return None
        shapes = (str, *kinds)
        fits = len(args) <= len(shapes) and all(
            isinstance(arg, kind) and not isinstance(arg, bool)
            for arg, kind in zip(args, shapes, strict=False)
        )
        try:
            return compute(*args) if fits else UNDECIDED
        except (TypeError, ValueError):
            return UNDECIDED

    return function


def _ascii(compute: Callable[[str], str]) -> Callable[[str], Value]:
    """Beyond ASCII the locale decides about case."""
    return lambda text: compute(text) if text.isascii() else UNDECIDED


def _left(text: str, count: int) -> str:
    return text[:count]


def _right(text: str, count: int) -> str:
    if count < 0:
        return text[-count:]
    return text[len(text) - count :] if count < len(text) else text


def _substring(text: str, start: int, count: int | None = None) -> Value:
    """Positions count from 1; a start before it consumes from the count."""
    if count is None:
        return text[max(start - 1, 0) :]
    if count < 0:
        return UNDECIDED
    return text[max(start - 1, 0) : max(start - 1 + count, 0)]


def _split_part(text: str, separator: str, field: int) -> Value:
    parts = text.split(separator) if separator else [text]
    if field == 0:
        return UNDECIDED
    index = field - 1 if field > 0 else field
    return parts[index] if -len(parts) <= index < len(parts) else ""


def _replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new) if old else text


def _similar_escape(pattern: str, escape: str = "\\") -> Value:
    try:
        return regex.similar(pattern, escape)
    except Untranslatable:
        return UNDECIDED


def _like_escape(pattern: str, escape: str) -> Value:
    """The pattern with backslash as its escape character."""
    out: list[str] = []
    rest = iter(pattern)
    for char in rest:
        if escape and char == escape:
            out.append("\\" + next(rest, ""))
        else:
            out.append("\\\\" if char == "\\" else char)
    return "".join(out)


def _regexp_like(text: str, pattern: str, flags: str = "") -> Value:
    if flags not in ("", "i"):
        return UNDECIDED
    return TEXT_OPERATORS["~*" if flags else "~"](text, pattern)


def _nullif(args: Arguments) -> Value:
    if None in args:
        return args[0]
    equal = COMPARISONS["="](*args)
    return None if equal is True else args[0] if equal is False else UNDECIDED


def _json_typeof(text: str) -> Value:
    """Probe values of json columns are their text."""
    value = json.loads(text)
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", type(None): "null"}
    return names.get(type(value), "number")


def _json_array_length(text: str) -> Value:
    value = json.loads(text)
    return len(value) if isinstance(value, list) else UNDECIDED


def _extreme(order: str) -> Function:
    def function(args: Arguments) -> Value:
        best: Value = None
        for arg in args:
            better = True if best is None else arg is None or COMPARISONS[order](arg, best)
            if not isinstance(better, bool):
                return UNDECIDED
            best = arg if better and arg is not None else best
        return best

    return function


def _array_length(args: Arguments) -> Value:
    array = args[0]
    if array is None:
        return None
    return (len(array) or None) if isinstance(array, tuple) and args[1:] == (1,) else UNDECIDED


def _absolute(args: Arguments) -> Value:
    value = args[0]
    return abs(value) if isinstance(value, int) and not isinstance(value, bool) else UNDECIDED


_length = _on_text(len)
FUNCTIONS: Mapping[str, Function] = {
    **dict.fromkeys(("length", "char_length"), _length),
    "octet_length": _on_text(lambda text: len(text.encode())),
    "lower": _on_text(_ascii(str.lower)),
    "upper": _on_text(_ascii(str.upper)),
    "btrim": _on_text(lambda text, chars=" ": text.strip(chars) if chars else text, str),
    "trim": _on_text(lambda text, chars=" ": text.strip(chars) if chars else text, str),
    "ltrim": _on_text(lambda text, chars=" ": text.lstrip(chars) if chars else text, str),
    "rtrim": _on_text(lambda text, chars=" ": text.rstrip(chars) if chars else text, str),
    "left": _on_text(_left, int),
    "right": _on_text(_right, int),
    "substr": _on_text(_substring, int, int),
    "substring": _on_text(_substring, int, int),
    "strpos": _on_text(lambda text, part: text.find(part) + 1, str),
    "position": _on_text(lambda text, part: text.find(part) + 1, str),
    "split_part": _on_text(_split_part, str, int),
    "replace": _on_text(_replace, str, str),
    "reverse": _on_text(lambda text: text[::-1]),
    "starts_with": _on_text(lambda text, start: text.startswith(start), str),
    "similar_to_escape": _on_text(_similar_escape, str),
    "like_escape": _on_text(_like_escape, str),
    "regexp_like": _on_text(_regexp_like, str, str),
    "concat": lambda args: (
        "".join(typed(tuple[str, ...], args))
        if all(isinstance(a, str) for a in args)
        else UNDECIDED
    ),
    "nullif": _nullif,
    "jsonb_typeof": _on_text(_json_typeof),
    "json_typeof": _on_text(_json_typeof),
    "jsonb_array_length": _on_text(_json_array_length),
    "json_array_length": _on_text(_json_array_length),
    "greatest": _extreme(">"),
    "least": _extreme("<"),
    "array_length": _array_length,
    "cardinality": lambda args: len(args[0]) if isinstance(args[0], tuple) else UNDECIDED,
    "abs": _absolute,
}
