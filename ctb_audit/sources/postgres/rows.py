"""Answers probes on a live server inside the transaction that read its catalog.

A table is read in runs of pages, each a statement of its own that is taken back at once: it holds
its lock for that statement only, so whoever waits to change the table gets in between. A run takes
about `RUN_S`; time and row limits stop between runs, and what was counted by then is a lower bound.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog, Name
from ctb_audit.probe import Probe, Sample
from ctb_audit.sources.postgres import probes as sql
from ctb_audit.sources.postgres.counts import Count, fault_of, month_uses

if TYPE_CHECKING:
    import psycopg

RUN_S = 0.5
STATEMENT_S = 5.0
FIRST_RUN = 256  # pages
MOST_COUNTERS = 200_000
REPEATS_AMONG = 1_000_000  # rows that are looked at for equal values without an index
FEWEST_ROWS = 10_000
INDEX_ROWS = 200_000  # at a time in the order of an index
_SETTINGS = (
    ("lock_timeout", "1000"),
    ("row_security", "off"),  # an error in place of rows that silently miss
    ("enable_seqscan", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("work_mem", "16MB"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` for each table and kind of probe, `total` for all of them; `rows`: as many broken
    ones as are counted.
    """

    seconds: float = 30.0
    total: float = 300.0
    rows: int = 10_000


class _Stopped(Exception):
    """A statement did not end well; the text says why nothing is known."""


class _TooLong(Exception):
    """A statement did not end in time."""


def answer_probes(
    connection: "psycopg.Connection[Any]", catalog: Catalog, probes: Iterable[Probe], limits: Limits
) -> dict[Probe, Sample]:
    """Every probe's answer. Nothing is raised: what cannot be read is a fault of its answer."""
    reader = RowReader(connection, catalog, limits)
    asked = tuple(dict.fromkeys(probes))
    answers: dict[Probe, Sample] = {}
    for table in dict.fromkeys(p.table for p in asked):
        here = [p for p in asked if p.table == table]
        scanned = [p for p in here if p.kind == "rows" and not p.index]
        answers |= reader.answer(scanned, reader.scan)
        for probe in (p for p in here if p not in scanned):
            answers |= reader.answer([probe], reader.single)
    return answers


class RowReader:
    """Runs the statements of one session."""

    def __init__(
        self, connection: "psycopg.Connection[Any]", catalog: Catalog, limits: Limits
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._limits = limits
        self._last = time.monotonic() + limits.total
        self._deadline = self._last

    def answer(
        self, group: Sequence[Probe], run: Callable[[Sequence[Probe]], dict[Probe, Sample]]
    ) -> dict[Probe, Sample]:
        """What `run` finds; the same fault for all where it cannot."""
        if not group:
            return {}
        self._deadline = min(self._last, time.monotonic() + self._limits.seconds)
        try:
            return run(group)
        except _Stopped as stopped:
            return dict.fromkeys(group, Sample(whole=False, fault=str(stopped)))
        except _TooLong:
            fault = "reading its rows takes longer than the time limit"
            return dict.fromkeys(group, Sample(whole=False, fault=fault))

    def scan(self, group: Sequence[Probe]) -> dict[Probe, Sample]:
        """All conditions on a table in one pass over its pages."""
        counts = {probe: Count() for probe in group}
        runs = 0

        def run(part: Name, where: str) -> bool:
            nonlocal runs
            runs += 1
            wanted = [p for p in group if counts[p].number <= self._limits.rows]
            row = self._rows(sql.counting(part, wanted, where))[0]
            for place, probe in enumerate(wanted):
                counts[probe].add(*row[3 * place : 3 * place + 3], run=runs)
            return any(counts[p].number <= self._limits.rows for p in group)

        share = self._pass(group[0].table, run)
        return {
            probe: count.sample(share if count.run == runs else min(share, 0.99))
            for probe, count in counts.items()
        }

    def single(self, group: Sequence[Probe]) -> dict[Probe, Sample]:
        """A probe that has a statement of its own."""
        (probe,) = group
        match probe.kind:
            case "rows":
                return {probe: self.indexed(probe)}
            case "repeats":
                return {probe: self.repeated(probe)}
            case "months":
                return {probe: self.months(probe)}

    def indexed(self, probe: Probe) -> Sample:
        """A condition that an index decides: only the rows that fulfil it are read."""
        count = Count()
        for part in self._parts(probe.table):
            count.add(*self._rows(sql.by_index(part, probe, self._limits.rows))[0])
            if count.number > self._limits.rows:
                break
        return replace(count.sample(1.0), whole=count.number <= self._limits.rows)

    def repeated(self, probe: Probe) -> Sample:
        """Values in several rows: an index shows all of them, else the first rows are looked at."""
        own = self._catalog.tables_by_name.get(("postgresql", probe.table))
        parent = own is not None and own.kind == "partitioned"
        source = sql.relation(probe.table) if parent else f"ONLY {sql.relation(probe.table)}"
        if probe.index:
            estimate = (own.row_estimate if own is not None else None) or 0
            return self._repeated_onwards(source, probe, estimate)
        count, among = Count(), REPEATS_AMONG
        while True:
            try:
                statement = sql.repeating(source, probe, self._limits.rows, among)
                *found, rows = self._rows(statement)[0]
                break
            except _TooLong:
                among //= 4
                if among < FEWEST_ROWS:
                    raise
        count.add(*found)
        whole = rows < among and count.number <= self._limits.rows
        return replace(count.sample(1.0 if whole else 0.0), whole=whole)

    def _repeated_onwards(self, source: str, probe: Probe, estimate: int) -> Sample:
        count, after, step, seen = Count(), None, INDEX_ROWS, 0
        while time.monotonic() < self._deadline and count.number <= self._limits.rows:
            statement = sql.repeating_onwards(source, probe, after, step)
            try:
                *found, rows, last, times = self._rows(statement)[0]
            except _TooLong:
                break
            count.add(*found)
            seen += rows
            ended, alone = rows < step, times == rows
            if ended or alone:
                count.add(int((times or 0) > 1))
            if ended:
                return count.sample(1.0)
            after = sql.After(last, again=not alone)
        return count.sample(min(0.99, seen / estimate) if estimate > 0 else 0.0)

    def months(self, probe: Probe) -> Sample:
        """How full the counters of each month are."""
        counters: dict[tuple[str, int], int] = {}

        def run(part: Name, where: str) -> bool:
            for month, counter, ids in self._rows(
                sql.by_month(part, probe, where, MOST_COUNTERS + 1)
            ):
                counters[month, counter] = counters.get((month, counter), 0) + ids
            return len(counters) <= MOST_COUNTERS

        share = self._pass(probe.table, run)
        whole = share == 1.0 and len(counters) <= MOST_COUNTERS
        return Sample(sum(counters.values()), whole, share, months=month_uses(counters))

    def _pass(self, table: Name, run: Callable[[Name, str], bool]) -> float:
        """Calls `run` for runs of pages until it returns False or time is up; the share read."""
        parts = self._parts(table)
        sizes = {part: self._pages(part) for part in parts}
        total = sum(size or 1 for size in sizes.values())
        done = 0
        for part in parts:
            size = sizes[part]
            if size is None:
                if not run(part, "true"):
                    return min(0.99, (done + 1) / max(total, 1))
                done += 1
                continue
            read, more = self._runs(part, size, run)
            done += read
            if read < size or not more:
                complete = done >= total and read == size
                return 1.0 if complete else min(0.99, done / max(total, 1))
        return 1.0

    def _runs(self, part: Name, size: int, run: Callable[[Name, str], bool]) -> tuple[int, bool]:
        """How many pages were read, and whether more are wanted."""
        first, step = 0, FIRST_RUN
        while first < size:
            if time.monotonic() >= self._deadline:
                return first, False
            began = time.monotonic()
            end = min(size, first + step)
            try:
                more = run(part, sql.pages(first, None if end == size else end))
            except _TooLong:
                if step <= 1:
                    return first, False
                step = max(1, step // 8)
                continue
            first = end
            if not more:
                return first, False
            step = _next_step(step, time.monotonic() - began)
        return first, True

    def _pages(self, part: Name) -> int | None:
        rows = self._rows((sql.PAGES, [part.schema or "", part.name]))
        if not rows:
            raise _Stopped("the table is gone")
        pages: int | None = rows[0][0]
        return None if pages is None else max(1, pages)  # an empty table is asked too

    def _parts(self, table: Name) -> tuple[Name, ...]:
        """The table itself, or the leaves of a partitioned one."""
        below = [t for t in self._catalog.tables if t.partition_of == table]
        if not below:
            own = self._catalog.tables_by_name.get(("postgresql", table))
            empty = own is not None and own.kind == "partitioned"
            return () if empty else (table,)
        return tuple(leaf for t in below for leaf in self._parts(t.qualified))

    def _rows(self, statement: sql.Statement) -> list[Any]:
        """The rows of a statement; its locks are gone afterwards."""
        import psycopg

        text, parameters = statement
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise _TooLong
        milliseconds = max(1, round(1000 * min(left, STATEMENT_S)))
        settings = (*_SETTINGS, ("statement_timeout", str(milliseconds)))
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        try:
            with self._connection.transaction(force_rollback=True):
                self._connection.execute(
                    f"SELECT {calls}".encode(), [v for s in settings for v in s]
                )
                return self._connection.execute(text.encode(), parameters).fetchall()
        except psycopg.errors.QueryCanceled:
            raise _TooLong from None
        except psycopg.Error as error:
            raise _Stopped(fault_of(error)) from None


def _next_step(step: int, took: float) -> int:
    """Runs grow towards `RUN_S`, four times at most from one to the next."""
    return max(1, int(step * min(4.0, RUN_S / max(took, 0.001))))
