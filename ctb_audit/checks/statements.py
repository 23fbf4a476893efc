"""Statements of a document about all tables: their indexes, their columns, security rules."""

import re
from collections.abc import Iterator

from ctb_audit.document_model import Claim, Document
from ctb_audit.model import Catalog, Location, Table
from ctb_audit.project import Project
from ctb_audit.semantics.indexes import is_unique, leads
from ctb_audit.standard import TrackingField

Faults = list[tuple[str, str, Location]]
SHOWN = 4
_ROLES = (("heir", "heir_id"), ("process", "process_id"), ("timestamp", "created_at"))
"""Words of an item, each with the role of the columns that it means."""


def statement_faults(
    claim: Claim, catalog: Catalog, document: Document, project: Project
) -> Faults:
    """(requirement, message, place) of each part of the statement that is not so."""
    if claim.kind == "indexes":
        return _indexes(claim, catalog, project)
    if claim.kind == "columns":
        return list(_columns(claim, catalog, document, project))
    return _rules(claim, document)


def _judged(catalog: Catalog, project: Project) -> list[Table]:
    """The document's tables that can hold indexes, without those that are exempt."""
    found = []
    for table in catalog.tables:
        subject = project.tables.get((table.system, table.qualified))
        lacks = project.standard.systems[table.system].lacks
        if "index" not in lacks and (subject is None or not subject.exempt):
            found.append(table)
    return found


def _indexes(claim: Claim, catalog: Catalog, project: Project) -> Faults:
    lacking = [
        f"{table.name}.{column}"
        for table in _judged(catalog, project)
        for item in claim.items
        for column in _unindexed(item.text.lower(), table, project)
    ]
    if not lacking:
        return []
    more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
    told = f"{claim.text!r}, and nothing serves {', '.join(lacking[:SHOWN])}{more}"
    return [("indexes", told, claim.location)]


def _unindexed(item: str, table: Table, project: Project) -> Iterator[str]:
    """The columns that one item of the list means and no index of the table starts with."""
    unique = "unique" in item
    for column in _meant(item, table, project):
        served = is_unique(table, (column,)) if unique else leads(table, (column,))
        if not served:
            yield column


def _meant(item: str, table: Table, project: Project) -> Iterator[str]:
    if "foreign key" in item:
        yield from (c.columns[0] for c in table.constraints if c.kind == "foreign key")
    elif "status" in item:
        for column in table.columns:
            if column.name == "status" or column.name.endswith("_status"):
                yield column.name
    else:
        for word, role in _ROLES:
            wanted = project.standard.field(role) if word in item else None
            names = wanted.names_in(table.system) if wanted else ()
            yield from (name for name in names if table.column(name) is not None)


def _columns(
    claim: Claim, catalog: Catalog, document: Document, project: Project
) -> Iterator[tuple[str, str, Location]]:
    for item in claim.items:
        for wanted in project.standard.fields:
            name = wanted.names_in("postgresql")[0]
            if re.search(rf"\b{re.escape(name)}\b", item.text):
                faults = list(_without(wanted, catalog, project))
                hedged = [
                    r for r in document.unread if name in r.text and "if provided" in r.text.lower()
                ]
                faults += [f'line {r.location.line} says "if provided"' for r in hedged]
                if faults:
                    told = f"{claim.text}: {name}; but {', '.join(faults)}"
                    yield name, told, item.location


def _without(wanted: TrackingField, catalog: Catalog, project: Project) -> Iterator[str]:
    for table in _judged(catalog, project):
        names = wanted.names_in(table.system)
        column = next((c for n in names if (c := table.column(n)) is not None), None)
        if column is None:
            yield f"{table.name} has none"
        elif column.nullable:
            yield f"it is nullable in {table.name}"


def _rules(claim: Claim, document: Document) -> Faults:
    """Collections without a rule, where the document shows the rules of any."""
    matched = {path.partition("/")[0].lower() for path in document.matched}
    lacking = [
        t.name.name
        for t in document.tables
        if t.section and t.system == "firestore" and t.name.name.lower() not in matched
    ]
    if not matched or not lacking:
        return []
    told = f"{claim.text!r} is claimed, and no rule is shown for {', '.join(lacking)}"
    return [(claim.subject, told, claim.location)]
