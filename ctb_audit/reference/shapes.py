"""One table's entry in either shape: only what is known is written, nothing is made up."""

from collections.abc import Iterator

from ctb_audit.reference.entries import Entry
from ctb_audit.reference.sql import block_of

Shape = str
SHAPES = ("ctb-1.0", "ctb-1.3")
_LANGUAGES = {"firestore": "typescript"}


def entry_lines(entry: Entry, shape: Shape, depth: int, number: int = 0) -> list[str]:
    """The Markdown lines of a table's entry; `depth` is the level of its heading."""
    make = _chapters if shape == "ctb-1.3" else _entry
    return list(make(entry, depth, number))


def _heading(entry: Entry, depth: int, number: int) -> str:
    word = {"firestore": "Collection: ", "bigquery": "Table: "}.get(entry.system, "")
    name = entry.table.name if word else entry.shown
    planned = " (Planned)" if "planned" in entry.status.lower() and not word else ""
    return f"{'#' * depth} {f'{number}. ' if number and not word else ''}{word}{name}{planned}"


def code_lines(entry: Entry) -> list[str]:
    """The code block that defines the table, with its fences."""
    language = _LANGUAGES.get(entry.system, "sql")
    return [f"```{language}", *block_of(entry.table).split("\n"), "```"]


def _entry(entry: Entry, depth: int, number: int) -> Iterator[str]:
    yield from (_heading(entry, depth, number), "")
    if entry.table_id:
        yield f"**Barton ID**: `{entry.table_id}`"
    if entry.heir_id:
        yield f"**HEIR ID**: `{entry.heir_id}`"
    if entry.purpose:
        yield f"**Purpose**: {_line(entry.purpose)}"
    if entry.level:
        yield f"**Enforcement**: {entry.level}"
    if entry.exempt:
        yield f"**STAMPED Compliant**: No ({_reason(entry.exempt)})"
    elif entry.stamped:
        yield "**STAMPED Compliant**: Yes"
    if "planned" in entry.status.lower():
        yield f"**Status**: {entry.status}"
    yield ""
    yield from _list("Source Files", _sources(entry))
    yield from _list("Linked Processes", _processes(entry))
    endpoints = entry.note.endpoints if entry.note else ()
    yield from _list("Linked Endpoints", [f"`{e.method} {e.path}`" for e in endpoints])
    title = "Document Structure" if entry.system == "firestore" else "Schema Definition"
    yield from (f"**{title}**:", *code_lines(entry), "")
    yield from _list("Constraints", _rules(entry))


def _chapters(entry: Entry, depth: int, number: int) -> Iterator[str]:
    below = "#" * (depth + 1)
    yield from (_heading(entry, depth, number), "")
    if entry.table_id:
        yield f"**Barton ID**: `{entry.table_id}`"
    if entry.heir_id:
        yield f"**HEIR ID**: `{entry.heir_id}`"
    yield from (f"**Status**: {entry.status or 'Active'}", "")
    yield from (f"{below} S - Structure", "", *code_lines(entry), "")
    if entry.migration or entry.source:
        yield from (f"{below} T - Traceability", "")
        yield from _list(
            "", [f"**Migration File**: `{entry.migration}`"] if entry.migration else []
        )
        yield from _list("", [f"**Schema File**: `{entry.source}`"] if entry.source else [])
    if entry.note and entry.note.access:
        yield from (f"{below} A - Authentication & Authorization", "")
        titles = {"row-level security": "Row-Level Security"}
        rows = [
            f"**{titles.get(a.kind, f'{a.kind.capitalize()} Access')}**: {a.text}"
            for a in entry.note.access
        ]
        yield from _list("", rows)
    if entry.purpose:
        yield from (f"{below} P - Purpose", "", f"**Business Purpose**: {_line(entry.purpose)}", "")
    if entry.level or _rules(entry):
        yield from (f"{below} E - Enforcement", "")
        yield from ([f"**Enforcement Level**: {entry.level}", ""] if entry.level else [])
        yield from _list("Validation Rules", _rules(entry))
    yield from (f"{below} D - Dependencies", "", *dependency_lines(entry))
    yield from _list("Linked Processes", _processes(entry))


def dependency_lines(entry: Entry) -> Iterator[str]:
    """The foreign keys of the table, as the chapter about dependencies names them."""
    keys = [c for c in entry.table.constraints if c.kind == "foreign key" and c.target]
    if not keys:
        yield from ("**Foreign Keys**: None", "")
        return
    rows = []
    for key in keys:
        target = f"{key.target}({', '.join(key.target_columns)})"
        rows.append(f"`{', '.join(key.columns)}` -> `{target}`")
    yield from _list("Foreign Keys", rows)


def _list(title: str, rows: list[str]) -> Iterator[str]:
    if rows:
        yield from ([f"**{title}**:"] if title else [])
        yield from (f"- {row}" for row in rows)
        yield ""


def _sources(entry: Entry) -> list[str]:
    rows = []
    if entry.source:
        rows.append(f"Schema: `{entry.source}`")
    if entry.migration:
        rows.append(f"Migration: `{entry.migration}`")
    known = {"schema", "migration"} if rows else set()
    for source in entry.note.sources if entry.note else ():
        if source.kind not in known:
            rows.append(f"{source.kind.title()}: `{source.path}`")
    return rows


def _processes(entry: Entry) -> list[str]:
    found = entry.note.processes if entry.note else ()
    return [f"`{p.code}`{f': {p.text}' if p.text else ''}" for p in found]


def _rules(entry: Entry) -> list[str]:
    return [r.text for r in entry.note.rules] if entry.note else []


def _line(text: str) -> str:
    return " ".join(text.split())


def _reason(text: str) -> str:
    return text.replace("(", "").replace(")", "")
