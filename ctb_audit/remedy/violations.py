"""Which rows break what a change wants, how many they are, and what to do about them."""

from ctb_audit.model import Catalog, Name
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import SetNotNull
from ctb_audit.remedy.constraints import AddCheck, AddForeignKey, AddUnique
from ctb_audit.remedy.quoting import identifiers, relation
from ctb_audit.remedy.row_order import Session
from ctb_audit.semantics.quoting import identifier

_SHOWN = 5
_LATER = "correct them, or leave the constraint NOT VALID, which holds new rows only"
_FIRST = "correct them first"


def told_violations(session: Session, base: Catalog, change: Change) -> str:
    """`; 2 rows of public.users break it: (id) = (7), (9); correct them, ...`, "" for none.

    `base`: the tables before the change, whose primary keys name the rows.
    """
    condition, step = _condition(change)
    if not condition:
        return ""
    table = relation(change.table)
    key = _key(base, change.table)
    row = session.execute(
        f"SELECT count(*) FROM {table} AS t WHERE {condition}".encode()
    ).fetchone()
    count = int(row[0]) if row else 0
    named = session.execute(
        f"SELECT ROW({key})::text FROM {table} AS t WHERE {condition}"
        f" ORDER BY {key} LIMIT {_SHOWN}".encode()
    ).fetchall()
    which = ", ".join(str(found[0]) for found in named) + (", ..." if count > _SHOWN else "")
    return f"; {count} rows of {change.table} break it, {key} = {which}: {step}" if count else ""


def _key(base: Catalog, name: Name) -> str:
    """The columns that name a row; its place where the table has no primary key."""
    table = next((t for t in base.tables if t.qualified == name), None)
    constraints = table.constraints if table else ()
    found = next((c for c in constraints if c.kind == "primary key"), None)
    return identifiers(found.columns) if found else "ctid"


def _condition(change: Change) -> tuple[str, str]:
    """What is true of the rows in the way, of the table `t`, and what to do; "" for no such."""
    match change:
        case AddCheck():
            return f"NOT ({change.expression})", _LATER
        case SetNotNull():
            return f"{identifier(change.column)} IS NULL", _FIRST
        case AddForeignKey():
            pairs = list(zip(change.columns, change.target_columns, strict=True))
            given = " AND ".join(f"t.{identifier(c)} IS NOT NULL" for c, _ in pairs)
            same = " AND ".join(f"k.{identifier(k)} = t.{identifier(c)}" for c, k in pairs)
            missing = f"NOT EXISTS (SELECT FROM {relation(change.target)} AS k WHERE {same})"
            return f"{given} AND {missing}", _LATER
        case AddUnique():
            columns = identifiers(change.columns)
            shared = f"SELECT {columns} FROM {relation(change.table)}"
            shared += f" GROUP BY {columns} HAVING count(*) > 1"
            return f"({columns}) IN ({shared})", _FIRST
    return "", ""
