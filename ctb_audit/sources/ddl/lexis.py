"""What a dialect quotes and comments, as compiled expressions that run over it in linear time.

| | strings | identifiers | comments |
|---|---|---|---|
| postgresql | `'..'`, `E'..'` with backslashes, `$tag$..$tag$` | `".."` | `--`, nested `/* */` |
| sqlite | `'..'` | `".."`, backticks, `[..]` | `--`, `/* */` |
| mysql | `'..'` and `".."` with backslashes | backticks | `-- `, `#`, `/* */` but not `/*! */` |
| bigquery | as mysql, also tripled, `r` and `b` prefixes | backticks | `--`, `#`, `/* */` |

A raw string of BigQuery ends where the same string without `r` would: a backslash keeps the
quote after it in both.
"""

import re
from collections.abc import Iterator
from functools import cache

from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import System

SPACE = " \t\r\n\f\v\ufeff"

_ESCAPED = r"(?:[^'\\]++|\\.|'')*+'"
_PREFIX = r"(?<=(?<![\w$])[eE]')"  # the quote just read belongs to E'..'
_STRINGS = {
    "standard": rf"'(?:{_PREFIX}{_ESCAPED}|(?!{_PREFIX})[^']*+')",
    "plain": r"'[^']*+'",
    "backslash": rf"'{_ESCAPED}",
    "double": r'"(?:[^"\\]++|\\.|"")*+"',
    "triple": r"'''(?:[^'\\]++|\\.|'(?!''))*+'''",
    "triple double": r'"""(?:[^"\\]++|\\.|"(?!""))*+"""',
    "identifier": r'"[^"]*+"',
    "backtick": r"`[^`]*+`",
    "bracket": r"\[[^\]\n]*+\]",
}
_QUOTES: dict[System, tuple[str, ...]] = {
    "postgresql": ("standard", "identifier"),
    "firestore": ("plain", "identifier"),
    "sqlite": ("plain", "identifier", "backtick", "bracket"),
    "mysql": ("backslash", "double", "backtick"),
    "bigquery": ("triple", "triple double", "backslash", "double", "backtick"),
}
_DASHES = r"--[^\n]*+"
_DASHES_MYSQL = r"--(?=\s|\Z)[^\n]*+"  # `a--1` subtracts there
_HASH = r"\#[^\n]*+"

_INNER_COMMENT = 200
"""Characters of a comment between BEGIN and ATOMIC; without a bound, a text full of `BEGIN /*`
would be read once for each.
"""


def _blank(nested: bool, most: int | None = None) -> str:
    """White space and comments of at most so many characters, in one another two deep."""
    repeat = "*+" if most is None else f"{{0,{most}}}+"
    comment = rf"/\*(?:[^*]|\*(?!/)){repeat}\*/"
    if nested:
        comment = rf"/\*(?:[^*/]|\*(?!/)|/(?!\*)|{comment}){repeat}\*/"
    return rf"(?:[{SPACE}]|--[^\n]*+\n|{comment})++"


_KINDS: dict[System, tuple[str, ...]] = {
    "postgresql": ("FUNCTION", "PROCEDURE", "RULE"),
    "sqlite": ("TRIGGER",),
    "mysql": ("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"),
    "bigquery": ("PROCEDURE",),
    "firestore": ("RULE",),
}
"""What CREATE makes whose statement may hold semicolons."""

_BEFORE_KIND: dict[System, str] = {
    "postgresql": r"(?:OR~REPLACE~)?",
    "sqlite": r"(?:TEMP(?:ORARY)?~)?",
    "mysql": r"(?:OR~REPLACE~)?(?:DEFINER\s*=\s*\S+~)?",
    "bigquery": r"(?:OR~REPLACE~)?",
    "firestore": "",
}
_BLOCK_START: dict[System, str] = {
    "postgresql": rf"\bBEGIN{_blank(nested=True, most=_INNER_COMMENT)}ATOMIC\b",
    "firestore": r"\bBEGIN\s++ATOMIC\b",
    "sqlite": r"\bBEGIN\b",
    "mysql": r"\bBEGIN\b",
    "bigquery": r"\bBEGIN\b(?!\s+TRANSACTION|\s*;)",
}


SHORT = 65_536
"""Characters of a text that is asked for a few words, or held against a small expression, in less
time than a large one takes to compile.
"""


@dataclass(frozen=True, slots=True)
class Lexis:
    """Expressions of one dialect and delimiter.

    `plain` runs from any point outside quotes to the next character that wants a decision:
    the delimiter, a block comment, a dollar, a psql backslash, a quote without an end. `gap`
    runs over white space, empty statements and line comments. `head` tells statements that may
    hold semicolons, `block` walks through their parentheses and BEGIN ... END.
    """

    delimiter: str
    plain: re.Pattern[str]
    gap: re.Pattern[str]
    head: re.Pattern[str]
    block: re.Pattern[str]
    quotes: str
    nested: bool
    psql: bool
    mysql: bool


@cache
def lexis(system: System, delimiter: str = ";", *, backslashes: bool = False) -> Lexis:
    """`backslashes`: PostgreSQL with standard_conforming_strings off."""
    names = _QUOTES[system]
    if backslashes:
        names = tuple("backslash" if name == "standard" else name for name in names)
    strings = [_STRINGS[name] for name in names]
    mysql = system == "mysql"
    comments = [_DASHES_MYSQL if mysql else _DASHES]
    if system in ("mysql", "bigquery"):
        comments.append(_HASH)
    postgres = system == "postgresql"
    stops = re.escape("".join({*"'\"`[#", "$", "\\", "-", "/", delimiter[0]}))
    single = [] if delimiter[0] == "-" else [r"-(?!-\s)" if mysql else r"-(?!-)"]
    single += [] if delimiter[0] == "/" else [r"/(?!\*)"]
    single += ["`", r"\["] if postgres else [r"\["] * (system != "sqlite")
    single += [] if system in ("mysql", "bigquery") else [r"\#"]
    single += [] if postgres or delimiter[0] in "$\\" else [r"[$\\]"]
    inner = "|".join([*strings, *comments])
    empty = re.escape(delimiter)
    gap = "|".join([f"[{SPACE}]++", f"(?:{empty})++", *comments])
    head = rf"CREATE~{_BEFORE_KIND[system]}(?P<kind>{'|'.join(_KINDS[system])})\b"
    return Lexis(
        delimiter=delimiter,
        plain=re.compile(f"(?:{'|'.join([f'[^{stops}]++', inner, *single])})*+", re.S),
        gap=re.compile(f"(?:{gap})*+"),
        head=pattern(head.replace("~", _blank(postgres)), re.I),
        block=_block(inner, _BLOCK_START[system], empty),
        quotes="".join(sorted({_STRINGS[name].lstrip("\\")[0] for name in names})),
        nested=postgres,
        psql=postgres,
        mysql=mysql,
    )


def may_hold_blocks(text: str, system: System) -> bool:
    """Whether a statement may hold semicolons: none does in a text without the words of `head`."""
    if len(text) > SHORT:
        return True
    folded = text.upper()
    return any(word in folded for word in _KINDS[system])


def _block(inner: str, start: str, delimiter: str) -> re.Pattern[str]:
    words = (
        rf"(?P<begin>{start})|(?P<case>\bCASE\b)"
        r"|(?P<same>\bEND\s++(?:IF|LOOP|WHILE|REPEAT|FOR)\b)|(?P<end>\bEND\b)"
    )
    marks = rf"(?P<comment>/\*)|(?P<dollar>\$)|(?P<open>\()|(?P<close>\))|(?P<stop>{delimiter})"
    return pattern(f"{words}|{inner}|{marks}", re.I | re.S)


_COMMENT_MARK = pattern(r"/\*|\*/")
_DOLLAR_TAG = pattern(r"\$(?:[^\W\d]\w*)?\$")


def end_of_comment(text: str, position: int, *, nested: bool) -> int:
    """The place after the `*/` that ends the comment at `position`; -1 where none does."""
    if not nested:
        found = text.find("*/", position + 2)
        return found + 2 if found >= 0 else -1
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, position):
        depth += 1 if mark.group() == "/*" else -1
        if not depth:
            return mark.end()
    return -1


def end_of_dollar(text: str, position: int, floor: int) -> int:
    """The place after what the dollar at `position` begins: a dollar quote or a single `$`.

    -1 for a quote without an end. A dollar right behind an identifier is part of it, but not
    one at `floor`, where another token has just ended.
    """
    if position > floor and (text[position - 1].isalnum() or text[position - 1] in "_$"):
        return position + 1
    tag = _DOLLAR_TAG.match(text, position)
    if tag is None:
        return position + 1
    found = text.find(tag.group(), tag.end())
    return found + len(tag.group()) if found >= 0 else -1


def line_comments(text: str, found: Lexis) -> Iterator[tuple[int, str]]:
    """The comments of `text` that run to the end of a line, with their offsets."""
    position = floor = 0
    while (mark := found.block.search(text, position)) is not None:
        position = mark.end()
        if mark.lastgroup == "comment":
            position = end_of_comment(text, mark.start(), nested=found.nested)
        elif mark.lastgroup == "dollar" and found.psql:
            position = floor = end_of_dollar(text, mark.start(), floor)
        elif mark.lastgroup is None and mark.group()[0] in "-#":
            yield mark.start(), mark.group()
        if position < 0:
            return
