"""CREATE TABLE."""

from collections.abc import Sequence
from dataclasses import field, replace
from itertools import chain, count

from ctb_audit.lean import dataclass
from ctb_audit.model import Column, Constraint, Index, IndexKey, Location, Name, Problem, Table
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.ddl.operations import (
    CreateTable,
    CreateTableAs,
    Drop,
    Like,
    NotUnderstood,
    ObjectRef,
    Operation,
)
from ctb_audit.sources.ddl.parse_sqlglot.columns import read_column
from ctb_audit.sources.ddl.parse_sqlglot.constraints import STARTS, read_table_constraint
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.indexes import read_keys, read_mysql_tail
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.options import described, storage_options
from ctb_audit.sources.ddl.parse_sqlglot.queries import output_columns

_LIKE = frozenset(
    (
        *("COMMENTS", "COMPRESSION", "CONSTRAINTS", "DEFAULTS", "GENERATED"),
        *("IDENTITY", "INDEXES", "STATISTICS", "STORAGE"),
    )
)
EXCERPT = 120
_INDEX_WORDS = frozenset(("KEY", "INDEX", "FULLTEXT", "SPATIAL"))


@dataclass(slots=True)
class _Elements:
    columns: list[Column] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    likes: list[Like] = field(default_factory=list)
    not_null_names: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Head:
    name: Name
    missing: bool
    temporary: bool
    unlogged: bool
    replaces: bool


def create_table(cursor: Cursor) -> tuple[Operation, ...]:
    start = cursor.location
    head = _head(cursor)
    replaced = (Drop((ObjectRef("table", head.name),), if_exists=True),) if head.replaces else ()
    if cursor.take("AS"):
        return (*replaced, _create_as(cursor, head))
    made = _create(cursor, head, start)
    refused = (_refused(index, head, cursor) for index in made.table.indexes if index.intended)
    return (*replaced, made, *refused)


def _create(cursor: Cursor, head: _Head, start: Location) -> CreateTable:
    elements = _Elements()
    table = Table(
        cursor.system,
        head.name.schema or "",
        head.name.name,
        unlogged=head.unlogged,
        location=start,
    )
    group = cursor.group()
    for item in () if group.done() else group.items():
        _element(item, elements)
    table = replace(
        table,
        columns=tuple(elements.columns),
        constraints=tuple(replace(c, validated=True) for c in elements.constraints),
        indexes=tuple(elements.indexes),
    )
    table = _tail(cursor, table)
    cursor.finish()
    return CreateTable(
        table,
        head.name,
        head.missing,
        head.temporary,
        tuple(elements.likes),
        None,
        tuple(elements.not_null_names),
    )


def _create_as(cursor: Cursor, head: _Head) -> CreateTableAs:
    query = cursor.rest()
    columns = output_columns(query, cursor.system)
    return CreateTableAs(head.name, query, columns, head.missing, head.temporary)


def _head(cursor: Cursor) -> _Head:
    cursor.expect("CREATE")
    replaces = cursor.system == "bigquery" and cursor.take("OR", "REPLACE")
    if not cursor.take("GLOBAL"):
        cursor.take("LOCAL")
    temporary = cursor.take("TEMPORARY") or cursor.take("TEMP")
    unlogged = cursor.take("UNLOGGED")
    cursor.expect("TABLE")
    missing = cursor.take("IF", "NOT", "EXISTS")
    return _Head(cursor.name(), missing, temporary, unlogged, replaces)


def _element(item: Cursor, elements: _Elements) -> None:
    if item.system != "bigquery" and item.word() == "LIKE":
        elements.likes.append(_like(item, len(elements.columns)))
    elif item.word() in STARTS:
        elements.constraints.append(read_table_constraint(item))
    elif item.word() in _INDEX_WORDS and _is_inline_index(item):
        elements.indexes.append(_named(_inline_index(item), elements.indexes))
    else:
        definition = read_column(item)
        item.finish()
        elements.columns.append(definition.column)
        elements.constraints.extend(definition.constraints)
        if definition.not_null_name:
            elements.not_null_names.append((definition.column.name, definition.not_null_name))


def _is_inline_index(item: Cursor) -> bool:
    """`INDEX ix (a)`, which PostgreSQL reads as a column named index; not `key text`."""
    if item.word() in ("FULLTEXT", "SPATIAL") and item.word(1) in ("KEY", "INDEX"):
        return True
    token = item.peek(2)
    return (
        item.mark("(", 1)
        or item.word(1) == "USING"
        or bool(token and token.text == "(" and not _is_sized_type(item))
        or item.word(2) == "USING"
    )


def _is_sized_type(item: Cursor) -> bool:
    """`key varchar(10)`: the brackets hold numbers."""
    opening = item.peek(2)
    assert opening is not None
    inside = Cursor(item.script, item.index + 3, opening.partner)
    return all(
        (token := part.peek()) is not None and token.kind == "number" for part in inside.items()
    )


def _inline_index(item: Cursor) -> Index:
    """An index of MySQL's; in PostgreSQL one that the document only intends."""
    if item.system not in ("mysql", "postgresql"):
        raise Misread(f"{item.word()} inside CREATE TABLE is MySQL's")
    index = read_inline_index(item)
    if item.system == "mysql":
        return index
    plain = all(key == IndexKey(key.column) for key in index.keys)
    named = index.name and postgres_type(index.name) is None
    if not named or not plain or index.method != "btree":
        raise Misread("INDEX inside CREATE TABLE is MySQL's")
    return replace(index, intended=True)


def _named(index: Index, others: Sequence[Index]) -> Index:
    """As MySQL names an index without a name: by its first column, numbered where that is taken."""
    first = next((key.column for key in index.keys if key.column), "functional_index")
    taken = {other.name for other in others}
    names = chain((first,), (f"{first}_{number}" for number in count(2)))
    return index if index.name else replace(index, name=next(n for n in names if n not in taken))


def _refused(index: Index, head: _Head, cursor: Cursor) -> NotUnderstood:
    """What the server says of an index inside CREATE TABLE."""
    message = f'type "{index.name}" does not exist: PostgreSQL has no INDEX in a table'
    excerpt = cursor.script.text[:EXCERPT]
    problem = Problem("foreign-dialect-sql", message, (head.name,), excerpt, index.location)
    return NotUnderstood(problem)


def read_inline_index(item: Cursor) -> Index:
    """MySQL's `[FULLTEXT | SPATIAL] KEY | INDEX [name] [USING method] (keys)`."""
    location = item.location
    method = "btree"
    if item.word() in ("FULLTEXT", "SPATIAL"):
        method = item.identifier().lower()
    if not item.take("KEY"):
        item.take("INDEX")
    name = "" if item.mark("(") or item.word() == "USING" else item.identifier()
    if item.take("USING"):
        method = item.identifier().lower()
    index = Index(name, read_keys(item.group()), method, location=location)
    return read_mysql_tail(item, index)


def _like(item: Cursor, position: int) -> Like:
    item.expect("LIKE")
    source = item.name()
    including: set[str] = set()
    while not item.done():
        include = item.take("INCLUDING")
        if not include:
            item.expect("EXCLUDING")
        word = item.word()
        item.index += 1
        named = _LIKE if word == "ALL" else {word} & _LIKE
        if not named:
            raise Misread(f"LIKE ... {word}")
        parts = {part.lower() for part in named}
        including = including | parts if include else including - parts
    return Like(source, frozenset(including), position)


def _tail(cursor: Cursor, table: Table) -> Table:
    match cursor.system:
        case "postgresql":
            return _postgres_tail(cursor, table)
        case "bigquery":
            return _bigquery_tail(cursor, table)
        case "mysql":
            return _mysql_tail(cursor, table)
        case _:
            _sqlite_tail(cursor)
            return table


def _postgres_tail(cursor: Cursor, table: Table) -> Table:
    if cursor.take("INHERITS"):
        parents = []
        for item in cursor.group().items():
            parents.append(item.name())
            item.finish()
        table = replace(table, inherits=tuple(parents))
    if cursor.take("PARTITION", "BY"):
        table = replace(table, kind="partitioned", partition_by=_partition_key(cursor))
    if cursor.take("USING"):
        cursor.identifier()
    if cursor.take("WITH"):
        table = replace(table, options=storage_options(cursor.group()))
    if cursor.take("TABLESPACE"):
        cursor.identifier()
    return table


def _partition_key(cursor: Cursor) -> str:
    strategy = cursor.word()
    if strategy not in ("RANGE", "LIST", "HASH"):
        raise Misread(f"PARTITION BY {strategy}")
    cursor.index += 1
    return f"{strategy} ({cursor.group().rest()})"


def _bigquery_tail(cursor: Cursor, table: Table) -> Table:
    if cursor.take("PARTITION", "BY"):
        text = cursor.until(lambda c: c.word() in ("CLUSTER", "OPTIONS", "AS"))
        table = replace(table, partition_by=text)
    if cursor.take("CLUSTER", "BY"):
        text = cursor.until(lambda c: c.word() in ("OPTIONS", "AS"))
        table = replace(table, options=(("cluster_by", text),))
    if cursor.take("OPTIONS"):
        comment, others = described(cursor.group())
        table = replace(table, comment=comment, options=(*table.options, *others))
    if cursor.take("AS"):
        cursor.rest()  # the rows; the columns are named above
    return table


def _mysql_tail(cursor: Cursor, table: Table) -> Table:
    """`ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='..'`, with or without `=` and commas."""
    options: list[tuple[str, str]] = []
    while not cursor.done():
        words = [cursor.identifier().lower()]
        while words[-1] in ("default", "character", "data", "index") and cursor.word():
            words.append(cursor.identifier().lower())
        cursor.take_mark("=")
        token = cursor.peek()
        if token is None or token.kind == "mark":
            raise Misread(f"the table option {' '.join(words)}")
        if words == ["comment"]:
            table = replace(table, comment=cursor.string())
        else:
            options.append((" ".join(words), token.text))
            cursor.index += 1
        cursor.take_mark(",")
    return replace(table, options=tuple(options))


def _sqlite_tail(cursor: Cursor) -> None:
    while cursor.take("STRICT") or cursor.take("WITHOUT", "ROWID"):
        cursor.take_mark(",")
