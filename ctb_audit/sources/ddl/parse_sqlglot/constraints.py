"""Constraints of tables and columns."""

from dataclasses import replace
from typing import Literal

from ctb_audit.model import Constraint, Location
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread
from ctb_audit.sources.ddl.parse_sqlglot.queries import referenced_columns

_ACTIONS = (
    ("NO", "ACTION"),
    ("RESTRICT",),
    ("CASCADE",),
    ("SET", "NULL"),
    ("SET", "DEFAULT"),
)
_MATCHES: dict[str, Literal["simple", "full", "partial"]] = {
    "SIMPLE": "simple",
    "FULL": "full",
    "PARTIAL": "partial",
}
STARTS = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"))


def read_table_constraint(cursor: Cursor) -> Constraint:
    """`[CONSTRAINT name] PRIMARY KEY | UNIQUE | FOREIGN KEY | CHECK ...`, read to its end."""
    location = cursor.location
    name = cursor.identifier() if cursor.take("CONSTRAINT") and not _bare(cursor) else ""
    match cursor.word():
        case "PRIMARY":
            constraint = _key(cursor, "primary key", name)
        case "UNIQUE":
            constraint = _key(cursor, "unique", name)
        case "FOREIGN":
            constraint = _foreign_key(cursor, name)
        case "CHECK":
            constraint = read_check(cursor, name)
        case _:
            raise Misread(f"the constraint {cursor.rest()[:40]!r}")
    constraint = read_attributes(cursor, replace(constraint, location=location))
    cursor.finish()
    return constraint


def _bare(cursor: Cursor) -> bool:
    """MySQL allows CONSTRAINT without a name."""
    return cursor.system == "mysql" and cursor.word() in STARTS


def _key(cursor: Cursor, kind: Literal["primary key", "unique"], name: str) -> Constraint:
    cursor.expect(*kind.upper().split())
    if cursor.take("USING", "INDEX"):
        return Constraint(kind, name, using_index=cursor.identifier())
    if cursor.system == "mysql":
        if not cursor.take("KEY"):
            cursor.take("INDEX")
        if not cursor.mark("("):
            name = name or cursor.identifier()
    distinct = read_nulls(cursor)
    columns = _key_columns(cursor)
    include = cursor.names() if cursor.take("INCLUDE") else ()
    _skip_index_options(cursor)
    return Constraint(kind, name, columns, nulls_not_distinct=distinct, include=include)


def _key_columns(cursor: Cursor) -> tuple[str, ...]:
    found = []
    for item in cursor.group().items():
        found.append(item.identifier())
        if cursor.system == "mysql" and item.mark("("):
            item.group()  # a prefix's length
        if cursor.system != "postgresql" and not item.take("ASC"):
            item.take("DESC")
        item.finish()
    return tuple(found)


def _skip_index_options(cursor: Cursor) -> None:
    """Storage of the index behind a key; the model does not hold it."""
    if cursor.take("WITH"):
        cursor.group()
    if cursor.take("USING", "INDEX", "TABLESPACE") or cursor.take("USING"):
        cursor.identifier()
    if cursor.system == "sqlite" and cursor.take("ON", "CONFLICT"):
        cursor.identifier()


def read_nulls(cursor: Cursor) -> bool:
    """NULLS [NOT] DISTINCT: whether nulls count as equal."""
    if cursor.take("NULLS", "NOT", "DISTINCT"):
        return True
    cursor.take("NULLS", "DISTINCT")
    return False


def _foreign_key(cursor: Cursor, name: str) -> Constraint:
    cursor.expect("FOREIGN", "KEY")
    if cursor.system == "mysql" and not cursor.mark("("):
        name = name or cursor.identifier()
    return read_references(cursor, cursor.names(), name)


def read_references(cursor: Cursor, columns: tuple[str, ...], name: str) -> Constraint:
    """REFERENCES table [(columns)] [MATCH ..] [ON DELETE ..] [ON UPDATE ..]."""
    cursor.expect("REFERENCES")
    constraint = Constraint("foreign key", name, columns, target=cursor.name())
    if cursor.mark("("):
        constraint = replace(constraint, target_columns=cursor.names())
    while True:
        if cursor.take("MATCH"):
            constraint = replace(constraint, match=_match(cursor))
        elif cursor.take("ON", "DELETE"):
            action = _action(cursor)
            columns = cursor.names() if cursor.mark("(") else ()
            constraint = replace(constraint, on_delete=action, on_delete_columns=columns)
        elif cursor.take("ON", "UPDATE"):
            constraint = replace(constraint, on_update=_action(cursor))
        else:
            return constraint


def _match(cursor: Cursor) -> Literal["simple", "full", "partial"]:
    word = cursor.word()
    if word not in _MATCHES:
        raise Misread(f"MATCH {word}")
    cursor.index += 1
    return _MATCHES[word]


def _action(cursor: Cursor) -> str:
    for words in _ACTIONS:
        if cursor.take(*words):
            return " ".join(words).lower()
    raise Misread(f"ON ... {cursor.word()}")


def read_check(cursor: Cursor, name: str, location: Location | None = None) -> Constraint:
    cursor.expect("CHECK")
    expression = cursor.group().rest()
    columns = referenced_columns(expression, cursor.system)
    no_inherit = cursor.take("NO", "INHERIT")
    return Constraint("check", name, columns, expression, no_inherit=no_inherit, location=location)


def read_attributes(cursor: Cursor, constraint: Constraint) -> Constraint:
    """DEFERRABLE, INITIALLY, NOT VALID, [NOT] ENFORCED, in any order."""
    while True:
        if cursor.take("NOT", "DEFERRABLE") or cursor.take("INITIALLY", "IMMEDIATE"):
            pass
        elif cursor.take("DEFERRABLE"):
            constraint = replace(constraint, deferrable=True)
        elif cursor.take("INITIALLY", "DEFERRED"):
            constraint = replace(constraint, deferrable=True, initially_deferred=True)
        elif cursor.take("NOT", "VALID"):
            constraint = replace(constraint, validated=False)
        elif cursor.system != "postgresql" and cursor.take("NOT", "ENFORCED"):
            constraint = replace(constraint, enforced=False)
        elif cursor.system != "postgresql" and cursor.take("ENFORCED"):
            pass
        else:
            return constraint
