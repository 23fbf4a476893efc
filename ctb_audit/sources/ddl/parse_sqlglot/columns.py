"""A column and the constraints written with it."""

from dataclasses import field, replace
from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import Column, Constraint, Location, Name, Type
from ctb_audit.sources.ddl.parse_sqlglot.constraints import (
    read_attributes,
    read_check,
    read_nulls,
    read_references,
)
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.options import description
from ctb_audit.sources.ddl.parse_sqlglot.type_names import read_type

_STOPS = frozenset(
    (
        *("CONSTRAINT", "NOT", "NULL", "UNIQUE", "PRIMARY", "REFERENCES", "CHECK", "GENERATED"),
        *("COLLATE", "COMMENT", "AUTO_INCREMENT", "AUTOINCREMENT", "ON", "DEFERRABLE", "INITIALLY"),
        *("OPTIONS", "DEFAULT", "INVISIBLE", "VISIBLE", "FIRST", "AFTER"),
    )
)


@dataclass(slots=True)
class _Parts:
    nullable: bool = True
    default: str | None = None
    identity: Literal["", "always", "by default"] = ""
    generated: str | None = None
    generated_kind: Literal["", "stored", "virtual"] = ""
    collation: Name | None = None
    comment: str | None = None
    not_null_name: str = ""
    constraints: list[Constraint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column, its constraints in the order written, and the name of its NOT NULL."""

    column: Column
    constraints: tuple[Constraint, ...] = ()
    not_null_name: str = ""


def read_column(cursor: Cursor, *, inside_struct: bool = False) -> ColumnDefinition:
    """`name type constraint ...`, up to what is no constraint (the caller says whether that is
    the end).
    """
    location = cursor.location
    name = cursor.identifier()
    type_, fields = read_type(cursor)
    parts = _Parts()
    while not cursor.done() and not (inside_struct and (cursor.mark(",") or cursor.mark(">"))):
        if not _read_part(cursor, name, parts):
            break
    column = Column(
        name,
        type_,
        parts.nullable,
        parts.default,
        parts.identity,
        parts.generated,
        parts.generated_kind,
        collation=parts.collation,
        comment=parts.comment,
        fields=fields,
        location=location,
    )
    return ColumnDefinition(column, tuple(parts.constraints), parts.not_null_name)


def _read_part(cursor: Cursor, column: str, parts: _Parts) -> bool:
    """Read one part of a column's definition; False where none follows."""
    location = cursor.location
    named = cursor.identifier() if cursor.take("CONSTRAINT") else ""
    if cursor.take("NOT", "NULL"):
        parts.nullable, parts.not_null_name = False, named
        return True
    if _is_constraint(cursor):
        parts.constraints.append(_constraint(cursor, column, named, location))
        return True
    if _value(cursor, parts) or _remark(cursor, parts):
        return True
    if named:
        raise Misread("a column constraint")
    return cursor.take("NULL")


def _is_constraint(cursor: Cursor) -> bool:
    word = cursor.word()
    return word in ("PRIMARY", "UNIQUE", "CHECK", "REFERENCES") or (
        cursor.system == "mysql" and word == "KEY"
    )


def _constraint(cursor: Cursor, column: str, name: str, location: Location) -> Constraint:
    match cursor.word():
        case "REFERENCES":
            constraint = read_references(cursor, (column,), name)
        case "CHECK":
            constraint = read_check(cursor, name)
        case "UNIQUE":
            cursor.index += 1
            cursor.take("KEY")
            distinct = read_nulls(cursor)
            constraint = Constraint("unique", name, (column,), nulls_not_distinct=distinct)
        case _:
            cursor.take("PRIMARY")
            cursor.expect("KEY")
            constraint = Constraint("primary key", name, (column,))
    if cursor.system == "sqlite":
        if not cursor.take("ASC"):
            cursor.take("DESC")
        if cursor.take("ON", "CONFLICT"):
            cursor.identifier()
    return read_attributes(cursor, replace(constraint, location=location))


def _value(cursor: Cursor, parts: _Parts) -> bool:
    """What gives the column its value."""
    if cursor.take("DEFAULT"):
        parts.default = read_default(cursor)
    elif cursor.take("GENERATED", "BY", "DEFAULT", "AS", "IDENTITY"):
        _identity(cursor, parts, "by default")
    elif cursor.take("GENERATED", "ALWAYS", "AS", "IDENTITY"):
        _identity(cursor, parts, "always")
    elif cursor.take("GENERATED", "ALWAYS", "AS") or (
        cursor.system != "postgresql" and cursor.take("AS")
    ):
        _generated(cursor, parts)
    elif cursor.system != "postgresql" and (
        cursor.take("AUTO_INCREMENT") or cursor.take("AUTOINCREMENT")
    ):
        parts.identity = "by default"
    else:
        return False
    return True


def read_default(cursor: Cursor) -> str:
    """The text of a default, up to the part of the definition that follows it."""
    return cursor.until(lambda c: c.word() in _STOPS or c.mark(",") or c.mark(">"))


def _identity(cursor: Cursor, parts: _Parts, when: Literal["always", "by default"]) -> None:
    parts.identity, parts.nullable = when, False
    if cursor.mark("("):
        cursor.group()


def _generated(cursor: Cursor, parts: _Parts) -> None:
    parts.generated = cursor.group().rest()
    if cursor.take("STORED"):
        parts.generated_kind = "stored"
    elif cursor.system == "postgresql":
        raise Misread("a generated column that is not STORED")
    else:
        cursor.take("VIRTUAL")
        parts.generated_kind = "virtual"


def _remark(cursor: Cursor, parts: _Parts) -> bool:
    if cursor.take("COLLATE"):
        parts.collation = cursor.name()
    elif cursor.system == "mysql":
        return _mysql_remark(cursor, parts)
    elif cursor.system == "bigquery" and cursor.take("OPTIONS"):
        parts.comment = description(cursor.group())
    else:
        return False
    return True


def _mysql_remark(cursor: Cursor, parts: _Parts) -> bool:
    if cursor.take("COMMENT"):
        parts.comment = cursor.string()
    elif cursor.take("ON", "UPDATE"):
        cursor.until(lambda c: c.word() in _STOPS)  # kept by the engine, as a trigger would
    else:
        return cursor.take("INVISIBLE") or cursor.take("VISIBLE")
    return True


def plain_type(cursor: Cursor) -> Type:
    """A type where no fields are expected."""
    type_, fields = read_type(cursor)
    if fields:
        raise Misread("a STRUCT")
    return type_
