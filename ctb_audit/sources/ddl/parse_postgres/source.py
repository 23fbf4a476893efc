"""The text of one statement, addressed by the byte offsets that libpg_query reports."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.model import Location
from ctb_audit.sources.ddl.statement import Statement

Node = dict[str, Any]
"""A node of libpg_query's JSON tree; fields with default values are omitted in it."""

_QUOTED = (
    r"(?<![\w$\x80-\xff])[eE]'(?:[^'\\]|\\.|'')*'"
    r"|'(?:[^']|'')*'"
    r'|"(?:[^"]|"")*"'
    r"|(?<![\w$\x80-\xff])\$((?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?)\$.*?\$\1\$"
)
_STOP = pattern(rf"{_QUOTED}|--[^\n\r]*|/\*|[(),\[\]]", re.DOTALL)
_TOKEN = pattern(
    rf"{_QUOTED}|--[^\n\r]*|/\*|[A-Za-z_\x80-\xff][\w$\x80-\xff]*|\d[\w.]*|\s+|.", re.DOTALL
)
_COMMENT_EDGE = pattern(r"/\*|\*/")
_OPENING = "(["
_CLOSING = ")]"


class Token(NamedTuple):
    """A token that is neither space nor comment; `depth` counts open brackets before it."""

    text: str
    start: int
    end: int
    depth: int

    @property
    def word(self) -> str:
        return self.text.upper()


class Source:
    """`text` holds one character for each UTF-8 byte, so that byte offsets index it directly;
    `slice` gives real text back. All offsets are bytes from the statement's start. `start` and
    `end` bound the part that is being read: all of it, or one element of CREATE SCHEMA.
    """

    __slots__ = (
        *("_line_start", "_row", "_seen", "_wide"),
        *("end", "path", "start", "statement", "text"),
    )

    def __init__(self, statement: Statement, path: str) -> None:
        text = statement.text
        self.statement = statement
        self.path = path
        self._wide = wide = not text.isascii()
        self.text = text.encode(errors="replace").decode("latin-1") if wide else text
        self.start = 0
        self.end = len(self.text)
        self._seen = self._row = self._line_start = 0

    def at(self, offset: int) -> Location:
        """Absolute place in the file of a byte offset."""
        seen = self._seen
        if offset < seen:
            seen = self._row = self._line_start = 0
        rows = self.text.count("\n", seen, offset)
        if rows:
            self._row += rows
            self._line_start = self.text.rfind("\n", seen, offset) + 1
        self._seen = offset
        start = self._line_start
        column = len(self.slice(start, offset)) if self._wide else offset - start
        row = self._row
        column += 1 if row else self.statement.column
        return Location(self.path, self.statement.line + row, column)

    @property
    def here(self) -> Location:
        """Where the part that is being read starts."""
        if self.start:
            return self.at(self.start)
        return Location(self.path, self.statement.line, self.statement.column)

    def slice(self, start: int, end: int) -> str:
        """The source between two byte offsets, as written."""
        return self.real(self.text[start:end])

    def real(self, text: str) -> str:
        """Part of `text` with its characters put together again."""
        return text.encode("latin-1").decode(errors="replace") if self._wide else text

    def clean(self, start: int, end: int) -> str:
        """The source between two byte offsets, trimmed, comments replaced by a space."""
        raw = self.text[start:end]
        if "--" not in raw and "/*" not in raw:
            return self.slice(start, end).strip()
        kept: list[str] = []
        last = start
        for token in self.tokens(start, end):
            if token.start > last and kept:
                gap = self.text[last : token.start]
                kept.append(gap if gap.isspace() else " ")
            kept.append(token.text)
            last = token.end
        return self.real("".join(kept))

    def tokens(self, start: int = -1, end: int = -1) -> Iterator[Token]:
        """The tokens between two byte offsets (-1: `start` and `end`), without space and
        comments.
        """
        text = self.text
        start = self.start if start < 0 else start
        end = self.end if end < 0 else end
        depth = 0
        while start < end:
            match = _TOKEN.match(text, start, end)
            assert match is not None  # the last alternative takes any character
            found, begin, start = match.group(), start, match.end()
            if found == "/*":
                start = self.comment_end(begin)
            elif not found.isspace() and not found.startswith("--"):
                if found in _CLOSING:
                    depth -= 1
                yield Token(found, begin, start, depth)
                if found in _OPENING:
                    depth += 1

    def comment_end(self, start: int) -> int:
        """The end of the block comment that starts here; they nest."""
        depth = 0
        for match in _COMMENT_EDGE.finditer(self.text, start):
            depth += 1 if match.group() == "/*" else -1
            if depth == 0:
                return match.end()
        return self.end

    def item_end(self, start: int) -> int:
        """Where the list item that starts here ends: a comma or closing bracket of its own
        level, else the end.
        """
        text, end = self.text, self.end
        depth = 0
        while match := _STOP.search(text, start, end):
            found, start = match.group(), match.end()
            if found in _OPENING:
                depth += 1
            elif found in _CLOSING:
                depth -= 1
                if depth < 0:
                    return match.start()
            elif found == "," and depth == 0:
                return match.start()
            elif found == "/*":
                start = self.comment_end(match.start())
        return end

    def opening(self, start: int) -> int:
        """The offset of the first opening parenthesis from here on, -1 if there is none."""
        text = self.text
        while match := _STOP.search(text, start, self.end):
            if match.group() == "(":
                return match.start()
            start = self.comment_end(match.start()) if match.group() == "/*" else match.end()
        return -1

    def closing(self, opening: int) -> int:
        """The offset of the parenthesis that closes the one at `opening`."""
        at = opening + 1
        while True:
            at = self.item_end(at)
            if at >= self.end or self.text[at] != ",":
                return at
            at += 1

    def parenthesized(self, start: int) -> tuple[str, int]:
        """The text inside the first parentheses from here on, and the offset after them."""
        opening = self.opening(start)
        closing = self.closing(opening)
        return self.clean(opening + 1, closing), closing + 1

    def items(self, opening: int) -> tuple[list[tuple[int, int]], int]:
        """Start and end of each item in the parentheses at `opening`; the offset after them."""
        found: list[tuple[int, int]] = []
        start = opening + 1
        while True:
            end = self.item_end(start)
            found.append((start, end))
            if end >= self.end or self.text[end] != ",":
                return found, end + 1
            start = end + 1

    def after_word(self, word: str, start: int, end: int = -1) -> int:
        """The offset after `word` (upper case) at the level of `start`, -1 if it is not there."""
        for token in self.tokens(start, end):
            if token.depth == 0 and token.word == word:
                return token.end
        return -1
