"""Figures and statements about the whole that a document's own content can refute."""

import re
from collections.abc import Iterator

from ctb_audit.document_model import Claim, Remark
from ctb_audit.lean import pattern
from ctb_audit.model import Location, System
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import Grid, Item, Paragraph, Section, Sections
from ctb_audit.sources.reference.wording import LONGEST, field_of, key_of, plain, system_of

_NUMBER = pattern(
    r"^(?:(?:about|approx\.?|~)\s*+)?(?P<number>\d++(?:[.,]\d++)?)(?:\s*+(?P<more>\+))?"
    r"(?P<percent>\s*+%)?(?:\s*+\(\s*+(?P<share>\d++(?:\.\d++)?)\s*+%\s*+\))?"
    r"(?:\s*+\((?P<parts>[^()]*+)\))?\s*+$"
)
_PART = pattern(r"(\d+)\s+(active|planned)\b", re.I)
_FIGURE = pattern(
    r"^(?:(?:total |number of )?(?:tables|collections|views|triggers|functions|columns)"
    r"|(?:active|planned) (?:tables|collections)|tables with .{2,40}"
    r"|average (?:number of )?columns(?: per table)?)$"
)
_METRIC = ("metric", "statistic", "measure", "figure", "stat")
_VALUE = ("value", "count", "number", "total")
_INDEXED = pattern(r"^all tables\b.{0,40}\bind(?:exes|ices) on\b", re.I)
_REQUIRED = pattern(r"^required (?:for|in|on) (?:all|every) tables?$", re.I)


def claims(sections: Sections, contexts: tuple[Context, ...], notes: Notes) -> Iterator[Claim]:
    """Every claim outside the tables' own sections, in order."""
    for section, context in zip(sections.all, contexts, strict=True):
        if context.owner is None:
            yield from _tabulated(section, notes)
            yield from _stated(section, notes)
            yield from _listed(section, notes)


def _tabulated(section: Section, notes: Notes) -> Iterator[Claim]:
    for block in section.blocks:
        if not isinstance(block, Grid) or len(block.header) < 2:
            continue
        head = [key_of(plain(cell)) for cell in block.header]
        if head[0] in _METRIC and head[1] in _VALUE:
            for row in block.rows:
                place = Location(notes.path, row.line, 1)
                yield from _figures(plain(row.cells[0]), plain(row.cells[1]), place, None, notes)


def _figures(
    subject: str, value: str, place: Location, system: System | None, notes: Notes
) -> Iterator[Claim]:
    key = key_of(subject)
    found = _NUMBER.match(value)
    if found is None or not _FIGURE.match(key):
        notes.remark("unread-rule", f"the figure {subject!r} is not understood", place.line, value)
        return
    number = float(found["number"].replace(",", "."))
    share = found["share"]
    text = f"{subject}: {value}"
    if found["percent"]:
        yield Claim("figure", key, text, place, percent=number, system=system)
        return
    percent = float(share) if share else None
    yield Claim("figure", key, text, place, number, percent, bool(found["more"]), system)
    for count, state in _PART.findall(found["parts"] or ""):
        yield Claim("figure", f"{state.lower()} tables", text, place, float(count), system=system)


def _stated(section: Section, notes: Notes) -> Iterator[Claim]:
    """`Tables: 15+` below a system's name, `**Total Tables**: 7`, `Security Rules: Enforced`."""
    system: System | None = None
    for block in section.blocks:
        if not isinstance(block, Paragraph | Item):
            continue
        if isinstance(block, Item) and block.depth == 1:
            system = system_of(plain(block.text))
        for line in block.lines:
            field = field_of(line.text, unmarked=True)
            if field is None:
                continue
            place = Location(notes.path, line.line, line.column)
            value = f"{field.value} ({field.remark})" if field.remark else field.value
            if _FIGURE.match(field.key) and re.match(r"[~\d]", value):
                yield from _figures(field.key.capitalize(), value, place, system, notes)
            elif field.key == "security rules" and re.match(r"enforced|enabled|yes", value, re.I):
                yield Claim("rules", field.key, f"Security Rules: {value}", place, system=system)


def _listed(section: Section, notes: Notes) -> Iterator[Claim]:
    """Lists of indexes or columns that all tables have."""
    head: tuple[str, Location] | None = None
    items: list[Remark] = []
    for block in section.blocks:
        if isinstance(block, Item) and head is not None:
            place = Location(notes.path, block.line, block.lines[0].column)
            items.append(Remark(plain(block.text), place))
            continue
        yield from _closed(head, items)
        last = block.lines[-1] if isinstance(block, Paragraph) else None
        text = plain(last.text).rstrip(":") if last and len(last.text) <= LONGEST else ""
        matched = last is not None and (_INDEXED.match(text) or _REQUIRED.match(text))
        head = (text, Location(notes.path, last.line, 1)) if last and matched else None
        items = []
    yield from _closed(head, items)


def _closed(head: tuple[str, Location] | None, items: list[Remark]) -> Iterator[Claim]:
    if head is None or not items:
        return
    text, place = head
    kind = "indexes" if _INDEXED.match(text) else "columns"
    yield Claim(kind, text.lower(), text, place, items=tuple(items))  # type: ignore[arg-type]  # one of two
