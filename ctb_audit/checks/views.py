"""Views that read what is not there."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from ctb_audit.checks.registry import ProjectFinding, project_check
from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog, Name, View
from ctb_audit.project import Project
from ctb_audit.semantics.parse import Unreadable, raw_statements
from ctb_audit.verdict import Fail

Columns = frozenset[str]
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})
SYSTEM_SCHEMAS = ("pg_catalog", "information_schema", "pg_toast")


@dataclass
class _Reading:
    """What a query reads: relations by alias, names of its own (WITH, sub-selects), columns."""

    relations: dict[str, set[Name]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    columns: list[tuple[str, str]] = field(default_factory=list)


@project_check
def broken_view(project: Project) -> Iterator[ProjectFinding]:
    """Views of DDL and documents; in a live database the server keeps them whole."""
    for catalog in project.catalogs:
        views = [v for v in catalog.views if v.system == "postgresql"]
        if not views or catalog.surface == "live":
            continue
        known = _relations(catalog)
        for view in views:
            fault = _fault(view, known)
            if fault:
                name = str(Name(view.schema, view.name))
                verdict = Fail(fault, location=view.location)
                yield ProjectFinding(name, verdict, view.system, catalog.surface)


def _relations(catalog: Catalog) -> Mapping[str, Mapping[str, Columns | None]]:
    """Name -> schema -> columns, None where they are not known."""
    found: dict[str, dict[str, Columns | None]] = {}
    for table in (*catalog.tables, *catalog.foreign_tables):
        columns = frozenset(c.name for c in table.columns) | SYSTEM_COLUMNS
        found.setdefault(table.name, {})[table.schema] = columns
    for view in catalog.views:
        found.setdefault(view.name, {})[view.schema] = None
    for problem in catalog.problems:  # a statement nobody understood may have made it
        if problem.kind == "not-understood":
            for name in problem.objects:
                found.setdefault(name.name, {}).setdefault(name.schema or "", None)
    return found


def _fault(view: View, known: Mapping[str, Mapping[str, Columns | None]]) -> str:
    try:
        statements = raw_statements(view.definition)
    except Unreadable:
        return ""  # invalid-sql and unread-statement speak of it
    reading = _Reading()
    _read(statements, reading)
    names = {n for group in reading.relations.values() for n in group}
    lost = [str(n) for n in sorted(names, key=str) if not _exists(n, reading, known)]
    if lost:
        return f"it reads {', '.join(lost)}, which nothing creates"
    absent = [c for c in dict.fromkeys(reading.columns) if _is_absent(*c, reading, known)]
    if absent:
        return f"it reads {', '.join('.'.join(c) for c in absent)}, and there is no such column"
    return ""


def _exists(
    name: Name, reading: _Reading, known: Mapping[str, Mapping[str, Columns | None]]
) -> bool:
    """An unqualified name may stand for a table of any schema: the path is not known here."""
    if name.schema is None:
        system = name.name.startswith("pg_")
        return system or name.name in known or name.name in reading.own
    return name.schema in SYSTEM_SCHEMAS or name.schema in known.get(name.name, {})


def _is_absent(
    alias: str,
    column: str,
    reading: _Reading,
    known: Mapping[str, Mapping[str, Columns | None]],
) -> bool:
    """Only where the alias means one table for certain."""
    meant = reading.relations.get(alias, set())
    if alias in reading.own or len(meant) != 1:
        return False
    (name,) = meant
    schemas = known.get(name.name, {})
    if name.name in reading.own or len(schemas) != 1:
        return False
    (columns,) = schemas.values()
    return columns is not None and column not in columns


def _read(node: Any, reading: _Reading) -> None:
    """Collects what a raw tree reads, whatever the nesting."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend(current)
        elif isinstance(current, dict):
            for kind, body in current.items():
                _note(kind, body, reading)
                pending.append(body)


def _note(kind: str, body: Any, reading: _Reading) -> None:
    match kind:
        case "RangeVar":
            alias = body.get("alias", {})
            shown = alias.get("aliasname", body["relname"])
            name = Name(body.get("schemaname"), body["relname"])
            reading.relations.setdefault(shown, set()).add(name)
            if "colnames" in alias:
                reading.own.add(shown)
        case "CommonTableExpr":
            reading.own.add(body["ctename"])
        case "RangeSubselect" | "RangeFunction" | "JoinExpr" | "RangeTableFunc":
            reading.own.add(body.get("alias", {}).get("aliasname", ""))
        case "ColumnRef":
            parts = [f["String"]["sval"] for f in body["fields"] if "String" in f]
            if len(parts) == 2 and len(body["fields"]) == 2:
                reading.columns.append((parts[0], parts[1]))
