"""Lists of a document that mean to be whole and are not."""

from collections.abc import Iterator

from ctb_audit.checks.documented import documents_of
from ctb_audit.checks.registry import ProjectFinding, project_check
from ctb_audit.document_model import Document
from ctb_audit.model import Catalog, Location
from ctb_audit.project import Project
from ctb_audit.verdict import Fail


@project_check
def incomplete_listing(project: Project) -> Iterator[ProjectFinding]:
    """Tables left out of the lists of levels or of the summaries, and systems without an entry."""
    for catalog, document in documents_of(project):
        for faults in (_levels(catalog, document), _summaries(document), _systems(document)):
            for requirement, message, place in faults:
                verdict = Fail(message, requirement, location=place)
                yield ProjectFinding(document.path, verdict, surface="reference")


_Fault = tuple[str, str, Location]


def _levels(catalog: Catalog, document: Document) -> Iterator[_Fault]:
    """Tables whose section gives a level, and which no list of levels names."""
    lists = [listing for listing in document.listings if listing.kind == "levels"]
    named = {key for listing in lists for key in listing.tables}
    levelled = {
        (d.system, d.table)
        for d in catalog.declared
        if d.declaration.level and d.declaration.source == "section"
    }
    for table in document.tables:
        key = (table.system, table.name)
        if lists and table.section and key in levelled and key not in named:
            told = f"{lists[0].title} do not name {table.name}"
            yield str(table.name), told, lists[0].location


def _summaries(document: Document) -> Iterator[_Fault]:
    """Documented tables of a summarised system that no summary names, and the other way round."""
    lists = [listing for listing in document.listings if listing.kind == "summary"]
    named = {key for listing in lists for key in listing.tables}
    systems = {system for system, _ in named}
    entries = {(t.system, t.name) for t in document.tables if t.section}
    if not lists or not entries:
        return
    for system, name in sorted(entries - named):
        if system in systems:
            yield str(name), f"{lists[0].title!r} does not list {name}", lists[0].location
    for listing in lists:
        for key in listing.tables:
            if key not in entries:
                told = f"{listing.title!r} lists {key[1]}, and no section describes it"
                yield str(key[1]), told, listing.location


def _systems(document: Document) -> Iterator[_Fault]:
    shown = {t.system for t in document.tables}
    for note in document.systems:
        if note.system not in shown:
            told = f"{note.text} is listed as active, and no table or collection of it is described"
            yield note.system, told, note.location
