"""Figures that a document states, counted again."""

from math import floor

from ctb_audit.document_model import Claim, Document
from ctb_audit.model import Catalog, Table
from ctb_audit.project import Project


def figure_fault(claim: Claim, catalog: Catalog, document: Document, project: Project) -> str:
    """How the document's content refutes a figure, "" where it holds or cannot be counted."""
    found = counted(claim, catalog, document, project)
    if found is None:
        return ""
    actual, whole = found
    if claim.number is not None and not _holds(claim, actual):
        shown = f"{actual:.1f}" if claim.subject.startswith("average") else f"{int(actual)}"
        return f"{claim.text!r} is claimed, the document shows {shown}"
    if claim.percent is not None and whole and not _is(claim.percent, 100 * actual / whole):
        share = 100 * actual / whole
        return f"{claim.text!r} is claimed, {int(actual)} of {int(whole)} are {share:.1f}%"
    return ""


def _holds(claim: Claim, actual: float) -> bool:
    assert claim.number is not None
    return actual >= claim.number if claim.at_least else _is(claim.number, actual)


def _is(claimed: float, actual: float) -> bool:
    """Equal when truncated or rounded to the claim's own decimals."""
    digits = len(str(claimed).rpartition(".")[2]) if claimed != floor(claimed) else 0
    scale = 10**digits
    return claimed in (floor(actual * scale) / scale, floor(actual * scale + 0.5) / scale)


def counted(
    claim: Claim, catalog: Catalog, document: Document, project: Project
) -> tuple[float, float] | None:
    """(how many, of how many) a figure should say; None for what is not counted here."""
    words = claim.subject.removeprefix("total ").removeprefix("number of ")
    described = [t for t in document.tables if t.section and claim.system in (None, t.system)]
    tables = [t for t in catalog.tables if claim.system in (None, t.system)]
    state, _, kind = words.rpartition(" ")
    if kind in ("tables", "collections") and state in ("", "active", "planned"):
        found = [
            t
            for t in described
            if t.kind == kind.removesuffix("s") and (not state or t.planned == (state == "planned"))
        ]
        return float(len(found)), len(described)
    simple = {
        "views": len(catalog.views),
        "functions": len(catalog.functions),
        "triggers": sum(len(t.triggers or ()) for t in tables),
        "columns": sum(len(t.columns) for t in tables),
    }
    if words in simple:
        return float(simple[words]), 0
    if words.startswith("average") and tables:
        return simple["columns"] / len(tables), 0
    return _having(words, tables, project)


def _having(words: str, tables: list[Table], project: Project) -> tuple[float, float] | None:
    """Tables "with X" for an X that a table can be asked for."""
    what = words.removeprefix("tables with ").strip()
    if what == words:
        return None
    found = [_has(what, table, project) for table in tables]
    if None in found or not found:
        return None
    return float(sum(map(bool, found))), len(found)


def _has(what: str, table: Table, project: Project) -> bool | None:
    if "tracking" in what:
        wanted = project.standard.field("heir_id")
        names = wanted.names_in(table.system) if wanted else ()
        return any(table.column(name) is not None for name in names)
    if what.startswith("index"):
        return bool(table.indexes) or any(c.kind == "unique" for c in table.constraints)
    if what.startswith("foreign key"):
        return any(c.kind == "foreign key" for c in table.constraints)
    if what.startswith("trigger"):
        return bool(table.triggers)
    word = what.removesuffix(" columns").removesuffix(" column")
    if word.isalnum():
        return any(word in (c.type.name, c.type.family) for c in table.columns)
    return None
