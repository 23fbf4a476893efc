"""Guesses whose SQL a script is, from its path and from words that only one engine has.

A word in the path decides, the last one first; else the words of all scripts of the folder are
weighed together, because `ALTER TABLE t ADD COLUMN a text` alone belongs to anybody. Where nothing
speaks for any: SQLite beside a Worker's configuration that names D1 databases, else PostgreSQL. A
configuration overrides the guess by folder.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from re import Pattern
from typing import NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.model import System

PATH_WORDS: dict[str, System] = {
    "bigquery": "bigquery",
    "bq": "bigquery",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "d1": "sqlite",
    "libsql": "sqlite",
    "turso": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "neon": "postgresql",
    "pg": "postgresql",
    "pgsql": "postgresql",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "psql": "postgresql",
    "supabase": "postgresql",
    "timescale": "postgresql",
    "timescaledb": "postgresql",
}
UNREAD = frozenset(
    {"cockroach", "cockroachdb", "oracle", "sqlserver", "mssql", "db2", "h2", "hsqldb"}
    | {"redshift", "snowflake", "clickhouse", "spanner"}
)
"""Dotted parts of file names (`001_x.cockroach.sql`) that name an engine which is not read."""


class Sign(NamedTuple):
    """An expression that speaks for a system. Of another system's, one of the `words` stands, in
    lower case, wherever it fits.
    """

    weight: int
    fits: Pattern[str]
    words: tuple[str, ...]


def _sign(weight: int, written: str, *words: str) -> Sign:
    return Sign(weight, pattern(written, re.I | re.M), words)


SIGNS: dict[System, tuple[Sign, ...]] = {
    "bigquery": (
        _sign(3, r"\b(?:INT64|FLOAT64|BIGNUMERIC)\b", "int64", "float64", "bignumeric"),
        _sign(3, r"\b(?:STRUCT|ARRAY)\s*<", "<"),
        _sign(3, r"`[\w-]+\.[\w-]+\.[\w-]+`", "`"),
        _sign(2, r"\bOPTIONS\s*\(", "options"),
        _sign(2, r"^[^\S\n]*+`?\w+`?\s+(?:STRING|BYTES)\b", "string", "bytes"),
        _sign(2, r"\bCLUSTER\s+BY\b", "cluster"),
    ),
    "mysql": (
        _sign(3, r"\bENGINE\s*=\s*\w", "engine"),
        _sign(3, r"\bAUTO_INCREMENT\b", "auto_increment"),
        _sign(3, r"/\*!\d{5}", "/*!"),
        _sign(3, r"^DELIMITER\s", "delimiter"),
        _sign(2, r"\bUNSIGNED\b", "unsigned"),
        _sign(2, r"\bON\s+UPDATE\s+CURRENT_TIMESTAMP\b", "current_timestamp"),
        _sign(2, r"`\w+`", "`"),
    ),
    "sqlite": (
        _sign(3, r"\bAUTOINCREMENT\b", "autoincrement"),
        _sign(3, r"^[^\S\n]*+PRAGMA\s", "pragma"),
        _sign(3, r"\bWITHOUT\s+ROWID\b", "rowid"),
        _sign(3, r"\)\s*STRICT\s*;", "strict"),
        _sign(
            2,
            r"\b(?:strftime|datetime|unixepoch|julianday)\s*\(",
            *("strftime", "datetime", "unixepoch", "julianday"),
        ),
    ),
    "postgresql": (
        _sign(3, r"\bLANGUAGE\s+'?(?:plpgsql|sql)\b"),
        _sign(3, r"\b(?:BIG|SMALL)?SERIAL\b"),
        _sign(3, r"\b(?:TIMESTAMPTZ|JSONB|BYTEA|TSVECTOR|CITEXT)\b"),
        _sign(3, r"\b(?:timestamp|time)\s+(?:\(\d\)\s+)?with(?:out)?\s+time\s+zone\b"),
        _sign(3, r"\bCREATE\s+(?:EXTENSION|POLICY|DOMAIN|TYPE)\b"),
        _sign(2, r"\$\$|\w::\w|\)::\w"),
        _sign(2, r"\bUSING\s+(?:btree|gin|gist|brin)\b"),
        _sign(2, r"\bgen_random_uuid\b|\bnow\s*\(\)"),
    ),
}
"""PostgreSQL's are looked for one after the other until one fits; those of the others are hardly
ever there, so that only scripts with one of the words are searched."""

_FOREIGN = tuple(
    (word, system, sign)
    for system, signs in SIGNS.items()
    if system != "postgresql"
    for sign in signs
    for word in sign.words
)
_WORDS = tuple(dict.fromkeys(word for word, _, _ in _FOREIGN))

_SAMPLE = 65_536


def guess(
    path: str, texts: Iterable[str] = (), default: Callable[[], System] = lambda: "postgresql"
) -> System:
    """The system of a script or folder; `texts` are the scripts. `default` is asked where nothing
    in them speaks for one.
    """
    return of_path(path) or _of_texts(texts, default)


@lru_cache(maxsize=1024)
def of_path(path: str) -> System | None:
    """The system that a word of the path names."""
    for part in reversed(path.lower().split("/")):
        for word in reversed(re.split(r"[^a-z0-9]+", part)):
            if word in PATH_WORDS:
                return PATH_WORDS[word]
    return None


def marks(path: str) -> list[str]:
    """The dotted parts of a file's name behind the first, without its suffix."""
    return path.lower().rpartition("/")[2].split(".")[1:-1]


def of_mark(path: str) -> System | None:
    """The system that a dotted part of the name is: `001_x.mysql.up.sql`."""
    return next((PATH_WORDS[mark] for mark in marks(path) if mark in PATH_WORDS), None)


def _of_texts(texts: Iterable[str], default: Callable[[], System]) -> System:
    samples = [text[:_SAMPLE] for text in texts]
    sums = _foreign(samples)
    signs = SIGNS["postgresql"]
    own = (sign.weight for text in samples for sign in signs if sign.fits.search(text))
    if not sums:  # whatever it weighs, nothing weighs more
        return "postgresql" if any(own) else default()
    best = max(sums, key=lambda system: sums[system])
    return best if sums[best] > sum(own) else "postgresql"


def _foreign(samples: Iterable[str]) -> dict[System, int]:
    """The weights of the systems other than PostgreSQL of which there is a sign."""
    sums: dict[System, int] = {}
    for sample in samples:
        folded = sample.casefold()
        words = {word for word in _WORDS if word in folded}
        if words:
            found = {(system, sign) for word, system, sign in _FOREIGN if word in words}
            for system, sign in found:
                if sign.fits.search(sample):
                    sums[system] = sums.get(system, 0) + sign.weight
    return dict(sorted(sums.items()))
