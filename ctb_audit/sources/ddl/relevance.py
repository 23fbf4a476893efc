"""Tells statements that cannot change a schema from their first words, without a parser.

Whatever might change one goes to the parser: `SELECT ... INTO`, `set_config('search_path', ..)`,
a `WITH` that ends in either, and a statement that seems to hold a second one because a `;` is
missing. Functions that are known to make objects are in `MAKERS`; a call of any other function is
taken to read or write rows only.
"""

import re

from ctb_audit.lean import pattern
from ctb_audit.model import Name, System
from ctb_audit.sources.ddl.statement import Statement

ROWS = frozenset(
    ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "SELECT", "WITH", "VALUES", "TABLE")
)
"""Statements that read and write rows, whichever engine runs them."""

_SESSION = frozenset(
    ("ANALYZE", "VACUUM", "EXPLAIN", "SHOW", "LOCK", "DECLARE", "SET", "DEALLOCATE", "CHECKPOINT")
)
IRRELEVANT: dict[System, frozenset[str]] = {
    "postgresql": ROWS
    | _SESSION
    | {"LISTEN", "NOTIFY", "UNLISTEN", "FETCH", "MOVE", "CLOSE", "REINDEX", "CLUSTER", "LOAD"}
    | {"REFRESH", "RESET"},
    "mysql": ROWS | _SESSION | {"REPLACE", "UNLOCK", "OPTIMIZE", "FLUSH", "DESCRIBE", "HANDLER"},
    "sqlite": ROWS | _SESSION | {"REPLACE", "PRAGMA", "REINDEX"},
    "bigquery": ROWS | _SESSION | {"ASSERT", "EXPORT"},
    "firestore": frozenset(),
}
"""First words of statements that leave the schema as it is."""

MAKERS = ("AddGeometryColumn", "DropGeometryColumn", "DropGeometryTable", "dblink_exec")
"""Functions of extensions that change tables; what a call does is not read."""

_HEAD = pattern(r"(?:/\*!\d*\s*|\(\s*)*([A-Za-z]+)")
_STATEFUL = pattern(r"\bINTO\b|set_config|search_path", re.I)
_SCHEMA_SETTING = pattern(r"\b(?:search_path|SCHEMA|ALL)\b", re.I)
_MAKER = pattern(rf"\b(?P<name>{'|'.join(MAKERS)})\s*\((?P<arguments>[^)]*)", re.I)
_QUOTED = pattern(r"'([^']*)'")
_SECOND = pattern(
    r"^[ \t]*(?:CREATE|ALTER|DROP|RENAME|GRANT|REVOKE|COMMENT[ \t]+ON)[ \t]+[\w\"`]", re.I | re.M
)


def is_irrelevant(statement: Statement, system: System) -> bool:
    """Whether the statement leaves every schema as it is."""
    text = statement.text
    head = _HEAD.match(text)
    if head is None or statement.unclosed:
        return False
    word = head.group(1).upper()
    if word not in IRRELEVANT[system] or _SECOND.search(text, head.end()):
        return False
    if system != "postgresql":
        return True
    if word in ("SELECT", "WITH"):
        return not _STATEFUL.search(text)
    if word in ("SET", "RESET"):
        return not _SCHEMA_SETTING.search(text)
    return True


def maker_called(statement: Statement) -> tuple[str, tuple[Name, ...]] | None:
    """The function of `MAKERS` that a query calls, and whatever its arguments may name."""
    if statement.text[:1] not in "sSwW":
        return None
    call = _MAKER.search(statement.text)
    if call is None:
        return None
    return call["name"], tuple(Name(None, text) for text in _QUOTED.findall(call["arguments"]))
