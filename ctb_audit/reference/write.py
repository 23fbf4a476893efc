"""A new schema reference: one text, or an index and a file a table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ctb_audit.model import System
from ctb_audit.project import Project
from ctb_audit.reference.entries import Entry, entries_of
from ctb_audit.reference.shapes import Shape, entry_lines
from ctb_audit.reference.sketches import diagram
from ctb_audit.reference.sql import rest_of
from ctb_audit.standard import LEVELS, Standard

_TITLES: Mapping[System, str] = {
    "postgresql": "PostgreSQL Tables",
    "sqlite": "SQLite Tables",
    "mysql": "MySQL Tables",
    "firestore": "Firebase/Firestore Collections",
    "bigquery": "BigQuery Tables",
}
INDEX = "README.md"


@dataclass(frozen=True)
class Written:
    """Texts by path below the folder, or one text under its own name."""

    files: Mapping[str, str]


def written(project: Project, shape: Shape, *, name: str = "", split: bool = False) -> Written:
    """The reference of everything that the project's sources define."""
    entries = entries_of(project)
    if not split:
        return Written({name: _text(_whole(entries, project, shape))})
    files = {INDEX: _text(_index(entries, project))}
    for entry in entries:
        lines = [f"# {_TITLES[entry.system]}", "", *_schema(entry), *entry_lines(entry, shape, 3)]
        files[_path(entry)] = _text(lines)
    return Written(files)


def _text(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).rstrip()) + "\n"


def _path(entry: Entry) -> str:
    safe = re.sub(r"[^\w.-]", "_", str(entry.name))
    return f"{entry.system}/{safe}.md"


def _whole(entries: tuple[Entry, ...], project: Project, shape: Shape) -> list[str]:
    before, after = rest_of(
        c for c in project.catalogs if c.surface in {e.surface for e in entries}
    )
    lines = ["# Schema Reference", ""]
    if shape == "ctb-1.3":
        lines += [*summary(entries, shape), *statistics(entries, project.standard)]
    else:
        lines += _overview(entries)
    lines += _objects("Types and functions", before)
    lines += _tables(entries, shape)
    lines += _objects("Views", after)
    drawn = diagram(e.table for e in entries)
    if drawn != "erDiagram":
        lines += ["## Relations", "", "```mermaid", *drawn.split("\n"), "```", ""]
    if shape == "ctb-1.0":
        lines += [*_levels(entries), *summary(entries, shape)]
    return lines


def _index(entries: tuple[Entry, ...], project: Project) -> list[str]:
    lines = ["# Schema Reference", "", *_overview(entries)]
    lines += ["## Tables", ""]
    lines += [f"- [{e.name}]({_path(e)}){f': {e.purpose}' if e.purpose else ''}" for e in entries]
    before, after = rest_of(project.catalogs)
    lines += ["", *_objects("Types and functions", before), *_objects("Views", after)]
    drawn = diagram(e.table for e in entries)
    return [*lines, "## Relations", "", "```mermaid", *drawn.split("\n"), "```", ""]


def _overview(entries: tuple[Entry, ...]) -> Iterator[str]:
    yield from ("## Overview", "")
    systems = list(dict.fromkeys(e.system for e in entries))
    for number, system in enumerate(systems, 1):
        found = [e for e in entries if e.system == system]
        word = "Collections" if system == "firestore" else "Tables"
        title = _TITLES[system].rpartition(" ")[0]
        yield from (f"{number}. **{title}**", f"   - {word}: {len(found)}", "")


def _objects(title: str, statements: list[str]) -> list[str]:
    if not statements:
        return []
    return [f"## {title}", "", "```sql", *"\n\n".join(statements).split("\n"), "```", ""]


def _tables(entries: tuple[Entry, ...], shape: Shape) -> Iterator[str]:
    """A chapter a system, below it a part a schema; entries are numbered throughout."""
    opened: tuple[str, str] = ("", "")
    for number, entry in enumerate(entries, 1):
        if entry.system != opened[0]:
            yield from (f"## {_TITLES[entry.system]}", "")
        if (entry.system, entry.table.schema) != opened:
            yield from _schema(entry)
        opened = (entry.system, entry.table.schema)
        yield from entry_lines(entry, shape, 4, number)


def _schema(entry: Entry) -> list[str]:
    if entry.system == "postgresql":
        return [f"### Schema: `{entry.table.schema}`", ""]
    if entry.system == "bigquery":
        return [f"### Dataset: {entry.table.schema}", ""]
    return []


def _levels(entries: tuple[Entry, ...]) -> Iterator[str]:
    given = [e for e in entries if e.level]
    if given:
        yield from ("## Schema Enforcement", "")
    for level in LEVELS:
        for word, firestore in (("Tables", False), ("Collections", True)):
            found = [
                e for e in given if e.level == level and (e.system == "firestore") is firestore
            ]
            if found and (
                word == "Tables"
                or not any(e.level == level and e.system != "firestore" for e in given)
            ):
                yield from (f"#### {level}", "")
            if found:
                prefix = {"firestore": "Firebase ", "bigquery": "BigQuery "}
                yield f"**{word}**:"
                yield from (f"- {prefix.get(e.system, '')}`{e.shown}`" for e in found)
                yield ""


_DATABASES = {"postgresql": "Neon", "firestore": "Firebase", "bigquery": "BigQuery"}


def summary(entries: tuple[Entry, ...], shape: Shape) -> Iterator[str]:
    """The table of all tables."""
    if shape == "ctb-1.3":
        yield from ("## Table Index", "")
        yield "| # | Table Name | Barton ID | Purpose | Status | Migration |"
        yield "|---|---|---|---|---|---|"
        for number, e in enumerate(entries, 1):
            migration = e.migration.rpartition("/")[2] or "-"
            status = e.status or "Active"
            cells = (f"`{e.shown}`", e.table_id or "-", _cell(e.purpose), status, migration)
            yield f"| {number} | {' | '.join(cells)} |"
    else:
        yield from ("## Tables by Database", "")
        yield from (
            "| Database | Schema | Table | Barton ID | Enforcement |",
            "|---|---|---|---|---|",
        )
        for e in entries:
            schema = "-" if e.system == "firestore" else e.table.schema
            database = _DATABASES.get(e.system, e.system)
            cells = (database, schema, e.table.name, e.table_id or "-", e.level or "-")
            yield f"| {' | '.join(cells)} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or "-"


def statistics(entries: tuple[Entry, ...], standard: Standard) -> Iterator[str]:
    """Figures as they are."""
    tables = [e for e in entries if e.system != "firestore"]
    if not tables:
        return
    wanted = standard.field("heir_id")
    names = wanted.names["*"] if wanted else ()
    tracked = sum(any(e.table.column(n) for n in names) for e in tables)
    indexed = sum(
        bool(e.table.indexes) or any(c.kind == "unique" for c in e.table.constraints)
        for e in tables
    )
    planned = sum("planned" in e.status.lower() for e in tables)
    total = len(tables)
    average = sum(len(e.table.columns) for e in tables) / total
    yield from ("## Schema Statistics", "", "| Metric | Value |", "|---|---|")
    yield f"| Total Tables | {total} |"
    yield f"| Active Tables | {total - planned} |"
    yield f"| Planned Tables | {planned} |"
    yield f"| Tables with HEIR Tracking | {tracked} ({100 * tracked / total:.0f}%) |"
    yield f"| Tables with Indexes | {indexed} ({100 * indexed / total:.0f}%) |"
    yield f"| Average Columns per Table | {average:.1f} |"
    yield ""
