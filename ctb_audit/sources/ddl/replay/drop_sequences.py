"""DROP SEQUENCE and the defaults that draw from one."""

from ctb_audit.copies import replace
from ctb_audit.model import Name, Table
from ctb_audit.sources.ddl.replay.dependents import refuse_dependent
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.sequences import drawn_sequence
from ctb_audit.sources.ddl.replay.state import State


def remove_sequence(state: State, name: Name, cascade: bool) -> None:
    sequence = state.sequences[name]
    if sequence.owned_by is not None:
        schema, table_name, column_name = sequence.owned_by
        table = state.tables.get(Name(schema, table_name))
        column = table.column(column_name) if table else None
        if column is not None and column.identity:
            message = f"cannot drop sequence {name.name} because column {column_name} requires it"
            raise Refusal(message, Name(schema, table_name))
    for user in [*state.using_tables(name)]:
        _drop_defaults(state, user, name, cascade)
    del state.sequences[name]
    del state.relations[name]


def drop_owned(state: State, name: Name, along: frozenset[Name], cascade: bool) -> None:
    """Remove a sequence with the column that owns it; `along`: tables that go too."""
    owner = state.sequences[name].owned_by
    for user in [*state.using_tables(name)]:
        _drop_defaults(state, user, name, cascade or user.qualified in along, owner)
    del state.sequences[name]
    del state.relations[name]


def _drop_defaults(
    state: State,
    user: Table,
    sequence: Name,
    cascade: bool,
    owner: tuple[str, str, str] | None = None,
) -> None:
    """Defaults that draw from a sequence refuse, or go; that of its owner is none of them."""
    columns = []
    for column in user.columns:
        drawn = None if column.default is None else drawn_sequence(state, column.default)
        if drawn != sequence or owner == (user.schema, user.name, column.name):
            columns.append(column)
            continue
        dependent = f"default value for column {column.name} of table {user.name}"
        refuse_dependent(state, user.qualified, f"sequence {sequence.name}", dependent, cascade)
        columns.append(replace(column, default=None, serial=None))
    state.put(replace(user, columns=tuple(columns)))
