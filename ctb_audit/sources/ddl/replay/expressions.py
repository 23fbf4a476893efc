"""SQL expressions as tokens: which columns they name, and renaming inside them."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.semantics.quoting import COLUMN_NAMES, KEYWORDS, identifier

_TOKEN = pattern(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<string>(?:[eE]|[uU]&|[bBxX])?'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<word>[^\W\d][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<operator>::|.)""",
    re.VERBOSE | re.DOTALL,
)
_TYPE_WORDS = frozenset(
    [
        "timestamp",
        "time",
        "with",
        "without",
        "zone",
        "double",
        "precision",
        "character",
        "varying",
        "bit",
        "interval",
    ]
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int

    @property
    def identifier(self) -> str | None:
        """The folded name, None for anything else."""
        if self.kind == "word":
            return self.text.lower()
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        return None


def tokens(sql: str) -> list[Token]:
    """All tokens but white space and comments."""
    return [
        Token(match.lastgroup, match[0], match.start())
        for match in _TOKEN.finditer(sql)
        if match.lastgroup and match.lastgroup != "skip"
    ]


def _is_type_name(found: list[Token], at: int) -> bool:
    """The token is (part of) the type of a cast or of a typed literal such as date '...'."""
    if found[at].kind == "quoted":
        return at > 0 and found[at - 1].text == "::"
    start = at
    while start > 0 and found[start].text.lower() in _TYPE_WORDS:
        start -= 1
    before = {found[at - 1].text.lower()} if at else set()
    before.add(found[start].text.lower() if start != at else "")
    if "::" in before or "as" in before:
        return True
    while at + 1 < len(found) and found[at + 1].text.lower() in _TYPE_WORDS:
        at += 1
    return at + 1 < len(found) and found[at + 1].kind == "string"


def column_tokens(
    found: list[Token], columns: Collection[str], qualifiers: Collection[str] = ()
) -> Iterator[Token]:
    """Tokens that name one of `columns`, bare or behind one of `qualifiers`."""
    for at, token in enumerate(found):
        name = token.identifier
        if name is None or name not in columns:
            continue
        after = found[at + 1].text if at + 1 < len(found) else ""
        before = found[at - 1].text if at else ""
        if after in ("(", ".") or _is_type_name(found, at):
            continue
        if before == "." and (at < 2 or found[at - 2].identifier not in qualifiers):
            continue
        if token.kind == "word" and name in KEYWORDS and name not in COLUMN_NAMES:
            continue
        if before == "(" and at > 1 and found[at - 2].text.lower() == "extract":
            continue
        yield token


def columns_in(sql: str, columns: Collection[str], table: str = "") -> tuple[str, ...]:
    """The columns that an expression over one table names, each once, in order."""
    named = (token.identifier for token in column_tokens(tokens(sql), columns, (table,)))
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _spliced(sql: str, changed: list[Token], text: str) -> str:
    for token in reversed(changed):
        sql = sql[: token.start] + text + sql[token.start + len(token.text) :]
    return sql


def rename_column(sql: str, old: str, new: str, table: str = "") -> str:
    """The expression over one table with a column renamed."""
    return _spliced(sql, list(column_tokens(tokens(sql), (old,), (table,))), identifier(new))


def rename_qualified(sql: str, qualifier: str, old: str, new: str) -> str:
    """`qualifier.old` becomes `qualifier.new`."""
    found = tokens(sql)
    changed = [
        token
        for at, token in enumerate(found)
        if token.identifier == old
        and at > 1
        and found[at - 1].text == "."
        and found[at - 2].identifier == qualifier
    ]
    return _spliced(sql, changed, identifier(new))
