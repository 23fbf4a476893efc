"""Statements whose effect is not known, with the tables that they name."""

from collections.abc import Iterable

from ctb_audit.model import Location, Name, Problem, ProblemKind
from ctb_audit.sources.ddl.operations import NotUnderstood
from ctb_audit.sources.ddl.parse_postgres.source import Source

EXCERPT = 120
"""Characters of a statement that messages quote."""
LONGEST_MESSAGE = 300


def problem(
    source: Source,
    kind: ProblemKind,
    message: str,
    tables: Iterable[Name] = (),
    location: Location | None = None,
) -> NotUnderstood:
    """`location` is the statement's own unless given."""
    excerpt = source.statement.text[:EXCERPT]
    if len(message) > LONGEST_MESSAGE:  # the grammar's own quote what may be the rest of a file
        message = f"{message[:LONGEST_MESSAGE]}..."
    place = location or source.here
    return NotUnderstood(Problem(kind, message, tuple(tables), excerpt, place))


def not_understood(source: Source, message: str, tables: Iterable[Name] = ()) -> NotUnderstood:
    """A valid statement whose effect is not known."""
    return problem(source, "not-understood", message, tables)
