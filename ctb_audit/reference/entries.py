"""What is known of each table, whoever said it: declarations, documents, the DDL."""

from collections.abc import Iterable
from dataclasses import dataclass

from ctb_audit.document_model import DocumentTable
from ctb_audit.model import SYSTEMS, Name, Surface, System, Table
from ctb_audit.project import Project, Subject


@dataclass(frozen=True)
class Entry:
    """One table with what is declared of it; "" and () where nobody says. `migration` and `source`
    are paths of the files that define it.
    """

    table: Table
    surface: Surface
    level: str = ""
    table_id: str = ""
    heir_id: str = ""
    purpose: str = ""
    status: str = ""
    orbt: int | None = None
    stamped: bool | None = None
    exempt: str = ""
    source: str = ""
    migration: str = ""
    note: DocumentTable | None = None

    @property
    def name(self) -> Name:
        return self.table.qualified

    @property
    def system(self) -> System:
        return self.table.system

    @property
    def shown(self) -> str:
        """The name as documents write it: with its schema where that is not the default."""
        plain = self.table.schema in ("public", "default", "main", "")
        return self.table.name if plain else str(self.name)


def entries_of(project: Project) -> tuple[Entry, ...]:
    """Every table that is judged, parents of foreign keys first within their system."""
    notes = {
        (t.system, t.name): t
        for c in project.catalogs
        for d in c.documents
        for t in reversed(d.tables)
        if t.section
    }
    found = [_entry(s, notes.get((s.system, s.name))) for s in project.subjects]
    return tuple(e for system in SYSTEMS for e in _ordered(e for e in found if e.system == system))


def _entry(subject: Subject, note: DocumentTable | None) -> Entry:
    said = subject.declarations

    def first(what: str) -> str:
        return next((v for d in said if (v := getattr(d, what))), "")

    stamped = next((d.stamped for d in said if d.stamped is not None), None)
    path = subject.table.location.path if subject.table.location else ""
    ddl = subject.surface == "ddl"
    migration = "migration" in path.lower()
    return Entry(
        table=subject.table,
        surface=subject.surface,
        level="" if subject.level_source == "default" else subject.level,
        table_id=first("table_id"),
        heir_id=first("heir_id"),
        purpose=first("purpose") or subject.table.comment or "",
        status=first("status"),
        orbt=next((d.orbt for d in said if d.orbt is not None), None),
        stamped=stamped,
        exempt=subject.exempt,
        source=path if ddl and not migration else "",
        migration=path if ddl and migration else "",
        note=note,
    )


def _ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Referenced tables before those that refer to them; circles stay in their order."""
    waiting = {e.name: e for e in entries}
    placed: dict[Name, Entry] = {}
    while waiting:
        ready = [e for e in waiting.values() if not (_targets(e) & waiting.keys())]
        for entry in ready or [next(iter(waiting.values()))]:
            placed[entry.name] = waiting.pop(entry.name)
    return list(placed.values())


def _targets(entry: Entry) -> set[Name]:
    keys = (c.target for c in entry.table.constraints if c.kind == "foreign key")
    return {t for t in keys if t is not None and t != entry.name}
