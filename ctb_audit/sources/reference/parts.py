"""The text of a table's documentation as lines, each with its chapter and label."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ctb_audit.document_model import Chapter
from ctb_audit.lean import pattern
from ctb_audit.sources.reference.sections import (
    Block,
    Code,
    Grid,
    Item,
    Line,
    Paragraph,
    Section,
    Sections,
)
from ctb_audit.sources.reference.wording import clean_title, plain

_LETTER = pattern(r"^([STAMPED])\s*[-:.\N{EN DASH}\N{EM DASH}]\s*[A-Za-z]")
_WORDS: tuple[tuple[Chapter, re.Pattern[str]], ...] = (
    ("S", pattern(r"^(?:structure|columns|fields|schema|definition|ddl|index)", re.I)),
    ("T", pattern(r"^(?:traceability|history|changelog)", re.I)),
    ("A", pattern(r"^(?:authenti|authoriz|access|security|permissions)", re.I)),
    ("M", pattern(r"^(?:migration|rollback)", re.I)),
    ("P", pattern(r"^(?:purpose|overview|business)", re.I)),
    ("E", pattern(r"^(?:enforcement|validation|constraints|compliance|data quality)", re.I)),
    ("D", pattern(r"^(?:dependenc|relation|integrations|processes)", re.I)),
)


class Part(NamedTuple):
    """A section of a table's documentation; `chapter` "" for the table's own head."""

    section: Section
    chapter: Chapter | str


class Said(NamedTuple):
    """One line as a table's documentation says it, markup kept; `item` of a list."""

    text: str
    line: int
    column: int
    label: str
    chapter: str
    title: str
    item: bool = False

    @property
    def under(self) -> str:
        """What it stands under: its label, else the heading, lower case."""
        return (self.label or self.title).lower()


def chapter_of(title: str) -> Chapter | None:
    """The chapter that a heading opens."""
    text = clean_title(title).replace("`", "")
    found = _LETTER.match(text)
    if found:
        return found[1]  # type: ignore[return-value]  # the pattern lists the letters
    return next((letter for letter, words in _WORDS if words.match(text)), None)


def parts(sections: Sections, section: Section) -> Iterator[Part]:
    """The section and all below it, each with the chapter that it stands in."""
    found: dict[int, str] = {section.index: ""}
    yield Part(section, "")
    for below in sections.below(section):
        outer = found.get(below.parent or 0, "")
        found[below.index] = outer or chapter_of(below.title) or ""
        yield Part(below, found[below.index])


def lines(part: Part) -> Iterator[Said]:
    """Every line of text, Markdown tables and code left out."""
    title = clean_title(part.section.title) if part.chapter else ""
    for block in part.section.blocks:
        if isinstance(block, Paragraph | Item):
            yield from _of_block(block, part.chapter, title)


def _of_block(block: Paragraph | Item, chapter: str, title: str) -> Iterator[Said]:
    item = isinstance(block, Item)
    if item:
        first = block.lines[0]
        text = " ".join(line.text for line in block.lines)
        yield Said(text, first.line, first.column, plain(block.label), chapter, title, True)
        return
    for line in block.lines:
        yield Said(line.text, line.line, line.column, plain(block.label), chapter, title)


def holds_text(block: Block) -> bool:
    """Whether a block says anything besides labels."""
    match block:
        case Code(text=text):
            return bool(text.strip())
        case Grid(rows=rows):
            return bool(rows)
        case Paragraph(lines=found) | Item(lines=found):
            return any(_says(line) for line in found)


def _says(line: Line) -> bool:
    text = plain(line.text).strip("-_* ")
    return bool(text) and not text.endswith(":")
