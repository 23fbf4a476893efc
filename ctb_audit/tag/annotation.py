"""Writes and refreshes the `-- ctb:` annotations above CREATE TABLE; every other byte stays.

What stands in an annotation already keeps its place, its order and its quotes: only a value that
is not accepted is replaced, and what is missing is put behind the rest. A result is used only
where the script still holds the same statements and the reader of the audit finds in it what was
to be written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import System, Table
from ctb_audit.sources.ddl.annotations import Pair, declarations_above
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement

_MARK = b"\xef\xbb\xbf"
_CREATE = pattern(r"CREATE\s+(?:(?:UNLOGGED|EXTERNAL|OR\s+REPLACE|VIRTUAL)\s+)?TABLE\b", re.I)
_ENDING = pattern(r"\r\n|\n|\r")
_BARE = pattern(r"""[^\s"',]+""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the annotation of the table created at `line` and `column` has to hold.

    `facts`: key -> value. `accepted`: key -> values that may stand there instead, None for any.
    """

    table: str
    line: int
    column: int
    facts: Mapping[str, str]
    accepted: Mapping[str, frozenset[str] | None]

    def corrected(self, pair: Pair) -> str | None:
        """The value to put in place of the one that is there; None where it may stay."""
        value, accepted = self.facts.get(pair.key), self.accepted.get(pair.key)
        if value is None or accepted is None or pair.value in (value, *accepted):
            return None
        return value


@dataclass(frozen=True, slots=True)
class Annotated:
    """`written`, `refreshed`: tables whose annotation is new or changed. `left`: table -> why it
    was left without.
    """

    content: bytes
    written: tuple[str, ...] = ()
    refreshed: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def obstacles(content: bytes, system: System, tables: Iterable[Table]) -> Mapping[str, str]:
    """Of the tables that the file creates those that cannot be annotated, by name, and why."""
    text, _ = _decoded(content.removeprefix(_MARK))
    created = _created(split(text, dialect=system))
    reasons = {str(t.qualified): _obstacle(text, created.get(_place(t))) for t in tables}
    return {table: reason for table, reason in reasons.items() if reason}


def annotated(content: bytes, system: System, wanted: Sequence[Wanted]) -> Annotated:
    """The file with the annotations of its tables; unchanged where they are as they should be.

    Each of the tables must be one without obstacles.
    """
    mark = _MARK if content.startswith(_MARK) else b""
    text, encoding = _decoded(content[len(mark) :])
    statements = list(split(text, dialect=system))
    numbers = {(s.line, s.column): n for n, s in enumerate(statements)}
    edits: dict[int, tuple[Wanted, list[_Edit]]] = {}
    for want in wanted:
        number = numbers[want.line, want.column]
        edits[number] = want, list(_edits(text, statements[number], want))
    after = _edited(text, edits.values())
    unread = _unread(after, system, statements, {n: want for n, (want, _) in edits.items()})
    left = {edits.pop(n)[0].table: "an annotation there would not be read" for n in unread}
    if unread:
        after = _edited(text, edits.values())
    written, refreshed = _sorted(statements, edits)
    return Annotated(mark + after.encode(encoding), written, refreshed, left)


def _place(table: Table) -> tuple[int, int]:
    return (table.location.line, table.location.column) if table.location else (0, 0)


def _created(statements: Iterable[Statement]) -> Mapping[tuple[int, int], Statement]:
    """Line and column -> the CREATE TABLE there."""
    return {(s.line, s.column): s for s in statements if _CREATE.match(s.text)}


def _sorted(
    statements: Sequence[Statement], edits: Mapping[int, tuple[Wanted, Sequence[_Edit]]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables whose annotations are new, and those whose annotations change."""
    changed = {number: want.table for number, (want, made) in edits.items() if made}
    old = {n for n in changed if any(declarations_above(statements[n].comments))}
    written = tuple(table for n, table in changed.items() if n not in old)
    return written, tuple(table for n, table in changed.items() if n in old)


def _decoded(body: bytes) -> tuple[str, str]:
    """As sources are decoded, so that places agree; either way back to the same bytes."""
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"


def _obstacle(text: str, statement: Statement | None) -> str:
    if statement is None:
        return "no CREATE TABLE of its own stands there"
    if text[_line_start(text, statement.offset) : statement.offset].strip():
        return "something stands before CREATE TABLE on its line"
    return ""


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _edits(text: str, statement: Statement, want: Wanted) -> Iterator[_Edit]:
    above = statement.offset - len(statement.comments)
    present: set[str] = set()
    end = -1
    for line_end, pairs in declarations_above(statement.comments):
        end = above + line_end
        for pair in pairs:
            value = None if pair.key in present else want.corrected(pair)
            present.add(pair.key)
            if value is not None:
                yield _Edit(above + pair.start, above + pair.end, _written(value))
    missing = {key: value for key, value in want.facts.items() if key not in present}
    if not missing:
        return
    said = " ".join(f"{key}={_written(value)}" for key, value in missing.items())
    if end >= 0:
        yield _Edit(end, end, f" {said}")
        return
    start = _line_start(text, statement.offset)
    indent = text[start : statement.offset]
    yield _Edit(start, start, f"{indent}-- ctb: {said}{_line_end(text)}")


def _line_end(text: str) -> str:
    found = _ENDING.search(text)
    return found.group() if found else "\n"


def _written(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _edited(text: str, edits: Iterable[tuple[Wanted, Sequence[_Edit]]]) -> str:
    pieces: list[str] = []
    position = 0
    flat = [edit for _, made in edits for edit in made]
    for edit in sorted(flat, key=lambda e: (e.start, e.end)):
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def _unread(
    after: str, system: System, before: Sequence[Statement], wanted: Mapping[int, Wanted]
) -> frozenset[int]:
    """The statements above which the reader does not find what was written: all of them, where
    the script no longer holds the same ones.
    """
    statements = list(split(after, dialect=system))
    if [s.text for s in statements] != [s.text for s in before]:
        return frozenset(wanted)
    return frozenset(n for n, want in wanted.items() if not _says(statements[n], want))


def _says(statement: Statement, want: Wanted) -> bool:
    read: dict[str, Pair] = {}
    for _, pairs in declarations_above(statement.comments):
        for pair in pairs:
            read.setdefault(pair.key, pair)
    return all(key in read and want.corrected(read[key]) is None for key in want.facts)
