"""A schema reference, read whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ctb_audit.model import Declaration, Name, System
from ctb_audit.sources.reference.contexts import read_contexts
from ctb_audit.sources.reference.describe import describe
from ctb_audit.sources.reference.document import DocumentedTable, Fence, Reference
from ctb_audit.sources.reference.fences import read_fences, schema_scripts
from ctb_audit.sources.reference.fields import section_fields
from ctb_audit.sources.reference.layers import layer_entries
from ctb_audit.sources.reference.levels import level_entries
from ctb_audit.sources.reference.listed_columns import listed_scripts
from ctb_audit.sources.reference.naming import Documented, created_names, qualify
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import Sections, read_sections
from ctb_audit.sources.reference.statements import stated_rules
from ctb_audit.sources.reference.summaries import Entry, summary_entries
from ctb_audit.sources.reference.tables import documented_tables
from ctb_audit.sources.reference.wording import Field, clean_title

if TYPE_CHECKING:
    from ctb_audit.sources.ddl.read import Parser

Key = tuple[System, Name]


def read_reference(text: str, path: str, *, parser: "Parser" = "auto") -> Reference:
    """Read a Markdown schema reference (STANDARD section 9).

    `path` is what locations carry. Never fails: what is not understood is in `problems`.
    """
    notes = Notes(path)
    sections = read_sections(text)
    contexts = read_contexts(sections, notes)
    tables = documented_tables(sections, contexts, notes)
    documented = Documented((t.system, t.name) for t in tables)
    entries = (
        *summary_entries(sections, contexts, documented, notes),
        *level_entries(sections, contexts, documented, notes),
        *layer_entries(sections, contexts, documented, path),
    )
    fences = tuple(read_fences(sections, contexts, notes))
    statements = tuple(stated_rules(sections, contexts, notes))
    reference = Reference(
        path=path,
        title=next((clean_title(s.title) for s in sections.all if s.level == 1), ""),
        tables=_with_entries(tables, entries),
        scripts=tuple(schema_scripts(fences, path, parser)),
        statements=statements,
        fences=fences,
        fields=_document_fields(sections),
        problems=tuple(notes.problems),
        coverage=notes.coverage,
        sections=sections,
    )
    facts, more = describe(reference, contexts)
    listed = tuple(listed_scripts(facts.tables, _created(reference.fences), path, parser))
    return replace(
        reference,
        facts=facts,
        scripts=(*reference.scripts, *listed),
        problems=(*reference.problems, *more.problems),
    )


def _created(fences: tuple[Fence, ...]) -> Iterator[Key]:
    """The tables that the document's own SQL creates."""
    for fence in fences:
        if fence.role == "schema" and fence.system != "firestore":
            for name in created_names(fence.text, fence.system):
                yield fence.system, qualify(name, fence.system, fence.schema or None)


def _document_fields(sections: Sections) -> tuple[Field, ...]:
    return tuple(f for s in sections.all if s.level <= 1 for f in section_fields(s))


def _with_entries(
    tables: tuple[DocumentedTable, ...], entries: Iterable[Entry]
) -> tuple[DocumentedTable, ...]:
    """Declarations of summaries and lists join the (first) section of their table."""
    said: dict[Key, list[Entry]] = {}
    for entry in entries:
        said.setdefault((entry.system, entry.name), []).append(entry)
    joined = []
    for table in tables:
        more = said.pop((table.system, table.name), ())
        declarations = tuple(entry.declaration for entry in more)
        joined.append(_planned(replace(table, declarations=(*table.declarations, *declarations))))
    return (*joined, *(_without_section(found) for found in said.values()))


def _without_section(entries: list[Entry]) -> DocumentedTable:
    """A table that only summaries or lists name."""
    head = entries[0]
    assert head.declaration.location is not None
    return _planned(
        DocumentedTable(
            name=head.name,
            system=head.system,
            kind="collection" if head.collection else "table",
            location=head.declaration.location,
            declarations=tuple(entry.declaration for entry in entries),
        )
    )


def _planned(table: DocumentedTable) -> DocumentedTable:
    """The first status that a declaration gives decides."""
    status = next((d.status for d in table.declarations if d.status), "")
    return replace(table, planned=status.lower() == "planned")


def table_declarations(reference: Reference) -> Mapping[Key, tuple[Declaration, ...]]:
    """What the reference declares of each table: sections, then summaries, then levels."""
    order = {"section": 0, "summary": 1, "levels": 2}
    found: dict[Key, list[Declaration]] = {}
    for table in reference.tables:
        found.setdefault((table.system, table.name), []).extend(table.declarations)
    return {
        key: tuple(sorted(declarations, key=lambda d: order.get(d.source, 3)))
        for key, declarations in found.items()
    }


def standard_hint(reference: Reference) -> str:
    """The id of the standard: ctb-1.3 for a document with BID-DATA ids, else ctb-1.0."""
    ids = (d.table_id for t in reference.tables for d in t.declarations)
    return "ctb-1.3" if any(i and i.startswith("BID-DATA") for i in ids) else "ctb-1.0"
