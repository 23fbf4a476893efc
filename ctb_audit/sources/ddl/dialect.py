"""Guesses whose SQL a script is, from its path and from words that only one engine has.

A word in the path decides, the last one first; else the words of all scripts of the folder are
weighed together, because `ALTER TABLE t ADD COLUMN a text` alone belongs to anybody. Where nothing
speaks for any: SQLite beside a Worker's configuration that names D1 databases, else PostgreSQL. A
configuration overrides the guess by folder.
"""

import re
from collections.abc import Callable, Iterable

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

SIGNS: dict[System, tuple[tuple[int, str], ...]] = {
    "bigquery": (
        (3, r"\b(?:INT64|FLOAT64|BIGNUMERIC)\b"),
        (3, r"\b(?:STRUCT|ARRAY)\s*<"),
        (3, r"`[\w-]+\.[\w-]+\.[\w-]+`"),
        (2, r"\bOPTIONS\s*\("),
        (2, r"^[^\S\n]*+`?\w+`?\s+(?:STRING|BYTES)\b"),
        (2, r"\bCLUSTER\s+BY\b"),
    ),
    "mysql": (
        (3, r"\bENGINE\s*=\s*\w"),
        (3, r"\bAUTO_INCREMENT\b"),
        (3, r"/\*!\d{5}"),
        (3, r"^DELIMITER\s"),
        (2, r"\bUNSIGNED\b"),
        (2, r"\bON\s+UPDATE\s+CURRENT_TIMESTAMP\b"),
        (2, r"`\w+`"),
    ),
    "sqlite": (
        (3, r"\bAUTOINCREMENT\b"),
        (3, r"^[^\S\n]*+PRAGMA\s"),
        (3, r"\bWITHOUT\s+ROWID\b"),
        (3, r"\)\s*STRICT\s*;"),
        (2, r"\b(?:strftime|datetime|unixepoch|julianday)\s*\("),
    ),
    "postgresql": (
        (3, r"\bLANGUAGE\s+'?(?:plpgsql|sql)\b"),
        (3, r"\b(?:BIG|SMALL)?SERIAL\b"),
        (3, r"\b(?:TIMESTAMPTZ|JSONB|BYTEA|TSVECTOR|CITEXT)\b"),
        (3, r"\b(?:timestamp|time)\s+(?:\(\d\)\s+)?with(?:out)?\s+time\s+zone\b"),
        (3, r"\bCREATE\s+(?:EXTENSION|POLICY|DOMAIN|TYPE)\b"),
        (2, r"\$\$|\w::\w|\)::\w"),
        (2, r"\bUSING\s+(?:btree|gin|gist|brin)\b"),
        (2, r"\bgen_random_uuid\b|\bnow\s*\(\)"),
    ),
}
"""Weights of expressions that speak for a system."""

_COMPILED = {
    system: tuple((weight, pattern(sign, re.I | re.M)) for weight, sign in signs)
    for system, signs in SIGNS.items()
}
_ANY = {
    system: pattern("|".join(sign for _, sign in signs), re.I | re.M)
    for system, signs in SIGNS.items()
}
"""Most scripts hold no sign of most systems: one look instead of six."""

_LEAST = 2
_SAMPLE = 65_536


def guess(
    path: str, texts: Iterable[str] = (), default: Callable[[], System] = lambda: "postgresql"
) -> System:
    """The system of a script or folder; `texts` are the scripts. `default` is asked where nothing
    in them speaks for one.
    """
    return of_path(path) or _of_texts(texts, default)


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
    sums = dict.fromkeys(SIGNS, 0)
    for text in texts:
        sample = text[:_SAMPLE]
        for system, signs in _COMPILED.items():
            if _ANY[system].search(sample):
                sums[system] += sum(weight for weight, sign in signs if sign.search(sample))
    best = max(sums, key=lambda system: sums[system])
    if sums[best] < _LEAST:
        return default()
    return best if sums[best] > sums["postgresql"] else "postgresql"
