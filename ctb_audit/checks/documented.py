"""What the documents among the sources say of a table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ctb_audit.model import Catalog, Name, System
from ctb_audit.project import Project, Subject

if TYPE_CHECKING:
    from ctb_audit.document_model import Document, DocumentTable

UNDOCUMENTED = "no document has a section for the table"
PLACEHOLDERS = frozenset(
    (
        *("", "todo", "tbd", "tba", "fixme", "xxx", "to do", "to be done", "to be defined", "n/a"),
        *("coming soon", "description", "placeholder", "lorem ipsum", "none yet", "?", "-"),
    )
)


class Note(NamedTuple):
    """A table as one document describes it."""

    catalog: Catalog
    document: "Document"
    table: "DocumentTable"


Key = tuple[System, Name]


def documents_of(project: Project) -> Iterator["tuple[Catalog, Document]"]:
    for catalog in project.catalogs:
        for document in catalog.documents:
            yield catalog, document


def _by_table(project: Project) -> dict[Key, tuple[Note, ...]]:
    found: dict[Key, tuple[Note, ...]] | None = project.memo.get(("documented tables",))
    if found is None:
        found = {}
        for catalog, document in documents_of(project):
            for table in document.tables:
                key = (table.system, table.name)
                found[key] = (*found.get(key, ()), Note(catalog, document, table))
        project.memo["documented tables",] = found
    return found


def notes_of(subject: Subject, project: Project) -> tuple[Note, ...]:
    """Every section that a document gives the table."""
    documented = _by_table(project)
    notes = documented.get((subject.system, subject.name), ()) if documented else ()
    return tuple(n for n in notes if n.table.section) if notes else ()


def notes_without_subject(project: Project) -> Iterator[Note]:
    """Documented tables and collections that no source defines, so that nothing judges them."""
    for key, notes in _by_table(project).items():
        if key not in project.tables:
            yield from (n for n in notes if n.table.section)


def is_placeholder(text: str, name: str) -> bool:
    """Text that documents nothing: "TODO", "TBD", or the object's own name again."""
    words = text.strip().strip(".!*_ ").lower()
    again = "".join(c for c in words if c.isalnum())
    own = "".join(c for c in name.lower() if c.isalnum())
    return words in PLACEHOLDERS or again in (own, f"{own}table", f"table{own}", f"the{own}table")
