"""The words of the security rules language."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ctb_audit.lean import pattern

TokenKind = Literal["word", "number", "string", "sign", "broken", "end"]

_TOKEN = pattern(
    r"""
      (?P<space>[ \t\r\n\f\v\ufeff\u00a0]+ | //[^\n]* | /\*(?:[^*]|\*(?!/))*+\*/)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<string>[rb]?(?:'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+"))
    | (?P<sign>&&|\|\||==|!=|<=|>=|=\*\*|\$\(|[-+*/%!<>=(){}\[\],.:;?&|$@])
    | (?P<broken>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = pattern(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


class Token(NamedTuple):
    """`text` as written; of a string its value. `start`, `end` are offsets."""

    kind: TokenKind
    text: str
    start: int
    end: int
    line: int
    column: int
    raw: bool = False

    @property
    def shown(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


def tokens(text: str, first_line: int = 1, margin: int = 0) -> Iterator[Token]:
    """Every word, spaces and comments left out, and the end at last; linear in the text.

    `first_line`, `margin`: where the text stands in its document, and what precedes each line.
    """
    line, line_start, position = first_line, 0, 0
    for found in _TOKEN.finditer(text):
        kind, position = found.lastgroup, found.start()
        word = found.group()
        if kind != "space":
            column = position - line_start + 1 + margin
            yield _token(kind or "broken", word, position, line, column)
        breaks = word.count("\n")
        if breaks:
            line += breaks
            line_start = position + word.rindex("\n") + 1
    yield Token("end", "", len(text), len(text), line, len(text) - line_start + 1 + margin)


def _token(kind: str, word: str, start: int, line: int, column: int) -> Token:
    end = start + len(word)
    if kind == "string":
        raw = word[0] in "rb"
        body = word[2:-1] if raw else word[1:-1]
        value = body if raw else _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), body)
        return Token("string", value, start, end, line, column, raw)
    return Token(kind, word, start, end, line, column)  # type: ignore[arg-type]  # a group's name
