"""Two documents that describe one table in two ways (STANDARD section 8)."""

from collections.abc import Iterator
from itertools import combinations

from ctb_audit.checks.documented import documents_of
from ctb_audit.checks.registry import ProjectFinding, project_check
from ctb_audit.compare import compare
from ctb_audit.document_model import Document, DocumentTable, ValueRule
from ctb_audit.model import Catalog, Declaration
from ctb_audit.project import Project
from ctb_audit.verdict import Fail

SHOWN = 5
_Side = tuple[Catalog, Document]


@project_check
def conflicting_references(project: Project) -> Iterator[ProjectFinding]:
    """One finding for each table that two documents describe differently, and for each list of
    values that they spell differently.
    """
    for left, right in combinations(documents_of(project), 2):
        if left[0] is right[0]:
            continue
        for table, other in _pairs(left, right):
            faults = [*_status(table, other), *_declared(table, left, right)]
            faults += _columns(table, left, right)
            if faults:
                yield _finding(table, faults, left, right)
        yield from _spellings(left, right)


def _pairs(left: _Side, right: _Side) -> Iterator[tuple[DocumentTable, DocumentTable]]:
    others = {(t.system, t.name): t for t in right[1].tables}
    for table in left[1].tables:
        other = others.get((table.system, table.name))
        if other is not None:
            yield table, other


def _finding(table: DocumentTable, faults: list[str], left: _Side, right: _Side) -> ProjectFinding:
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    told = f"{left[1].path} and {right[1].path} differ: {'; '.join(faults[:SHOWN])}{more}"
    verdict = Fail(told, "definition", location=table.location)
    return ProjectFinding(str(table.name), verdict, table.system, "reference")


def _status(table: DocumentTable, other: DocumentTable) -> Iterator[str]:
    if table.planned != other.planned:
        states = ("planned" if t.planned else "in use" for t in (table, other))
        yield " and ".join(states)


def _declared(table: DocumentTable, left: _Side, right: _Side) -> Iterator[str]:
    for what in ("table_id", "heir_id", "level", "stamped"):
        a, b = (_first(what, table, side) for side in (left, right))
        scheme = [str(value).partition("-")[0] for value in (a, b)]
        comparable = what != "table_id" or scheme[0] == scheme[1]
        if a is not None and b is not None and a != b and comparable:
            yield f"{what.replace('_', ' ')} {a} and {b}"
    layers = [_layer(table, side) for side in (left, right)]
    if None not in layers and layers[0] != layers[1]:
        yield f"ORBT layer {layers[0]} and {layers[1]}"


def _given(table: DocumentTable, side: _Side) -> Iterator[Declaration]:
    for item in side[0].declared:
        if (item.system, item.table) == (table.system, table.name):
            yield item.declaration


def _first(what: str, table: DocumentTable, side: _Side) -> object:
    found = (getattr(d, what) for d in _given(table, side))
    return next((value for value in found if value is not None), None)


def _layer(table: DocumentTable, side: _Side) -> object:
    """The layer that is declared, else the default of the column."""
    declared = _first("orbt", table, side)
    if declared is not None:
        return declared
    defined = side[0].tables_by_name.get((table.system, table.name))
    column = defined.column("orbt_layer") if defined else None
    text = column.default if column else None
    return int(text) if text and text.isdigit() else None


def _columns(table: DocumentTable, left: _Side, right: _Side) -> list[str]:
    """Differences of the structures that both documents show."""
    key = (table.system, table.name)
    found = [side[0].tables_by_name.get(key) for side in (left, right)]
    if found[0] is None or found[1] is None:
        return []
    told = []
    alone: dict[str, list[str]] = {}
    for change in compare(*(Catalog(surface="reference", tables=(t,)) for t in found if t)):
        if change.object_kind != "column":
            continue
        if change.kind == "changed":
            values = f"{change.before or 'none'} and {change.after or 'none'}"
            told.append(f"{change.object} {change.attribute} {values}")
        elif change.kind in ("added", "removed"):
            where = right[1] if change.kind == "added" else left[1]
            alone.setdefault(where.path, []).append(change.object)
    told.sort(key=lambda text: " type " not in text)
    return told + [f"only {path} has {', '.join(names)}" for path, names in alone.items()]


def _spellings(left: _Side, right: _Side) -> Iterator[ProjectFinding]:
    """Columns of one name whose lists of values differ in upper and lower case only."""
    known = {(t.name, column): values for t, column, values in _lists(right)}
    for table, column, values in _lists(left):
        for (other, name), theirs in known.items():
            same = {v.lower() for v in values} & {v.lower() for v in theirs}
            if name == column and same and not set(values) & set(theirs):
                shown = " and ".join(", ".join(v) for v in (values, theirs))
                told = f"{column} of {table.name.name} and of {other.name} is spelled {shown}"
                verdict = Fail(told, column, location=table.location)
                yield ProjectFinding(str(table.name), verdict, table.system, "reference")


def _lists(side: _Side) -> Iterator[tuple[DocumentTable, str, tuple[str, ...]]]:
    for table in side[1].tables:
        for rule in dict.fromkeys(_values(table)):
            yield table, rule[0], rule[1]


def _values(table: DocumentTable) -> Iterator[tuple[str, tuple[str, ...]]]:
    rules: tuple[ValueRule, ...] = table.rules
    yield from ((r.column, r.values) for r in rules if r.kind == "values")
