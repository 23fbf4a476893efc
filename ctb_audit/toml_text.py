"""TOML, with a bound on the parts of a key: Python's reader takes memory with their square."""

import tomllib
from typing import Any

from ctb_audit.lean import pattern

__all__ = ["TOMLDecodeError", "parse_toml"]

TOMLDecodeError = tomllib.TOMLDecodeError
MOST_PARTS = 100
_PART = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+"
_DEEP_KEY = pattern(rf"(?m:^)[ \t]*+\[{{0,2}}[ \t]*+(?:{_PART}){{{MOST_PARTS}}}")
_DEEP_INLINE = pattern(rf"[{{,][ \t\n]*+(?:{_PART}){{{MOST_PARTS}}}")


def parse_toml(text: str) -> dict[str, Any]:
    """The table in a text. Raises TOMLDecodeError where it is no TOML, or a key of it has more than
    MOST_PARTS parts.
    """
    if _DEEP_KEY.search(text) or _DEEP_INLINE.search(text):
        raise TOMLDecodeError(f"a key of more than {MOST_PARTS} parts")
    return tomllib.loads(text)
