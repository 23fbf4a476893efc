"""Foreign keys of tables: their targets resolved and checked as the server does."""

from ctb_audit.copies import replace
from ctb_audit.model import Constraint, Index, Table, Type
from ctb_audit.sources.ddl.replay import names
from ctb_audit.sources.ddl.replay.adding import Adding, keys_exist, refused_abroad
from ctb_audit.sources.ddl.replay.constraints import constraint_name
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State

# families whose values a foreign key may compare with its target's by an implicit cast
_WIDER = {
    "integer": ("integer", "decimal", "float"),
    "decimal": ("decimal", "float"),
    "timestamp": ("timestamp", "date"),
    "date": ("timestamp", "date"),
}
_COMPARED = frozenset(
    (*_WIDER, "float", "text", "uuid", "boolean", "bytes", "network", "interval", "time")
)


def add_foreign_keys(state: State, table: Table, *keys: Constraint) -> Table:
    """`table` must be stored already: a foreign key may point at it."""
    adding = Adding(state, table)
    for key in keys:
        _add_foreign_key(adding, key)
    return adding.done()


def _add_foreign_key(adding: Adding, key: Constraint) -> None:
    if refused_abroad(adding, key) or not keys_exist(adding, key):
        return
    state, table = adding.state, adding.table
    resolved = _resolve_target(state, table, key)
    name = key.name
    if not name:
        name = constraint_name(state, table, names.addition(key.columns), "fkey", key)
    elif adding.is_taken(name):
        adding.refuse(name)
        return
    if resolved.target is not None:
        state.users.add(resolved.target, table.qualified)
    adding.add(replace(resolved, name=name))


def _resolve_target(state: State, table: Table, key: Constraint) -> Constraint:
    """The key with its target resolved."""
    written = key.target
    if written is None:
        return key
    found = state.find(written)
    target = state.tables.get(found) if found is not None else None
    if target is None:
        assumed = state.assumed(written)
        if state.strict:
            raise Refusal(f'relation "{written}" does not exist', table.qualified, assumed)
        return replace(key, target=assumed)
    if target.qualified == table.qualified:
        target = table
    columns = key.target_columns
    if not columns:
        primary = next((c for c in target.constraints if c.kind == "primary key"), None)
        if primary is None:
            message = f'there is no primary key for referenced table "{target.name}"'
            state.complain(Refusal(message, table.qualified))
        columns = primary.columns if primary else ()
    _check_target(state, table, key, target, columns)
    return replace(key, target=target.qualified, target_columns=columns)


def _check_target(
    state: State, table: Table, key: Constraint, target: Table, columns: tuple[str, ...]
) -> None:
    if not columns or not state.postgres:
        return
    if problem := _target_problem(table, key, target, columns):
        state.complain(Refusal(problem, table.qualified))


def _target_problem(table: Table, key: Constraint, target: Table, columns: tuple[str, ...]) -> str:
    known = {c.name for c in target.columns}
    if missing := [c for c in columns if c not in known]:
        return f'column "{missing[0]}" referenced in foreign key constraint does not exist'
    if len(columns) != len(key.columns):
        return "number of referencing and referenced columns for foreign key disagree"
    if not _is_unique(target, columns):
        return (
            "there is no unique constraint matching given keys "
            f'for referenced table "{target.name}"'
        )
    for own, other in zip(key.columns, columns, strict=True):
        one, two = table.column(own), target.column(other)
        if one and two and not _comparable(one.type, two.type):
            return f'foreign key constraint on column "{own}" cannot be implemented'
    return ""


def _comparable(own: Type, other: Type) -> bool:
    """False only where the server surely finds no equality operator."""
    if own.family not in _COMPARED or other.family not in _COMPARED:
        return True
    return own.dimensions == other.dimensions and other.family in _WIDER.get(
        own.family, (own.family,)
    )


def _is_unique(target: Table, columns: tuple[str, ...]) -> bool:
    wanted = sorted(columns)
    for constraint in target.constraints:
        if constraint.kind in ("primary key", "unique") and sorted(constraint.columns) == wanted:
            return not constraint.deferrable
    return any(plain_unique(index) == wanted for index in target.indexes)


def plain_unique(index: Index) -> list[str] | None:
    if not index.unique or index.predicate is not None or not index.valid or index.intended:
        return None
    keys = [key.column for key in index.keys]
    return None if None in keys else sorted(k for k in keys if k is not None)
