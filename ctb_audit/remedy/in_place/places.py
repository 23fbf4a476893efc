"""Where statements stand in scripts that are run one after the other."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, cached_property
from itertools import pairwise
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

    def copied(self, table: Name) -> Place | None:
        """The last statement that takes over all columns that the table has by then."""
        found = (i for i in reversed(self._inks) if i.copies and table.name in i.names)
        return next((ink.place for ink in found), None)

    def _altered(self, words: Sequence[str], name: str) -> Place | None:
        altering = (i for i in reversed(self._inks) if i.keywords[:1] == ("ALTER",))
        found = (i for i in altering if name in i.names and not set(words).isdisjoint(i.keywords))
        return next((ink.place for ink in found), None)

    @cached_property
    def _inks(self) -> tuple["_Ink", ...]:
        """What CREATE and ALTER statements name, in order."""
        return tuple(
            _ink(Place(script, number), statement.text)
            for script in range(len(self.pieces))
            for number, statement in enumerate(self._statements(script))
            if statement.kind == "sql" and statement.text[:6].upper() in ("CREATE", "ALTER ")
        )


class _Ink(NamedTuple):
    """`copies`: it is a table LIKE another, or a view or table made by a query with a `*`."""

    place: Place
    keywords: tuple[str, ...]
    names: frozenset[str]
    copies: bool


def _ink(place: Place, text: str) -> _Ink:
    ink = [token for token in tokens(text) if token.is_ink]
    words = tuple(token.keyword for token in ink)
    makes = words[:1] == ("CREATE",) and not {"TABLE", "VIEW"}.isdisjoint(words[:5])
    star = any(
        token.text == "*" and (before.text in (",", ".") or before.keyword in _BEFORE_ALL)
        for before, token in pairwise(ink)
    )
    names = frozenset(token.folded for token in ink if token.folded)
    return _Ink(place, words, names, makes and (star or "LIKE" in words))


_BEFORE_ALL = frozenset(("SELECT", "DISTINCT", "ALL"))
