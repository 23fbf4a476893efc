"""Sections that document a table -> DocumentedTable with its own declaration."""

import re

from ctb_audit.lean import pattern
from ctb_audit.model import Declaration, Location
from ctb_audit.sources.reference import fields as keys
from ctb_audit.sources.reference.contexts import Context, TableHere
from ctb_audit.sources.reference.document import DocumentedTable
from ctb_audit.sources.reference.fields import first, orbt_layer, section_fields
from ctb_audit.sources.reference.headings import is_chapter
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import Item, Paragraph, Section, Sections
from ctb_audit.sources.reference.wording import Field, clean_title, plain
from ctb_audit.standard import LEVELS

_TRACKING = pattern(r"\borbt\s+tracking(?:\s+is)?\s+required\b", re.IGNORECASE)
ORBT_ASKED = ("orbt_layer",)
_YES = ("yes", "true", "y", "compliant", "\N{WHITE HEAVY CHECK MARK}", "\N{HEAVY CHECK MARK}")
_NO = ("no", "false", "n", "non-compliant", "not", "\N{CROSS MARK}")


def documented_tables(
    sections: Sections, contexts: tuple[Context, ...], notes: Notes
) -> tuple[DocumentedTable, ...]:
    """The tables that have a section of their own, in order; two sections for one are both kept."""
    tables = []
    seen: dict[object, int] = {}
    for section, context in zip(sections.all, contexts, strict=True):
        if context.table is None:
            continue
        here = context.table
        line = seen.setdefault((here.system, here.name), section.line)
        if line != section.line:
            message = f"the section on line {line} documents the same table"
            notes.remark("duplicate-object-name", message, section.line, section.title, here.name)
        tables.append(_table(sections, section, here, notes))
    return tuple(tables)


def _table(sections: Sections, section: Section, here: TableHere, notes: Notes) -> DocumentedTable:
    stamped, exempt = _stamped(here, notes)
    status = _status(here, notes)
    location = Location(notes.path, section.line, 1)
    _refuse_contradictions(here, notes)
    asks = ORBT_ASKED if _asks_for_tracking(sections, section) else ()
    declaration = Declaration(
        "section",
        table_id=_value(here, keys.TABLE_ID),
        heir_id=_value(here, keys.HEIR_ID),
        level=_level(here, notes),
        orbt=_orbt(sections, section),
        purpose=_purpose(sections, section, here),
        stamped=stamped,
        status=status,
        location=location,
        tracking=asks,
    )
    return DocumentedTable(
        name=here.name,
        system=here.system,
        kind="collection" if here.collection else "table",
        location=location,
        declarations=(declaration,),
        section=section.index,
        fields=here.fields,
        exempt=exempt,
        planned=(status or "").lower() == "planned",
    )


def _asks_for_tracking(sections: Sections, section: Section) -> bool:
    """Whether the table's section says "HEIR/ORBT tracking required"."""
    return any(
        _TRACKING.search(line.text)
        for part in (section, *sections.below(section))
        for block in part.blocks
        if isinstance(block, Paragraph | Item)
        for line in block.lines
    )


def _value(here: TableHere, names: tuple[str, ...]) -> str | None:
    field = first(here.fields, names)
    return field.value if field else None


def level_of(text: str) -> str | None:
    """The level that a value opens with, in any case; None where it opens with no level."""
    word = text.replace(":", " ").split()[:1]
    return word[0].upper() if word and word[0].upper() in LEVELS else None


def _level(here: TableHere, notes: Notes) -> str | None:
    field = first(here.fields, keys.LEVEL)
    if field is None:
        return None
    level = level_of(field.value)
    if level is None:
        message = f"the enforcement level {field.value!r} is none of {', '.join(LEVELS)}"
        notes.missed(message, field.line, field.value, here.name)
    return level


def _stamped(here: TableHere, notes: Notes) -> tuple[bool | None, str]:
    field = first(here.fields, keys.STAMPED)
    if field is None:
        return None, ""
    word = field.value.lower().replace(",", " ").replace("\N{VARIATION SELECTOR-16}", "").split()[0]
    if word in _YES:
        return True, ""
    if word in _NO:
        rest = field.value.partition(" ")[2].strip(" ,;:-\N{EM DASH}\N{EN DASH}")
        return False, field.remark or rest or "not STAMPED"
    message = f"STAMPED compliance {field.value!r} is neither yes nor no"
    notes.missed(message, field.line, field.value, here.name)
    return None, ""


def _status(here: TableHere, notes: Notes) -> str | None:
    field = first(here.fields, keys.STATUS)
    titled = here.title.status if here.title else ""
    if field and titled and field.value.lower() != titled.lower():
        message = f"the status is {field.value!r} here and {titled!r} in the heading"
        notes.remark("not-understood", message, field.line, field.value, here.name)
    return field.value if field else titled or None


def _orbt(sections: Sections, section: Section) -> int | None:
    for part in (section, *sections.below(section)):
        layer = orbt_layer(part)
        if layer is not None:
            return layer
    return None


def _purpose(sections: Sections, section: Section, here: TableHere) -> str | None:
    field = first(here.fields, keys.PURPOSE)
    if field:
        return _whole(field)
    for chapter in sections.children(section):
        if not is_chapter(chapter.title) or "purpose" not in clean_title(chapter.title).lower():
            continue
        found = first(section_fields(chapter), keys.PURPOSE)
        if found:
            return _whole(found)
        for block in chapter.blocks:
            if isinstance(block, Paragraph) and not block.lines[0].text.endswith(":"):
                return plain(" ".join(line.text for line in block.lines))
    return here.title.purpose or None if here.title else None


def _whole(field: Field) -> str:
    return f"{field.value} ({field.remark})" if field.remark else field.value


def _refuse_contradictions(here: TableHere, notes: Notes) -> None:
    """A key given twice with different values: the first is taken, the other one is listed."""
    for names in (keys.TABLE_ID, keys.HEIR_ID, keys.LEVEL, keys.STAMPED, keys.STATUS):
        taken = first(here.fields, names)
        for field in here.fields:
            if taken and field.key in names and field.value.lower() != taken.value.lower():
                message = f"{field.key} is {taken.value!r} on line {taken.line} and differs here"
                notes.remark("not-understood", message, field.line, field.value, here.name)
