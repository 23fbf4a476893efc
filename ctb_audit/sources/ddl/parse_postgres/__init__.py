"""PostgreSQL statements, read with the server's own grammar (libpg_query 17)."""

from collections.abc import Callable

from ctb_audit.model import Problem, ProblemKind
from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.alter_table import alter_table
from ctb_audit.sources.ddl.parse_postgres.indexes import create_index
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.tables import create_foreign_table, create_table
from ctb_audit.sources.ddl.statement import Statement

EXCERPT = 120
"""Characters of a statement that messages quote."""


def read_statement(statement: Statement, path: str) -> StatementEffect:
    """What one statement of the script `path` does; never raises for what it holds."""
    import pgparse

    source = Source(statement, path)
    try:
        trees = pgparse.parse(statement.text)
    except pgparse.PGQueryError as error:
        return _problem(statement, source, "invalid-sql", error.message)
    tag, node = next(iter(trees[0]["stmt"].items()))
    if tag in ("InsertStmt", "SelectStmt"):
        return StatementEffect((), "irrelevant", source.at(0), statement.text[:EXCERPT])
    reader = _READERS.get(tag)
    if reader is None:
        return _problem(statement, source, "not-understood", tag)
    return StatementEffect(reader(node, source), "understood", source.at(0), statement.text[:120])


def _problem(
    statement: Statement, source: Source, kind: ProblemKind, message: str
) -> StatementEffect:
    problem = Problem(kind, message, (), statement.text[:EXCERPT], source.at(0))
    return StatementEffect(
        (NotUnderstood(problem),), "not understood", source.at(0), statement.text[:EXCERPT]
    )


_READERS: dict[str, Callable[[Node, Source], tuple[Operation, ...]]] = {
    "CreateStmt": create_table,
    "CreateForeignTableStmt": create_foreign_table,
    "AlterTableStmt": alter_table,
    "IndexStmt": create_index,
}
