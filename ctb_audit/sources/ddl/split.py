r"""Cuts a script into statements, as psql does, in linear time and without losing a character.

libpg_query cannot split and rejects a text at its first error, so what a script holds is
decided here. Statements and the gaps between them (white space, comments, delimiters, the
backslash-dot after COPY data) tile the input; a quote, comment or body that nothing ends is
kept as the last statement and named in `Statement.unclosed`.

Where this differs from psql: a semicolon inside parentheses only belongs to its statement in
CREATE RULE, the one statement where that is valid, so that a missing parenthesis costs one
statement and not the rest of the file. A meta-command in the middle of a statement stays in its
text, unless it is one that sends it (`\g`, `\gexec`, ...).
"""

import re
from collections.abc import Iterator

from ctb_audit.lean import pattern
from ctb_audit.model import System
from ctb_audit.semantics.comments import without_comments
from ctb_audit.sources.ddl.lexis import (
    SPACE,
    Lexis,
    end_of_comment,
    end_of_dollar,
    lexis,
    may_hold_blocks,
)
from ctb_audit.sources.ddl.statement import Statement

_COPY = pattern(r"COPY\b[^;]*?\bFROM\s+(?:STDIN|STDOUT)\b", re.I)
_PSQL_COPY = pattern(r"\\copy\b[^\n]*?\bfrom\s+(?:stdin|stdout)\b", re.I)
_PSQL_LINE = pattern(r"\\[^\n](?:[^\n'\\]++|'(?:[^'\\\n]++|\\[^\n]|'')*+'|'|\\(?!\\))*+")
_SENDS = pattern(
    r"\\(?:;|(?:g(?:exec|set|x|desc)?|bind(?:_named)?|parse|crosstabview|sendpipeline|watch)\b)"
)
_READ_ON = frozenset(("COP", "SET"))
_COMMENT = pattern(r"--|/\*")
_DELIMITER = pattern(r"DELIMITER[ \t]+(\S+)[^\n]*", re.I)
_CONFORMING = pattern(
    r"SET\s+(?:SESSION\s+)?standard_conforming_strings(?:\s*+=|\s++TO\s)\s*+'?(\w+)", re.I
)
_OFF = frozenset({"off", "false", "no", "0"})
_LINE_END = pattern(r"[ \t\r]*(?:--[^\n]*)?\n")
_DATA_END = pattern(r"^\\\.\r?(?:\n|\Z)", re.M)


def split(
    text: str,
    *,
    start_line: int = 1,
    start_column: int = 1,
    dialect: System = "postgresql",
) -> Iterator[Statement]:
    """The statements of `text`, in order; `start_line` and `start_column` are its own place.

    Offsets count characters of `text`. Empty statements are left out. Never raises.
    """
    return _Splitter(text, start_line, start_column, dialect).statements()


def tile(text: str, *, dialect: System = "postgresql") -> list[tuple[int, int]]:
    """Spans of statements and of the gaps between them, together all of `text`, in order."""
    spans: list[tuple[int, int]] = []
    position = 0
    for statement in split(text, dialect=dialect):
        if statement.offset > position:
            spans.append((position, statement.offset))
        position = statement.offset + len(statement.text)
        spans.append((statement.offset, position))
    if position < len(text):
        spans.append((position, len(text)))
    return spans


class _Splitter:
    def __init__(self, text: str, line: int, column: int, dialect: System) -> None:
        self._text = text
        self._dialect: System = dialect
        self._lexis: Lexis = lexis(dialect)
        self._position = 0
        self._gap = 0  # where the gap before the next statement began
        self._counted = 0  # up to here, lines are counted
        self._line = line
        self._line_start = 1 - column
        self._blocks = may_hold_blocks(text, dialect)

    def statements(self) -> Iterator[Statement]:
        text = self._text
        while True:
            start, unclosed = self._after_gap(self._position)
            if unclosed:
                yield self._statement(start, len(text), unclosed=unclosed)
                return
            if start >= len(text):
                return
            client = self._client_line(start)
            if client is not None:
                yield client
                yield from self._copy_data(_PSQL_COPY.match(client.text))
                continue
            end, resume, unclosed = self._end(start)
            statement = self._statement(start, end, unclosed=unclosed)
            self._position = self._gap = resume
            yield statement
            yield from self._after(statement)

    def _after_gap(self, position: int) -> tuple[int, str]:
        text, found = self._text, self._lexis
        while True:
            position = found.gap.match(text, position).end()  # type: ignore[union-attr]
            if text.startswith("/*", position):
                if found.mysql and text.startswith("!", position + 2):
                    return position, ""  # MySQL runs what it holds
                after = end_of_comment(text, position, nested=found.nested)
                if after < 0:
                    return position, "comment"
                position = after
            elif found.psql and text.startswith(("\\;", "\\\\"), position):
                position += 2
            else:
                return position, ""

    def _client_line(self, start: int) -> Statement | None:
        """A line for the client, psql's or MySQL's DELIMITER, that begins a statement."""
        text, line = self._text, None
        if self._lexis.psql and text[start] == "\\":
            line = _PSQL_LINE.match(text, start)
        elif self._lexis.mysql and text[start] in "dD":
            line = _DELIMITER.match(text, start)
            if line is not None:
                self._lexis = lexis(self._dialect, line.group(1))
        if line is None:
            return None
        statement = self._statement(start, line.end(), kind="psql")
        self._position = self._gap = line.end()
        return statement

    def _end(self, start: int) -> tuple[int, int, str]:
        """End of the statement's text, start of what follows it, and what is unclosed."""
        text, delimiter = self._text, self._lexis.delimiter
        end, unclosed = self._run(start)
        if self._blocks and text.startswith(delimiter, end):
            head = self._lexis.head.match(text, start)
            if head is not None:
                end = self._end_of_block(start, end, head.group("kind").upper())
        if text.startswith(delimiter, end):
            return end, end + len(delimiter), ""
        return end, end, unclosed

    def _run(self, position: int) -> tuple[int, str]:
        """To the delimiter, the psql command that sends the statement, or the end of the text."""
        text, plain, delimiter = self._text, self._lexis.plain, self._lexis.delimiter
        floor = position
        while True:
            position = plain.match(text, position).end()  # type: ignore[union-attr]
            if position >= len(text) or text.startswith(delimiter, position):
                return position, ""
            mark = text[position]
            if mark == "\\" and self._lexis.psql and _SENDS.match(text, position):
                return position, ""
            after, unclosed = self._over(position, floor)
            if unclosed:
                return len(text), unclosed
            if mark == "$":
                floor = after
            position = after

    def _over(self, position: int, floor: int) -> tuple[int, str]:
        """The place after what the character here begins, or what it begins and nothing ends."""
        text, found = self._text, self._lexis
        mark = text[position]
        after, what = position + 1, ""
        if mark == "$" and found.psql:
            after, what = end_of_dollar(text, position, floor), "dollar quote"
        elif text.startswith("/*", position):
            after, what = end_of_comment(text, position, nested=found.nested), "comment"
        elif mark in found.quotes and mark != "[":
            return len(text), "quote"
        return (after, "") if after >= 0 else (len(text), what)

    def _end_of_block(self, start: int, semicolon: int, kind: str) -> int:
        """The delimiter outside all parentheses (CREATE RULE) or BEGIN ... END of the statement.

        Where the blocks never close, the first delimiter is taken, and so in all that follows:
        looking to the end again and again would not be linear.
        """
        text, block = self._text, self._lexis.block
        opening = "open" if kind == "RULE" else "begin"
        if not self._opens_block(start, semicolon, opening):
            return semicolon
        depth, position, floor = 0, start, start
        while (mark := block.search(text, position)) is not None:
            name, position = mark.lastgroup, mark.end()
            if name == "stop" and depth <= 0:
                return mark.start()
            if name in ("comment", "dollar"):
                position, unclosed = self._over(mark.start(), floor)
                floor = position
                if unclosed:
                    break
            depth += _step(name, opening, depth)
        self._blocks = False
        return semicolon

    def _opens_block(self, start: int, semicolon: int, opening: str) -> bool:
        text = self._text
        if opening == "open":
            return text.find("(", start, semicolon) >= 0
        if self._lexis.psql and "atomic" not in text[start:semicolon].lower():
            return False
        marks = self._lexis.block.finditer(text, start, semicolon)
        return any(mark.lastgroup == "begin" for mark in marks)

    def _after(self, statement: Statement) -> Iterator[Statement]:
        """What a statement changes for the text behind it."""
        if not self._lexis.psql:
            return
        first = statement.text[:2].upper()
        if first == "CO":
            yield from self._copy_data(_COPY.match(_uncommented(statement.text)))
        elif first == "SE":
            found = _CONFORMING.match(_uncommented(statement.text))
            if found is not None:
                off = found.group(1).lower() in _OFF
                self._lexis = lexis(self._dialect, backslashes=off)

    def _copy_data(self, copy: re.Match[str] | None) -> Iterator[Statement]:
        if copy is None:
            return
        text = self._text
        line = _LINE_END.match(text, self._position)
        if line is None or line.end() >= len(text):
            return
        start = line.end()
        end = _DATA_END.search(text, start)
        stop = end.start() if end else len(text)
        if stop > start:
            unclosed = "" if end else "copy data"
            yield self._statement(start, stop, kind="data", unclosed=unclosed)
        self._position = self._gap = end.end() if end else len(text)
        if end and end.group().endswith("\n"):
            self._gap -= 1  # what stands on the next line is above the next statement

    def _statement(
        self, start: int, end: int, *, kind: str = "sql", unclosed: str = ""
    ) -> Statement:
        text = self._text
        self._line += text.count("\n", self._counted, start)
        newline = text.rfind("\n", self._counted, start)
        if newline >= 0:
            self._line_start = newline + 1
        self._counted = start
        body = text[start:end] if kind == "data" else text[start:end].rstrip(SPACE)
        return Statement(
            body,
            start,
            self._line,
            start - self._line_start + 1,
            kind,  # type: ignore[arg-type]
            "" if kind == "data" else self._comments(start),
            unclosed,
        )

    def _comments(self, start: int) -> str:
        """The gap above; what follows the last statement on its own line belongs to that one."""
        gap = self._gap
        if gap:
            gap = self._text.find("\n", gap, start) + 1 or start
        above = self._text[gap:start]
        return "" if not above or above.isspace() else above


def _uncommented(text: str) -> str:
    """A statement that may say how to read on, without its comments; any other as it is."""
    commented = text[:3].upper() in _READ_ON and _COMMENT.search(text)
    return without_comments(text) if commented else text


def _step(mark: str | None, opening: str, depth: int) -> int:
    if opening == "open":
        return {"open": 1, "close": -1}.get(mark or "", 0)
    if mark == "begin" or (mark == "case" and depth):
        return 1
    return -1 if mark == "end" and depth else 0
