"""What a document says outside its tables' sections: formats, prefixes, lists, other objects."""

import re
from collections.abc import Iterator

from ctb_audit.document_model import (
    FormatNote,
    Listing,
    ObjectTitle,
    Prefix,
    SourceFile,
    SystemNote,
)
from ctb_audit.lean import pattern
from ctb_audit.model import Location, Name, System
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.document import Fence, Reference
from ctb_audit.sources.reference.headings import lists_other_objects
from ctb_audit.sources.reference.naming import Documented
from ctb_audit.sources.reference.sections import Code, Grid, Item, Section, Sections
from ctb_audit.sources.reference.summaries import summary_columns
from ctb_audit.sources.reference.wording import (
    IDENTIFIER,
    clean_title,
    key_of,
    plain,
    split_remark,
    system_of,
)

_TEMPLATE = pattern(r"`([^`]+)`")
_PATTERN = pattern(r"\^[A-Z][A-Z_-]*-[^\s'\"/;,]*\$")
_DEFINES = pattern(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?"
    r"(?:MATERIALIZED\s+VIEW|FUNCTION|PROCEDURE|TRIGGER|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?:\w+\.)?\"?(\w+)",
    re.I,
)
_MIGRATIONS = pattern(
    r"^(?:current|applied|existing|all)? ?migrations?(?: files| history| list)?$", re.I
)
_PLACE = pattern(r"[\w./-]++")
_FILE = pattern(r"(.*[\w-]\.sql)\b")
_KINDS = (("trigger", "trigger"), ("function", "function"), ("view", "view"))


def formats(reference: Reference) -> Iterator[FormatNote]:
    """Formats that hold for all tables, and the patterns that code blocks spell out."""
    for rule in reference.statements:
        label, _, rest = rule.text.partition(":")
        found = tuple(part.strip() for part in re.split(r"\s+or\s+", rest) if part.strip())
        if label.strip().lower().endswith("format") and found:
            yield FormatNote(_without_format(label), found, rule.location)
    for fence in reference.fences:
        for offset, line in enumerate(fence.text.splitlines()):
            for found in _PATTERN.findall(line):
                place = Location(reference.path, fence.line + offset, 1)
                yield FormatNote("", (found,), place, pattern=True)


def _without_format(label: str) -> str:
    return re.sub(r"\s*format$", "", label.strip(), flags=re.I).lower()


def prefixes(sections: Sections, path: str) -> Iterator[Prefix]:
    """Rows of a grid with a prefix and an example."""
    for section in sections.all:
        for block in section.blocks:
            header = [key_of(plain(c)) for c in block.header] if isinstance(block, Grid) else []
            if isinstance(block, Grid) and "prefix" in header and "example" in header:
                head, tail = header.index("prefix"), header.index("example")
                for row in block.rows:
                    place = Location(path, row.line, 1)
                    yield Prefix(plain(row.cells[head]), plain(row.cells[tail]), place)


def object_titles(
    sections: Sections, contexts: tuple[Context, ...], path: str
) -> Iterator[ObjectTitle]:
    """Headings that name a trigger, function or view, with what their SQL defines."""
    for section, context in zip(sections.all, contexts, strict=True):
        if context.area != "objects" or section.parent is None:
            continue
        title = clean_title(section.title).strip("`")
        outer = next((s for s in sections.ancestors(section) if lists_other_objects(s.title)), None)
        kind = _kind(outer.title) if outer else ""
        defines = tuple(_DEFINES.findall("\n".join(_code(sections, section))))
        if kind and re.fullmatch(IDENTIFIER, title) and "_" in title and defines:
            yield ObjectTitle(kind, title, defines, Location(path, section.line, 1))  # type: ignore[arg-type]  # of _KINDS


def _kind(title: str) -> str:
    return next((kind for word, kind in _KINDS if word in title.lower()), "")


def _code(sections: Sections, section: Section) -> Iterator[str]:
    for part in (section, *sections.below(section)):
        yield from (block.text for block in part.blocks if isinstance(block, Code))


def listed_systems(sections: Sections, path: str) -> Iterator[SystemNote]:
    """The databases that a grid below a heading like "Active Databases" lists."""
    for section in sections.all:
        if not re.search(r"\bactive\b.*\bdatabases?\b", section.title, re.I):
            continue
        for block in section.blocks:
            if isinstance(block, Grid) and key_of(plain(block.header[0])) in ("database", "system"):
                for row in block.rows:
                    system = system_of(plain(row.cells[0]))
                    if system is not None:
                        yield SystemNote(system, plain(row.cells[0]), Location(path, row.line, 1))


def migrations(sections: Sections, path: str) -> Iterator[SourceFile]:
    """The files below a heading or label like "Current Migrations"."""
    for section in sections.all:
        titled = _MIGRATIONS.match(clean_title(section.title)) is not None
        for block in section.blocks:
            if not isinstance(block, Code | Item):
                continue
            labelled = _MIGRATIONS.match(plain(block.label)) is not None
            if not (labelled or (titled and not block.label)):
                continue
            texts = (
                [(block.line + n, line) for n, line in enumerate(block.text.splitlines())]
                if isinstance(block, Code)
                else [(line.line, line.text) for line in block.lines]
            )
            for number, text in texts:
                for place in _PLACE.findall(text):
                    if (named := _FILE.match(place)) is not None:
                        yield SourceFile("migration", named[1], Location(path, number, 1))


def table_migrations(
    sections: Sections, contexts: tuple[Context, ...], documented: Documented, path: str
) -> Iterator[tuple[tuple[System, Name], SourceFile]]:
    """The migration that a summary's column of that name gives each table."""
    for key, row, grid, _columns in _rows(sections, contexts, documented):
        header = [key_of(plain(cell)) for cell in grid.header]
        index = next(
            (i for i, c in enumerate(header) if c in ("migration", "migration file")), None
        )
        if index is not None and plain(grid.rows[row].cells[index]):
            text = plain(grid.rows[row].cells[index])
            yield key, SourceFile("migration", text, Location(path, grid.rows[row].line, 1))


def listings(
    reference: Reference, contexts: tuple[Context, ...], documented: Documented
) -> Iterator[Listing]:
    """Lists of tables that mean to be whole."""
    titles = {
        block.line: clean_title(section.title)
        for section in reference.sections.all
        for block in section.blocks
        if isinstance(block, Grid)
    }
    grids: dict[int, list[tuple[System, Name]]] = {}
    for key, _, grid, _columns in _rows(reference.sections, contexts, documented):
        grids.setdefault(grid.line, []).append(key)
    for line, rows in grids.items():
        yield Listing("summary", titles[line], tuple(rows), Location(reference.path, line, 1))
    levels = [
        ((t.system, t.name), d.location)
        for t in reference.tables
        for d in t.declarations
        if d.source == "levels" and d.level and d.location
    ]
    if levels:
        place = min(location for _, location in levels)
        keys = tuple(dict.fromkeys(key for key, _ in levels))
        yield Listing("levels", "the lists of levels", keys, place)


_Row = tuple[tuple[System, Name], int, Grid, dict[str, int]]


def _rows(
    sections: Sections, contexts: tuple[Context, ...], documented: Documented
) -> Iterator[_Row]:
    """Each row of a summary that names a table: (table, row, grid, columns)."""
    for section, context in zip(sections.all, contexts, strict=True):
        for block in section.blocks:
            columns = summary_columns(block) if isinstance(block, Grid) else None
            if columns is None or not isinstance(block, Grid):
                continue
            for number, row in enumerate(block.rows):
                text = split_remark(plain(row.cells[columns["table"]]))[0]
                if not text or " " in text:
                    continue
                cells = {
                    k: plain(row.cells[columns[k]]) for k in ("database", "schema") if k in columns
                }
                system = system_of(cells.get("database", "")) or (
                    context.system if context.stated else None
                )
                schema = cells.get("schema", "").strip("-") or None
                yield (
                    documented.resolve(text, system, schema, context.system),
                    number,
                    block,
                    columns,
                )


def showing(fences: tuple[Fence, ...]) -> tuple[int, ...]:
    """The sections, in order, in which a code block shows a structure."""
    return tuple(
        f.section
        for f in fences
        if f.role == "schema" or re.search(r"\binterface\b|\btype\b", f.text) is not None
    )
