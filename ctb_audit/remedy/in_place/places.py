"""Where statements stand in scripts that are run one after the other."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ctb_audit.model import Location, Name
from ctb_audit.remedy.in_place.tokens import tokens
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement
from ctb_audit.sources.scripts import Piece


class Place(NamedTuple):
    """A statement: of which script, and which one of it, both from 0; sorts as they run."""

    script: int
    statement: int


class Places:
    """The statements of scripts in the order in which they run."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        self._numbers = {piece.path: number for number, piece in enumerate(pieces)}
        self._statements = cache(self._split)

    def _split(self, script: int) -> tuple[Statement, ...]:
        return tuple(split(self.pieces[script].text))

    def statement(self, place: Place) -> Statement:
        return self._statements(place.script)[place.statement]

    def of(self, location: Location | None) -> Place | None:
        """The statement that a place in a file lies in; None for a file that is no script here."""
        if location is None or location.path not in self._numbers:
            return None
        script = self._numbers[location.path]
        starts = [(s.line, s.column) for s in self._statements(script)]
        found = bisect_right(starts, (location.line, location.column)) - 1
        return Place(script, found) if found >= 0 else None

    def attached(self, child: Name) -> Place | None:
        """The last statement that makes an existing table a partition or heir of another."""
        return self._altered(("ATTACH", "INHERIT"), child.name)

    def renamed(self, column: str) -> Place | None:
        """The last statement that gives some column this name."""
        return self._altered(("RENAME",), column)

    def _altered(self, words: Sequence[str], name: str) -> Place | None:
        for script in reversed(range(len(self.pieces))):
            for number in reversed(range(len(self._statements(script)))):
                statement = self._statements(script)[number]
                if _alters(statement.text, words, name):
                    return Place(script, number)
        return None


def _alters(text: str, words: Sequence[str], name: str) -> bool:
    """Whether a statement is an ALTER that holds one of the words and the name."""
    if text[:5].upper() != "ALTER":
        return False
    ink = [token for token in tokens(text) if token.is_ink]
    named = any(token.folded == name for token in ink)
    return named and not {token.keyword for token in ink}.isdisjoint(words)
