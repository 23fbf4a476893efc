"""Schemas, views, DROP, COMMENT, transactions and search_path."""

from typing import Literal

from ctb_audit.model import Name, View
from ctb_audit.sources.ddl.operations import (
    Comment,
    CreateSchema,
    CreateView,
    Drop,
    ObjectKind,
    ObjectRef,
    Operation,
    SetSearchPath,
    Transaction,
)
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.options import storage_options
from ctb_audit.sources.ddl.parse_sqlglot.queries import output_columns, sources

_Savepoint = Literal["savepoint", "release", "rollback to"]
_KINDS: tuple[tuple[tuple[str, ...], ObjectKind], ...] = (
    (("TABLE",), "table"),
    (("MATERIALIZED", "VIEW"), "materialized view"),
    (("VIEW",), "view"),
    (("INDEX",), "index"),
    (("SEQUENCE",), "sequence"),
    (("SCHEMA",), "schema"),
    (("TYPE",), "type"),
    (("DOMAIN",), "domain"),
)


def _kind(cursor: Cursor) -> ObjectKind:
    for words, kind in _KINDS:
        if cursor.take(*words):
            return kind
    raise Misread(f"{cursor.word()} as a kind of object")


def create_schema(cursor: Cursor) -> tuple[Operation, ...]:
    cursor.expect("CREATE", "SCHEMA")
    missing = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name().name
    if cursor.system == "bigquery" and cursor.take("OPTIONS"):
        cursor.group()
    cursor.finish()
    return (CreateSchema(name, missing),)


def create_view(cursor: Cursor) -> tuple[Operation, ...]:
    start = cursor.location
    cursor.expect("CREATE")
    replaces = cursor.take("OR", "REPLACE")
    temporary = cursor.take("TEMPORARY") or cursor.take("TEMP")
    materialized = cursor.take("MATERIALIZED")
    cursor.expect("VIEW")
    missing = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name()
    columns = cursor.names() if cursor.mark("(") else None
    options = storage_options(cursor.group()) if cursor.take("WITH") else ()
    if cursor.system == "bigquery" and cursor.take("OPTIONS"):
        cursor.group()
    cursor.expect("AS")
    definition = _definition(cursor)
    if materialized and (cursor.take("WITH", "DATA") or cursor.take("WITH", "NO", "DATA")):
        pass
    cursor.finish()
    view = View(
        name.schema or "",
        name.name,
        definition,
        columns or output_columns(definition, cursor.system),
        materialized,
        options=options,
        system=cursor.system,
        location=start,
    )
    read = sources(definition, cursor.system)
    return (CreateView(view, name, replaces, missing, temporary, read),)


def _definition(cursor: Cursor) -> str:
    def ends(at: Cursor) -> bool:
        return at.word() == "WITH" and at.word(1) in ("DATA", "NO", "CHECK", "LOCAL", "CASCADED")

    return cursor.until(ends)


def drop(cursor: Cursor) -> tuple[Operation, ...]:
    cursor.expect("DROP")
    kind = _kind(cursor)
    cursor.take("CONCURRENTLY")
    exists = cursor.take("IF", "EXISTS")
    targets = [_target(cursor, kind)]
    while cursor.take_mark(","):
        targets.append(_target(cursor, kind))
    cascade = cursor.take("CASCADE")
    if not cascade:
        cursor.take("RESTRICT")
    if cursor.system == "mysql" and kind == "index" and cursor.take("ON"):
        cursor.name()
    cursor.finish()
    return (Drop(tuple(targets), exists, cascade),)


def _target(cursor: Cursor, kind: ObjectKind) -> ObjectRef:
    name = cursor.name()
    return ObjectRef(kind, Name(None, name.name) if kind == "schema" else name)


def comment(cursor: Cursor) -> tuple[Operation, ...]:
    cursor.expect("COMMENT", "ON")
    target = _column(cursor) if cursor.take("COLUMN") else None
    if target is None:
        kind = _kind(cursor)
        target = _target(cursor, kind)
    cursor.expect("IS")
    text = None if cursor.take("NULL") else cursor.string()
    cursor.finish()
    return (Comment(target, text),)


def _column(cursor: Cursor) -> ObjectRef:
    parts = [cursor.identifier()]
    while cursor.take_mark("."):
        parts.append(cursor.identifier(after_dot=True))
    if len(parts) < 2:
        raise Misread("a column without its table")
    schema = parts[-3] if len(parts) > 2 else None
    return ObjectRef("column", Name(schema, parts[-2]), parts[-1])


def search_path(cursor: Cursor) -> tuple[Operation, ...]:
    """SET [LOCAL | SESSION] search_path TO a, b."""
    cursor.expect("SET")
    local = cursor.take("LOCAL")
    cursor.take("SESSION")
    cursor.expect("SEARCH_PATH")
    if not cursor.take_mark("="):
        cursor.expect("TO")
    if cursor.take("DEFAULT"):
        cursor.finish()
        return (SetSearchPath(None, local),)
    schemas = []
    for item in cursor.items():
        token = item.peek()
        schemas.append(item.string() if token and token.kind == "string" else item.identifier())
        item.finish()
    return (SetSearchPath(tuple(schemas), local),)


def transaction(cursor: Cursor) -> tuple[Operation, ...]:
    """BEGIN, COMMIT, ROLLBACK and savepoints, without their options."""
    if cursor.take("SAVEPOINT"):
        return _savepoint(cursor, "savepoint")
    if cursor.take("RELEASE"):
        cursor.take("SAVEPOINT")
        return _savepoint(cursor, "release")
    action = _ACTIONS[cursor.word()]
    cursor.index += 1
    if not cursor.take("TRANSACTION"):
        cursor.take("WORK")
    if action == "rollback" and cursor.take("TO"):
        cursor.take("SAVEPOINT")
        return _savepoint(cursor, "rollback to")
    cursor.finish()
    return (Transaction(action),)


def _savepoint(cursor: Cursor, action: _Savepoint) -> tuple[Operation, ...]:
    name = cursor.identifier()
    cursor.finish()
    return (Transaction(action, name),)


_ACTIONS: dict[str, Literal["begin", "commit", "rollback"]] = {
    "BEGIN": "begin",
    "START": "begin",
    "COMMIT": "commit",
    "END": "commit",
    "ROLLBACK": "rollback",
    "ABORT": "rollback",
}
