"""Where each section stands: its system, its schema, and the table it belongs to."""

from dataclasses import dataclass
from typing import Literal

from ctb_audit.lean import pattern
from ctb_audit.model import Name, System
from ctb_audit.sources.reference import fields as keys
from ctb_audit.sources.reference.column_notes import lists_columns
from ctb_audit.sources.reference.fields import first, section_fields
from ctb_audit.sources.reference.headings import (
    TableTitle,
    heading_system,
    is_chapter,
    level_title,
    lists_other_objects,
    lists_tables,
    schema_title,
    table_title,
)
from ctb_audit.sources.reference.naming import created_names, parse_name, qualify
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.parts import Part
from ctb_audit.sources.reference.sections import Code, Section, Sections
from ctb_audit.sources.reference.wording import Field, system_of

_DATABASE_KEYS = ("primary database", "database", "database system", "system", "engine", "dialect")
_ID_SYSTEMS: dict[str, System] = {"SHQ": "postgresql", "FIRE": "firestore", "BQ": "bigquery"}
_BART = pattern(r"^BART-([A-Z]+)-")
_LOWER = pattern(r"^[a-z0-9_$./\"-]+$")


@dataclass(frozen=True, slots=True)
class TableHere:
    """A section that documents a table."""

    name: Name
    system: System
    collection: bool
    title: TableTitle | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """`table` is set on a table's own section, `owner` indexes it on the sections below too.
    `area`: whether the headings around name tables or other objects.
    """

    system: System
    stated: bool = False  # the document says the system, it is not the default
    schema: str | None = None
    area: Literal["", "tables", "objects"] = ""
    owner: int | None = None
    table: TableHere | None = None


def read_contexts(sections: Sections, notes: Notes) -> tuple[Context, ...]:
    """The context of each section, in order; each heading is weighed once."""
    found: list[Context] = []
    start = _document_context(sections)
    for section in sections.all:
        outer = start if section.parent is None else found[section.parent]
        found.append(_context(sections, section, outer, notes))
    return tuple(found)


def _document_context(sections: Sections) -> Context:
    for section in sections.all[:3]:
        if section.level > 1:
            break
        for key in _DATABASE_KEYS:
            field = first(section_fields(section), (key,))
            system = system_of(field.value) if field else None
            if system:
                return Context(system, stated=True)
    return Context("postgresql")


def _context(sections: Sections, section: Section, outer: Context, notes: Notes) -> Context:
    if not section.level:
        return outer
    table = _table(sections, section, outer, notes)
    if table:
        schema = table.name.schema
        return Context(table.system, outer.stated, schema, outer.area, section.index, table)
    if outer.owner is not None:
        return Context(outer.system, outer.stated, outer.schema, outer.area, outer.owner)
    system = heading_system(section.title)
    schema = schema_title(section.title)
    if schema is None and system in (None, outer.system):
        schema = outer.schema
    return Context(
        system or outer.system,
        outer.stated or system is not None,
        schema if schema is None else parse_name(schema, system or outer.system).name,
        _area(section.title) or outer.area,
    )


def _area(title: str) -> Literal["", "tables", "objects"]:
    if lists_other_objects(title):
        return "objects"
    return "tables" if lists_tables(title) else ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A heading that may name a table; `created` is what SQL below it creates."""

    section: Section
    outer: Context
    title: TableTitle | None
    fields: tuple[Field, ...]
    system: System
    created: tuple[Name, ...]
    tabulated: bool = False

    @property
    def name(self) -> Name | None:
        """The heading's name, in the DDL's own case and schema where both name the same table."""
        if self.title is None:
            identified = first(self.fields, keys.TABLE_ID) is not None
            return self.created[0] if identified and len(self.created) == 1 else None
        written = parse_name(self.title.name, self.system)
        for name in self.created:
            same = name.name.lower() == written.name.lower()
            if same and (written.schema is None or name.schema in (None, written.schema)):
                return Name(written.schema or name.schema, name.name)
        return written

    @property
    def reads_as_name(self) -> bool:
        return self.title is not None and (
            self.title.code or _LOWER.match(self.title.name) is not None
        )

    def documents(self, name: Name) -> bool:
        """A heading names a table if it says so ("Table: x"), or if it is an identifier and the
        section gives an id, a STAMPED remark, the table's DDL, a grid of columns, or a level.
        """
        identified = first(self.fields, (*keys.TABLE_ID, *keys.HEIR_ID)) is not None
        if self.title is None or identified or self.title.explicit:
            return True
        if self.outer.owner is not None:
            return False
        if self.tabulated and self.reads_as_name and not is_chapter(self.section.title):
            return True
        defined = any(made.name == name.name for made in self.created)
        if defined or is_chapter(self.section.title):
            return defined
        if first(self.fields, keys.STAMPED):
            return True
        listed = self.reads_as_name or self.outer.area == "tables"
        return listed and first(self.fields, keys.LEVEL) is not None

    @property
    def looks_like_one(self) -> bool:
        """An identifier among tables: when nothing documents it, that is worth a word."""
        if self.outer.owner is not None or self.outer.area != "tables":
            return False
        return self.reads_as_name and not is_chapter(self.section.title)


def _table(sections: Sections, section: Section, outer: Context, notes: Notes) -> TableHere | None:
    if outer.area == "objects" or level_title(section.title) or schema_title(section.title):
        return None
    candidate = _candidate(sections, section, outer)
    name = candidate.name
    if name is None or not candidate.documents(name):
        if candidate.looks_like_one:
            message = "the heading looks like a table, and nothing below it describes one"
            notes.missed(message, section.line, section.title)
        return None
    notes.understood()
    if not section.blocks and section.end == section.index + 1:
        notes.remark("not-understood", "the table has no text", section.line, section.title, name)
    title = candidate.title
    return TableHere(
        qualify(name, candidate.system, outer.schema),
        candidate.system,
        candidate.system == "firestore" or (title is not None and title.collection),
        title,
        candidate.fields,
    )


def _candidate(sections: Sections, section: Section, outer: Context) -> _Candidate:
    title = table_title(section.title)
    fields = section_fields(section)
    system = _system(title, fields, outer)
    created = _created(sections, section, system)
    return _Candidate(section, outer, title, fields, system, created, _lists(sections, section))


def _lists(sections: Sections, section: Section) -> bool:
    """Whether the section, or a chapter right below it, lists columns."""
    chapters = (s for s in sections.children(section) if is_chapter(s.title))
    return any(lists_columns(Part(part, "")) for part in (section, *chapters))


def _system(title: TableTitle | None, fields: tuple[Field, ...], outer: Context) -> System:
    """The enclosing sections' system; where none states one, the table id's (STANDARD 2)."""
    if outer.stated:
        return outer.system
    if title and title.collection:
        return "firestore"
    table_id = first(fields, keys.TABLE_ID)
    found = _BART.match(table_id.value) if table_id else None
    return _ID_SYSTEMS.get(found[1], outer.system) if found else outer.system


def _created(sections: Sections, section: Section, system: System) -> tuple[Name, ...]:
    """Tables that the SQL of the section and of its chapters creates."""
    chapters = (s for s in sections.children(section) if is_chapter(s.title))
    names: dict[Name, None] = {}
    for part in (section, *chapters):
        for block in part.blocks:
            if isinstance(block, Code):
                names.update(dict.fromkeys(created_names(block.text, system)))
    return tuple(names)
