"""Markdown tokens -> blocks, each with the label that it stands under."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ctb_audit.lean import pattern
from ctb_audit.sources.reference.sections import Block, Code, Grid, Item, Line, Paragraph, Row
from ctb_audit.sources.reference.wording import field_of, label_of

if TYPE_CHECKING:
    from markdown_it.token import Token

Part = tuple[int, str, int, tuple[Block, ...]]
_CELL = pattern(r"(?<!\\)\|")


class BlockReader:
    """Walks the tokens of one document once."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._blocks: list[Block] = []
        self._label = ""
        self._lists: list[int | None] = []  # the next number of each open list
        self._item: int | None = None  # how many paragraphs the innermost open item has
        self._number: int | None = None

    def parts(self) -> Iterator[Part]:
        """(level, title, line, blocks) of each section; the first has level 0."""
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark").enable("table")
        parser.core.ruler.disable("inline")
        tokens = parser.parse("\n".join(self._lines))
        head = (0, "", 1)
        position = 0
        while position < len(tokens):
            title = _heading(tokens, position)
            if title is None:
                position = self._take(tokens, position)
                continue
            yield (*head, self._flush())
            token = tokens[position]
            head = (int(token.tag[1]), title, _start(token) + 1)
            position += 3
        yield (*head, self._flush())

    def _flush(self) -> tuple[Block, ...]:
        blocks = tuple(self._blocks)
        self._blocks = []
        self._label = ""
        return blocks

    def _take(self, tokens: "list[Token]", position: int) -> int:
        """Read what starts at a token; the position after it."""
        token = tokens[position]
        match token.type:
            case "table_open":
                return self._table(tokens, position)
            case "fence" | "code_block":
                self._code(token)
            case "inline":
                self._text(token)
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._item = None
            case "list_item_open":
                self._open_item()
        return position + 1

    def _open_item(self) -> None:
        self._item = 0
        self._number = self._lists[-1]
        if self._number is not None:
            self._lists[-1] = self._number + 1

    def _text(self, token: "Token") -> None:
        lines = self._located(token.content, _start(token))
        if not lines:
            return
        if self._item == 0 and self._lists:
            self._blocks.append(Item(lines, len(self._lists), self._number, self._label))
            self._item = 1
        elif self._item is not None and self._lists:
            self._blocks.append(Paragraph(lines, self._label))
        elif len(lines) > 1 and lines[0].text.startswith("|"):
            self._blocks.append(_broken_grid(lines, self._label))
        else:
            self._blocks.append(Paragraph(lines))
            self._label = label_of(lines[-1].text)

    def _located(self, content: str, first: int) -> tuple[Line, ...]:
        found = []
        for offset, text in enumerate(content.split("\n")):
            raw = self._lines[first + offset] if first + offset < len(self._lines) else ""
            column = raw.find(text.strip())
            found.append(Line(text.strip(), first + offset + 1, max(column, 0) + 1))
        return tuple(line for line in found if line.text)

    def _code(self, token: "Token") -> None:
        first = _start(token) + (token.type == "fence")
        language, _, info = token.info.strip().partition(" ")
        label = self._label
        if self._item and self._blocks and isinstance(self._blocks[-1], Item):
            label = label_of(self._blocks[-1].lines[-1].text) or label
        self._blocks.append(
            Code(
                language.strip("{}").lstrip(".").lower(),
                token.content,
                first + 1,
                self._margin(token.content, first),
                info.strip(),
                label,
            )
        )

    def _margin(self, content: str, first: int) -> int:
        for offset, text in enumerate(content.split("\n")):
            raw = self._lines[first + offset] if first + offset < len(self._lines) else ""
            if text.strip():
                return len(raw) - len(text) if raw.endswith(text) else 0
        return 0

    def _table(self, tokens: "list[Token]", position: int) -> int:
        line = _start(tokens[position]) + 1
        rows: list[Row] = []
        cells: list[str] = []
        while tokens[position].type != "table_close":
            token = tokens[position]
            if token.type == "tr_open":
                cells, row_line = [], _start(token) + 1
            elif token.type == "inline":
                cells.append(token.content.strip())
            elif token.type == "tr_close":
                rows.append(Row(tuple(cells), row_line))
            position += 1
        self._blocks.append(Grid(rows[0].cells, tuple(rows[1:]), line, self._label))
        return position + 1


def _start(token: "Token") -> int:
    return token.map[0] if token.map else 0


def _heading(tokens: "list[Token]", position: int) -> str | None:
    """The title of the heading that starts here; None for anything else.

    Text right above `---` is a heading for Markdown; people mean a paragraph and a rule when it
    is a field or longer than a line.
    """
    token = tokens[position]
    if token.type != "heading_open" or token.level:
        return None
    title = tokens[position + 1].content.strip()
    if not token.markup.startswith("#") and ("\n" in title or field_of(title) or label_of(title)):
        return None
    return title


def _broken_grid(lines: tuple[Line, ...], label: str) -> Grid:
    """A table whose delimiter row is missing or does not fit its header."""
    kept = [line for line in lines if not _is_delimiter(line.text)]
    rows = [Row(tuple(_cells(line.text)), line.line) for line in kept]
    width = len(rows[0].cells) if rows else 0
    body = (Row((*r.cells[:width], *[""] * (width - len(r.cells))), r.line) for r in rows[1:])
    header = rows[0].cells if rows else ()
    return Grid(header, tuple(body), lines[0].line, label, broken=True)


def _is_delimiter(text: str) -> bool:
    return "-" in text and set(text) <= set("|:- \t")


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(text.strip().removeprefix("|").removesuffix("|"))]
