"""CREATE TABLE and CREATE TABLE AS, in the order in which the server builds a table."""

from typing import TYPE_CHECKING

from ctb_audit.copies import replace
from ctb_audit.lean import importer
from ctb_audit.model import Column, Name, Table
from ctb_audit.sources.ddl.operations import CreateTable, CreateTableAs, Like
from ctb_audit.sources.ddl.replay.columns import build, most_columns, note_use, untyped
from ctb_audit.sources.ddl.replay.constraints import (
    add_checks,
    add_indexed,
    merge_declared,
)
from ctb_audit.sources.ddl.replay.foreign_keys import add_foreign_keys
from ctb_audit.sources.ddl.replay.indexes import add_index
from ctb_audit.sources.ddl.replay.inheritance import (
    inherit_constraints,
    inherited_columns,
    parents_of,
    partition_extras,
)
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.privileges import initial_grants
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import TEMPORARY, State

if TYPE_CHECKING:
    from ctb_audit.semantics.query_columns import Output

_late = importer("ctb_audit.sources.ddl.replay")
apply_like, like_columns = _late("likes.apply_like"), _late("likes.like_columns")
follow = _late("views.follow")


def create_table(state: State, op: CreateTable) -> None:
    if op.temporary or op.name.schema == TEMPORARY:
        state.claim_temporary(op.name.name)
        return
    name = state.creation_name(op.name)
    if op.if_not_exists and name in state.relations:
        return
    if op.table.foreign_dialect and state.strict and state.postgres:
        raise Refusal("the statement is not in PostgreSQL's dialect", name)
    op = _with_sources(state, op)
    parents = parents_of(state, op)
    state.claim(name, "foreign table" if op.table.kind == "foreign" else "table")
    columns = _columns(state, name, op, parents)
    if len(columns) > most_columns(state):
        state.complain(Refusal(f"tables can have at most {most_columns(state)} columns", name))
    table = _bare(state, name, op, columns, parents)
    for parent in parents:
        state.users.add(parent, name)
    for column in columns:
        note_use(state, name, column)
    state.put(table)
    if op.of_type is not None:
        _note_type(state, name, op.of_type)
    _add_parts(state, name, op, parents)


def _with_sources(state: State, op: CreateTable) -> CreateTable:
    """With the sources of LIKE resolved while the new table does not hide them yet."""
    if not op.likes:
        return op
    return replace(op, likes=tuple([_found(state, like) for like in op.likes]))


def _found(state: State, like: Like) -> Like:
    found = state.find(like.source)
    return like if found is None else replace(like, source=found)


def _columns(
    state: State, name: Name, op: CreateTable, parents: tuple[Name, ...]
) -> tuple[Column, ...]:
    own = list(op.table.columns)
    for like in sorted(op.likes, key=lambda like: -like.position):
        own[like.position : like.position] = like_columns(state, name, like)
    if op.of_type is not None:
        own = _typed_columns(state, op.of_type, own)
    own = _distinct(state, name, own)
    if not parents:
        return tuple(build(state, name, column) for column in own)
    return inherited_columns(state, name, op, parents, own)


def _note_type(state: State, name: Name, of_type: Name) -> None:
    found = next((c for c in state.candidates(of_type) if c in state.types), None)
    if found is not None:
        state.typed[name] = found
        state.users.add(found, name)


def _distinct(state: State, name: Name, columns: list[Column]) -> list[Column]:
    seen: dict[str, Column] = {}
    for column in columns:
        if column.name in seen:
            message = f'column "{column.name}" specified more than once'
            state.complain(Refusal(message, name))
        else:
            seen[column.name] = column
    return list(seen.values())


def _typed_columns(state: State, of_type: Name, own: list[Column]) -> list[Column]:
    """CREATE TABLE OF: the type's attributes, with the options that the statement adds."""
    found = next((c for c in state.candidates(of_type) if c in state.types), None)
    if found is None:
        raise Refusal(f'type "{of_type}" does not exist')
    options = {column.name: column for column in own}
    result = []
    for attribute in state.types[found].attributes:
        option = options.get(attribute.name)
        if option is None:
            result.append(replace(attribute, comment=None))
        else:
            result.append(replace(option, type=attribute.type, collation=attribute.collation))
    return result


def _bare(
    state: State,
    name: Name,
    op: CreateTable,
    columns: tuple[Column, ...],
    parents: tuple[Name, ...],
) -> Table:
    """The table before its constraints and indexes."""
    partition = op.table.partition_of is not None
    return replace(
        op.table,
        system=state.system,
        schema=home(name),
        name=name.name,
        columns=columns,
        constraints=(),
        indexes=(),
        inherits=() if partition else parents,
        partition_of=parents[0] if partition and parents else op.table.partition_of,
        kind="partition" if partition and op.table.kind == "partitioned" else op.table.kind,
        grants=initial_grants(state, "table", home(name)),
    )


def _add_parts(state: State, name: Name, op: CreateTable, parents: tuple[Name, ...]) -> None:
    """Constraints and indexes in the server's order: checks, indexes, LIKE, foreign keys."""
    declared = op.table.constraints
    table = inherit_constraints(state, state.tables[name], parents)
    state.put(table)
    checks = [c for c in declared if c.kind == "check"]
    state.put(add_checks(state, table, sorted(checks, key=lambda c: not c.name)))
    if op.table.partition_of is not None:
        partition_extras(state, name)
    state.put(add_indexed(state, state.tables[name], *merge_declared(declared)))
    for like in op.likes:
        apply_like(state, name, like)
    keys = (c for c in declared if c.kind == "foreign key")
    state.put(add_foreign_keys(state, state.tables[name], *keys))
    for index in op.table.indexes:
        if index.intended:
            table = state.tables[name]
            state.put(replace(table, indexes=(*table.indexes, index)))
        else:
            add_index(state, name, index)


def create_table_as(state: State, op: CreateTableAs) -> None:
    if op.temporary:
        state.claim_temporary(op.name.name)
        return
    name = state.creation_name(op.name)
    if name in state.relations:
        if op.if_not_exists:
            return
        raise duplicate(f'relation "{name.name}" already exists', name)
    followed = follow(state, op.query)
    if followed.missing:
        message = f'relation "{followed.missing[0]}" does not exist'
        state.complain(Refusal(message, name))
    state.claim(name, "table")
    output = followed.output
    if output is None and not op.columns:
        state.open_tables[name] = True
    state.put(
        Table(
            state.system,
            home(name),
            name.name,
            columns=_result_columns(op.columns or (), output),
            grants=initial_grants(state, "table", home(name)),
            location=state.effect.location if state.effect else None,
        )
    )


def _result_columns(names: tuple[str, ...], output: "Output | None") -> tuple[Column, ...]:
    """The columns of a query's result, typed where plain columns give them."""
    if output is None:
        return tuple(untyped(name) for name in names)
    titled = [*names, *(name for name, _ in output[len(names) :])]
    return tuple(
        untyped(name) if type_ is None else Column(name, type_)
        for name, (_, type_) in zip(titled, output, strict=False)
    )
