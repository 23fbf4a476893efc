"""Statements that libpg_query rejects: of a newer grammar, of another dialect, or invalid."""

import re
from collections.abc import Callable
from dataclasses import replace

from ctb_audit.lean import pattern
from ctb_audit.model import Name, System
from ctb_audit.semantics.comments import without_comments
from ctb_audit.sources.ddl.operations import CreateTable, NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.dialects import dialect_of
from ctb_audit.sources.ddl.parse_postgres.mentions import mentioned_tables
from ctb_audit.sources.ddl.parse_postgres.nesting import SAFE_LENGTH, TOO_DEEP
from ctb_audit.sources.ddl.parse_postgres.newer_grammar import parse_newer
from ctb_audit.sources.ddl.parse_postgres.problems import EXCERPT, not_understood, problem
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

Read = Callable[[list[Node], Source], StatementEffect]

_STARTS = pattern(
    r"(?:CREATE|ALTER|DROP|COMMENT\s+ON|GRANT|REVOKE|INSERT\s+INTO|TRUNCATE|SET|BEGIN|COMMIT)\b",
    re.IGNORECASE,
)
_READABLE: dict[str, System] = {"MySQL": "mysql", "SQLite": "sqlite", "BigQuery": "bigquery"}


def read_rejected(source: Source, message: str, position: int, read: Read) -> StatementEffect:
    """What can be said of a statement that the grammar of PostgreSQL 17 rejects.

    `position` counts characters from 1, 0 where the parser gives none.
    """
    if message.startswith("memory exhausted"):
        return _lost(source, not_understood(source, TOO_DEEP, _tables(source)))
    if source.statement.unclosed and source.end > SAFE_LENGTH:  # each dollar may seek its end in it
        return _lost(source, _invalid(source, message, position))
    plain = replace(source.statement, text=without_comments(source.statement.text))
    trees = _parsed(plain.text) or parse_newer(Source(plain, source.path))
    if trees is not None:
        return read(trees, source)
    dialect = dialect_of(source)
    if dialect:
        return _foreign(source, dialect, message, position)
    return _lost(source, _invalid(source, message, position))


def _tables(source: Source) -> tuple[Name, ...]:
    return mentioned_tables(source.statement.text)


def _lost(source: Source, *operations: Operation) -> StatementEffect:
    excerpt = source.statement.text[:EXCERPT]
    return StatementEffect(operations, "not understood", source.here, excerpt)


def _invalid(source: Source, message: str, position: int) -> NotUnderstood:
    text = source.statement.text
    offset = max(position - 1, 0)
    start = _STARTS.match(text, offset)
    if position and start is not None and _parsed(text[:offset]):
        word = " ".join(start.group().upper().split())
        message = f"{message}: a `;` is missing before {word}"
    location = source.statement.locate(source.path, min(offset, len(text)))
    return problem(source, "invalid-sql", message, _tables(source), location)


def _parsed(text: str) -> list[Node] | None:
    import pgparse

    try:
        found: list[Node] = pgparse.parse(text)
    except (pgparse.PGQueryError, RecursionError):
        return None
    return found


def _foreign(source: Source, dialect: str, message: str, position: int) -> StatementEffect:
    """The objects that the dialect's own reader finds, marked, and the problem."""
    offset = max(position - 1, 0)
    location = source.statement.locate(source.path, min(offset, len(source.statement.text)))
    found = problem(
        source,
        "foreign-dialect-sql",
        f"{dialect}'s SQL, which PostgreSQL rejects: {message}",
        _tables(source),
        location,
    )
    system = _READABLE.get(dialect)
    kept: tuple[Operation, ...] = ()
    if system is not None:
        from ctb_audit.sources.ddl.parse_sqlglot import read_statement

        read = read_statement(source.statement, source.path, system)
        kept = tuple(_marked(o) for o in read.operations if not isinstance(o, NotUnderstood))
    if not kept:
        return _lost(source, found)
    excerpt = source.statement.text[:EXCERPT]
    return StatementEffect((*kept, found), "understood", source.here, excerpt)


def _marked(operation: Operation) -> Operation:
    """The table belongs to this PostgreSQL script, though only the dialect's reader took it."""
    if not isinstance(operation, CreateTable):
        return operation
    table = replace(operation.table, system="postgresql", foreign_dialect=True)
    return replace(operation, table=table)
