"""Strings that a regular expression matches, for rows that satisfy a CHECK."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_MORE = 3  # repetitions beyond the least


def matching(pattern: str, chance: random.Random) -> str:
    """A string that a simple pattern matches; "" where it is not simple."""
    from re import _parser  # type: ignore[attr-defined]

    try:
        return _sequence(_parser.parse(pattern), chance)
    except (re.error, KeyError, RecursionError):
        return ""


def _sequence(tree: Any, chance: random.Random) -> str:
    return "".join(_PARTS[str(operation)](value, chance) for operation, value in tree)


def _repeat(value: Any, chance: random.Random) -> str:
    low, high, tree = value
    times = chance.randint(int(low), min(int(high), int(low) + _MORE))
    return "".join(_sequence(tree, chance) for _ in range(times))


def _one_of(options: Sequence[tuple[Any, Any]], chance: random.Random) -> str:
    if str(options[0][0]) == "NEGATE":
        refused = {chr(code) for _, code in options[1:] if isinstance(code, int)}
        return chance.choice([c for c in "abcxyz019" if c not in refused] or ["a"])
    operation, value = chance.choice(options)
    if str(operation) == "RANGE":
        return chr(chance.randint(*value))
    return chr(value) if str(operation) == "LITERAL" else chance.choice(_CATEGORIES[str(value)])


_CATEGORIES: Mapping[str, str] = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_WORD": "abcxyz019_",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "abcxyz",
    "CATEGORY_NOT_DIGIT": "abcxyz",
    "CATEGORY_NOT_WORD": "-",
}
_PARTS: Mapping[str, Callable[[Any, random.Random], str]] = {
    "LITERAL": lambda value, chance: chr(value),
    "NOT_LITERAL": lambda value, chance: "b" if value == ord("a") else "a",
    "AT": lambda value, chance: "",
    "ANY": lambda value, chance: chance.choice("abc"),
    "IN": _one_of,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "SUBPATTERN": lambda value, chance: _sequence(value[3], chance),
    "BRANCH": lambda value, chance: _sequence(chance.choice(value[1]), chance),
}
