"""Identifiers of a standard: what one is, why it is none, and candidates for new ones.

Whether a text is an id is decided by the patterns of the standard alone (STANDARD section 2). The
shapes below only take a valid id apart and put a new one together; what they make is held
against the pattern again, so that a standard with patterns of its own is never given a wrong id.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from ctb_audit.errors import UsageError
from ctb_audit.lean import dataclass, pattern
from ctb_audit.semantics.formats import fits
from ctb_audit.standard import Standard

Kind = Literal["heir", "row", "process", "table"]
KINDS: tuple[Kind, ...] = ("heir", "row", "process", "table")

_FORMATS: Mapping[Kind, tuple[str, ...]] = {
    "heir": ("table_heir_id", "heir_id_value"),
    "row": ("heir_id_value", "heir_id"),
    "process": ("process_id",),
}
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_RANDOM = 16
_NUMBERS = 100  # two digits for each month, system and mode
_SHAPES: tuple[re.Pattern[str], ...] = (
    pattern(r"HEIR-(?P<year>\d+)-(?P<month>\d+)-(?P<system>[^-]*)-(?P<mode>.*)-(?P<number>[^-]*)"),
    pattern(r"PRC-(?P<system>[^-]*)-(?P<epoch>\d*)"),
    pattern(r"BART-(?P<database>[^-]*)-(?P<table>.*)-V(?P<version>\d*)"),
    pattern(r"BID-DATA-(?P<number>.*)"),
    pattern(
        r"(?P<db>[^.]*)\.(?P<subhive>[^.]*)\.(?P<app>[^.]*)\.V(?P<version>[\d.]*)"
        r"\.(?P<date>[\d-]+)\.(?P<stage>[^.]*)"
    ),
    pattern(
        r"(?P<db>[^-]*)-(?P<subhive>[^-]*)-(?P<app>[^-]*)-(?P<timestamp>[0-9TZ]+)-(?P<random>[^-]*)"
    ),
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A valid id. `kinds`: all that it can be in its standard; `parts`: name -> text."""

    text: str
    standard: str
    kinds: tuple[Kind, ...]
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new id is made of; "" where nothing was given."""

    system: str = ""
    mode: str = ""
    table: str = ""
    database: str = "postgresql"
    db: str = ""
    subhive: str = ""
    app: str = ""
    version: str = "1"
    stage: str = ""


def patterns(standard: Standard, kind: Kind) -> tuple[str, ...]:
    """The full-match patterns that an id of the kind satisfies one of."""
    if kind == "table":
        return tuple(dict.fromkeys(standard.table_ids.values()))
    named = (standard.formats.get(name) for name in _FORMATS[kind])
    return next(((found,) for found in named if found), ())


def parse(text: str, standard: Standard) -> Parsed | None:
    """The id taken apart, None where it is of no kind. An epoch or a date is also given as `at`."""
    kinds = tuple(k for k in KINDS if any(_fits(p, text) for p in patterns(standard, k)))
    return Parsed(text, standard.id, kinds, _parts(text)) if kinds else None


def complaint(text: str, standard: Standard) -> str:
    """Why the text is no id of the standard, in one clause, with the nearest pattern."""
    shape = _shape(text)
    kind = _NEAREST.get(text.upper().split("-")[0])
    expected = " or ".join(patterns(standard, kind)) if kind else ""
    reason = _reason(text, shape.groupdict() if shape else {})
    if _fits(standard.formats.get("process_code", ""), text):
        reason = "is a process code of documents, not an id"
    return f"{reason}, expected {expected}" if expected else reason


_NEAREST: Mapping[str, Kind] = {"HEIR": "heir", "PRC": "process", "BART": "table", "BID": "table"}


def _reason(text: str, parts: Mapping[str, str]) -> str:
    if text != text.strip():
        return "has white space around it"
    month = parts.get("month", "")
    if month.isdigit() and not 1 <= int(month) <= 12:
        return f"has no month {month}"
    number = parts.get("number")
    if "month" in parts and number is not None and not re.fullmatch(r"\d{2}", number):
        return f"ends in {number or 'nothing'}, not in two digits"
    for name in ("system", "mode"):
        if name in parts and not re.fullmatch("[A-Z]+", parts[name]):
            return f"has {parts[name]!r} for {name.upper()}, which takes capital letters alone"
    return "is no id of this standard"


def candidates(kind: Kind, wanted: Wanted, standard: Standard, at: datetime) -> Iterator[str]:
    """New ids in the order in which they are to be tried, the first free one is to be taken.

    Raises UsageError where a part is missing or does not give an id that the standard accepts.
    """
    dotted = not any(_fits(p, "PRC-CTB-1761177600") for p in patterns(standard, "process"))
    maker = {
        "heir": _heir_ids,
        "row": _row_ids if dotted else _heir_ids,
        "process": _dotted_process if dotted else _process_ids,
        "table": _table_ids,
    }[kind]
    accepted = patterns(standard, kind)
    for text in maker(wanted, standard, at.astimezone(UTC)):
        if not any(_fits(p, text) for p in accepted):
            place = f"ctb id new {kind}"
            raise UsageError(place, f"{text} is no {kind} id of {standard.id}", _step(accepted))
        yield text


def heir_key(text: str) -> tuple[str, str] | None:
    """System and mode of a text in the shape of a HEIR id."""
    found = _SHAPES[0].fullmatch(text)
    return (found["system"], found["mode"]) if found else None


def _step(accepted: tuple[str, ...]) -> str:
    return "the standard asks for " + " or ".join(accepted) if accepted else "it has no such ids"


def _heir_ids(wanted: Wanted, _standard: Standard, at: datetime) -> Iterator[str]:
    system, mode = _given(wanted, "system").upper(), _given(wanted, "mode").upper()
    if system == "SYS" and re.fullmatch("CTB[A-Z]*", mode):
        raise UsageError(
            "ctb id new", "SYS-CTB ids belong to the compliance log", "choose another --mode"
        )
    for letters in _endings():
        for number in range(1, _NUMBERS):
            yield f"HEIR-{at:%Y-%m}-{system}-{mode}{letters}-{number:02d}"


def _endings() -> Iterator[str]:
    """What lengthens MODE once its numbers are used up: nothing, A to Z, AA to ZZ."""
    letters = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    yield ""
    yield from letters
    yield from (first + second for first in letters for second in letters)


def _row_ids(wanted: Wanted, _standard: Standard, at: datetime) -> Iterator[str]:
    place = "-".join(_given(wanted, name) for name in ("db", "subhive", "app"))
    while True:
        random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
        yield f"{place}-{int(at.timestamp())}-{random}"


def _process_ids(wanted: Wanted, _standard: Standard, at: datetime) -> Iterator[str]:
    """Ten digits of seconds, and where they are taken thirteen of milliseconds."""
    system = _given(wanted, "system").upper()
    yield f"PRC-{system}-{int(at.timestamp()):010d}"
    milliseconds = int(at.timestamp() * 1000)
    while True:
        yield f"PRC-{system}-{milliseconds:013d}"
        milliseconds += 1


def _dotted_process(wanted: Wanted, _standard: Standard, at: datetime) -> Iterator[str]:
    """It names a stage of a day: the same parts give the same id, so the version must differ."""
    db, subhive, app, stage = (_given(wanted, n) for n in ("db", "subhive", "app", "stage"))
    yield f"{db}.{subhive}.{app}.V{wanted.version}.{at:%Y%m%d}.{stage}"


def _table_ids(wanted: Wanted, standard: Standard, _at: datetime) -> Iterator[str]:
    form = next((p for s, p in standard.table_ids.items() if s == wanted.database), "")
    if _fits(form, "BID-DATA-001"):
        yield from (f"BID-DATA-{number:03d}" for number in range(1, 1000))
        return
    table = re.sub(r"\W", "_", _given(wanted, "table")).upper()
    code = next((f.table_id_code for s, f in standard.systems.items() if s == wanted.database), "")
    version = 1
    while True:
        yield f"BART-{code}-{table}-V{version}"
        version += 1


def _given(wanted: Wanted, name: str) -> str:
    text = str(getattr(wanted, name))
    if not text:
        raise UsageError("ctb id new", f"--{name} is missing", f"give --{name}")
    return text


def _shape(text: str) -> re.Match[str] | None:
    return next((found for shape in _SHAPES if (found := shape.fullmatch(text))), None)


def _parts(text: str) -> Mapping[str, str]:
    found = _shape(text)
    parts = dict(found.groupdict()) if found else {}
    epoch = parts.get("epoch") or parts.get("timestamp") or ""
    if epoch.isdigit() and len(epoch) in (10, 13):
        at = datetime.fromtimestamp(int(epoch[:10]), UTC)
        parts["at"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return parts


def _fits(form: str, text: str) -> bool:
    return bool(form) and fits(form, text)
