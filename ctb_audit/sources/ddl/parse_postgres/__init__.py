"""PostgreSQL statements, read with the server's own grammar (libpg_query 17)."""

from dataclasses import replace
from typing import Literal

from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.blocks import do_block
from ctb_audit.sources.ddl.parse_postgres.nesting import TOO_DEEP, is_too_deep
from ctb_audit.sources.ddl.parse_postgres.problems import EXCERPT, not_understood
from ctb_audit.sources.ddl.parse_postgres.rejected import read_rejected
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.statements import READERS
from ctb_audit.sources.ddl.statement import Statement

__all__ = ["read_statement"]


def read_statement(statement: Statement, path: str) -> StatementEffect:
    """What one statement of the script `path` does; never raises for what it holds."""
    import pgparse

    source = Source(statement, path)
    if is_too_deep(source):
        return _effect(source, (not_understood(source, TOO_DEEP),))
    try:
        trees = pgparse.parse(statement.text)
        return _read(trees, source)
    except pgparse.PGQueryError as error:
        return read_rejected(source, error.message, error.position, _read)
    except RecursionError:
        return _effect(source, (not_understood(source, TOO_DEEP),))


def _read(trees: list[Node], source: Source) -> StatementEffect:
    if not trees:
        return _effect(source, None)
    tag, node = next(iter(trees[0]["stmt"].items()))
    if tag == "DoStmt":
        operations, guarded = do_block(node, source, read_statement)
        return replace(_effect(source, operations), guarded=guarded)
    return _effect(source, READERS[tag](node, source))


def _is_lost(operation: Operation) -> bool:
    """Another dialect's words leave the rest of their statement understood."""
    return isinstance(operation, NotUnderstood) and operation.problem.kind != "foreign-dialect-sql"


def _effect(source: Source, operations: tuple[Operation, ...] | None) -> StatementEffect:
    """The effect of a statement with these operations; None: it is irrelevant."""
    verdict: Literal["understood", "irrelevant", "not understood"] = "understood"
    if operations is None:
        verdict = "irrelevant"
    elif any(_is_lost(operation) for operation in operations):
        verdict = "not understood"
    excerpt = source.statement.text[:EXCERPT]
    return StatementEffect(operations or (), verdict, source.here, excerpt)
