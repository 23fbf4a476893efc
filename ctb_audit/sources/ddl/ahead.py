"""A large script, read by two processes: while one replays what it has read, the other reads on.

Reading statements takes about as long as replaying them, and handing over what was read a fifth of
that. Who asks for the effects gets those of the first part at once and those of the rest as they
arrive.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import overload

from ctb_audit.forked import Streamed
from ctb_audit.model import System
from ctb_audit.sources.ddl.operations import Script, StatementEffect
from ctb_audit.sources.ddl.psql import Session
from ctb_audit.sources.ddl.read import Parser, Reading, read_script, reader_of
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement

OWN_SHARE = 0.2
"""Of the text, read here: when that is replayed, the other process has read nearly all the rest."""

_AT_A_TIME = 2_000


def read_ahead(text: str, path: str, system: System, *, parser: Parser = "auto") -> Script:
    """As `read_script` on Linux. A script whose first part says how the rest is read, by
    annotations or psql's variables and conditions, is read here.
    """
    reading = Reading(text, path, system, reader_of(system, parser))
    statements = split(text, dialect=system)
    first = [] if reading.annotated else _first(statements, round(len(text) * OWN_SHARE))
    if not first or _session_after(first) != Session():
        return read_script(text, path, system, parser=parser)
    rest = Streamed(lambda: _chunks(reading.effects(statements)))
    own = list(reading.effects(first))
    return Script(path, system, _Arriving(own, rest, reading.effects(statements)))


def _first(statements: Iterator[Statement], end: int) -> list[Statement]:
    """The statements that begin before `end`, an offset, and the next one."""
    found = []
    for statement in statements:
        found.append(statement)
        if statement.offset >= end:
            break
    return found


def _session_after(statements: Iterable[Statement]) -> Session:
    session = Session()
    for statement in statements:
        if statement.kind == "psql":
            session.line(statement.text)
    return session


def _chunks(effects: Iterator[StatementEffect]) -> Iterator[list[StatementEffect]]:
    while chunk := list(islice(effects, _AT_A_TIME)):
        yield chunk


class _Arriving(Sequence[StatementEffect]):
    """Effects of which the last are still being read. `again` reads those of `rest` here, for
    where the other process dies.
    """

    def __init__(
        self,
        own: list[StatementEffect],
        rest: Iterator[list[StatementEffect]],
        again: Iterator[StatementEffect],
    ) -> None:
        self._held = own
        self._own = len(own)
        self._rest = rest
        self._again = again

    def __iter__(self) -> Iterator[StatementEffect]:
        at = 0
        while at < len(self._held) or self._took_more():
            part = self._held[at:]
            at += len(part)
            yield from part

    def __len__(self) -> int:
        return len(self._whole())

    @overload
    def __getitem__(self, place: int) -> StatementEffect: ...
    @overload
    def __getitem__(self, place: slice) -> list[StatementEffect]: ...
    def __getitem__(self, place: int | slice) -> StatementEffect | list[StatementEffect]:
        return self._whole()[place]

    def _whole(self) -> list[StatementEffect]:
        while self._took_more():
            pass
        return self._held

    def _took_more(self) -> bool:
        try:
            more = next(self._rest, [])
        except ChildProcessError:
            more = list(islice(self._again, len(self._held) - self._own, None))
        self._held += more
        return bool(more)
