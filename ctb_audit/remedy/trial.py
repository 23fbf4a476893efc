"""One way up and down on a server: what was applied, and what went wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ctb_audit.compare import Change as CatalogChange
from ctb_audit.compare import compare
from ctb_audit.model import Catalog, Name
from ctb_audit.remedy.backfill import Backfill
from ctb_audit.remedy.candidates import EXHAUSTED
from ctb_audit.remedy.constraints import AddCheck, AddForeignKey, ValidateConstraint
from ctb_audit.remedy.indexes import RebuildIndex
from ctb_audit.remedy.quoting import identifiers, relation
from ctb_audit.remedy.row_order import Demand, Session
from ctb_audit.remedy.rows import FULL, counted, fill
from ctb_audit.remedy.script import Line, Script, statements
from ctb_audit.remedy.violations import told_violations
from ctb_audit.sources.postgres import read_live

MORE = 20  # rows that writers add at the top

_PATIENCE_S = 3600.0  # a copy may hold many rows


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in a proof: `during` up, verify, writers, again, down, catalog or data."""

    during: str
    what: str
    error: str


class Trial:
    """One way up and down, and what went wrong on it."""

    def __init__(self, session: Session, base: Catalog, scripts: Sequence[Script]) -> None:
        self._session = session
        self._base = base
        self._scripts = scripts
        self._rewritten = _rewritten(scripts)
        self._kept = _kept(scripts)
        self._before = digests(session, base, self._rewritten)
        self.count = 0
        self.failures: list[Failure] = []

    def up(self) -> None:
        for script in self._scripts:
            self.count += self._apply(script.up, "up")
            self._execute(script.verify, "verify")

    def again(self) -> None:
        for script in self._scripts:
            self._apply(script.up, "again")

    def down(self) -> None:
        for script in reversed(self._scripts):
            self._apply(script.down, "down")

    def write(self, rows: int, demand: Demand) -> None:
        """Writers that know nothing of the new columns go on writing."""
        held = counted(
            self._session, (t.qualified for t in self._base.tables if not t.partition_by)
        )
        full = [name for name, found in held.items() if found >= rows]
        with self._session.transaction(force_rollback=True):
            more = fill(self._session, self._base, MORE, demand, first=rows * 100)
        self.failures += (
            Failure("writers", str(name), reason)
            for name in full
            if not more.rows.get(name)
            and not self._expected(reason := more.reasons.get(name, EXHAUSTED))
        )

    def _expected(self, reason: str) -> bool:
        """Whether writers are refused as before, or by a review check, which says that it will."""
        reviewed = (
            f'"{change.name}"'
            for script in self._scripts
            for change in script.changes
            if isinstance(change, AddCheck | AddForeignKey) and change.safety == "review"
        )
        return reason.startswith(FULL) or any(name in reason for name in reviewed)

    def compare(self, after: Catalog) -> None:
        self.failures += (
            Failure("catalog", f"{c.table or ''} {c.object_kind} {c.object}".strip(), _told(c))
            for c in compare(self._base, after)
            if (c.table, c.object, c.attribute) not in self._kept
        )
        digest = digests(self._session, self._base, self._rewritten)
        self.failures += (
            Failure("data", str(name), "its rows are not what they were")
            for name, found in self._before.items()
            if digest.get(name) != found
        )

    def _apply(self, lines: Iterable[Line], during: str) -> int:
        return sum(self._execute(sql, during) for sql in statements(lines))

    def _execute(self, sql: str, during: str) -> int:
        import psycopg

        try:
            self._session.execute(sql.encode(), prepare=False)
        except psycopg.Error as error:
            told = f"{str(error).strip()}{self._broken_by(error.diag.constraint_name or '')}"
            self.failures.append(Failure(during, sql, told))
            return 0
        return 1

    def _broken_by(self, constraint: str) -> str:
        """Which rows break a constraint of the plan, and what to do about it."""
        for change in (c for s in self._scripts for c in s.changes):
            names = (getattr(change, "name", None), getattr(change, "check", None))
            if constraint and constraint in names:
                return told_violations(self._session, self._base, change)
        return ""


def _told(change: CatalogChange) -> str:
    what = f"{change.attribute} " if change.attribute else ""
    return f"{what}{change.kind}: {change.before!r} -> {change.after!r}"


def _kept(scripts: Sequence[Script]) -> frozenset[tuple[Name | None, str, str]]:
    """What going down keeps: a constraint that was found to hold, an index that was rebuilt."""
    found = set()
    for change in (c for script in scripts for c in script.changes):
        if isinstance(change, ValidateConstraint):
            found.add((change.table, change.name, "validated"))
        elif isinstance(change, RebuildIndex):
            found.add((change.table, change.name, "valid"))
    return frozenset(found)


def _rewritten(scripts: Sequence[Script]) -> frozenset[tuple[Name, str]]:
    """Columns that were there before and that a backfill fills: going down keeps it."""
    return frozenset(
        (c.table, c.column)
        for script in scripts
        for c in script.changes
        if isinstance(c, Backfill) and c.existing
    )


def digests(
    session: Session, catalog: Catalog, without: Collection[tuple[Name, str]] = ()
) -> Mapping[Name, tuple[int, int]]:
    """How many rows each table holds, and a sum over the hashes of their values."""
    found = {}
    for table in catalog.tables:
        stored = (c.name for c in table.columns if c.generated is None)
        names = [name for name in stored if (table.qualified, name) not in without]
        row = session.execute(
            f"SELECT count(*), coalesce(sum(hashtextextended(ROW({identifiers(names)})::text, 0)"
            f"::numeric), 0) FROM {relation(table.qualified)}".encode()
        ).fetchone()
        assert row is not None
        found[table.qualified] = (int(row[0]), int(row[1]))
    return found


@contextmanager
def session_of(url: str) -> Iterator[Session]:
    """A session in autocommit mode, of a scratch server or of a copy that may be elsewhere.

    Raises SourceError where there is no connection, psycopg's errors for what is done in it.
    """
    import psycopg

    from ctb_audit.sources.postgres.connect import connected, parse, secrets
    from ctb_audit.sources.postgres.refusals import failed

    place = "the copy"
    parameters = parse(url, place)
    with ExitStack() as stack:
        try:
            opened = connected(parameters, place, patience_s=_PATIENCE_S, autocommit=True)
            session = stack.enter_context(opened)
        except psycopg.Error as error:
            raise failed(error, place, secrets(url, parameters), _PATIENCE_S) from None
        session.execute("SET client_min_messages = error")
        yield session


def read(url: str) -> Catalog:
    return read_live(url, source_name="scratch")
