"""The frozen Catalog that a state amounts to."""

from collections.abc import Iterable, Iterator

from ctb_audit.copies import replace
from ctb_audit.model import (
    Catalog,
    Column,
    Constraint,
    Coverage,
    Name,
    Problem,
    Sequence,
    Surface,
    Table,
)
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import resolve_type


def catalog(
    states: Iterable[State],
    coverage: Coverage,
    problems: Iterable[Problem],
    source: str,
    surface: Surface,
) -> Catalog:
    """Everything in creation order; tables of several systems side by side."""
    states = list(states)
    tables = [table for state in states for table in _tables(state)]
    collisions = [problem for state in states for problem in intended_collisions(state)]
    return Catalog(
        surface=surface,
        source=source,
        tables=tuple(t for t in tables if t.kind != "foreign"),
        foreign_tables=tuple(t for t in tables if t.kind == "foreign"),
        views=tuple(
            replace(e.view, system=state.system) for state in states for e in state.views.ordered()
        ),
        functions=tuple(f for state in states for f in state.functions.ordered()),
        types=tuple(t for state in states for t in state.types.ordered()),
        sequences=tuple(s for state in states for s in _sequences(state)),
        extensions=tuple(e for state in states for e in state.extensions.ordered()),
        schemas=tuple(s for state in states for s in state.schemas.ordered()),
        coverage=coverage,
        problems=(*problems, *collisions),
    )


def _sequences(state: State) -> Iterator[Sequence]:
    """Without those of identity columns: the column implies its own."""
    for sequence in state.sequences.ordered():
        if sequence.owned_by is not None:
            table = state.tables.get(Name(*sequence.owned_by[:2]))
            column = table.column(sequence.owned_by[2]) if table else None
            if column is not None and column.identity:
                continue
        yield sequence


def _tables(state: State) -> Iterator[Table]:
    for table in state.tables.ordered():
        yield table if state.strict else _settled(state, table)


def _settled(state: State, table: Table) -> Table:
    """Lenient mode: what a later statement defined is known after all."""
    if any(_unsettled(c) for c in table.columns):
        columns = (_settled_column(state, c) if _unsettled(c) else c for c in table.columns)
        table = replace(table, columns=tuple(columns))
    if any(c.kind == "foreign key" and not c.target_columns for c in table.constraints):
        keys = tuple(_settled_key(state, c) for c in table.constraints)
        table = replace(table, constraints=keys)
    return table


def _unsettled(column: Column) -> bool:
    return column.type.family == "unknown" and column.type.name != "unknown"


def _settled_column(state: State, column: Column) -> Column:
    return replace(column, type=resolve_type(state, column.type))


def _settled_key(state: State, constraint: Constraint) -> Constraint:
    if constraint.kind != "foreign key" or constraint.target_columns:
        return constraint
    target = state.tables.get(constraint.target) if constraint.target else None
    primary = (
        next((c for c in target.constraints if c.kind == "primary key"), None) if target else None
    )
    return replace(constraint, target_columns=primary.columns) if primary else constraint


def intended_collisions(state: State) -> Iterator[Problem]:
    """Indexes that a document intends and that would collide if made into CREATE INDEX."""
    seen: dict[Name, Table] = {}
    for table in state.tables.ordered():
        for index in table.indexes:
            if not index.intended or not index.name:
                continue
            name = Name(table.schema, index.name)
            first = seen.get(name)
            if first is not None or name in state.relations:
                where = f"of {first.qualified}" if first is not None else "in this schema"
                yield Problem(
                    "duplicate-object-name",
                    f'index "{index.name}" of {table.qualified} would collide with the one {where} '
                    "if made into CREATE INDEX: index names are unique in a schema",
                    (table.qualified,),
                    location=index.location or table.location,
                )
            else:
                seen[name] = table
