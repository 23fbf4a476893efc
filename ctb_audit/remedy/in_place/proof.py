"""What edits amount to: the intended differences of the model and nothing else, on a server too."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ctb_audit.compare import Change as Difference
from ctb_audit.compare import compare
from ctb_audit.model import Catalog, Name, Problem
from ctb_audit.remedy.apply import applied
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import AddColumn, SetDefault
from ctb_audit.remedy.in_place.overlay import Include, Overlay
from ctb_audit.remedy.in_place.tokens import tokens
from ctb_audit.remedy.indexes import CreateIndex
from ctb_audit.remedy.routines import CreateFunction
from ctb_audit.sources.scripts import Piece


@dataclass(frozen=True, slots=True)
class Surprise:
    """A difference that nobody intended; `table` None where no table is to blame."""

    table: Name | None
    what: str


def surprises(
    before: Catalog, after: Catalog, changes: Sequence[Change], *, spelled: bool = True
) -> Iterator[Surprise]:
    """Where `after` is not what the changes make of `before`.

    `spelled`: both hold expressions as they are written. A server writes them its own way, and
    those of which it cannot be told whether they are equal pass.
    """
    (expected,) = applied((before,), changes)
    for difference in compare(expected, after):
        is_open = difference.kind == "undecided"
        same = difference.before == difference.after
        passes = difference.minor or (is_open and (same or not spelled))
        if not passes and not _comes_along(difference, after, changes):
            yield Surprise(difference.table, _told(difference))
    known, found = Counter(map(_said, before.problems)), Counter(map(_said, after.problems))
    for kind, message, excerpt in found - known:
        yield Surprise(_blamed(excerpt, changes), f"{message}: {excerpt[:60]} ({kind})")


def _said(problem: Problem) -> tuple[str, str, str]:
    """A problem without the numbers that a server gives its own objects."""
    return problem.kind, re.sub(r"_\d{4,}\b", "_N", problem.message), problem.excerpt


def _blamed(excerpt: str, changes: Sequence[Change]) -> Name | None:
    """The first changed table that the beginning of a refused statement names."""
    tables = {c.table.name: c.table for c in changes if not isinstance(c, CreateFunction)}
    return next((tables[t.folded] for t in tokens(excerpt) if t.folded in tables), None)


def _comes_along(difference: Difference, after: Catalog, changes: Sequence[Change]) -> bool:
    """Counters of new columns, what everybody may do with a new function, and the indexes of
    partitions, which come with that of the table above them.
    """
    if difference.object_kind == "sequence":
        made = (c.sequence for c in changes if isinstance(c, AddColumn | SetDefault))
        return difference.kind == "added" and difference.object in map(str, made)
    if difference.object_kind == "index" and difference.table is not None:
        above = frozenset(_above(difference.table, after))
        indexed = (c.table for c in changes if isinstance(c, CreateIndex))
        return difference.kind == "added" and any(table in above for table in indexed)
    named = (str(c.table) for c in changes if isinstance(c, CreateFunction))
    return difference.attribute == "grants" and difference.object.partition("(")[0] in named


def _above(name: Name, catalog: Catalog) -> Iterator[Name]:
    """The tables that a table is a partition of, nearest first."""
    table = catalog.tables_by_name.get(("postgresql", name))
    while table is not None and table.partition_of is not None:
        yield table.partition_of
        table = catalog.tables_by_name.get(("postgresql", table.partition_of))


def _told(difference: Difference) -> str:
    what = f"{difference.object_kind} {difference.object} {difference.attribute}".strip()
    return f"{what} {difference.kind}: {difference.before!r} -> {difference.after!r}"


class Load(Protocol):
    """Runs scripts on a scratch server and reads the catalog back."""

    def __call__(self, pieces: Sequence[Piece], include: Include, replayed: Catalog) -> Catalog: ...


class Loader:
    """A `Through` that loads scripts as they are and as they are to be, and compares."""

    def __init__(
        self, load: Load, overlay: Overlay, changes: Mapping[frozenset[str], Sequence[Change]]
    ) -> None:
        self._load = load
        self._overlay = overlay
        self._changes = changes
        self.groups = 0
        self.surprises: list[Surprise] = []

    def __call__(self, pieces: Sequence[Piece], include: Include, replayed: Catalog) -> Catalog:
        changes = self._changes.get(frozenset(p.path for p in pieces), ())
        if changes:
            before = self._load(pieces, include, replayed)
            after = self._load([self._overlay.piece(p) for p in pieces], include, replayed)
            self.groups += 1
            found = tuple(_absent(before, changes))
            self.surprises += found or surprises(before, after, changes, spelled=False)
        return replayed


def _absent(loaded: Catalog, changes: Sequence[Change]) -> Iterator[Surprise]:
    """Tables that the server cannot load as they are, of which it can prove nothing."""
    there = {t.qualified for t in loaded.tables}
    wanted = dict.fromkeys(c.table for c in changes if not isinstance(c, CreateFunction))
    for table in wanted:
        if table not in there:
            yield Surprise(table, "the scratch server cannot load the table as it is")
