"""ALTER TABLE with the actions that sqlglot models."""

from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    Comment,
    CreateIndex,
    DropColumn,
    DropConstraint,
    ObjectKind,
    ObjectRef,
    Operation,
    Rename,
    SetOptions,
    TableAction,
)
from ctb_audit.sources.ddl.parse_sqlglot.columns import plain_type, read_column
from ctb_audit.sources.ddl.parse_sqlglot.constraints import STARTS, read_table_constraint
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.options import described, storage_options
from ctb_audit.sources.ddl.parse_sqlglot.tables import read_inline_index

_KINDS: tuple[tuple[tuple[str, ...], ObjectKind], ...] = (
    (("TABLE",), "table"),
    (("INDEX",), "index"),
    (("VIEW",), "view"),
    (("MATERIALIZED", "VIEW"), "materialized view"),
)


def alter_table(cursor: Cursor) -> tuple[Operation, ...]:
    cursor.expect("ALTER")
    kind = next((kind for words, kind in _KINDS if cursor.take(*words)), None)
    if kind is None:
        raise Misread(f"ALTER {cursor.word()}")
    missing = cursor.take("IF", "EXISTS")
    only = cursor.take("ONLY")
    name = cursor.name()
    if cursor.word() == "RENAME":
        return (_rename(cursor, kind, name, missing),)
    if kind != "table":
        raise Misread(f"ALTER {kind.upper()} with other actions than RENAME TO")
    if cursor.system == "bigquery" and cursor.take("SET", "OPTIONS"):
        return _options(cursor, name)
    actions: list[TableAction] = []
    indexes: list[Operation] = []
    for item in cursor.items():
        if item.system == "mysql" and _adds_index(item):
            item.expect("ADD")
            indexes.append(CreateIndex(name, read_inline_index(item)))
            continue
        actions.extend(_action(item))
        item.finish()
    altered = (AlterTable(name, tuple(actions), missing, only, kind),) if actions else ()
    return (*altered, *indexes)


def _options(cursor: Cursor, name: Name) -> tuple[Operation, ...]:
    """BigQuery's SET OPTIONS of a table; the description is its comment."""
    comment, others = described(cursor.group())
    cursor.finish()
    told = () if comment is None else (Comment(ObjectRef("table", name), comment),)
    return (*told, AlterTable(name, (SetOptions(others),))) if others else told


def _adds_index(item: Cursor) -> bool:
    return item.word() == "ADD" and item.word(1) in ("INDEX", "KEY", "FULLTEXT", "SPATIAL")


def _rename(cursor: Cursor, kind: ObjectKind, name: Name, missing: bool) -> Rename:
    cursor.expect("RENAME")
    if cursor.take("TO"):
        target = ObjectRef(kind, name)
        to = cursor.name()
        if to.schema is not None and to.schema != name.schema:
            raise Misread("a rename into another schema")
        cursor.finish()
        return Rename(target, to.name, missing)
    if kind != "table":
        raise Misread(f"a rename inside a {kind}")
    if cursor.word() == "CONSTRAINT":
        raise Misread("RENAME CONSTRAINT")
    if not cursor.take("COLUMN") and cursor.system == "postgresql":
        raise Misread("RENAME without COLUMN, which sqlglot reads as a rename of the table")
    target = ObjectRef("column", name, cursor.identifier())
    cursor.expect("TO")
    to_column = cursor.identifier()
    cursor.finish()
    return Rename(target, to_column, missing)


def _action(item: Cursor) -> tuple[TableAction, ...]:
    match item.word():
        case "ADD":
            return (_add(item),)
        case "DROP":
            return (_drop(item),)
        case "ALTER":
            return _alter_column(item)
        case "SET":
            return (_set(item),)
        case "MODIFY" if item.system == "mysql":
            return _modify(item)
        case word:
            raise Misread(f"the action {word or 'without a word'}")


def _add(item: Cursor) -> TableAction:
    item.expect("ADD")
    if item.word() in STARTS:
        return AddConstraint(read_table_constraint(item))
    item.take("COLUMN")
    missing = item.take("IF", "NOT", "EXISTS")
    definition = read_column(item)
    _skip_position(item)
    return AddColumn(definition.column, definition.constraints, missing)


def _skip_position(item: Cursor) -> None:
    """Where MySQL puts the column; the model judges no order across ALTERs."""
    if item.system == "mysql" and not item.take("FIRST") and item.take("AFTER"):
        item.identifier()


def _drop(item: Cursor) -> TableAction:
    item.expect("DROP")
    constraint = item.take("CONSTRAINT")
    if item.system == "mysql":
        if item.take("FOREIGN", "KEY") or item.take("CHECK"):
            constraint = True
        elif item.word() in ("PRIMARY", "INDEX", "KEY"):
            raise Misread(f"DROP {item.word()} inside ALTER TABLE")
    if not constraint:
        item.take("COLUMN")
    exists = item.take("IF", "EXISTS")
    name = item.identifier()
    cascade = item.take("CASCADE")
    if not cascade:
        item.take("RESTRICT")
    if constraint:
        return DropConstraint(name, exists, cascade)
    return DropColumn(name, exists, cascade)


def _alter_column(item: Cursor) -> tuple[TableAction, ...]:
    item.expect("ALTER")
    item.take("COLUMN")
    exists = item.system == "bigquery" and item.take("IF", "EXISTS")
    name = item.identifier()
    if item.take("SET", "DATA", "TYPE") or item.take("TYPE"):
        return _retype(item, name)
    if item.take("SET", "DEFAULT"):
        return (AlterColumn(name, "set default", item.rest(), exists),)
    if item.take("DROP", "DEFAULT"):
        return (AlterColumn(name, "drop default", None, exists),)
    if item.take("SET", "NOT", "NULL"):
        return (AlterColumn(name, "set not null", None, exists),)
    if item.take("DROP", "NOT", "NULL"):
        return (AlterColumn(name, "drop not null", None, exists),)
    raise Misread(f"ALTER COLUMN ... {item.rest()[:40]}")


def _retype(item: Cursor, name: str) -> tuple[TableAction, ...]:
    actions: list[TableAction] = [AlterColumn(name, "type", plain_type(item))]
    if item.take("COLLATE"):
        actions.append(AlterColumn(name, "collation", item.name()))
    if item.take("USING"):
        item.rest()
    return tuple(actions)


def _set(item: Cursor) -> TableAction:
    item.expect("SET")
    if item.system != "postgresql" or not item.mark("("):
        raise Misread(f"SET {item.word()}")
    return SetOptions(storage_options(item.group()))


def _modify(item: Cursor) -> tuple[TableAction, ...]:
    """MySQL's MODIFY states the whole column anew."""
    item.expect("MODIFY")
    item.take("COLUMN")
    definition = read_column(item)
    _skip_position(item)
    column = definition.column
    if definition.constraints or column.generated is not None or column.identity:
        raise Misread("MODIFY with a key, a generated column or AUTO_INCREMENT")
    name = column.name
    default = (
        AlterColumn(name, "drop default")
        if column.default is None
        else AlterColumn(name, "set default", column.default)
    )
    null = AlterColumn(name, "drop not null" if column.nullable else "set not null")
    return (AlterColumn(name, "type", column.type), default, null)
