"""A read reference -> the `Document` that travels with its catalog."""

from bisect import bisect_left
from dataclasses import replace

from ctb_audit.document_model import Diagram, Document, DocumentTable, Remark, SourceFile
from ctb_audit.lean import pattern
from ctb_audit.model import Coverage, Name, System
from ctb_audit.sources.reference.claims import claims
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.diagrams import diagrams
from ctb_audit.sources.reference.document import DocumentedTable, Reference
from ctb_audit.sources.reference.naming import Documented
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.overviews import (
    formats,
    listed_systems,
    listings,
    migrations,
    object_titles,
    prefixes,
    showing,
    table_migrations,
)
from ctb_audit.sources.reference.table_facts import table_facts

_MATCH = pattern(r"\bmatch\s+/([\w-]+(?:/[\w{}=*-]+)*?)/\{")


def describe(reference: Reference, contexts: tuple[Context, ...]) -> tuple[Document, Notes]:
    """The document's facts, and notes on what of them is not understood."""
    notes = Notes(reference.path)
    sections, path = reference.sections, reference.path
    documented = Documented((t.system, t.name) for t in reference.tables if t.section is not None)
    tables, unread = _tables(reference, contexts, documented)
    for remark in unread:
        message = "the sentence is no rule that can be checked"
        notes.remark("unread-rule", message, remark.location.line, remark.text)
    document = Document(
        path=path,
        title=reference.title,
        tables=tables,
        claims=tuple(dict.fromkeys(claims(sections, contexts, notes))),
        diagrams=_diagrams(reference, notes),
        migrations=tuple(migrations(sections, path)),
        formats=tuple(formats(reference)),
        prefixes=tuple(prefixes(sections, path)),
        titles=tuple(object_titles(sections, contexts, path)),
        listings=tuple(listings(reference, contexts, documented)),
        systems=tuple(listed_systems(sections, path)),
        unread=unread,
        matched=tuple(_MATCH.findall("\n".join(f.text for f in reference.fences))),
    )
    known = sum(len(t.rules) for t in document.tables) + len(document.claims)
    known += sum(len(d.relations) for d in document.diagrams)
    return replace(document, known=known), notes


def _tables(
    reference: Reference, contexts: tuple[Context, ...], documented: Documented
) -> tuple[tuple[DocumentTable, ...], tuple[Remark, ...]]:
    given: dict[tuple[System, Name], list[SourceFile]] = {}
    for key, source in table_migrations(reference.sections, contexts, documented, reference.path):
        given.setdefault(key, []).append(source)
    shown = showing(reference.fences)
    found, unread = [], []
    for table in reference.tables:
        made, missed = table_facts(
            reference.sections, table, reference.path, _is_shown(reference, table, shown)
        )
        more = given.get((table.system, table.name), ())
        found.append(replace(made, sources=(*made.sources, *more)))
        unread += missed
    return tuple(found), tuple(unread)


def _is_shown(reference: Reference, table: DocumentedTable, shown: tuple[int, ...]) -> bool:
    """Whether a code block of the table's section or of one below it shows a structure."""
    if table.section is None:
        return False
    end = reference.sections.all[table.section].end
    place = bisect_left(shown, table.section)
    return place < len(shown) and shown[place] < end


def _diagrams(reference: Reference, notes: Notes) -> tuple[Diagram, ...]:
    found = []
    for diagram, missed in diagrams(reference.fences, reference.path):
        found.append(diagram)
        for line in missed:
            notes.remark("unread-rule", "the line of the diagram is not understood", line)
    return tuple(found)


def read_count(document: Document) -> Coverage:
    """Sentences about rules, figures and relations: how many there are and were read."""
    return Coverage(document.known + len(document.unread), document.known)
