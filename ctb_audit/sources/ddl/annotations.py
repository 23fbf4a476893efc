"""Reads `-- ctb:` annotations, which declare facts of a table or waive findings.

    -- ctb: table=BART-SHQ-USERS-V1 enforcement=STRICT orbt=3 purpose="user accounts"
    -- ctb: ignore[unindexed-status:state] owner=data-team until=2027-03-31 reason="12 rows"

An annotation stands on a line of its own above the statement whose objects it concerns. The
declaring keys also work in a COMMENT that starts with `ctb:`. What cannot be read is a
`Mistake`, never passed over: an annotation that silently does nothing would look like a waiver.
A line that starts with `CTB:` in other letters counts only where a key or `ignore` follows, since
the organisation's own name begins prose, too.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import Declaration, InlineWaiver, Location
from ctb_audit.sources.ddl.lexis import Lexis, line_comments
from ctb_audit.sources.ddl.operations import Mistake
from ctb_audit.sources.ddl.statement import Statement

LEVELS = ("STRICT", "STANDARD", "RELAXED", "NONE")  # of STANDARD section 3
WAIVER_KEYS = ("owner", "until", "reason")

_MARKED = r"(?:--+|\#+)[ \t]*(?P<mark>ctb[ \t]*:)[ \t]*(?P<rest>[^\r\n]*)"
_MARK = pattern(_MARKED, re.I)
_LINE = pattern(rf"^[ \t\ufeff]*{_MARKED}", re.I | re.M)
_KEYED = pattern(r"ignore\s*\[|[a-z_-]+\s*=", re.I)
_BLOCK_COMMENT = pattern(r"/\*.*?\*/", re.S)
_PAIR = pattern(
    r"""\s*+(?P<key>[A-Za-z][\w-]*)\s*+=\s*+"""
    r"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"',]+))(?=[\s,]|$),?"""
)
_IGNORE = pattern(r"ignore\s*+\[\s*+(?P<rule>[^\]:\s]*+)\s*+(?::(?P<requirement>[^\]]*+))?\]")
_RULE = pattern(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Annotations:
    declarations: tuple[Declaration, ...] = ()
    waivers: tuple[InlineWaiver, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def __add__(self, other: "Annotations") -> "Annotations":
        return Annotations(
            self.declarations + other.declarations,
            self.waivers + other.waivers,
            self.mistakes + other.mistakes,
        )


class _Malformed(ValueError):
    """`args` are the problem and the next step."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value; `start` and `end` are the value's place in the text, quotes included."""

    key: str
    value: str
    start: int
    end: int


def above(statement: Statement, path: str) -> Annotations:
    """The annotations in the comments above a statement."""
    comments = statement.comments
    found: list[Annotations] = []
    row, counted = statement.line - comments.count("\n"), 0
    for line in _lines(comments):
        at = line.start("mark")
        row += comments.count("\n", counted, at)
        counted = at
        column = at - comments.rfind("\n", 0, at)
        found.append(_annotation(line["rest"], "annotation", Location(path, row, column)))
    return Annotations(
        tuple(d for each in found for d in each.declarations),
        tuple(w for each in found for w in each.waivers),
        tuple(m for each in found for m in each.mistakes),
    )


def declarations_above(comments: str) -> Iterator[tuple[int, tuple[Pair, ...]]]:
    """The pairs of each declaration in the comments above a statement, with places in `comments`,
    and where its line ends. One that cannot be read is left out.
    """
    for line in _lines(comments):
        if _annotation(line["rest"], "annotation", Location("")).declarations:
            at = line.start("rest")
            pairs = _pairs(line["rest"], tuple(_FIELDS))
            moved = (replace(p, start=p.start + at, end=p.end + at) for p in pairs.values())
            yield at + len(line["rest"].rstrip()), tuple(moved)


def _lines(comments: str) -> Iterator[re.Match[str]]:
    if "ctb" not in comments.lower():
        return
    blanked = _BLOCK_COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), comments)
    yield from (line for line in _LINE.finditer(blanked) if _counts(line))


def misplaced(text: str, lexis: Lexis) -> Iterator[int]:
    """Offsets of annotations inside a statement, or behind one, where they concern nothing."""
    for offset, comment in line_comments(text, lexis):
        mark = _MARK.match(comment)
        if mark is not None and _counts(mark):
            yield offset


def misplacement(location: Location) -> Mistake:
    return Mistake(
        location,
        "a ctb annotation that stands above no statement",
        "put it on its own line directly above the statement that it concerns",
    )


def from_comment(text: str, location: Location | None) -> Annotations:
    """The declaration in the text of a COMMENT ON TABLE; nothing unless it starts with `ctb:`."""
    head, colon, rest = text.strip().partition(":")
    if not colon or head.strip() != "ctb":
        return Annotations()
    rest = " ".join(rest.split("\n"))
    return _annotation(rest, "comment", location or Location(""))


def _counts(line: re.Match[str]) -> bool:
    return line["mark"].startswith("ctb") or _KEYED.match(line["rest"]) is not None


def _annotation(
    rest: str, source: Literal["annotation", "comment"], location: Location
) -> Annotations:
    try:
        if source == "annotation" and re.match(r"ignore\b", rest):
            return Annotations(waivers=(_waiver(rest, location),))
        return Annotations(declarations=(_declaration(rest, source, location),))
    except _Malformed as error:
        problem, step = error.args
        return Annotations(mistakes=(Mistake(location, problem, step),))


def _pairs(rest: str, known: tuple[str, ...]) -> dict[str, Pair]:
    pairs: dict[str, Pair] = {}
    position, rest = 0, rest.rstrip()
    while position < len(rest):
        pair = _PAIR.match(rest, position)
        if pair is None:
            raise _Malformed(
                f"cannot read {rest[position:].strip()[:40]!r} in a ctb annotation",
                'write key=value or key="several words"',
            )
        key = pair["key"]
        if key not in known:
            raise _Malformed(f"unknown key {key} in a ctb annotation", _meant(key, known))
        if key in pairs:
            raise _Malformed(f"{key} is given twice in a ctb annotation", "keep one of them")
        pairs[key] = Pair(key, _value(pair), *_span(pair))
        position = pair.end()
    return pairs


def _value(pair: re.Match[str]) -> str:
    double = pair["double"]
    if double is not None:
        return re.sub(r"\\(.)", r"\1", double)
    return pair["single"] or pair["bare"] or ""


def _span(pair: re.Match[str]) -> tuple[int, int]:
    """Of the value with its quotes."""
    for name, quote in (("double", 1), ("single", 1), ("bare", 0)):
        start, end = pair.span(name)
        if start >= 0:
            return start - quote, end + quote
    raise AssertionError("a pair without a value")


def _meant(word: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    if near:
        return f"did you mean {next(k for k in known if k.lower() == near[0])}?"
    return f"use one of {', '.join(known)}"


def _waiver(rest: str, location: Location) -> InlineWaiver:
    example = 'write ignore[rule] or ignore[rule:requirement] owner=.. until=YYYY-MM-DD reason=".."'
    head = _IGNORE.match(rest)
    if head is None or not _RULE.fullmatch(head["rule"]):
        raise _Malformed("an ignore annotation names one rule in brackets", example)
    found = _pairs(rest[head.end() :], WAIVER_KEYS)
    pairs = {key: pair.value for key, pair in found.items()}
    missing = [key for key in WAIVER_KEYS if not pairs.get(key, "").strip()]
    if missing:
        raise _Malformed(f"ignore[{head['rule']}] lacks {', '.join(missing)}", example)
    try:
        until = date.fromisoformat(pairs["until"])
    except ValueError:
        raise _Malformed(f"until={pairs['until']} is no date", "write until=YYYY-MM-DD") from None
    return InlineWaiver(
        rule=head["rule"],
        requirement=(head["requirement"] or "").strip(),
        owner=pairs["owner"],
        until=until.isoformat(),
        reason=pairs["reason"],
        location=location,
    )


def _declaration(
    rest: str, source: Literal["annotation", "comment"], location: Location
) -> Declaration:
    pairs = _pairs(rest, tuple(_FIELDS))
    if not pairs:
        raise _Malformed("a ctb annotation without a key", f"use one of {', '.join(_FIELDS)}")
    values: dict[str, Any] = {}
    for key, pair in pairs.items():
        field, convert = _FIELDS[key]
        values[field] = convert(key, pair.value)
    return Declaration(source=source, location=location, **values)


def _text(key: str, value: str) -> str:
    if not value.strip():
        raise _Malformed(f"{key} is empty in a ctb annotation", "give it a value or leave it out")
    return value.strip()


def _level(key: str, value: str) -> str:
    if value.upper() not in LEVELS:
        raise _Malformed(f"{key}={value} is no enforcement level", _meant(value, LEVELS))
    return value.upper()


def _layer(key: str, value: str) -> int:
    if value not in ("1", "2", "3", "4"):
        raise _Malformed(f"{key}={value} is no ORBT layer", "use 1, 2, 3 or 4")
    return int(value)


def _flag(key: str, value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise _Malformed(f"{key}={value} says neither yes nor no", "use yes or no")
    return value.lower() == "yes"


_FIELDS: dict[str, tuple[str, Callable[[str, str], str | int | bool]]] = {
    "table": ("table_id", _text),
    "heir": ("heir_id", _text),
    "enforcement": ("level", _level),
    "orbt": ("orbt", _layer),
    "purpose": ("purpose", _text),
    "stamped": ("stamped", _flag),
    "status": ("status", _text),
}
