"""PostgreSQL statements, read with the server's own grammar (libpg_query 17)."""

from typing import Literal

from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.problems import EXCERPT, not_understood, problem
from ctb_audit.sources.ddl.parse_postgres.source import Source
from ctb_audit.sources.ddl.parse_postgres.statements import READERS
from ctb_audit.sources.ddl.statement import Statement

__all__ = ["read_statement"]


def read_statement(statement: Statement, path: str) -> StatementEffect:
    """What one statement of the script `path` does; never raises for what it holds."""
    import pgparse

    source = Source(statement, path)
    try:
        trees = pgparse.parse(statement.text)
    except pgparse.PGQueryError as error:
        return effect(source, (problem(source, "invalid-sql", error.message),))
    tag, node = next(iter(trees[0]["stmt"].items()))
    reader = READERS.get(tag)
    if reader is None:
        return effect(source, (not_understood(source, f"{tag} is not known to this reader"),))
    return effect(source, reader(node, source))


def effect(source: Source, operations: tuple[Operation, ...] | None) -> StatementEffect:
    """The effect of a statement with these operations; None: it is irrelevant."""
    verdict: Literal["understood", "irrelevant", "not understood"] = "understood"
    if operations is None:
        verdict = "irrelevant"
    elif any(isinstance(operation, NotUnderstood) for operation in operations):
        verdict = "not understood"
    excerpt = source.statement.text[:EXCERPT]
    return StatementEffect(operations or (), verdict, source.here, excerpt)
