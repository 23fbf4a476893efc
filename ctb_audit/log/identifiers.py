"""The log's own identifiers (STANDARD sections 2 and 10).

`HEIR-YYYY-MM-SYS-CTB-NN` holds 99 rows a month. After 99 MODE grows by letters: CTBA-01 to
CTBA-99, CTBB-01, ... CTBZ-99, CTBAA-01. That keeps the general HEIR format.
"""

import secrets
from datetime import UTC, datetime

from ctb_audit.errors import LogError
from ctb_audit.lean import pattern

HEIR_LENGTH = 50
_LAST = 99
_HEIR = pattern(r"HEIR-\d{4}-(?:0[1-9]|1[0-2])-SYS-CTB([A-Z]*)-(\d{2})")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def heir_prefix(at: datetime) -> str:
    """What all HEIR ids of the log in the month (UTC) begin with."""
    return f"HEIR-{at.astimezone(UTC):%Y-%m}-SYS-CTB"


def next_heir_id(at: datetime, highest: str | None) -> str:
    """The id after `highest`, the longest and then greatest of the month; None for the first."""
    letters, number = ("", 0) if highest is None else _parts(highest)
    letters, number = (letters, number + 1) if number < _LAST else (_next_letters(letters), 1)
    made = f"{heir_prefix(at)}{letters}-{number:02d}"
    if len(made) > HEIR_LENGTH:
        raise LogError("compliance log", f"no HEIR id is left after {highest}")
    return made


def new_log_id(at: datetime) -> str:
    """`LOG-` and 26 characters: 48 bits of milliseconds, 80 random bits; sorts by time."""
    milliseconds = int(at.timestamp() * 1000)
    number = (milliseconds << 80) | secrets.randbits(80)
    return "LOG-" + "".join(_CROCKFORD[(number >> 5 * n) & 31] for n in range(25, -1, -1))


def process_id(at: datetime) -> str:
    """`PRC-CTB-` and ten digits of seconds since 1970."""
    return f"PRC-CTB-{int(at.timestamp()):010d}"


def _parts(heir_id: str) -> tuple[str, int]:
    found = _HEIR.fullmatch(heir_id)
    if found is None:
        raise LogError("compliance log", f"{heir_id} is not one of its HEIR ids")
    return found[1], int(found[2])


def _next_letters(letters: str) -> str:
    """A follows nothing, B follows A, AA follows Z, AAA follows ZZ."""
    kept = letters.rstrip("Z")
    rolled = "A" * (len(letters) - len(kept))
    if not kept:
        return "A" + rolled
    return kept[:-1] + chr(ord(kept[-1]) + 1) + rolled
