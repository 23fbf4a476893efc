"""Lists and grids of columns in a table's documentation."""

import re
from collections.abc import Iterator

from ctb_audit.document_model import ColumnNote
from ctb_audit.lean import pattern
from ctb_audit.model import Location
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.reference.parts import Part, Said, lines
from ctb_audit.sources.reference.sections import Grid, Row
from ctb_audit.sources.reference.wording import key_of, plain

_ITEM = pattern(
    r"^(?:`(?P<name>[^`\s]+)`|\*\*(?P<bold>[\w$.-]+)\*\*)\s*"
    r"\((?P<type>(?:[^()]|\([^()]*\))+)\)\s*(?::\s*(?P<text>.*))?$"
)
_TYPED = pattern(
    r"^`?(?P<name>[A-Za-z_]\w*)`?:\s+`?(?P<type>[A-Za-z]\w*(?:\s*\([\d, ]+\))?(?:\[\])?)`?"
    r"(?P<rest>\s*,.*)?$"
)
_DEFAULT = pattern(r"\bDEFAULT\s+([^,]+)", re.I)
_OTHER_GRIDS = frozenset(("definition", "event", "expression", "table", "tables", "endpoint"))
_HEADERS = {
    "name": ("column", "column name", "field", "field name", "name", "attribute", "columns"),
    "type": ("type", "data type", "datatype", "column type", "sql type", "db type"),
    "nullable": ("nullable", "null", "null?", "nullable?", "is nullable", "nulls", "allow null"),
    "required": ("required", "not null", "mandatory"),
    "default": ("default", "default value", "defaults"),
    "key": ("key", "constraints", "constraint", "pk", "keys", "attributes", "modifiers", "extra"),
    "description": ("description", "comment", "comments", "purpose", "notes", "meaning", "remarks"),
}
_YES = ("yes", "y", "true", "t", "x", "1", "null", "nullable", "optional", *"\u2705\u2713\u2714")
_NO = ("no", "n", "false", "f", "0", "not null", "\N{CROSS MARK}", "required", "mandatory")


def column_notes(part: Part, path: str) -> Iterator[ColumnNote]:
    """The columns that one section of a table's documentation lists."""
    for said in lines(part):
        place = Location(path, said.line, said.column)
        note = _item(said, place) or _typed(said, place)
        if note is not None:
            yield note
    for block in part.section.blocks:
        columns = grid_columns(block) if isinstance(block, Grid) else None
        if columns is not None and isinstance(block, Grid):
            yield from (
                _note(row, columns, path) for row in block.rows if row.cells[columns["name"]]
            )


def _item(said: Said, place: Location) -> ColumnNote | None:
    """`name` (TYPE): what it is, below a label that speaks of columns or fields."""
    listed = said.item and re.search(r"\b(?:columns|fields)$", said.under)
    found = _ITEM.match(said.text) if listed else None
    if found is None:
        return None
    name = found["name"] or found["bold"]
    return ColumnNote(name, found["type"], place, description=found["text"] or "")


def _typed(said: Said, place: Location) -> ColumnNote | None:
    """name: type, PK, NOT NULL, DEFAULT x; only with a type that PostgreSQL has."""
    found = _TYPED.match(said.text) if said.item and not said.label else None
    if found is None or postgres_type(found["type"].split("(")[0].lower().strip("[] ")) is None:
        return None
    rest = found["rest"] or ""
    primary = re.search(r"\bPK\b|primary key", rest, re.I) is not None
    default = _DEFAULT.search(rest)
    needed = primary or re.search(r"\bnot null\b", rest, re.I) is not None
    return ColumnNote(
        name=found["name"],
        type=found["type"],
        location=place,
        nullable=False if needed else None,
        key="PK" if primary else rest.strip(", "),
        default=default[1].strip() if default else "",
    )


def lists_columns(part: Part) -> bool:
    """Whether a section lists columns, in a grid or as items; one item alone does not."""
    found = list(column_notes(part, ""))
    grids = any(isinstance(b, Grid) and grid_columns(b) is not None for b in part.section.blocks)
    return grids or len(found) > 1


def grid_columns(grid: Grid) -> dict[str, int] | None:
    """Where a grid of columns keeps what; None for a grid of anything else."""
    header = [key_of(plain(cell)) for cell in grid.header]
    if _OTHER_GRIDS & set(header):
        return None
    found: dict[str, int] = {}
    for kind, names in _HEADERS.items():
        index = next((i for i, cell in enumerate(header) if cell in names), None)
        if index is not None and index not in found.values():
            found[kind] = index
    return found if "name" in found and "type" in found else None


def _note(row: Row, columns: dict[str, int], path: str) -> ColumnNote:
    cells = {kind: plain(row.cells[index]) for kind, index in columns.items()}
    key = cells.get("key", "")
    told = f"{key} {cells.get('description', '')[:24]}"
    primary = re.search(r"\bPK\b|\bprimary[\s_]+key\b", told, re.I) is not None
    return ColumnNote(
        name=cells["name"].strip("* "),
        type=cells["type"],
        location=Location(path, row.line, 1),
        nullable=False if primary else _nullable(cells),
        key="PK" if primary else key,
        default=cells.get("default", "").strip("-\N{EM DASH} "),
        description=cells.get("description", ""),
    )


def _nullable(cells: dict[str, str]) -> bool | None:
    if re.search(r"\bnot\s+null\b", f"{cells.get('key', '')} {cells.get('type', '')}", re.I):
        return False
    for kind, sense in (("nullable", True), ("required", False)):
        text = cells.get(kind, "").strip().lower()
        if text in _YES:
            return sense
        if text in _NO:
            return not sense
    return None
