"""INHERITS, PARTITION OF, ATTACH and DETACH: what children take from their parents."""

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Name, Table, TableKind
from ctb_audit.semantics.parse import is_same_text
from ctb_audit.sources.ddl.operations import CreateTable
from ctb_audit.sources.ddl.replay.columns import build, spreads_identity
from ctb_audit.sources.ddl.replay.constraints import INDEXED, constraint_name, replace_constraint
from ctb_audit.sources.ddl.replay.indexes import add_index, adopt_constraint, adopt_index
from ctb_audit.sources.ddl.replay.local_parts import note_local
from ctb_audit.sources.ddl.replay.names import addition
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State


def parents_of(state: State, op: CreateTable) -> tuple[Name, ...]:
    """The tables that a CREATE TABLE inherits from; one nothing defines is left out in
    lenient mode and named in a problem.
    """
    written = op.table.inherits
    if op.table.partition_of is not None:
        written = (op.table.partition_of,)
    found = []
    for name in written:
        resolved = state.find(name)
        if resolved is None:
            state.complain(Refusal(f'relation "{name}" does not exist', state.assumed(name)))
        elif resolved not in state.tables:
            state.complain(Refusal(f'inherited relation "{name}" is not a table', resolved))
        elif problem := _unfit_parent(state, op, resolved):
            raise Refusal(problem, resolved)
        else:
            found.append(resolved)
    return tuple(found)


def _unfit_parent(state: State, op: CreateTable, parent: Name) -> str:
    if op.table.partition_of is not None:
        partitioned = state.tables[parent].partition_by is not None
        return "" if partitioned else f'"{parent.name}" is not partitioned'
    return unfit_to_inherit(state, parent)


def unfit_to_inherit(state: State, parent: Name) -> str:
    """Why no ordinary table may inherit from `parent`, "" if it may."""
    if state.tables[parent].partition_by is not None:
        return f'cannot inherit from partitioned table "{parent.name}"'
    if state.tables[parent].partition_of is not None:
        return f'cannot inherit from partition "{parent.name}"'
    return ""


def inherited_columns(
    state: State, name: Name, op: CreateTable, parents: tuple[Name, ...], own: list[Column]
) -> tuple[Column, ...]:
    """Parents' columns first, equal names merged, then the statement's own."""
    partition = op.table.partition_of is not None
    declared = {column.name for column in own if column.default is not None}
    merged: dict[str, Column] = {}
    for parent in parents:
        identity = partition and spreads_identity(state, state.tables[parent])
        for column in state.tables[parent].columns:
            _merge(merged, _inherited(column, identity), declared, name)
    for column in own:
        prior = merged.get(column.name)
        if prior is None:
            merged[column.name] = build(state, name, column)
        else:
            local = column if partition else build(state, name, column)
            if not partition:
                note_local(state, name, "column", column.name)
            merged[column.name] = replace(
                prior,
                nullable=prior.nullable and local.nullable,
                default=local.default if local.default is not None else prior.default,
                generated=local.generated or prior.generated,
                identity=local.identity,
                location=local.location or prior.location,
            )
    return tuple(merged.values())


def _merge(merged: dict[str, Column], column: Column, declared: set[str], name: Name) -> None:
    prior = merged.get(column.name)
    if prior is None:
        merged[column.name] = column
        return
    default = column.default if prior.default is None else prior.default
    alike = column.default is None or is_same_text(default, column.default)
    if not alike and column.name not in declared:
        raise Refusal(f'column "{column.name}" inherits conflicting default values', name)
    merged[column.name] = replace(
        prior, nullable=prior.nullable and column.nullable, default=default
    )


def _inherited(column: Column, identity: bool) -> Column:
    """A serial's default is inherited, not its sequence."""
    kept = column.identity if identity else ""
    return replace(column, inherited=True, comment=None, serial=None, identity=kept)


def inherit_constraints(state: State, table: Table, parents: tuple[Name, ...]) -> Table:
    """The parents' checks, each name once."""
    for parent in parents:
        for check in state.tables[parent].constraints:
            taken = any(c.name == check.name for c in table.constraints)
            if check.kind == "check" and not check.no_inherit and not taken:
                state.constraint_names.add(Name(table.schema, check.name))
                copy = replace(check, inherited=True, comment=None, merged_from=())
                table = replace(table, constraints=(*table.constraints, copy))
    return table


def partition_extras(state: State, name: Name) -> None:
    """Indexes, foreign keys and row triggers that a new partition takes from its parent."""
    parent_name = state.tables[name].partition_of
    parent = state.tables.get(parent_name) if parent_name is not None else None
    if parent is None:
        return
    _take_indexes(state, name, parent)
    for constraint in parent.constraints:
        if constraint.kind == "foreign key":
            clone_foreign_key(state, name, constraint)
    _take_triggers(state, name, parent)


def _take_indexes(state: State, name: Name, parent: Table) -> None:
    for constraint in parent.constraints:
        if constraint.kind in INDEXED:
            adopt_constraint(state, name, constraint, Name(parent.schema, constraint.name))
    for index in parent.indexes:
        origin = Name(parent.schema, index.name)
        if not index.intended and adopt_index(state, name, index, origin) is None:
            add_index(state, name, replace(index, name="", comment=None, valid=True), origin)


def _take_triggers(state: State, name: Name, parent: Table) -> None:
    for trigger in parent.triggers or ():
        table = state.tables[name]
        if trigger.row and all(t.name != trigger.name for t in table.triggers or ()):
            clone = replace(trigger, inherited=True, comment=None)
            state.put(replace(table, triggers=(*(table.triggers or ()), clone)))
            state.users.add(trigger.function, name)


def clone_foreign_key(state: State, name: Name, key: Constraint) -> None:
    """A partition's copy of its parent's key, or an equal one of its own adopted."""
    table = state.tables[name]
    for own in table.constraints:
        same = (own.columns, own.target, own.target_columns, own.on_delete, own.on_update)
        if (
            own.kind == "foreign key"
            and not own.inherited
            and same
            == ((key.columns, key.target, key.target_columns, key.on_delete, key.on_update))
        ):
            state.put(replace_constraint(table, own.name, replace(own, inherited=True)))
            return
    chosen = key.name
    if any(c.name == chosen for c in table.constraints):
        chosen = constraint_name(state, table, addition(key.columns), "fkey", key)
    state.constraint_names.add(Name(table.schema, chosen))
    if key.target is not None:
        state.users.add(key.target, name)
    clone = replace(key, name=chosen, inherited=True, comment=None)
    state.put(replace(table, constraints=(*table.constraints, clone)))
    for partition in state.partitions(name):
        clone_foreign_key(state, partition, clone)


def _is_below(state: State, name: Name, above: Name) -> bool:
    """`name` is `above` or inherits from it."""
    if name == above:
        return True
    table = state.tables.get(name)
    parents = [] if table is None else [*table.inherits, table.partition_of]
    return any(p is not None and _is_below(state, p, above) for p in parents)


def adopt_child(state: State, parent: Name, child: Name, partition: bool) -> None:
    """ALTER TABLE child INHERIT parent, or ATTACH PARTITION child."""
    if _is_below(state, parent, child):
        raise Refusal("circular inheritance not allowed", child)
    table, above = state.tables[child], state.tables[parent]
    known = {c.name: c for c in table.columns}
    for column in above.columns:
        if column.name not in known:
            state.complain(Refusal(f'child table is missing column "{column.name}"', child))
    names = {c.name for c in above.columns}
    if not partition:
        for shared in names:
            note_local(state, child, "column", shared)
    columns = tuple(replace(c, inherited=True) if c.name in names else c for c in table.columns)
    table = _adopted_checks(state, replace(table, columns=columns), above)
    state.put(table)
    state.users.add(parent, child)


def _adopted_checks(state: State, table: Table, above: Table) -> Table:
    own = {c.name: c for c in table.constraints if c.kind == "check"}
    for check in above.constraints:
        if check.kind != "check" or check.no_inherit:
            continue
        mine = own.get(check.name)
        if mine is None:
            message = f'child table is missing constraint "{check.name}"'
            state.complain(Refusal(message, table.qualified))
        else:
            table = replace_constraint(table, mine.name, replace(mine, inherited=True))
            if above.partition_by is None:
                note_local(state, table.qualified, "check", mine.name)
    return table


def attach(state: State, parent: Name, child: Name, bound: str) -> None:
    if state.tables[child].partition_of is not None:
        raise Refusal(f'"{child.name}" is already a partition', child)
    adopt_child(state, parent, child, partition=True)
    table = state.tables[child]
    kind: TableKind = "foreign" if table.kind == "foreign" else "partition"
    state.put(replace(table, partition_of=parent, partition_bound=bound, kind=kind))
    partition_extras(state, child)


def detach(state: State, parent: Name, child: Name) -> None:
    """The child keeps everything as its own."""
    table = state.tables[child]
    if table.partition_of != parent:
        raise Refusal(f'relation "{child.name}" is not a partition of "{parent.name}"', child)
    for item in [c.name for c in table.constraints] + [i.name for i in table.indexes]:
        name = Name(table.schema, item)
        entry = state.indexes.get(name)
        if entry is not None and entry.parent is not None:
            state.indexes[name] = replace(entry, parent=None)
    state.put(
        replace(
            table,
            partition_of=None,
            partition_bound=None,
            kind=_free_kind(table),
            columns=tuple(replace(c, inherited=False) for c in table.columns),
            constraints=tuple(replace(c, inherited=False) for c in table.constraints),
            triggers=tuple(t for t in table.triggers or () if not t.inherited),
        )
    )
    _shed_triggers(state, child, frozenset(t.name for t in table.triggers or () if t.inherited))


def _shed_triggers(state: State, name: Name, gone: frozenset[str]) -> None:
    """Partitions below a detached one lose what it had of its former table."""
    for partition in state.partitions(name):
        table = state.tables[partition]
        kept = tuple(t for t in table.triggers or () if not t.inherited or t.name not in gone)
        state.put(replace(table, triggers=kept))
        _shed_triggers(state, partition, gone)


def _free_kind(table: Table) -> TableKind:
    if table.kind == "foreign":
        return "foreign"
    return "partitioned" if table.partition_by is not None else "ordinary"


def disinherit(state: State, parent: Name, child: Name) -> None:
    table = state.tables[child]
    if parent not in table.inherits:
        raise Refusal(f'relation "{parent.name}" is not a parent of "{child.name}"', child)
    rest = tuple(p for p in table.inherits if p != parent)
    kept = {c.name for p in rest for c in state.tables[p].columns if p in state.tables}
    names = {c.name for c in state.tables[parent].columns} - kept
    columns = tuple(replace(c, inherited=False) if c.name in names else c for c in table.columns)
    constraints = tuple(replace(c, inherited=False) for c in table.constraints)
    state.put(replace(table, inherits=rest, columns=columns, constraints=constraints))
