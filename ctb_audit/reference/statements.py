"""Figures, diagrams, headings and lists of columns that a document states wrongly."""

import re
from collections.abc import Iterator

from ctb_audit.checks.diagrams import diagram_faults
from ctb_audit.checks.figures import counted, figure_fault
from ctb_audit.document_model import Claim, ColumnNote, Diagram, DocumentTable
from ctb_audit.model import Table
from ctb_audit.reference.edits import Edit, State
from ctb_audit.reference.sketches import diagram
from ctb_audit.semantics.types import without_serial


def statement_edits(state: State) -> Iterator[Edit]:
    yield from _figures(state)
    yield from _diagrams(state)
    yield from _titles(state)
    for note in state.document.tables:
        yield from _columns(note, state)


def _figures(state: State) -> Iterator[Edit]:
    """The true figure in the place of the wrong one; the line's other words stay."""
    lines: dict[int, str] = {}
    for claim in state.document.claims:
        if claim.kind != "figure":
            continue
        found = counted(claim, state.catalog, state.document, state.project)
        if found and figure_fault(claim, state.catalog, state.document, state.project):
            number = claim.location.line
            line = lines.get(number, state.line(number))
            lines[number] = _corrected(line, claim, *found)
    for number, line in lines.items():
        yield Edit(number, number, (line,))


def _corrected(line: str, claim: Claim, actual: float, whole: float) -> str:
    state = re.match(r"(active|planned) tables", claim.subject)
    if state and re.search(rf"\d+\s+{state[1]}\b", line, re.I):
        return re.sub(rf"\d+(?=\s+{state[1]}\b)", f"{actual:.0f}", line, flags=re.I)
    old = claim.text.partition(": ")[2]
    average = claim.subject.startswith("average")
    shown = f"{actual:.1f}" if average else f"{actual:.0f}"
    new = re.sub(r"\d+(?:[.,]\d+)?(?:\s*\+)?", shown, old, count=1)
    if claim.percent is not None and whole:
        new = re.sub(r"\d+(?:\.\d+)?(?=\s*%)", f"{100 * actual / whole:.0f}", new)
    head, found, tail = line.rpartition(old)
    return f"{head}{new}{tail}" if found else line


def _diagrams(state: State) -> Iterator[Edit]:
    """False lines out, missing tables and foreign keys in; what is true stays as drawn."""
    for number, drawn in enumerate(state.document.diagrams):
        faults = list(diagram_faults(state.document, state.project))
        inside = {r.location.line for r in drawn.relations}
        inside |= {c.location.line for e in drawn.entities for c in e.columns}
        wrong = {place.line for _, _, place in faults} & inside
        yield from (Edit(line, line, ()) for line in sorted(wrong))
        if number == 0:
            more = list(_missing(drawn, state))
            end = _end(drawn, state)
            if more:
                yield Edit(end, end - 1, tuple(more))


def _end(drawn: Diagram, state: State) -> int:
    """The line that closes the diagram's code block."""
    number = drawn.location.line
    while number <= len(state.lines) and not re.match(r"\s*(```|~~~)", state.line(number)):
        number += 1
    return number


def _missing(drawn: Diagram, state: State) -> Iterator[str]:
    tables = {
        t.name: subject.table
        for t in state.document.tables
        if t.section and (subject := state.project.tables.get((t.system, t.name)))
    }
    known = {e.name.rpartition(".")[2].lower() for e in drawn.entities}
    lost = [t for n, t in tables.items() if n.name.lower() not in known]
    pairs = {frozenset((r.left.lower(), r.right.lower())) for r in drawn.relations}
    text = diagram(tables.values()).split("\n")
    for line in text:
        relation = re.match(r"\s+(\S+) \S+--\S+ (\S+) :", line)
        if relation and frozenset(n.lower() for n in relation.groups()) not in pairs:
            yield line
    for table in lost:
        yield from _entity(table)


def _entity(table: Table) -> Iterator[str]:
    found = diagram([table]).split("\n")
    yield from (line for line in found[1:] if "--" not in line)


def _titles(state: State) -> Iterator[Edit]:
    """Headings that name no object take the name of the first one that stands below them."""
    functions = {f.name for c in state.project.catalogs for f in c.functions}
    for title in state.document.titles:
        known = functions | set(title.defines)
        if title.name.lower() not in known and title.defines:
            number = title.location.line
            line = state.line(number).replace(title.name, title.defines[0], 1)
            yield Edit(number, number, (line,))


def _columns(note: DocumentTable, state: State) -> Iterator[Edit]:
    subject = state.project.tables.get((note.system, note.name))
    if subject is None or not note.columns or subject.surface == "reference":
        return
    table = subject.table
    listed = {c.name.lower() for c in note.columns}
    for written in note.columns:
        number = written.location.line
        column = table.column(written.name) or table.column(written.name.lower())
        if column is None:
            yield Edit(number, number, ())
            continue
        actual = _word(table, column.name)
        if _bare(written.type) != _bare(actual) and not _fits(written, actual):
            line = state.line(number).replace(written.type, actual, 1)
            yield Edit(number, number, (line,))
    last = max(c.location.line for c in note.columns)
    lost = [c for c in table.columns if c.name.lower() not in listed]
    if lost:
        sample = state.line(last)
        lines = tuple(_row(sample, note.columns[-1], c.name, _word(table, c.name)) for c in lost)
        yield Edit(last + 1, last, lines)


def _word(table: Table, name: str) -> str:
    column = table.column(name)
    assert column is not None
    return str(without_serial(column.type)).upper()


def _bare(text: str) -> str:
    return text.split("(", maxsplit=1)[0].strip().lower()


def _fits(written: ColumnNote, actual: str) -> bool:
    from ctb_audit.checks.structures import alike, written_family

    families = (written_family(t, "postgresql") for t in (written.type, actual))
    first, second = families
    return not first or not second or alike(first, second)


def _row(sample: str, written: ColumnNote, name: str, type_: str) -> str:
    """A line in the form of another column's: a row of a grid, or an item of a list."""
    if sample.lstrip().startswith("|"):
        cells = [c.strip() for c in sample.strip().strip("|").split("|")]
        new = []
        for cell in cells:
            bare = cell.strip("`* ")
            new.append(
                cell.replace(bare, name)
                if bare == written.name
                else type_
                if bare == written.type
                else ""
            )
        return f"| {' | '.join(new)} |"
    margin = sample[: len(sample) - len(sample.lstrip())]
    return f"{margin}- `{name}` ({type_})"
