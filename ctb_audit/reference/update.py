"""An existing reference, of which only what the model knows is replaced: code blocks of tables,
figures, diagrams, lists, headings of objects; tables that are missing are added. Its prose stays.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from ctb_audit.compare import compare
from ctb_audit.model import Catalog, Function, Name, System, Table, UserType, View
from ctb_audit.project import Project
from ctb_audit.reference.edits import Edit, State, apply
from ctb_audit.reference.entries import Entry, entries_of
from ctb_audit.reference.lists import list_edits
from ctb_audit.reference.shapes import dependency_lines, entry_lines
from ctb_audit.reference.sql import block_of, rest_of
from ctb_audit.reference.statements import statement_edits
from ctb_audit.sources.load import LoadOptions, reference_catalog
from ctb_audit.sources.reference import Fence, read_reference
from ctb_audit.sources.reference.naming import created_names, qualify
from ctb_audit.sources.reference.sections import split_lines

ROUNDS = 3  # an added table may change figures and lists


def updated(text: str, name: str, project: Project, *, only: Collection[Name] | None = None) -> str:
    """The text with everything owned made true; the same text where it is true already.

    `only`: nothing but the entries of these tables.
    """
    entries = entries_of(project)
    if only is not None:
        entries = tuple(e for e in entries if e.name in only)
    for _ in range(ROUNDS):
        catalog = reference_catalog(text, name, LoadOptions())
        state = State(
            text=text,
            lines=split_lines(text.removeprefix("\ufeff")),
            reference=read_reference(text, name),
            catalog=catalog,
            document=catalog.documents[0],
            entries=entries,
            project=project,
        )
        edits = [*_blocks(state), *_keys(state), *_added(state)]
        if only is None:
            edits += [*_objects(state), *statement_edits(state), *list_edits(state)]
        changed = apply(text, edits)
        if changed == text:
            break
        text = changed
    return text


def _blocks(state: State) -> Iterator[Edit]:
    """Code blocks that define one table each, where the table is another one by now."""
    known = {(e.system, e.name): e for e in state.entries if e.surface != "reference"}
    for fence in state.reference.fences:
        if fence.role != "schema" or fence.system == "firestore":
            continue
        keys = set(_defined(fence))
        entry = known.get(keys.pop()) if len(keys) == 1 else None
        if entry is not None:
            yield from _block(fence, entry, state)


def _defined(fence: Fence) -> Iterator[tuple[System, Name]]:
    for name in created_names(fence.text, fence.system):
        yield fence.system, qualify(name, fence.system, fence.schema or None)


def _block(fence: Fence, entry: Entry, state: State) -> Iterator[Edit]:
    written = state.catalog.tables_by_name.get((entry.system, entry.name))
    if written is not None and same(written, entry.table):
        return
    first, last = fence.line, fence.line + len(split_lines(fence.text.rstrip("\r\n"))) - 1
    elsewhere: frozenset[str] = frozenset()
    if written is not None:
        parts = [(i.name, i.location) for i in written.indexes]
        parts += [(t.name, t.location) for t in written.triggers or ()]
        elsewhere = frozenset(n for n, at in parts if at and not first <= at.line <= last)
    margin = " " * fence.margin
    text = block_of(entry.table, skip=elsewhere)
    yield Edit(first, last, tuple(margin + line if line else "" for line in text.split("\n")))


def _keys(state: State) -> Iterator[Edit]:
    """In the shape of ctb-1.3 the chapter about dependencies, where a table has none."""
    if state.catalog.standard != "ctb-1.3":
        return
    known = {(e.system, e.name): e for e in state.entries}
    for table in state.reference.tables:
        note = next((t for t in state.document.tables if t.location == table.location), None)
        entry = known.get((table.system, table.name))
        if table.section is None or note is None or entry is None or note.chapter("D"):
            continue
        section = state.reference.sections.all[table.section]
        after = state.reference.sections.all[section.end : section.end + 1]
        line = _above_rule(state, after[0].line if after else len(state.lines) + 1)
        heading = f"{'#' * (section.level + 1)} D - Dependencies"
        yield Edit(line, line - 1, (heading, "", *dependency_lines(entry)))


def _above_rule(state: State, line: int) -> int:
    """The line before the rule that separates a table's section from the next one."""
    above = line - 1
    while above > 1 and not state.line(above).strip():
        above -= 1
    return above if above > 1 and set(state.line(above).strip()) == {"-"} else line


def _objects(state: State) -> Iterator[Edit]:
    """Functions, types and views that the document does not define, in a chapter at its end."""
    own = state.catalog
    known = {*map(_key, own.functions), *map(_key, own.types), *map(_key, own.views)}
    lost = [
        replace(
            catalog,
            functions=tuple(f for f in catalog.functions if _key(f) not in known),
            types=tuple(t for t in catalog.types if _key(t) not in known),
            views=tuple(v for v in catalog.views if _key(v) not in known),
            sequences=(),
        )
        for catalog in state.project.catalogs
        if catalog.surface != "reference"
    ]
    before, after = rest_of(lost)
    line = len(state.lines) + 1
    for title, statements in (("Types and functions", before), ("Views", after)):
        if statements:
            body = "\n\n".join(statements).split("\n")
            yield Edit(line, line - 1, ("", f"## {title}", "", "```sql", *body, "```"))


def _key(item: Function | UserType | View) -> tuple[type, str, str]:
    return type(item), item.schema, item.name


def same(written: Table, actual: Table) -> bool:
    """Whether two tables are one, names of constraints that the server makes up apart."""
    sides = [Catalog(surface="reference", tables=(t,)) for t in (written, actual)]
    return all(change.minor or change.kind == "undecided" for change in compare(*sides))


def _added(state: State) -> Iterator[Edit]:
    """Entries for tables that the document does not describe, after the last one of their kind."""
    described = {(t.system, t.name) for t in state.document.tables if t.section}
    shape = "ctb-1.3" if state.catalog.standard == "ctb-1.3" else "ctb-1.0"
    for entry in state.entries:
        if (entry.system, entry.name) in described:
            continue
        beside = [t for t in state.reference.tables if t.section is not None]
        near = [t for t in beside if t.system == entry.system] or beside
        depth, line = 3, len(state.lines) + 1
        if near:
            section = state.reference.sections.all[near[-1].section or 0]
            depth = section.level
            after = state.reference.sections.all[section.end : section.end + 1]
            line = after[0].line if after else line
        lines = entry_lines(entry, shape, depth)
        yield Edit(line, line - 1, ("", *lines))
