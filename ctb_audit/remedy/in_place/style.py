"""How a file writes its tables, so that what is added reads as if its author had."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ctb_audit.model import Type
from ctb_audit.remedy.in_place.definition import Definition, Element
from ctb_audit.remedy.in_place.tokens import Token, tokens
from ctb_audit.remedy.quoting import type_name
from ctb_audit.semantics.quoting import identifier

_INDENT = "    "
_LEADING = re.compile(r"[ \t]*,[ \t]*\Z")
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "timestamp with time zone": ("timestamptz", "timestamp with time zone"),
    "timestamp without time zone": ("timestamp", "timestamp without time zone"),
    "character varying": ("varchar", "character varying"),
    "integer": ("integer", "int", "int4"),
}
"""What files call a type, the usual spelling first."""


@dataclass(frozen=True)
class Style:
    """`comma`: what stands before an element in a file that begins lines with commas, "" for one
    that ends them so. `width`: where types begin, counted from the name's first character, 0 for
    no alignment. `schema`: the one that the file leaves out, "" where it writes it.
    """

    newline: str = "\n"
    indent: str = _INDENT
    comma: str = ""
    lower: bool = False
    lower_types: bool = False
    quoted: bool = False
    gap: str = " "
    width: int = 0
    words: str = ""
    base: str = ""
    schema: str = ""

    def name(self, name: str) -> str:
        plain = identifier(name)
        return f'"{plain}"' if self.quoted and plain[:1] != '"' else plain

    def sql(self, text: str) -> str:
        """Generated SQL in the file's case of keywords."""
        if self.schema:
            text = "".join(_unqualified(text, self.schema))
        return "".join(_folded(text)) if self.lower else text

    def type(self, type_: Type) -> str:
        spelled = self._spelled(type_)
        return spelled.lower() if self.lower_types else spelled.upper()

    def _spelled(self, type_: Type) -> str:
        text = type_name(type_)
        usual = _SPELLINGS.get(type_.name)
        if usual is None or type_.dimensions:
            return text
        counts = [len(re.findall(rf"\b{word}\b", self.words)) for word in usual]
        best = usual[counts.index(max(counts))]
        if not type_.parameters:
            return best
        inner = ",".join(map(str, type_.parameters))
        head, space, tail = best.partition(" ")
        timed = space and head == "timestamp"
        return f"{head}({inner}) {tail}" if timed else f"{best}({inner})"

    def column(self, name: str, rest: str) -> str:
        shown = self.name(name)
        return f"{shown.ljust(self.width - 1)} {rest}" if self.width else f"{shown}{self.gap}{rest}"


def _folded(text: str) -> Iterable[str]:
    for token in tokens(text):
        is_keyword = token.kind == "word" and token.text.isupper()
        yield token.text.lower() if is_keyword else token.text


def _unqualified(text: str, schema: str) -> Iterator[str]:
    """The text without the schema before names, and in the name that a counter is given by."""
    every = list(tokens(text))
    skipped = False
    for token, behind in pairwise((*every, Token("space", "", len(text)))):
        is_schema = token.folded == schema and behind.text == "."
        if not is_schema and not skipped:
            named = token.kind == "string" and token.text.startswith(f"'{schema}.")
            yield f"'{token.text[len(schema) + 2 :]}" if named else token.text
        skipped = is_schema


def style_of(definition: Definition, before: str, file: str, schema: str) -> Style:
    """The style of one table; what it leaves open is the file's. `before` is the text above it,
    `schema` the table's.
    """
    text, newline = definition.text, newline_of(definition.text, file)
    columns = [e for e in definition.elements if e.kind == "column"]
    keywords = [t.text for t in definition.all if t.keyword in _KEYWORDS]
    names = [e.ink[0].text for e in columns]
    lines = [e for e in definition.elements if _begins_line(e, text)]
    width, gap = _alignment([e for e in columns if e in lines and len(e.ink) > 1], text)
    margin = _margin(before)
    types = [e.ink[1].text for e in columns if len(e.ink) > 1 and e.ink[1].kind == "word"]
    return Style(
        newline=newline,
        indent=_indent(lines, text) or margin + _usual_indent(file),
        comma=_comma(definition),
        lower=_mostly_lower(keywords),
        lower_types=_mostly_lower(types or keywords),
        quoted=bool(names) and all(name.startswith('"') for name in names),
        gap=gap,
        width=width,
        words=f"{text}\n{file}".lower(),
        base=margin,
        schema=schema if len(definition.name) == 1 else "",
    )


_KEYWORDS = frozenset(("CREATE", "TABLE", "NOT", "NULL", "PRIMARY", "KEY", "DEFAULT", "REFERENCES"))


def newline_of(text: str, file: str) -> str:
    for part in (text, file):
        if "\n" in part:
            return "\r\n" if 2 * part.count("\r\n") > part.count("\n") else "\n"
    return "\n"


def _mostly_lower(words: list[str]) -> bool:
    return 2 * sum(word.islower() for word in words) > len(words)


def _line_head(text: str, position: int) -> str:
    return text[max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1 : position]


def _margin(before: str) -> str:
    head = _line_head(before, len(before))
    return head if head.isspace() else ""


def _begins_line(element: Element, text: str) -> bool:
    at = element.start
    head = _line_head(text, at)
    return len(head) < at and (not head.strip() or _LEADING.fullmatch(head) is not None)


def _indent(lines: list[Element], text: str) -> str:
    """What the table's own lines begin with, "" where it has none."""
    heads = [_line_head(text, element.start) for element in lines]
    plain = [head for head in heads if not head.strip()]
    return plain[-1] if plain else " " * len(heads[0]) if heads else ""


def _usual_indent(file: str) -> str:
    found = re.search(r"^create\s[^;]*?\(\s*?\r?\n([ \t]+)\S", file, re.I | re.M)
    return found[1] if found else _INDENT


def _comma(definition: Definition) -> str:
    """What precedes an element where most lines begin with the comma."""
    later = definition.elements[1:]
    heads = [_line_head(definition.text, e.start) for e in later]
    leading = [head for head in heads if _LEADING.fullmatch(head)]
    return Counter(leading).most_common(1)[0][0] if 2 * len(leading) > len(later) else ""


def _alignment(columns: list[Element], text: str) -> tuple[int, str]:
    """The common distance from name to type where it is wider than one space; else the gap."""
    gaps = [text[e.ink[0].end : e.ink[1].start] for e in columns]
    plain = [(e, gap) for e, gap in zip(columns, gaps, strict=True) if gap and not gap.strip(" ")]
    widths = {e.ink[1].start - e.start for e, _ in plain}
    if len(plain) > 1 and len(widths) == 1 and any(len(gap) > 1 for _, gap in plain):
        return widths.pop(), " "
    tabs = Counter(gap for gap in gaps if gap and not gap.strip("\t"))
    if tabs and 2 * sum(tabs.values()) > len(gaps):
        return 0, tabs.most_common(1)[0][0]
    return 0, " "
