"""CREATE INDEX, and the keys that MySQL's inline indexes share with it."""

from dataclasses import replace

from ctb_audit.model import Index, IndexKey, Name
from ctb_audit.sources.ddl.operations import CreateIndex
from ctb_audit.sources.ddl.parse_sqlglot.constraints import read_nulls
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.options import storage_options

_MYSQL_KINDS = ("FULLTEXT", "SPATIAL")
_AFTER_KEY = ("ASC", "DESC", "NULLS", "COLLATE")


def create_index(cursor: Cursor) -> tuple[CreateIndex, ...]:
    start = cursor.location
    cursor.expect("CREATE")
    unique = cursor.take("UNIQUE")
    method = "btree"
    if cursor.system == "mysql" and cursor.word() in _MYSQL_KINDS:
        method = cursor.identifier().lower()
    cursor.expect("INDEX")
    cursor.take("CONCURRENTLY")
    missing = cursor.take("IF", "NOT", "EXISTS")
    name = Name(None, "") if cursor.word() == "ON" else cursor.name()
    if cursor.system == "mysql" and cursor.take("USING"):
        method = cursor.identifier().lower()
    cursor.expect("ON")
    only = cursor.take("ONLY")
    table = cursor.name()
    if cursor.take("USING"):
        method = cursor.identifier()
    keys = read_keys(cursor.group())
    index = _tail(cursor, Index(name.name, keys, method, unique, location=start))
    if cursor.system == "sqlite" and name.schema and table.schema is None:
        table = Name(name.schema, table.name)
    return (CreateIndex(table, index, missing, only),)


def _tail(cursor: Cursor, index: Index) -> Index:
    if cursor.take("INCLUDE"):
        index = replace(index, include=cursor.names())
    if read_nulls(cursor):
        index = replace(index, nulls_not_distinct=True)
    if cursor.take("WITH"):
        index = replace(index, options=storage_options(cursor.group()))
    if cursor.take("TABLESPACE"):
        cursor.identifier()
    if cursor.take("WHERE"):
        index = replace(index, predicate=cursor.rest())
    return read_mysql_tail(cursor, index)


def read_mysql_tail(cursor: Cursor, index: Index) -> Index:
    """What MySQL writes after an index's keys; nothing elsewhere."""
    while cursor.system == "mysql" and not cursor.done():
        if cursor.take("USING"):
            index = replace(index, method=cursor.identifier().lower())
        elif cursor.take("COMMENT"):
            index = replace(index, comment=cursor.string())
        elif not (cursor.take("VISIBLE") or cursor.take("INVISIBLE")):
            break
    cursor.finish()
    return index


def read_keys(group: Cursor) -> tuple[IndexKey, ...]:
    return tuple(_key(item) for item in group.items())


def _key(item: Cursor) -> IndexKey:
    key = _column_or_expression(item)
    if item.take("COLLATE"):
        key = replace(key, collation=item.name())
    if not item.done() and item.word() not in _AFTER_KEY:
        key = replace(key, opclass=item.name())
        if item.mark("("):
            raise Misread("parameters of an operator class")
    if item.take("DESC"):
        key = replace(key, descending=True)
    else:
        item.take("ASC")
    for word, first in (("FIRST", True), ("LAST", False)):
        if item.take("NULLS", word):
            key = replace(key, nulls_first=first)
    item.finish()
    return key


def _column_or_expression(item: Cursor) -> IndexKey:
    start = item.index
    if item.mark("("):
        return IndexKey(expression=item.group().rest())
    name = item.identifier()
    if item.system == "mysql" and item.mark("("):
        item.group()  # the length of a prefix
        return IndexKey(name)
    if not item.mark(".") and not item.mark("("):
        return IndexKey(name)
    while item.take_mark("."):
        item.identifier()
    item.group()
    return IndexKey(expression=item.script.slice(start, item.index))
