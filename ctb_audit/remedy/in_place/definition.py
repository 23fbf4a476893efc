"""The text of a CREATE TABLE taken apart: its elements and where each begins and ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ctb_audit.remedy.in_place.tokens import Token, tokens

_CONSTRAINTS = frozenset(("CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "NOT"))
_CLAUSES = frozenset(
    (
        *("CONSTRAINT", "NOT", "NULL", "CHECK", "UNIQUE", "PRIMARY", "REFERENCES", "GENERATED"),
        *("COLLATE", "DEFERRABLE", "INITIALLY", "ENFORCED", "DEFAULT", "STORAGE", "COMPRESSION"),
    )
)
"""Words that begin what stands behind a column's type or default."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element between the parentheses; `ink` are its tokens without space and comments."""

    kind: Literal["column", "constraint", "like"]
    name: str
    ink: tuple[Token, ...]
    comma: Token | None = None

    @property
    def start(self) -> int:
        return self.ink[0].start

    @property
    def end(self) -> int:
        return self.ink[-1].end

    def clauses(self) -> Iterator[tuple[str, tuple[Token, ...]]]:
        """A column's type as "TYPE", then each clause behind it under the word that begins it."""
        kind, parts, depth = "TYPE", list[Token](), 0
        for token in self.ink[1:]:
            if kind == "CONSTRAINT" and len(parts) == 2:
                kind = token.keyword  # the clause that has this name
            elif depth == 0 and parts and self._starts(kind, parts, token):
                yield kind, tuple(parts)
                kind, parts = token.keyword, []
            parts.append(token)
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if parts:
            yield kind, tuple(parts)

    @staticmethod
    def _starts(kind: str, parts: Sequence[Token], token: Token) -> bool:
        word = token.keyword
        if word not in _CLAUSES:
            return False
        last = parts[-1].keyword
        if word == "NULL" and (last in ("NOT", "SET") or (kind == "DEFAULT" and len(parts) == 1)):
            return False
        if word == "DEFAULT" and last in ("SET", "BY"):
            return False
        return not (kind in ("NOT", "CONSTRAINT") and len(parts) == 1)


@dataclass(frozen=True, slots=True)
class Definition:
    """`all` are the tokens of the statement; `opening` and `closing` its parentheses."""

    text: str
    all: tuple[Token, ...]
    name: tuple[str, ...]
    opening: Token
    closing: Token
    elements: tuple[Element, ...]
    again: bool  # IF NOT EXISTS

    def column(self, name: str) -> Element | None:
        return next((e for e in self.elements if e.kind == "column" and e.name == name), None)


def definition_of(text: str) -> Definition | None:
    """None where the statement is no CREATE TABLE with a list of elements of its own."""
    every = tuple(tokens(text))
    ink = [token for token in every if token.is_ink]
    head = _head(ink)
    if head is None:
        return None
    start, name, again = head
    stop = _closing(ink, start)
    behind = ink[stop + 1].keyword if stop is not None and stop + 1 < len(ink) else ""
    if stop is None or behind == "AS":
        return None
    elements = tuple(_elements(ink[start + 1 : stop]))
    return Definition(text, every, name, ink[start], ink[stop], elements, again)


def table_name(text: str) -> tuple[str, ...]:
    """The name that a CREATE TABLE gives its table, () for any other statement."""
    ink = [token for token in tokens(text) if token.is_ink]
    return _named(ink)[1]


def _named(ink: Sequence[Token]) -> tuple[int, tuple[str, ...], bool]:
    """The place behind the table's name, the name's parts, and whether it says IF NOT EXISTS."""
    words = [token.keyword for token in ink[:8]]
    if words[:1] != ["CREATE"] or "TABLE" not in words[:4]:
        return 0, (), False
    at = words.index("TABLE") + 1
    again = words[at : at + 3] == ["IF", "NOT", "EXISTS"]
    at += 3 * again
    parts = []
    while at < len(ink) and ink[at].folded:
        parts.append(ink[at].folded)
        at += 1
        if at >= len(ink) or ink[at].text != ".":
            break
        at += 1
    return at, tuple(parts), again


def _head(ink: Sequence[Token]) -> tuple[int, tuple[str, ...], bool] | None:
    """The place of the opening parenthesis, the table's name, IF NOT EXISTS."""
    at, name, again = _named(ink)
    if not name:
        return None
    if at + 1 < len(ink) and ink[at].keyword in ("PARTITION", "OF"):
        at += 2 if ink[at].keyword == "PARTITION" else 1
        while at < len(ink) and (ink[at].folded or ink[at].text == "."):
            if ink[at].keyword in ("FOR", "DEFAULT"):
                return None
            at += 1
    return (at, name, again) if at < len(ink) and ink[at].text == "(" else None


def _closing(ink: Sequence[Token], start: int) -> int | None:
    depth = 0
    for place in range(start, len(ink)):
        depth += {"(": 1, ")": -1}.get(ink[place].text, 0)
        if depth == 0:
            return place
    return None


def _elements(ink: Sequence[Token]) -> Iterator[Element]:
    depth, parts = 0, list[Token]()
    for token in ink:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text == "," and parts:
            yield _element(parts, token)
            parts = []
        else:
            parts.append(token)
    if parts:
        yield _element(parts, None)


def _element(ink: Sequence[Token], comma: Token | None) -> Element:
    word = ink[0].keyword
    if word == "LIKE":
        return Element("like", "", tuple(ink), comma)
    excludes = word == "EXCLUDE" and len(ink) > 1 and ink[1].text in ("(", "USING", "using")
    if word in _CONSTRAINTS or excludes:
        return Element("constraint", "", tuple(ink), comma)
    return Element("column", ink[0].folded, tuple(ink), comma)
