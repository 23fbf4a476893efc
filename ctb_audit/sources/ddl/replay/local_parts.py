"""Columns and checks that a child declares itself and inherits too: they outlive their parents'."""

from typing import Literal

from ctb_audit.model import Constraint, Name, Table
from ctb_audit.sources.ddl.replay.state import State

Kind = Literal["column", "check"]


def note_local(state: State, table: Name, kind: Kind, part: str) -> None:
    state.local_parts[table, kind, part] = True


def is_local(state: State, table: Name, kind: Kind, part: str) -> bool:
    return (table, kind, part) in state.local_parts


def has_other_parent(state: State, child: Table, parent: Name, kind: Kind, part: str) -> bool:
    """Whether a parent other than the given one gives the child the same part."""
    for name in child.inherits:
        if name != parent and name in state.tables:
            other = state.tables[name]
            held = other.columns if kind == "column" else _handed_down(other)
            if part in (item.name for item in held):
                return True
    return False


def _handed_down(table: Table) -> list[Constraint]:
    return [c for c in table.constraints if c.kind == "check" and not c.no_inherit]


def rename_local(state: State, table: Name, kind: Kind, old: str, new: str) -> None:
    if is_local(state, table, kind, old):
        del state.local_parts[table, kind, old]
        note_local(state, table, kind, new)


def carry_local(state: State, table: Table, new: Name) -> None:
    """Of a table that gets another name."""
    for kind, part in _parts(table):
        if is_local(state, table.qualified, kind, part):
            del state.local_parts[table.qualified, kind, part]
            note_local(state, new, kind, part)


def forget_local(state: State, table: Table) -> None:
    """Of a table that is dropped."""
    if not len(state.local_parts):
        return
    for kind, part in _parts(table):
        state.local_parts.discard((table.qualified, kind, part))


def _parts(table: Table) -> list[tuple[Kind, str]]:
    columns: list[tuple[Kind, str]] = [("column", c.name) for c in table.columns]
    return columns + [("check", c.name) for c in table.constraints if c.kind == "check"]
