"""PostgreSQL's text cut into tokens that tile it, so that an edit can name its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ctb_audit.sources.ddl.lexis import end_of_comment, end_of_dollar

Kind = Literal["space", "comment", "word", "name", "string", "mark"]

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\f\v\ufeff]++)"
    r"|(?P<comment>--[^\r\n]*+)"
    r"|(?P<string>[eE]'(?:[^'\\]|\\.|'')*+'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*+')"
    r'|(?P<name>(?:[uU]&)?"(?:[^"]|"")*+")'
    r"|(?P<word>[^\W\d][\w$]*+|\d[\w.]*+)"
    r"|(?P<mark>.)",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Token:
    """`start` counts characters of the text that was cut."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_ink(self) -> bool:
        """Neither white space nor a comment."""
        return self.kind not in ("space", "comment")

    @property
    def keyword(self) -> str:
        """An unquoted word in upper case, "" for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def folded(self) -> str:
        """The identifier as the server folds it, "" for what is none."""
        if self.kind == "word":
            return self.text.lower()
        return self.text[1:-1].replace('""', '"') if self.text[:1] == '"' else ""


def tokens(text: str) -> Iterator[Token]:
    """Every character belongs to one token; never raises."""
    position = 0
    while position < len(text):
        end, kind = _next(text, position)
        yield Token(kind, text[position:end], position)
        position = end


def _next(text: str, position: int) -> tuple[int, Kind]:
    if text.startswith("/*", position):
        end = end_of_comment(text, position, nested=True)
        return (end if end >= 0 else len(text)), "comment"
    if text[position] == "$":
        end = end_of_dollar(text, position, 0)
        return (end if end >= 0 else len(text)), "string"
    found = _TOKEN.match(text, position)
    assert found is not None and found.lastgroup is not None
    return found.end(), found.lastgroup  # type: ignore[return-value]
