"""One statement of any dialect, read with sqlglot as its grammar.

sqlglot's trees keep neither the source's text nor its places, and they are silent about what
they lost. Statements are therefore read from their tokens, strictly: whatever a reader does
not take makes the statement NotUnderstood; and `gate` lets pass only what sqlglot's own grammar
reads as the same kind of statement with the same parts.
"""

from collections.abc import Callable

from ctb_audit.model import Name, Problem, System
from ctb_audit.sources.ddl.operations import (
    NotUnderstood,
    Operation,
    StatementEffect,
)
from ctb_audit.sources.ddl.parse_sqlglot import gate
from ctb_audit.sources.ddl.parse_sqlglot.alter_table import alter_table
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor, Script
from ctb_audit.sources.ddl.parse_sqlglot.indexes import create_index
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.objects import (
    comment,
    create_schema,
    create_view,
    drop,
    search_path,
    transaction,
)
from ctb_audit.sources.ddl.parse_sqlglot.tables import EXCERPT, create_table
from ctb_audit.sources.ddl.statement import Statement

_IRRELEVANT = frozenset(
    (
        *("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TRUNCATE", "COPY", "EXPLAIN"),
        *("ANALYZE", "VACUUM", "SHOW", "LOCK", "UNLOCK", "PRAGMA", "REPLACE", "CHECKPOINT", "WITH"),
    )
)
_SERVER = frozenset(("GRANT", "REVOKE", "FLUSH"))
_TRANSACTION = frozenset(
    ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE")
)
_CREATE_WORDS = frozenset(
    (
        *("UNIQUE", "FULLTEXT", "SPATIAL", "TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "UNLOGGED"),
        *("MATERIALIZED", "OR", "REPLACE"),
    )
)
_Reader = Callable[[Cursor], tuple[Operation, ...]]
_CREATE: dict[str, _Reader] = {
    "TABLE": create_table,
    "INDEX": create_index,
    "VIEW": create_view,
    "SCHEMA": create_schema,
}
_READERS: dict[str, _Reader] = {"ALTER": alter_table, "DROP": drop, "COMMENT": comment}
_TABLE_FOLLOWS = frozenset(("TABLE", "ON", "INTO", "UPDATE", "OF"))
_FILLERS = frozenset(("IF", "NOT", "EXISTS", "ONLY", "COLUMN"))


def read_statement(statement: Statement, path: str, system: System) -> StatementEffect:
    """What a statement does to the catalog of `system`; never raises.

    `path` is what locations carry. What is not wholly understood is one NotUnderstood with the
    reason and the tables that the statement names.
    """
    try:
        script = Script(statement, path, system)
    except Misread as error:
        return _not_understood(statement, path, str(error), ())
    cursor = script.cursor()
    try:
        return _read(cursor, statement)
    except Misread as error:
        return _not_understood(statement, path, str(error), _tables(script))
    except Exception as error:  # a statement must not end an audit, whatever it holds
        reason = f"the reader failed: {type(error).__name__}: {error}"
        return _not_understood(statement, path, reason, _tables(script))


def _read(cursor: Cursor, statement: Statement) -> StatementEffect:
    word = cursor.word()
    if statement.unclosed:
        raise Misread(f"the text ends inside a {statement.unclosed}")
    if word in _IRRELEVANT and not _makes_table(cursor):
        return _effect(cursor, statement, (), "irrelevant")
    if word == "SET" and not _sets_search_path(cursor):
        return _effect(cursor, statement, (), "irrelevant")
    if cursor.system == "mysql" and _is_of_server(cursor):
        return _effect(cursor, statement, (), "irrelevant")
    operations = _reader(cursor)(cursor)
    cursor.finish()
    gate.agree(statement.text, cursor.system, operations)
    return _effect(cursor, statement, operations)


def _reader(cursor: Cursor) -> _Reader:
    word = cursor.word()
    if word == "CREATE":
        ahead = 1
        while cursor.word(ahead) in _CREATE_WORDS:
            ahead += 1
        reader = _CREATE.get(cursor.word(ahead))
        if reader:
            return reader
        raise Misread(f"CREATE {cursor.word(ahead)}")
    if word == "SET":
        return search_path
    if word in _TRANSACTION:
        return transaction
    found = _READERS.get(word)
    if found is None:
        raise Misread(f"{word or 'a statement that starts with no word'}")
    return found


def _sets_search_path(cursor: Cursor) -> bool:
    return "SEARCH_PATH" in (cursor.word(1), cursor.word(2)) or (
        "ROLE" in (cursor.word(1), cursor.word(2)) or "AUTHORIZATION" in cursor.word(2)
    )


def _is_of_server(cursor: Cursor) -> bool:
    """MySQL's databases and accounts, which hold no part of a table: dumps begin with them. `USE`
    is another thing: it says where the tables are that follow.
    """
    made = cursor.word() in ("CREATE", "DROP", "ALTER")
    return cursor.word() in _SERVER or (made and cursor.word(1) in ("DATABASE", "USER", "ROLE"))


def _makes_table(cursor: Cursor) -> bool:
    """SELECT ... INTO t makes a table in PostgreSQL."""
    if cursor.system != "postgresql" or cursor.word() not in ("SELECT", "WITH"):
        return False
    words = [token.word for token in cursor.script.tokens]
    return "INTO" in words and "INSERT" not in words


def _effect(
    cursor: Cursor,
    statement: Statement,
    operations: tuple[Operation, ...],
    verdict: str = "understood",
) -> StatementEffect:
    excerpt = statement.text[:EXCERPT]
    return StatementEffect(operations, verdict, cursor.script.at(0), excerpt)  # type: ignore[arg-type]


def _not_understood(
    statement: Statement, path: str, reason: str, tables: tuple[Name, ...]
) -> StatementEffect:
    location = statement.locate(path, 0)
    excerpt = statement.text[:EXCERPT]
    problem = Problem("not-understood", reason, tables, excerpt, location)
    return StatementEffect((NotUnderstood(problem),), "not understood", location, excerpt)


def _tables(script: Script) -> tuple[Name, ...]:
    """Names after TABLE, ON and the like: the tables that the statement may change."""
    found: dict[Name, None] = {}
    for index, token in enumerate(script.tokens):
        if token.word in _TABLE_FOLLOWS:
            name = _name_after(script, index + 1)
            if name:
                found[name] = None
    return tuple(found)


def _name_after(script: Script, index: int) -> Name | None:
    cursor = Cursor(script, index, len(script.tokens))
    while cursor.word() in _FILLERS:
        cursor.index += 1
    try:
        return cursor.name()
    except Misread:
        return None
