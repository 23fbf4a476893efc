"""One statement of a script, as the splitter cuts it."""

from bisect import bisect_right
from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import Location


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` starts at its first token (comments above it are in `comments`, raw) and ends
    before its `;`. `offset` counts characters from the start of the script, `line` and
    `column` from 1. `data`: the lines that follow `COPY ... FROM stdin;`, never parsed.
    `unclosed` names what the end of the text cut ("quote", "dollar quote", "comment"), "" if whole.
    """

    text: str
    offset: int
    line: int
    column: int
    kind: Literal["sql", "psql", "data"] = "sql"
    comments: str = ""
    unclosed: str = ""

    def locate(self, path: str, offset: int) -> Location:
        """The place of a character offset in `text`."""
        return Positions(self, path).at(offset)


class Positions:
    """Line and column of many offsets of one statement, found by bisection.

    libpg_query counts bytes: `at_byte` translates where the text is not ASCII.
    """

    def __init__(self, statement: Statement, path: str) -> None:
        self._statement = statement
        self._path = path
        text = statement.text
        self._bytes = None if text.isascii() else text.encode()
        self._starts = [0]
        found = text.find("\n")
        while found >= 0:
            self._starts.append(found + 1)
            found = text.find("\n", found + 1)

    def offset_of_byte(self, position: int) -> int:
        """Character offset in the statement's text of a UTF-8 byte offset."""
        if self._bytes is None:
            return position
        return len(self._bytes[:position].decode(errors="ignore"))

    def at(self, offset: int) -> Location:
        row = bisect_right(self._starts, offset) - 1
        column = offset - self._starts[row] + 1
        if row == 0:
            column += self._statement.column - 1
        return Location(self._path, self._statement.line + row, column)

    def at_byte(self, position: int) -> Location:
        return self.at(self.offset_of_byte(position))
