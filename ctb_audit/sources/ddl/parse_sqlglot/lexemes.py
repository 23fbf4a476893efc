"""The tokens of one statement, with the places that sqlglot's trees do not keep."""

import re
from functools import cache
from typing import Literal, NamedTuple

from ctb_audit.model import System

TokenKind = Literal["word", "quoted", "string", "number", "mark"]


class Token(NamedTuple):
    """`text` as written; `partner` is the index of the matching bracket, -1 for none."""

    text: str
    kind: TokenKind
    start: int
    end: int
    partner: int = -1

    @property
    def word(self) -> str:
        """The upper-case keyword that an unquoted word may be, "" for other tokens."""
        return self.text.upper() if self.kind == "word" else ""


RESERVED = frozenset(
    (
        *("ALL", "ANALYSE", "ANALYZE", "AND", "ANY", "ARRAY", "AS", "ASC", "ASYMMETRIC", "BOTH"),
        *("CASE", "CAST", "CHECK", "COLLATE", "COLUMN", "CONSTRAINT", "CREATE", "CURRENT_CATALOG"),
        *("CURRENT_DATE", "CURRENT_ROLE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER"),
        *("DEFAULT", "DEFERRABLE", "DESC", "DISTINCT", "DO", "ELSE", "END", "EXCEPT", "FALSE"),
        *("FETCH", "FOR", "FOREIGN", "FROM", "GRANT", "GROUP", "HAVING", "IN", "INITIALLY"),
        *("INTERSECT", "INTO", "LATERAL", "LEADING", "LIMIT", "LOCALTIME", "LOCALTIMESTAMP", "NOT"),
        *("NULL", "OFFSET", "ON", "ONLY", "OR", "ORDER", "PLACING", "PRIMARY", "REFERENCES"),
        *("RETURNING", "SELECT", "SESSION_USER", "SOME", "SYMMETRIC", "SYSTEM_USER", "TABLE"),
        *("THEN", "TO", "TRAILING", "TRUE", "UNION", "UNIQUE", "USER", "USING", "VARIADIC"),
        *("WHEN", "WHERE", "WINDOW", "WITH"),
    )
)
"""Words that name nothing in PostgreSQL unless they are quoted or follow a dot."""


class Misread(Exception):
    """A statement, or a part of one, that this reader does not take; the argument says what."""


_SINGLE = r"'(?:[^']|'')*'"
_SINGLE_ESCAPED = r"'(?:[^'\\]|\\.|'')*'"
_DOUBLE = r'"(?:[^"]|"")*"'
_DOUBLE_ESCAPED = r'"(?:[^"\\]|\\.|"")*"'
_TICKED = r"`(?:[^`]|``)*`"
_DOLLAR = r"\$(?P<tag>(?:[A-Za-z_\x80-\uffff][\w]*)?)\$.*?\$(?P=tag)\$"
_STRINGS: dict[str, str] = {
    "postgresql": rf"[eE]{_SINGLE_ESCAPED}|[bBxXnN]?{_SINGLE}|{_DOLLAR}",
    "sqlite": rf"[xX]?{_SINGLE}",
    "mysql": rf"[bBxXnN]?(?:{_SINGLE_ESCAPED}|{_DOUBLE_ESCAPED})",
    "bigquery": rf"(?:[rR][bB]?|[bB][rR]?)?(?:{_SINGLE_ESCAPED}|{_DOUBLE_ESCAPED})",
}
_QUOTED: dict[str, str] = {
    "postgresql": _DOUBLE,
    "sqlite": rf"{_DOUBLE}|{_TICKED}|\[[^\]]*\]",
    "mysql": _TICKED,
    "bigquery": _TICKED,
}
_COMMENTS: dict[str, str] = {"mysql": r"--[^\n]*|\#[^\n]*", "bigquery": r"--[^\n]*|\#[^\n]*"}
_OPEN = {"(": ")", "[": "]"}
_CLOSE = {")": "(", "]": "[", ">": "<"}
_TYPES_WITH_BRACKETS = frozenset(("ARRAY", "STRUCT", "RANGE"))


@cache
def _pattern(system: System) -> re.Pattern[str]:
    comment = _COMMENTS.get(system, r"--[^\n]*")
    return re.compile(
        rf"(?P<gap>\s+|{comment}|/\*.*?\*/)|(?P<string>{_STRINGS[system]})"
        rf"|(?P<quoted>{_QUOTED[system]})|(?P<word>[^\W\d][\w$]*)"
        r"|(?P<number>\d[\w.]*|\.\d+)|(?P<mark>::|.)",
        re.DOTALL,
    )


def tokens_of(text: str, system: System) -> tuple[Token, ...]:
    """All tokens but space and comments; raises Misread where brackets do not match."""
    found: list[Token] = []
    opened: list[int] = []
    for match in _pattern(system).finditer(text):
        kind = match.lastgroup
        if kind == "gap":
            continue
        if kind == "tag":
            kind = "string"
        token = Token(match.group(), kind, match.start(), match.end())  # type: ignore[arg-type]
        if kind == "mark" and (token.text in _OPEN or _opens_type(token, found)):
            opened.append(len(found))
        elif kind == "mark" and (token.text in ")]" or _closes_type(token, opened, found)):
            token = _close(token, opened, found)
        found.append(token)
    if opened:
        raise Misread("a bracket is not closed")
    return tuple(found)


def _opens_type(token: Token, found: list[Token]) -> bool:
    """Whether `<` is the bracket of ARRAY<..>, STRUCT<..> or RANGE<..>."""
    return token.text == "<" and bool(found) and found[-1].word in _TYPES_WITH_BRACKETS


def _closes_type(token: Token, opened: list[int], found: list[Token]) -> bool:
    return token.text == ">" and bool(opened) and found[opened[-1]].text == "<"


def _close(token: Token, opened: list[int], found: list[Token]) -> Token:
    if not opened or found[opened[-1]].text != _CLOSE[token.text]:
        raise Misread("a bracket is not opened")
    opening = opened.pop()
    found[opening] = found[opening]._replace(partner=len(found))
    return token._replace(partner=opening)
