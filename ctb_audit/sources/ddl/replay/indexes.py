"""CREATE INDEX, on partitions too."""

from ctb_audit.copies import replace
from ctb_audit.model import Constraint, Index, IndexKey, Name, Table
from ctb_audit.sources.ddl.operations import CreateIndex
from ctb_audit.sources.ddl.replay import names
from ctb_audit.sources.ddl.replay.constraints import add_indexed, choose_index_name, not_null
from ctb_audit.sources.ddl.replay.late import columns_in, figure
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.state import IndexEntry, State


def create_index(state: State, op: CreateIndex) -> None:
    found = state.find(op.table)
    if found is not None and state.relations[found] == "temporary":
        if op.index.name:
            state.claim_temporary(op.index.name)
        raise Ignored
    if found is not None and found in state.views:
        _index_view(state, found, op)
        return
    owner = state.table_name(op.table)
    if state.tables[owner].kind == "foreign":
        raise Refusal(f'cannot create index on relation "{owner.name}"', owner)
    name = Name(owner.schema, op.index.name)
    if op.if_not_exists and op.index.name and name in state.relations:
        return
    partitions = state.partitions(owner)
    invalid = op.only and bool(partitions)
    index = add_index(state, owner, replace(op.index, valid=False) if invalid else op.index)
    if index is not None and not op.only:
        spread_index(state, owner, index)


def add_index(state: State, owner: Name, index: Index, parent: Name | None = None) -> Index | None:
    """Put an index on a table under its final name; None where it is refused."""
    table = state.tables[owner]
    missing = _missing(table, index)
    if missing and owner not in state.open_tables:
        state.complain(Refusal(f'column "{missing}" does not exist', owner))
        return None
    index = _named(state, owner, _with_own_collations(table, index))
    if state.system in ("postgresql", "sqlite"):
        name = Name(owner.schema, index.name)
        state.claim(name, "index")
        state.indexes[name] = IndexEntry(owner, parent=parent)
    elif any(i.name == index.name for i in table.indexes):
        raise Refusal(f'index "{index.name}" already exists', owner, kind="duplicate-object-name")
    state.put(replace(table, indexes=(*table.indexes, index)))
    return index


def _with_own_collations(table: Table, index: Index) -> Index:
    """A key says its collation where it is another one than its column's."""
    if all(key.collation is None or key.column is None for key in index.keys):
        return index
    keys = tuple(
        replace(key, collation=None) if _collation_of_column(table, key) else key
        for key in index.keys
    )
    return replace(index, keys=keys)


def _collation_of_column(table: Table, key: IndexKey) -> bool:
    column = table.column(key.column or "")
    if column is None or key.collation is None:
        return False
    own = column.collation.name if column.collation is not None else "default"
    return key.collation.name == own


def _missing(table: Table, index: Index) -> str:
    known = {c.name for c in table.columns}
    wanted = [k.column for k in index.keys if k.column] + list(index.include)
    return next((c for c in wanted if c not in known), "") if known else ""


def _named(state: State, owner: Name, index: Index) -> Index:
    if index.name or not state.postgres:
        return index
    keys = [k.column or figure(k.expression or "") for k in index.keys]
    second = names.addition(names.index_columns([*keys, *index.include]))
    name = choose_index_name(state, home(owner), owner.name, second, "idx")
    return replace(index, name=name)


def _index_view(state: State, found: Name, op: CreateIndex) -> None:
    entry = state.views[found]
    if not entry.view.materialized:
        raise Refusal(f'cannot create index on relation "{found.name}"', found)
    name = Name(found.schema, op.index.name)
    if op.if_not_exists and op.index.name and name in state.relations:
        return
    index = _named(state, found, op.index)
    name = Name(found.schema, index.name)
    state.claim(name, "index")
    state.indexes[name] = IndexEntry(found)
    view = replace(entry.view, indexes=(*entry.view.indexes, index))
    state.views[found] = replace(entry, view=view)


# ---- partitions ------------------------------------------------------------------------------


def spread_index(state: State, owner: Name, index: Index) -> None:
    """Give every partition an index of its own, or adopt an equal one."""
    parent = Name(owner.schema, index.name)
    for partition in state.partitions(owner):
        child = adopt_index(state, partition, index, parent)
        if child is None:
            bare = replace(index, name="", comment=None, valid=True)
            child = add_index(state, partition, bare, parent)
        if child is not None:
            spread_index(state, partition, child)


def adopt_index(state: State, partition: Name, index: Index, parent: Name) -> Index | None:
    """An index of the partition that equals its parent's and belongs to none yet."""
    for candidate in state.tables[partition].indexes:
        name = Name(partition.schema, candidate.name)
        entry = state.indexes.get(name)
        if entry and entry.parent is None and _shape(candidate) == _shape(index):
            state.indexes[name] = replace(entry, parent=parent)
            return candidate
    return None


def _shape(index: Index) -> tuple[object, ...]:
    keys = (index.keys, index.include, index.predicate)
    return keys, index.method, index.unique, index.nulls_not_distinct


def spread_constraint(state: State, owner: Name, constraint: Constraint) -> None:
    """Give every partition its own primary key, unique or exclusion constraint."""
    parent = Name(owner.schema, constraint.name)
    for partition in state.partitions(owner):
        child = adopt_constraint(state, partition, constraint, parent)
        if child is not None:
            spread_constraint(state, partition, child)


def adopt_constraint(
    state: State, partition: Name, constraint: Constraint, parent: Name
) -> Constraint | None:
    table = state.tables[partition]
    equal = _own_equal(state, table, constraint)
    if equal is None:
        bare = replace(constraint, name="", inherited=True, merged_from=(), comment=None)
        before = len(table.constraints)
        table = add_indexed(state, table, bare)
        if len(table.constraints) == before:
            return None
        equal = table.constraints[-1]
    else:
        equal = replace(equal, inherited=True)
        kept = tuple(equal if c.name == equal.name else c for c in table.constraints)
        table = replace(table, constraints=kept)
    state.put(table)
    name = Name(table.schema, equal.name)
    entry = state.indexes.get(name)
    if entry is not None:
        state.indexes[name] = replace(entry, parent=parent)
    return equal


def _own_equal(state: State, table: Table, constraint: Constraint) -> Constraint | None:
    for own in table.constraints:
        entry = state.indexes.get(Name(table.schema, own.name))
        free = entry is not None and entry.parent is None
        if free and own.kind == constraint.kind and own.columns == constraint.columns:
            return own
    return None


def absorb_index(state: State, table: Table, constraint: Constraint) -> Table:
    """ADD CONSTRAINT ... USING INDEX: the index takes the constraint's name and backs it."""
    index = next((i for i in table.indexes if i.name == constraint.using_index), None)
    if index is None:
        message = f'index "{constraint.using_index}" does not exist'
        state.complain(Refusal(message, table.qualified))
        return table
    if problem := _unfit(index):
        state.complain(Refusal(f'index "{index.name}" {problem}', table.qualified))
        return table
    columns = tuple(k.column for k in index.keys if k.column)
    name = constraint.name or index.name
    if name != index.name:
        del state.relations[Name(table.schema, index.name)]
        del state.indexes[Name(table.schema, index.name)]
        state.claim(Name(table.schema, name), "index")
    state.indexes[Name(table.schema, name)] = IndexEntry(table.qualified, constraint=True)
    state.constraint_names.add(Name(table.schema, name))
    whole = replace(
        constraint,
        name=name,
        columns=columns,
        include=index.include,
        nulls_not_distinct=index.nulls_not_distinct,
        using_index="",
    )
    if whole.kind == "primary key":
        table = not_null(table, columns)
    rest = tuple(i for i in table.indexes if i is not index)
    return replace(table, indexes=rest, constraints=(*table.constraints, whole))


def _unfit(index: Index) -> str:
    if not index.unique:
        return "is not a unique index"
    if index.predicate is not None:
        return "is a partial index"
    if any(key.column is None for key in index.keys):
        return "contains expressions"
    if any(key.descending or key.nulls_first is not None for key in index.keys):
        return "does not have default sorting behavior"
    return ""


def index_columns(index: Index, columns: frozenset[str]) -> set[str]:
    """Every column that an index mentions."""
    found = {k.column for k in index.keys if k.column} | set(index.include)
    for text in (*(k.expression for k in index.keys), index.predicate):
        if text:
            found |= set(columns_in(text, columns))
    return found
