"""A Markdown text as a list of sections, each with its blocks and their lines in the document.

The basis of everything that is read out of a schema reference; nothing here knows a table.
"""

from typing import NamedTuple

from ctb_audit.lean import dataclass, pattern

_BREAK = pattern(r"\r\n?|\n")


class Line(NamedTuple):
    """A line of text without its markers (`-`, `>`, `1.`); `line` and `column` count from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`label` is the `**Label**:` that a block stands under, "" for none."""

    lines: tuple[Line, ...]
    label: str = ""

    @property
    def line(self) -> int:
        return self.lines[0].line


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; `depth` from 1, `number` of an ordered one."""

    lines: tuple[Line, ...]
    depth: int = 1
    number: int | None = None
    label: str = ""

    @property
    def line(self) -> int:
        return self.lines[0].line

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A Markdown table; every row is as long as the header. `broken`: it renders as plain text."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int
    label: str = ""
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced or indented block. `line` is that of the first line of `text`, `margin` counts the
    characters that a list or a quotation puts before each line, `info` follows the language.
    """

    language: str
    text: str
    line: int
    margin: int = 0
    info: str = ""
    label: str = ""


Block = Paragraph | Item | Grid | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it before the next one.

    `level` 0 is the text before the first heading. `parent` indexes `Sections.all`, `end` is the
    index after the last section below this one.
    """

    level: int
    title: str
    line: int
    index: int
    parent: int | None
    blocks: tuple[Block, ...] = ()
    end: int = 0


@dataclass(frozen=True)
class Sections:
    """The sections of a document in its order; the first one has level 0."""

    all: tuple[Section, ...]

    def ancestors(self, section: Section) -> tuple[Section, ...]:
        """The sections that enclose one, nearest first."""
        found = []
        while section.parent is not None:
            section = self.all[section.parent]
            found.append(section)
        return tuple(found)

    def below(self, section: Section) -> tuple[Section, ...]:
        """All sections inside one, in order."""
        return self.all[section.index + 1 : section.end]

    def children(self, section: Section) -> tuple[Section, ...]:
        return tuple(s for s in self.below(section) if s.parent == section.index)

    def headings(self, section: Section) -> tuple[str, ...]:
        """Titles from the outermost to the section's own."""
        path = (section, *self.ancestors(section))
        return tuple(s.title for s in reversed(path) if s.level)


def split_lines(text: str) -> list[str]:
    """Lines as Markdown counts them: LF, CRLF and CR end one, no other character does."""
    return _BREAK.split(text)


def read_sections(text: str) -> Sections:
    """Cut a document into sections; linear in its length, never fails."""
    from ctb_audit.sources.reference.blocks import BlockReader

    lines = split_lines(text.removeprefix("\ufeff"))
    builder = _Tree()
    for level, title, line, blocks in BlockReader(lines).parts():
        builder.add(level, title, line, blocks)
    return builder.finish()


class _Tree:
    def __init__(self) -> None:
        self._open: list[int] = []
        self._parts: list[Section] = []
        self._ends: dict[int, int] = {}

    def add(self, level: int, title: str, line: int, blocks: tuple[Block, ...]) -> None:
        index = len(self._parts)
        self._close(level, index)
        parent = self._open[-1] if self._open else None
        self._parts.append(Section(level, title, line, index, parent, blocks))
        self._open.append(index)

    def _close(self, level: int, index: int) -> None:
        while self._open and self._parts[self._open[-1]].level >= level:
            self._ends[self._open.pop()] = index

    def finish(self) -> Sections:
        self._close(-1, len(self._parts))
        return Sections(
            tuple(
                Section(s.level, s.title, s.line, s.index, s.parent, s.blocks, self._ends[s.index])
                for s in self._parts
            )
        )
