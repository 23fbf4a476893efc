"""Summary tables: any Markdown table with a table-name column beside an id, level or status."""

from collections.abc import Iterator
from typing import NamedTuple

from ctb_audit.model import Declaration, Location, Name, System
from ctb_audit.sources.reference import fields as keys
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.naming import Documented
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import Grid, Row, Sections
from ctb_audit.sources.reference.tables import level_of
from ctb_audit.sources.reference.wording import key_of, plain, split_remark, system_of
from ctb_audit.standard import LEVELS

_TABLE = ("table", "table name", "collection", "collection name", "table/collection")
_DATABASE = ("database", "system", "db", "engine")
_SCHEMA = ("schema", "dataset", "namespace")
_NAMES = ("name", "entity", "object")


class Entry(NamedTuple):
    """What a summary or a list says of one table."""

    system: System
    name: Name
    declaration: Declaration
    collection: bool


def summary_entries(
    sections: Sections, contexts: tuple[Context, ...], documented: Documented, notes: Notes
) -> Iterator[Entry]:
    """One entry for each row that names a table."""
    for section, context in zip(sections.all, contexts, strict=True):
        for block in section.blocks:
            columns = summary_columns(block) if isinstance(block, Grid) else None
            if columns is None or not isinstance(block, Grid):
                continue
            if block.broken:
                notes.remark(
                    "not-understood",
                    "the summary table does not render: its delimiter row is missing or too short",
                    block.line,
                )
            for row in block.rows:
                entry = _entry(row, columns, context, documented, notes)
                if entry:
                    yield entry


def summary_columns(grid: Grid) -> dict[str, int] | None:
    """Where each kind of column stands; None if the grid is no summary of tables."""
    header = [key_of(plain(cell)).replace(" / ", "/") for cell in grid.header]
    found: dict[str, int] = {}
    for kind, names in (
        ("id", keys.TABLE_ID),
        ("heir", keys.HEIR_ID),
        ("level", keys.LEVEL),
        ("status", keys.STATUS),
        ("stamped", keys.STAMPED),
        ("purpose", keys.PURPOSE),
        ("database", _DATABASE),
        ("schema", _SCHEMA),
        ("table", _TABLE),
    ):
        index = next((i for i, cell in enumerate(header) if cell in names), None)
        if index is not None:
            found[kind] = index
    if "table" not in found and "id" in found:
        index = next((i for i, cell in enumerate(header) if cell in _NAMES), None)
        if index is not None:
            found["table"] = index
    declares = found.keys() & {"id", "heir", "level", "status", "stamped"}
    return found if "table" in found and declares else None


def _entry(
    row: Row, columns: dict[str, int], context: Context, documented: Documented, notes: Notes
) -> Entry | None:
    cells = {kind: plain(row.cells[index]) for kind, index in columns.items()}
    given = {kind: text for kind, text in cells.items() if text.lower() not in keys.EMPTY}
    text = split_remark(given.get("table", ""))[0]
    if not text or " " in text:
        notes.missed("the row names no table", row.line, " | ".join(row.cells))
        return None
    database = given.get("database", "")
    system = system_of(database) or (context.system if context.stated else None)
    if database and system_of(database) is None:
        notes.remark("not-understood", f"the database {database!r} is not known", row.line)
    schema = given.get("schema")
    system, name = documented.resolve(text, system, schema, context.system)
    notes.understood()
    declaration = _declaration(given, Location(notes.path, row.line, 1), name, notes)
    return Entry(system, name, declaration, system == "firestore")


def _declaration(
    given: dict[str, str], location: Location, name: Name, notes: Notes
) -> Declaration:
    level = level_of(given["level"]) if "level" in given else None
    if "level" in given and level is None:
        message = f"the enforcement level {given['level']!r} is none of {', '.join(LEVELS)}"
        notes.missed(message, location.line, given["level"], name)
    stamped = given.get("stamped", "").lower()
    return Declaration(
        "summary",
        table_id=given.get("id"),
        heir_id=given.get("heir"),
        level=level,
        purpose=given.get("purpose"),
        stamped=stamped.startswith(("y", "\N{WHITE HEAVY CHECK MARK}")) if stamped else None,
        status=split_remark(given["status"])[0] if "status" in given else None,
        location=location,
    )
