"""Lists of levels: a heading that is a level, then the tables it holds for."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.model import Declaration, Location, System
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.headings import level_title
from ctb_audit.sources.reference.naming import Documented
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import (
    Block,
    Grid,
    Item,
    Line,
    Paragraph,
    Section,
    Sections,
)
from ctb_audit.sources.reference.summaries import Entry
from ctb_audit.sources.reference.tables import level_of
from ctb_audit.sources.reference.wording import (
    COLLECTION,
    IDENTIFIER,
    field_of,
    key_of,
    plain,
    split_remark,
    system_of,
)

_LABEL = pattern(r"\b(?:tables?|collections?)\b", re.IGNORECASE)
_CODE = pattern(r"`([^`]+)`")
_NAME = pattern(rf"^(?:{IDENTIFIER}|{COLLECTION})$")
_NOTHING = ("none", "-", "n/a")


class _Mention(NamedTuple):
    text: str
    level: str
    collection: bool
    line: Line


def level_entries(
    sections: Sections, contexts: tuple[Context, ...], documented: Documented, notes: Notes
) -> Iterator[Entry]:
    """One entry for each table that a list puts on a level."""
    for section, context in zip(sections.all, contexts, strict=True):
        if context.owner is not None:
            continue
        for mention in _mentions(section):
            yield from _entries(mention, context, documented, notes)


def _mentions(section: Section) -> Iterator[_Mention]:
    level = level_title(section.title)
    for block in section.blocks:
        if level is not None:
            yield from _listed(block, level)
        if isinstance(block, Grid):
            yield from _tabulated(block)


def _listed(block: Block, level: str) -> Iterator[_Mention]:
    """Items under a `**Tables**:` label, and what stands on such a label's own line."""
    if isinstance(block, Item) and _LABEL.search(block.label):
        yield _Mention(block.text, level, _is_collection(block.label), block.lines[0])
        return
    lines = block.lines if isinstance(block, Item | Paragraph) else ()
    for line in lines:
        field = field_of(line.text)
        if field and _LABEL.fullmatch(field.key):
            value = line.text.partition(":")[2].lstrip("* ")
            yield _Mention(value, level, _is_collection(field.key), line)


def _tabulated(grid: Grid) -> Iterator[_Mention]:
    """A Markdown table with a column of levels and one of lists of tables."""
    header = [key_of(plain(cell)) for cell in grid.header]
    if not {"level", "enforcement", "enforcement level"} & set(header[:1]):
        return
    for index, title in enumerate(header):
        if title not in ("tables", "collections", "tables/collections"):
            continue
        for row in grid.rows:
            level = level_of(plain(row.cells[0]))
            if level and row.cells[index]:
                line = Line(row.cells[index], row.line, 1)
                yield _Mention(row.cells[index], level, title == "collections", line)


def _is_collection(label: str) -> bool:
    return "collection" in label.lower() and "table" not in label.lower()


def _entries(
    mention: _Mention, context: Context, documented: Documented, notes: Notes
) -> Iterator[Entry]:
    system = system_of(_CODE.sub("", mention.text)) or _system(mention, context)
    names = _CODE.findall(mention.text) or _bare_names(mention.text)
    location = Location(notes.path, mention.line.line, mention.line.column)
    for text in names:
        if not _NAME.match(text):
            notes.missed(f"{text!r} is no table name", location.line, mention.text)
            continue
        notes.understood()
        found, name = documented.resolve(text, system, None, context.system)
        declaration = Declaration("levels", level=mention.level, location=location)
        yield Entry(found, name, declaration, found == "firestore")


def _system(mention: _Mention, context: Context) -> System | None:
    if mention.collection:
        return "firestore"
    return context.system if context.stated and context.system != "postgresql" else None


def _bare_names(text: str) -> list[str]:
    """Names without code marks: "users, imos" or "Firebase drafts (beta)"."""
    parts = [split_remark(plain(part))[0].strip() for part in text.split(",")]
    kept = [part.split()[-1] if system_of(part) else part for part in parts if part]
    return [part for part in kept if part.lower() not in _NOTHING]
