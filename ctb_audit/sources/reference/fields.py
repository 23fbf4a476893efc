"""The fields of a section: `**Key**: value` lines, list items and key-value tables."""

import re
from collections.abc import Iterator

from ctb_audit.lean import pattern
from ctb_audit.sources.reference.sections import Grid, Item, Line, Paragraph, Section
from ctb_audit.sources.reference.wording import (
    LONGEST,
    Field,
    field_of,
    key_of,
    plain,
    split_remark,
)

TABLE_ID = ("barton id", "bart id", "table id", "barton")
HEIR_ID = ("heir id", "heir")
LEVEL = ("enforcement", "enforcement level", "level")
STAMPED = ("stamped compliant", "stamped compliance", "stamped")
STATUS = ("status",)
PURPOSE = ("purpose", "business purpose", "description")
ORBT = ("orbt layer", "orbt")
KNOWN = frozenset((*TABLE_ID, *HEIR_ID, *LEVEL, *STAMPED, *STATUS, *PURPOSE, *ORBT))
EMPTY = frozenset(("", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "n/a", "na", "?"))

_KEY_HEADERS = frozenset(("property", "key", "field", "attribute", "item", "metadata", ""))
_VALUE_HEADERS = frozenset(("value", "values", "details", "detail", "description", ""))
_ORBT = pattern(r"^\W*ORBT(?:[\s_-]+layer)?\W*:\W*(?P<layer>\d+)\b", re.IGNORECASE)


def section_fields(section: Section) -> tuple[Field, ...]:
    """Fields that describe the section itself: those under a label describe what it names."""
    return tuple(_fields(section))


def _fields(section: Section) -> Iterator[Field]:
    for block in section.blocks:
        match block:
            case Paragraph(lines=lines):
                yield from _of_lines(lines)
            case Item(lines=lines, label=""):
                yield from _of_lines(lines)
            case Grid() if _is_key_value(block):
                yield from _of_grid(block)


def _of_lines(lines: tuple[Line, ...]) -> Iterator[Field]:
    for line in lines:
        field = field_of(line.text) or field_of(line.text, unmarked=True)
        if field and (field.key in KNOWN or line.text.startswith(("*", "_"))):
            yield field._replace(line=line.line, column=line.column)


def _is_key_value(grid: Grid) -> bool:
    header = tuple(key_of(plain(cell)) for cell in grid.header)
    return len(header) == 2 and (
        (header[0] in _KEY_HEADERS and header[1] in _VALUE_HEADERS) or header[0] in KNOWN
    )


def _of_grid(grid: Grid) -> Iterator[Field]:
    head_key = key_of(plain(grid.header[0]))
    if head_key in KNOWN:
        yield Field(head_key, *split_remark(plain(grid.header[1])), grid.line, 1)
    for row in grid.rows:
        key = key_of(plain(row.cells[0]))
        if key:
            yield Field(key, *split_remark(plain(row.cells[1])), row.line, 1)


def first(fields: tuple[Field, ...], keys: tuple[str, ...]) -> Field | None:
    """The first field under one of the keys that has a value."""
    return next((f for f in fields if f.key in keys and f.value.lower() not in EMPTY), None)


def orbt_layer(section: Section) -> int | None:
    """The ORBT layer that any line of the section states."""
    for block in section.blocks:
        if isinstance(block, Paragraph | Item):
            for line in block.lines:
                if len(line.text) > LONGEST:
                    continue
                found = _ORBT.match(line.text.replace("*", "").replace("`", ""))
                if found:
                    return int(found["layer"])
    return None
