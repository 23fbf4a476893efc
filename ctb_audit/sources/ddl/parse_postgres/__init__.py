"""PostgreSQL statements, read with the server's own grammar (libpg_query 17)."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.dumped import dumped
from ctb_audit.sources.ddl.parse_postgres.elements import create_table
from ctb_audit.sources.ddl.parse_postgres.nesting import SAFE_LENGTH, TOO_DEEP, is_too_deep
from ctb_audit.sources.ddl.parse_postgres.problems import EXCERPT, not_understood, problem
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.statements import READERS
from ctb_audit.sources.ddl.statement import Statement

__all__ = ["read_statement"]

_MENTIONS = 20_000
"""Characters that are searched for the names of tables where no tree tells them."""


def read_statement(statement: Statement, path: str, *, known: bool = True) -> StatementEffect:
    """What one statement of the script `path` does; never raises for what it holds.

    `known` False: by the grammar alone, also what is spelled as `pg_dump` spells it.
    """
    parse, rejection = _grammar()
    source = Source(statement, path)
    if "\0" in source.text:
        found = problem(source, "invalid-sql", "a NUL character", _mentioned(source))
        return _effect(source, (found,))
    if source.end > SAFE_LENGTH and is_too_deep(source):
        return _effect(source, (not_understood(source, TOO_DEEP, _mentioned(source)),))
    try:
        short = _read_known(source) if known else None
        return _read(parse(statement.text), source) if short is None else _effect(source, short)
    except rejection as error:
        from ctb_audit.sources.ddl.parse_postgres.rejected import read_rejected

        return read_rejected(source, error.message, error.position, _read)
    except RecursionError:
        return _effect(source, (not_understood(source, TOO_DEEP, _mentioned(source)),))
    except Exception as error:  # one statement must not end the audit of all others
        reason = f"this reader failed: {type(error).__name__}: {error}"
        return _effect(source, (not_understood(source, reason, _mentioned(source)),))


def _read_known(source: Source) -> tuple[Operation, ...] | None:
    """The operations of a statement that needs no grammar, None for most kinds."""
    text = source.text
    if not text.isascii():
        return None
    return create_table(source) if text.startswith("CREATE TABLE") else dumped(source)


@cache
def _grammar() -> tuple[Callable[[str], list[Node]], type[Any]]:
    import pgparse

    return pgparse.parse, pgparse.PGQueryError


def _read(trees: list[Node], source: Source) -> StatementEffect:
    if not trees:
        return _effect(source, None)
    tag, node = next(iter(trees[0]["stmt"].items()))
    if tag == "DoStmt":
        from ctb_audit.sources.ddl.parse_postgres.blocks import do_block

        done = do_block(node, source, read_statement)
        effect = _effect(source, done.operations)
        return replace(effect, guarded=done.guarded, block=done.block)
    reader = READERS.get(tag)
    if reader is None:
        return _effect(source, (not_understood(source, f"{tag} is not known to this reader"),))
    return _effect(source, reader(node, source))


def _mentioned(source: Source) -> tuple[Name, ...]:
    """The tables that the statement names, by its words."""
    from ctb_audit.sources.ddl.parse_postgres.mentions import mentioned_tables

    return mentioned_tables(source.statement.text[:_MENTIONS])


def _is_lost(operation: NotUnderstood) -> bool:
    """Another dialect's words leave the rest of their statement understood."""
    return operation.problem.kind != "foreign-dialect-sql"


def _effect(source: Source, operations: tuple[Operation, ...] | None) -> StatementEffect:
    """The effect of a statement with these operations; None: it is irrelevant."""
    verdict: Literal["understood", "irrelevant", "not understood"] = "understood"
    if operations is None:
        verdict = "irrelevant"
        operations = ()
    for operation in operations:
        if isinstance(operation, NotUnderstood) and _is_lost(operation):
            verdict = "not understood"
    excerpt = source.statement.text[:EXCERPT]
    return StatementEffect(operations, verdict, source.here, excerpt)
