"""Defaults that make identifiers of a standard's formats.

A format is a pattern in the standard; a generator is taken only where what it makes matches.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from ctb_audit.model import Name
from ctb_audit.remedy.quoting import relation
from ctb_audit.remedy.routines import CreateFunction
from ctb_audit.semantics.quoting import literal
from ctb_audit.standard import Standard

_SYSTEM_LENGTH, _MODE_LENGTH = 16, 10


@dataclass(frozen=True, slots=True)
class Words:
    """What identifiers of a table are made of: letters for `system` and `mode`."""

    table: Name
    system: str
    mode: str


@dataclass(frozen=True, slots=True)
class Generator:
    """`default`: SQL that makes a value; `sequence`: the counter it draws from, to be created.
    `old`: the value that the rows before this migration share, "" where each needs its own.
    """

    default: str
    sample: str
    old: str = ""
    functions: tuple[CreateFunction, ...] = ()
    sequence: Name | None = None
    note: str = ""


_HEIR_BODY = """
DECLARE
  rest bigint := number / 100;
  letters text := '';
BEGIN
  -- two digits hold 100 ids; after them MODE grows: '', A, B, ... Z, AA, AB, ...
  WHILE rest > 0 LOOP
    letters := chr((65 + (rest - 1) % 26)::integer) || letters;
    rest := (rest - 1) / 26;
  END LOOP;
  RETURN format('HEIR-%s-%s-%s%s-%s', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'),
                system, mode, letters, lpad((number % 100)::text, 2, '0'));
END
"""
_ROW_BODY = """
BEGIN
  RETURN format('%s-%s-%s', place, to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"'),
                substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));
END
"""


def generator_for(
    format_: str, words: Words, standard: Standard, sequence: Name, day: date
) -> Generator | None:
    """The generator whose values have the format (a key of `Standard.formats`); None for none."""
    pattern = standard.formats.get(f"{format_}_value", standard.formats.get(format_, ""))
    if not pattern:
        return None
    for make in _GENERATORS:
        made = make(words, sequence, day)
        if re.fullmatch(pattern, made.sample, re.ASCII):
            return made
    return None


def _counted(words: Words, sequence: Name, day: date) -> Generator:
    """HEIR-YYYY-MM-SYSTEM-MODE-NN, MODE lengthened after each hundred."""
    function = CreateFunction(
        table=Name(words.table.schema, "ctb_heir_id"),
        body=_HEIR_BODY,
        arguments=(("system", "text"), ("mode", "text"), ("number", "bigint")),
        returns="text",
        volatility="STABLE",
        reason="makes HEIR ids",
    )
    counter = f"nextval({literal(relation(sequence))})"
    call = f"{relation(function.table)}({literal(words.system)}, {literal(words.mode)}, {counter})"
    return Generator(
        default=call,
        sample=f"HEIR-2026-11-{words.system}-{words.mode}-01",
        functions=(function,),
        sequence=sequence,
        note=(
            "NN holds 100 ids a month, system and mode; past them MODE grows by letters"
            f" ({words.mode}, {words.mode}A, {words.mode}B, ...), which the format allows and a"
            " narrower one for this table would not: widen that, or do without uniqueness"
        ),
    )


def _random(words: Words, sequence: Name, day: date) -> Generator:
    """{db}-{subhive}-{app}-{timestamp}-{random16}."""
    function = CreateFunction(
        table=Name(words.table.schema, "ctb_unique_id"),
        body=_ROW_BODY,
        arguments=(("place", "text"),),
        returns="text",
        reason="makes row ids",
    )
    place = "-".join(_place(words))
    return Generator(
        default=f"{relation(function.table)}({literal(place)})",
        sample=f"{place}-20261122T010203Z-0123456789abcdef",
        functions=(function,),
    )


def _stamped(words: Words, sequence: Name, day: date) -> Generator:
    """PRC-SYSTEM-EPOCH."""
    epoch = "floor(extract(epoch FROM now()))::bigint"
    seconds = int(datetime.combine(day, time(), UTC).timestamp())
    old = f"PRC-{words.system}-{seconds:010d}"
    return Generator(f"{literal(f'PRC-{words.system}-')} || {epoch}", old, old)


def _dotted(words: Words, sequence: Name, day: date) -> Generator:
    """{db}.{subhive}.{app}.V{ver}.{date}.{stage}."""
    place = ".".join(_place(words))
    today = "to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')"
    old = f"{place}.V1.{day:%Y%m%d}.backfill"
    return Generator(f"{literal(f'{place}.V1.')} || {today} || '.write'", old, old)


_GENERATORS: tuple[Callable[[Words, Name, date], Generator], ...] = (
    _counted,
    _random,
    _stamped,
    _dotted,
)


def _place(words: Words) -> tuple[str, str, str]:
    schema = _lower(words.table.schema or "public")
    return schema, _lower(words.system), _lower(words.table.name)


def _lower(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_") or "x"


def letters(text: str, longest: int) -> str:
    """The upper-case ASCII letters of a name, "" for none."""
    return re.sub(r"[^A-Z]", "", text.upper())[:longest]


def words_of(table: Name, system: str, mode: str, heir_id: str, *, ambiguous: bool) -> Words:
    """SYSTEM and MODE: as configured, else of the declared HEIR id, else the table's letters.

    `ambiguous`: another table has the same name, so that the schema's letters come first.
    """
    declared = re.fullmatch(r"HEIR-\d{4}-\d{2}-([A-Z]+)-([A-Z]+)-\d{2}", heir_id)
    own = letters(table.name, _SYSTEM_LENGTH)
    if ambiguous:
        own = letters(table.schema or "", _SYSTEM_LENGTH // 2) + own
    found_system = system or (declared[1] if declared else own[:_SYSTEM_LENGTH]) or "TABLE"
    found_mode = mode or (declared[2] if declared else "") or "ROW"
    return Words(table, found_system, found_mode[:_MODE_LENGTH])
