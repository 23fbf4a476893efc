"""Insertions into a text, and the few ranges that are replaced; every other character stays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ctb_audit.remedy.in_place.definition import Definition, Element
from ctb_audit.remedy.in_place.style import Style


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to before `end` become `text`; insertions have `start == end`."""

    start: int
    end: int
    text: str

    def moved(self, by: int) -> "Edit":
        return Edit(self.start + by, self.end + by, self.text)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap; of those at one place the first comes first."""
    parts, position = list[str](), 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        assert edit.start >= position, "edits overlap"
        parts += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*parts, text[position:]))


def insertions(
    definition: Definition, columns: Sequence[str], constraints: Sequence[str], style: Style
) -> Iterator[Edit]:
    """Columns behind the last one, constraints behind the last element; comments keep theirs."""
    elements = definition.elements
    if not elements:
        yield from _first(definition, (*columns, *constraints), style)
        return
    own = [e for e in elements if e.kind != "constraint"]
    anchor = own[-1] if own else elements[-1]
    if not own or anchor is elements[-1] or not columns or _shares_line(definition, anchor, style):
        yield from _behind(definition, elements[-1], (*columns, *constraints), style)
        return
    yield from _behind(definition, anchor, columns, style)
    yield from _behind(definition, elements[-1], constraints, style)


def _first(definition: Definition, lines: Sequence[str], style: Style) -> Iterator[Edit]:
    if lines:
        place = definition.opening.end
        head = style.newline + style.indent
        yield Edit(place, place, head + f",{head}".join(lines) + style.newline + style.base)


def _shares_line(definition: Definition, element: Element, style: Style) -> bool:
    """Whether another element follows on the line, so that no line can be added behind it."""
    end = element.comma.end if element.comma and not style.comma else element.end
    return _line_end(definition, end) is None


def _behind(
    definition: Definition, element: Element, lines: Sequence[str], style: Style
) -> Iterator[Edit]:
    if not lines:
        return
    last = element.comma is None
    start = element.end if style.comma or last else element.comma.end  # type: ignore[union-attr]
    place = _line_end(definition, start)
    assert place is not None
    if style.comma:
        text = "".join(f"{style.newline}{style.comma}{line}" for line in lines)
    elif last:
        yield Edit(element.end, element.end, ",")
        text = ",".join(f"{style.newline}{style.indent}{line}" for line in lines)
    else:
        text = "".join(f"{style.newline}{style.indent}{line}," for line in lines)
    if last and "\n" not in definition.text[definition.opening.start : definition.closing.start]:
        text += style.newline + style.base
    yield Edit(place, place, text)


def _line_end(definition: Definition, start: int) -> int | None:
    """Where the line of `start` ends, behind its comments and before its line end; before the
    closing parenthesis where that stands on the line. None where anything else does.
    """
    place = start
    for token in definition.all:
        if token.start < start:
            continue
        if token.kind == "space":
            if "\n" in token.text or "\r" in token.text:
                return place
        elif token.kind == "comment":
            place = token.end
        else:
            return place if token.start == definition.closing.start else None
    return place


def statement_end(text: str, end: int) -> tuple[int, bool]:
    """Where a statement's line ends, `end` being that of its text: behind the delimiter and the
    comment that follows it on the line; and whether the statement has a delimiter.
    """
    place = end
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    closed = text.startswith((";", "\\g", "\\;"), place)
    place = place + 1 if closed else end
    line_feed = text.find("\n", place)
    stop = len(text) if line_feed < 0 else line_feed
    stop -= text[stop - 1 : stop] == "\r" and stop > place
    rest = text[place:stop].strip()
    alone = rest.startswith("/*") and rest.find("*/") == len(rest) - 2
    return (stop if not rest or alone or rest.startswith(("--", "g")) else place), closed
