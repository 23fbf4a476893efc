"""Constraints of tables: merging, checking, naming and adding them as the server does."""

from collections.abc import Iterable

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Index, Merged, Name, Table, Type
from ctb_audit.semantics.parse import is_same_text
from ctb_audit.sources.ddl.replay import names
from ctb_audit.sources.ddl.replay.expressions import columns_in
from ctb_audit.sources.ddl.replay.local_parts import note_local
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import IndexEntry, State

INDEXED = ("primary key", "unique", "exclusion")
_SYSTEM_COLUMNS = frozenset(["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"])
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


def merge_declared(constraints: Iterable[Constraint]) -> list[Constraint]:
    """Index constraints of one statement, the primary key first, equal ones merged."""
    kept: list[Constraint] = []
    places: dict[tuple[object, ...], int] = {}
    declared = [c for c in constraints if c.kind in INDEXED]
    for constraint in sorted(declared, key=lambda c: c.kind != "primary key"):
        attributes = _index_attributes(constraint)
        at = None if constraint.using_index else places.get(attributes)
        if at is None or kept[at].kind == constraint.kind == "primary key":
            if not constraint.using_index:
                places.setdefault(attributes, len(kept))
            kept.append(constraint)
            continue
        prior = kept[at]
        merged = Merged(constraint.name, constraint.location)
        kept[at] = replace(
            prior,
            name=prior.name or constraint.name,
            merged_from=(*prior.merged_from, merged, *constraint.merged_from),
        )
    return kept


def _index_attributes(c: Constraint) -> tuple[object, ...]:
    keys = (c.columns, c.include, c.predicate, c.elements, c.operators, c.period)
    method = c.method if c.kind == "exclusion" else "btree"
    return keys, method, c.nulls_not_distinct, c.deferrable, c.initially_deferred


def add_checks(state: State, table: Table, checks: Iterable[Constraint]) -> Table:
    for check in checks:
        table = _add_check(state, table, check)
    return table


def _add_check(state: State, table: Table, check: Constraint) -> Table:
    known = {c.name for c in table.columns}
    if missing := [c for c in check.columns if c not in known and c not in _SYSTEM_COLUMNS]:
        state.complain(Refusal(f'column "{missing[0]}" does not exist', table.qualified))
    columns = check.columns or columns_in(check.expression or "", known, table.name)
    name = check.name
    if name:
        prior = next((c for c in table.constraints if c.name == name), None)
        if prior is not None:
            return _merge_check(state, table, prior, check)
        if _is_taken(table, name):
            return _refuse_name(state, table, name)
    else:
        one = columns[0] if len(columns) == 1 else None
        name = constraint_name(state, table, one, "check", check)
    added = replace(check, name=name, columns=columns)
    state.constraint_names.add(Name(table.schema, name))
    return replace(table, constraints=(*table.constraints, added))


def _merge_check(state: State, table: Table, prior: Constraint, check: Constraint) -> Table:
    """A check of a child that an inherited one of the same name equals is merged with it."""
    same = prior.kind == "check" and is_same_text(prior.expression, check.expression)
    if same and prior.inherited:
        if table.partition_of is None:
            note_local(state, table.qualified, "check", prior.name)
        return replace_constraint(table, prior.name, replace(prior, location=check.location))
    return _refuse_name(state, table, check.name)


def _is_taken(table: Table, name: str) -> bool:
    """A constraint of the table has the name; constraint triggers are constraints too."""
    if any(c.name == name for c in table.constraints):
        return True
    return any(t.constraint and t.name == name for t in table.triggers or ())


def _refuse_name(state: State, table: Table, name: str) -> Table:
    message = f'constraint "{name}" for relation "{table.name}" already exists'
    state.complain(duplicate(message, table.qualified))
    return table


def constraint_name(
    state: State, table: Table, column: str | None, label: str, constraint: Constraint
) -> str:
    """A generated name of a check or foreign key; none outside PostgreSQL."""
    if not state.postgres:
        return constraint.name
    return state.chosen.choose(
        table.name,
        column,
        label,
        table.schema,
        lambda name: Name(table.schema, name) in state.constraint_names,
    )


def choose_index_name(state: State, schema: str, table: str, second: str | None, label: str) -> str:
    """A relation name that no relation of the schema has, nor, for a constraint, any constraint."""

    def taken(name: str) -> bool:
        qualified = Name(schema, name)
        return qualified in state.relations or (
            label != "idx" and qualified in state.constraint_names
        )

    return state.chosen.choose(table, second, label, schema, taken)


def add_indexed(state: State, table: Table, constraint: Constraint) -> Table:
    """A primary key, unique or exclusion constraint with the index that backs it."""
    if not _keys_exist(state, table, constraint):
        return table
    table = _current(state, table)
    partitioned = table.system == "postgresql"  # elsewhere partitions restrict no key
    if partitioned and (missing := _left_out(table, constraint)):
        message = f'{constraint.kind} on a partitioned table must include column "{missing}"'
        state.complain(Refusal(message, table.qualified))
        return table
    primary = constraint.kind == "primary key"
    if primary and any(c.kind == "primary key" for c in table.constraints):
        message = f'multiple primary keys for table "{table.name}" are not allowed'
        state.complain(Refusal(message, table.qualified))
        return table
    named = constraint if constraint.name else _named_index(state, table, constraint)
    if named.name and _is_taken(table, named.name):
        return _refuse_name(state, table, named.name)
    _claim_index(state, table, named)
    if primary:
        table = not_null(table, named.columns)
    return replace(table, constraints=(*table.constraints, named))


def _left_out(table: Table, constraint: Constraint) -> str:
    """A column of the partition key that a unique constraint lacks."""
    if table.partition_by is None or constraint.kind == "exclusion":
        return ""
    _, _, key = table.partition_by.partition("(")
    needed = columns_in(key, {c.name for c in table.columns}, table.name)
    return next((c for c in needed if c not in constraint.columns), "")


def _claim_index(state: State, table: Table, constraint: Constraint) -> None:
    if not constraint.name or not state.postgres:
        return
    name = Name(table.schema, constraint.name)
    if name in state.relations:
        message = f'relation "{constraint.name}" already exists'
        state.complain(duplicate(message, table.qualified))
    else:
        state.claim(name, "index")
        state.indexes[name] = IndexEntry(table.qualified, constraint=True)
    state.constraint_names.add(name)


def _named_index(state: State, table: Table, constraint: Constraint) -> Constraint:
    if not state.postgres:
        return constraint
    if constraint.kind == "primary key":
        second, label = None, "pkey"
    else:
        label = "excl" if constraint.kind == "exclusion" else "key"
        keys = [*constraint.columns, *constraint.include]
        if constraint.elements:
            keys = [e.column or "expr" for e in constraint.elements] + [*constraint.include]
        second = names.addition(names.index_columns(keys))
    name = choose_index_name(state, table.schema, table.name, second, label)
    return replace(constraint, name=name)


def _keys_exist(state: State, table: Table, constraint: Constraint) -> bool:
    known = {c.name for c in table.columns}
    missing = [c for c in (*constraint.columns, *constraint.include) if c not in known]
    if missing and table.qualified in state.open_tables:
        found = tuple(Column(name, Type("unknown")) for name in missing)
        state.put(replace(table, columns=(*table.columns, *found)))
        return True
    if missing and not (state.system == "bigquery" and not known):
        message = f'column "{missing[0]}" named in key does not exist'
        state.complain(Refusal(message, table.qualified))
        return False
    return True


def _current(state: State, table: Table) -> Table:
    """The table with columns that a key has shown it to have."""
    return state.tables[table.qualified] if table.qualified in state.open_tables else table


def not_null(table: Table, columns: Iterable[str]) -> Table:
    wanted = set(columns)
    if not any(c.nullable and c.name in wanted for c in table.columns):
        return table
    changed = (replace(c, nullable=False) if c.name in wanted else c for c in table.columns)
    return replace(table, columns=tuple(changed))


def replace_constraint(table: Table, name: str, new: Constraint | None) -> Table:
    """The table with the constraint `name` replaced, or removed where `new` is None."""
    changed = (new if c.name == name else c for c in table.constraints)
    return replace(table, constraints=tuple(c for c in changed if c is not None))


def add_foreign_key(state: State, table: Table, key: Constraint) -> Table:
    """`table` must be stored already: a foreign key may point at it."""
    if not _keys_exist(state, table, key):
        return table
    table = _current(state, table)
    resolved = _resolve_target(state, table, key)
    if resolved is None:
        return table
    name = key.name
    if not name:
        name = constraint_name(state, table, names.addition(key.columns), "fkey", key)
    elif _is_taken(table, name):
        return _refuse_name(state, table, name)
    state.constraint_names.add(Name(table.schema, name))
    if resolved.target is not None:
        state.users.add(resolved.target, table.qualified)
    return replace(table, constraints=(*table.constraints, replace(resolved, name=name)))


def _resolve_target(state: State, table: Table, key: Constraint) -> Constraint | None:
    """The key with its target resolved; None where it must be left out."""
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
    return any(_plain_unique(index) == wanted for index in target.indexes)


def _plain_unique(index: Index) -> list[str] | None:
    if not index.unique or index.predicate is not None or not index.valid or index.intended:
        return None
    keys = [key.column for key in index.keys]
    return None if None in keys else sorted(k for k in keys if k is not None)
