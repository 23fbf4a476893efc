"""Columns as the server stores them: resolved types, serial, identity."""

import re
from functools import lru_cache

from ctb_audit.copies import replace
from ctb_audit.lean import pattern
from ctb_audit.model import Column, Name, Sequence, Table, Type
from ctb_audit.semantics.quoting import identifier
from ctb_audit.semantics.types import SERIALS, without_serial
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.privileges import initial_grants
from ctb_audit.sources.ddl.replay.sequences import completed, drawn_sequence
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import resolve_type


def most_columns(state: State) -> int:
    """Of a table: PostgreSQL's bound, elsewhere that of the engine that takes most, BigQuery."""
    return 1_600 if state.postgres else 10_000


def build(state: State, table: Name, column: Column) -> Column:
    """The column as CREATE TABLE or ADD COLUMN stores it; its own sequence is created."""
    if not state.postgres:
        return column
    if column.type.name in SERIALS and column.type.family in ("serial", "unknown"):
        kind = SERIALS[column.type.name]
        sequence = own_sequence(state, table, column.name, kind)
        return replace(
            column,
            type=without_serial(column.type),
            nullable=False,
            default=nextval(sequence),
            serial=sequence,
        )
    resolved = resolve_type(state, column.type, table)
    if resolved is not column.type:
        column = replace(column, type=resolved)
    if column.default is not None:
        column = without_null_default(column)
    if column.identity:
        own_sequence(state, table, column.name, column.type.name)
        return replace(column, nullable=False)
    return column


def note_use(state: State, table: Name, column: Column) -> None:
    """Remember that the table uses the column's type and sequence."""
    if "." in column.type.name:
        schema, _, name = column.type.name.partition(".")
        state.users.add(Name(schema, name), table)
    drawn = None if column.default is None else drawn_sequence(state, column.default)
    if drawn is not None:
        state.users.add(drawn, table)


def without_null_default(column: Column) -> Column:
    default = stored_default(column.default, column.type)
    return column if default == column.default else replace(column, default=default)


def stored_default(written: str | None, type_: Type | None) -> str | None:
    """The server stores no default that is a NULL constant; one of a domain's type it does."""
    over_domain = type_ is not None and type_.family == "domain"
    return None if not over_domain and _is_null(written or "") else written


@lru_cache(maxsize=4096)
def _is_null(default: str) -> bool:
    return "null" in default.lower() and _NULL.match(default) is not None


def nextval(sequence: Name) -> str:
    inner = f"{identifier(sequence.schema or '')}.{identifier(sequence.name)}".replace("'", "''")
    return f"nextval('{inner}'::regclass)"


def own_sequence(state: State, table: Name, column: str, kind: str) -> Name:
    """Create the sequence behind a serial or identity column."""
    schema = home(table)
    chosen = state.chosen.choose(
        table.name, column, "seq", schema, lambda taken: Name(schema, taken) in state.relations
    )
    name = Name(schema, chosen)
    state.claim(name, "sequence")
    whole = kind if kind in ("smallint", "integer") else "bigint"
    state.owned.add(table, name)
    state.sequences[name] = completed(
        Sequence(
            schema,
            name.name,
            type=whole,
            owned_by=(schema, table.name, column),
            grants=initial_grants(state, "sequence", schema),
            location=state.effect.location if state.effect else None,
        )
    )
    return name


def spreads_identity(state: State, table: Table) -> bool:
    """Partitions share the identity column of their table, since PostgreSQL 17."""
    return state.version >= 17 and table.partition_by is not None


def sequence_of(state: State, table: Name, column: str) -> list[Name]:
    """The sequences that a column owns."""
    owner = (home(table), table.name, column)
    found = []
    for name in state.owned.of(table):
        sequence = state.sequences.get(name)
        if sequence is not None and sequence.owned_by == owner:
            found.append(name)
    return found


def untyped(name: str) -> Column:
    """A column of which only the name is known (CREATE TABLE AS)."""
    return Column(name, Type("unknown", "unknown"))


_NULL = pattern(r"\(*null(?:::[\w .]+(?:\([\d, ]*\))?(?:\[\])*)?\)*\Z", re.IGNORECASE)
