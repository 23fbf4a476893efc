"""Constraints of tables: merging, checking, naming and adding them as the server does."""

from collections.abc import Iterable

from ctb_audit.copies import replace
from ctb_audit.model import Constraint, Merged, Name, Table
from ctb_audit.semantics.parse import is_same_text
from ctb_audit.sources.ddl.replay import names
from ctb_audit.sources.ddl.replay.adding import Adding, keys_exist, refused_abroad
from ctb_audit.sources.ddl.replay.late import columns_in, figure
from ctb_audit.sources.ddl.replay.local_parts import note_local
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import IndexEntry, State

INDEXED = ("primary key", "unique", "exclusion")


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
    return keys, c.method, c.nulls_not_distinct, c.deferrable, c.initially_deferred


def add_checks(state: State, table: Table, checks: Iterable[Constraint]) -> Table:
    adding = Adding(state, table)
    for check in checks:
        _add_check(adding, check)
    return adding.done()


def _add_check(adding: Adding, check: Constraint) -> None:
    state, table, known = adding.state, adding.table, adding.columns
    if missing := [c for c in check.columns if c not in known and c != "tableoid"]:
        state.complain(Refusal(f'column "{missing[0]}" does not exist', table.qualified))
    name = check.name
    if name:
        prior = adding.named(name)
        if prior is not None:
            adding.table = _merge_check(adding, prior, check)
            return
        if adding.is_taken(name):
            adding.refuse(name)
            return
    else:
        one = check.columns[0] if len(check.columns) == 1 else None
        name = constraint_name(state, table, one, "check", check)
    adding.add(replace(check, name=name))


def _merge_check(adding: Adding, prior: Constraint, check: Constraint) -> Table:
    """A check of a child that an inherited one of the same name equals is merged with it."""
    table = adding.table
    same = prior.kind == "check" and is_same_text(prior.expression, check.expression)
    if not same or not prior.inherited:
        adding.refuse(check.name)
        return table
    if table.partition_of is None:
        note_local(adding.state, table.qualified, "check", prior.name)
    return replace_constraint(table, prior.name, replace(prior, location=check.location))


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


def add_indexed(state: State, table: Table, *constraints: Constraint) -> Table:
    """Primary keys, unique and exclusion constraints with the indexes that back them."""
    adding = Adding(state, table)
    for constraint in constraints:
        _add_indexed(adding, constraint)
    return adding.done()


def _add_indexed(adding: Adding, constraint: Constraint) -> None:
    if refused_abroad(adding, constraint):
        return
    if not keys_exist(adding, constraint):
        return
    state, table = adding.state, adding.table
    partitioned = table.system == "postgresql"  # elsewhere partitions restrict no key
    if partitioned and (missing := _left_out(table, constraint)):
        message = f'{constraint.kind} on a partitioned table must include column "{missing}"'
        state.complain(Refusal(message, table.qualified))
        return
    primary = constraint.kind == "primary key"
    if primary and any(c.kind == "primary key" for c in adding.held()):
        message = f'multiple primary keys for table "{table.name}" are not allowed'
        state.complain(Refusal(message, table.qualified))
        return
    named = constraint if constraint.name else _named_index(state, table, constraint)
    if named.name and adding.is_taken(named.name):
        adding.refuse(named.name)
        return
    _claim_index(state, table, named)
    if primary:
        adding.table = not_null(table, named.columns)
    adding.added.append(named)


def _left_out(table: Table, constraint: Constraint) -> str:
    """A column of the partition key that a unique constraint lacks."""
    if table.partition_by is None or constraint.kind == "exclusion":
        return ""
    _, _, key = table.partition_by.partition("(")
    needed = columns_in(key, {c.name for c in table.columns}, table.name)
    return next((c for c in needed if c not in constraint.columns), "")


def _claim_index(state: State, table: Table, constraint: Constraint) -> None:
    if not state.postgres:
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
            keys = [e.column or figure(e.expression or "") for e in constraint.elements] + [
                *constraint.include
            ]
        second = names.addition(names.index_columns(keys))
    name = choose_index_name(state, table.schema, table.name, second, label)
    return replace(constraint, name=name)


def not_null(table: Table, columns: Iterable[str]) -> Table:
    wanted = set(columns)
    if not any(c.nullable and c.name in wanted for c in table.columns):
        return table
    changed = (replace(c, nullable=False) if c.name in wanted else c for c in table.columns)
    return replace(table, columns=tuple(changed))


def replace_constraint(table: Table, name: str, new: Constraint) -> Table:
    changed = (new if c.name == name else c for c in table.constraints)
    return replace(table, constraints=tuple(changed))
