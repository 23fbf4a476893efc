"""`INDEX name (column)` inside CREATE TABLE: MySQL's way to define an index.

PostgreSQL's grammar takes it for a column called `index` of a type `name(column)`; only the server
rejects it, because that type does not exist.
"""

from ctb_audit.lean import dataclass
from ctb_audit.model import Index, IndexKey, Location, Name
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.ddl.operations import NotUnderstood
from ctb_audit.sources.ddl.parse_postgres.names import strings
from ctb_audit.sources.ddl.parse_postgres.problems import problem
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_WORDS = frozenset(("index", "key"))


@dataclass(frozen=True, slots=True)
class InlineIndex:
    index: Index
    location: Location

    def problem(self, source: Source, table: Name) -> NotUnderstood:
        """What the server says of it."""
        message = f'type "{self.index.name}" does not exist: PostgreSQL has no INDEX in a table'
        return problem(source, "foreign-dialect-sql", message, (table,), self.location)


def inline_index(node: Node, source: Source) -> InlineIndex | None:
    """The index that a column definition is meant to be; None for a real column."""
    if node["colname"] not in _WORDS or "typeName" not in node:
        return None
    names = strings(node["typeName"].get("names", ()))
    modifiers = node["typeName"].get("typmods", ())
    if len(names) != 1 or postgres_type(names[0]) is not None or not modifiers:
        return None
    columns = [_column(modifier) for modifier in modifiers]
    if None in columns:
        return None
    location = source.at(node["location"])
    keys = tuple(IndexKey(column) for column in columns)
    return InlineIndex(Index(names[0], keys, intended=True, location=location), location)


def _column(modifier: Node) -> str | None:
    """A column, or MySQL's prefix of one, e.g. `name(10)`."""
    if "ColumnRef" in modifier:
        return strings(f for f in modifier["ColumnRef"]["fields"] if "String" in f)[-1]
    if "FuncCall" in modifier:
        return strings(modifier["FuncCall"]["funcname"])[-1]
    return None
