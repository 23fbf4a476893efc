"""Lists of a document that should name every table: lists of levels and summaries."""

from collections.abc import Iterator

from ctb_audit.document_model import Listing
from ctb_audit.model import Name, System
from ctb_audit.reference.edits import Edit, State
from ctb_audit.reference.entries import Entry
from ctb_audit.sources.reference.sections import Grid
from ctb_audit.sources.reference.summaries import summary_columns

_PREFIX: dict[System, str] = {"firestore": "Firebase ", "bigquery": "BigQuery "}
_DATABASES: dict[System, str] = {"postgresql": "Neon", "firestore": "Firebase"}


def list_edits(state: State) -> Iterator[Edit]:
    yield from _levels(state)
    yield from _summaries(state)


def _levels(state: State) -> Iterator[Edit]:
    """Tables whose section gives a level join the list of that level."""
    listed: dict[tuple[str, bool], int] = {}
    named: set[tuple[System, Name]] = set()
    found: list[Edit] = []
    for item in state.catalog.declared:
        declaration = item.declaration
        if declaration.source == "levels" and declaration.level and declaration.location:
            place = (declaration.level, item.system == "firestore")
            listed[place] = max(listed.get(place, 0), declaration.location.line)
            named.add((item.system, item.table))
    for item in state.catalog.declared:
        level, key = item.declaration.level, (item.system, item.table)
        if item.declaration.source != "section" or not level or key in named or not listed:
            continue
        named.add(key)
        found += _level(level, item.system, item.table, listed)
    yield from sorted(found, key=lambda edit: len(edit.lines))  # rows of a list before new lists


def _level(
    level: str, system: System, name: Name, listed: dict[tuple[str, bool], int]
) -> Iterator[Edit]:
    firestore = system == "firestore"
    bare = name.schema in ("public", "default", None)
    row = f"- {_PREFIX.get(system, '')}`{name.name if bare else name}`"
    own, other = listed.get((level, firestore)), listed.get((level, not firestore))
    if own:
        yield Edit(own + 1, own, (row,))
    elif other:
        word = "Collections" if firestore else "Tables"
        yield Edit(other + 1, other, ("", f"**{word}**:", row))


def _summaries(state: State) -> Iterator[Edit]:
    """Documented tables of a summarised system join the first summary that holds it."""
    lists = [listing for listing in state.document.listings if listing.kind == "summary"]
    named = {key for listing in lists for key in listing.tables}
    for entry in state.entries:
        key = (entry.system, entry.name)
        described = any((t.system, t.name) == key and t.section for t in state.document.tables)
        listing = next((x for x in lists if any(s == entry.system for s, _ in x.tables)), None)
        grid = _grid(listing, state) if listing and described and key not in named else None
        if grid is not None:
            last = grid.rows[-1].line
            yield Edit(last + 1, last, (_row(grid, entry),))


def _grid(listing: Listing, state: State) -> Grid | None:
    for section in state.reference.sections.all:
        for block in section.blocks:
            if isinstance(block, Grid) and block.line == listing.location.line and block.rows:
                return block
    return None


def _row(grid: Grid, entry: Entry) -> str:
    columns = summary_columns(grid) or {}
    given = {
        "table": f"`{entry.table.name}`"
        if "`" in grid.rows[-1].cells[columns["table"]]
        else (entry.table.name),
        "id": entry.table_id,
        "heir": entry.heir_id,
        "level": entry.level,
        "status": entry.status or "Active",
        "purpose": " ".join(entry.purpose.split()).replace("|", "\\|"),
        "schema": "-" if entry.system == "firestore" else entry.table.schema,
        "database": _DATABASES.get(entry.system, "BigQuery"),
    }
    by_index = {index: given.get(kind, "") for kind, index in columns.items()}
    cells = (by_index.get(i, "") or "-" for i in range(len(grid.header)))
    return f"| {' | '.join(cells)} |"
