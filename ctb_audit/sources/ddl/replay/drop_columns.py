"""DROP COLUMN and everything that goes with a column, or stands in its way."""

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Name, Policy, Table, Trigger
from ctb_audit.sources.ddl.operations import DropColumn
from ctb_audit.sources.ddl.replay.alter_constraints import remove_constraint
from ctb_audit.sources.ddl.replay.columns import sequence_of
from ctb_audit.sources.ddl.replay.dependents import refuse_dependent
from ctb_audit.sources.ddl.replay.drop_sequences import drop_owned
from ctb_audit.sources.ddl.replay.expressions import columns_in, tokens
from ctb_audit.sources.ddl.replay.indexes import index_columns
from ctb_audit.sources.ddl.replay.local_parts import has_other_parent, is_local
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State, ViewEntry


def drop_column(state: State, name: Name, action: DropColumn, only: bool) -> None:
    table = state.tables[name]
    column = table.column(action.name)
    if column is None:
        if action.if_exists or name in state.open_tables:
            return
        message = f'column "{action.name}" of relation "{table.name}" does not exist'
        raise Refusal(message, name)
    if column.inherited and state.strict:
        raise Refusal(f'cannot drop inherited column "{action.name}"', name)
    _refuse_partition_key(table, column)
    if only and state.partitions(name):
        message = "cannot drop column from only the partitioned table when partitions exist"
        state.complain(Refusal(message, name))
    remove_column(state, name, action.name, action.cascade)
    for child in state.children(name):
        inherited = state.tables[child].column(action.name)
        if inherited is None or not inherited.inherited:
            continue
        if not has_other_parent(state, state.tables[child], name, "column", action.name):
            _drop_from_child(state, child, inherited, action, only)


def _drop_from_child(
    state: State, child: Name, column: Column, action: DropColumn, only: bool
) -> None:
    table = state.tables[child]
    kept = replace(column, inherited=False)
    columns = tuple(kept if c.name == column.name else c for c in table.columns)
    state.put(replace(table, columns=columns))
    if not only and not is_local(state, child, "column", column.name):
        drop_column(state, child, replace(action, if_exists=True), only)


def _refuse_partition_key(table: Table, column: Column) -> None:
    if table.partition_by is not None:
        _, _, key = table.partition_by.partition("(")
        if column.name in columns_in(key, {column.name}):
            raise Refusal(
                f'cannot drop column "{column.name}" because it is part of the partition key of '
                f'relation "{table.name}"',
                table.qualified,
            )


def remove_column(state: State, name: Name, column: str, cascade: bool) -> None:
    """Take a column away: its indexes, constraints and sequences go along;
    generated columns, views, policies, triggers and foreign keys of others refuse, or go with
    CASCADE.
    """
    _drop_generated(state, name, column, cascade)
    _drop_views(state, name, column, cascade)
    _drop_policies(state, name, column, cascade)
    _drop_triggers(state, name, column, cascade)
    for constraint in state.tables[name].constraints:
        if _rests_on(constraint, column):
            remove_constraint(state, name, constraint, cascade)
    _drop_indexes(state, name, column)
    for sequence in sequence_of(state, name, column):
        drop_owned(state, sequence, frozenset(), cascade)
    table = state.tables[name]
    columns = tuple(c for c in table.columns if c.name != column)
    grants = tuple(g for g in table.grants or () if g.column != column)
    state.put(replace(table, columns=columns, grants=grants))


def _rests_on(constraint: Constraint, column: str) -> bool:
    if column in (*constraint.columns, *constraint.include):
        return True
    texts = (constraint.predicate, *(element.expression for element in constraint.elements))
    return any(column in columns_in(text, {column}) for text in texts if text)


def _drop_generated(state: State, name: Name, column: str, cascade: bool) -> None:
    for other in state.tables[name].columns:
        if other.generated is not None and column in columns_in(other.generated, {column}):
            refuse_dependent(state, name, f"column {column}", f"column {other.name}", cascade)
            remove_column(state, name, other.name, cascade)


def _drop_indexes(state: State, name: Name, column: str) -> None:
    table = state.tables[name]
    known = frozenset(c.name for c in table.columns)
    gone = {i.name for i in table.indexes if column in index_columns(i, known)}
    for index in gone:
        qualified = Name(table.schema, index)
        state.relations.discard(qualified)
        state.indexes.discard(qualified)
    if gone:
        state.put(replace(table, indexes=tuple(i for i in table.indexes if i.name not in gone)))


def _drop_policies(state: State, name: Name, column: str, cascade: bool) -> None:
    table = state.tables[name]
    using = [p for p in table.policies or () if _policy_uses(p, column, table.name)]
    if not using:
        return
    refuse_dependent(state, name, f"column {column}", f"policy {using[0].name}", cascade)
    kept = tuple(p for p in table.policies or () if p not in using)
    state.put(replace(table, policies=kept))


def _policy_uses(policy: Policy, column: str, table: str) -> bool:
    texts = [text for text in (policy.using, policy.check) if text]
    return any(column in columns_in(text, {column}, table) for text in texts)


def _drop_triggers(state: State, name: Name, column: str, cascade: bool) -> None:
    table = state.tables[name]
    using = [t for t in table.triggers or () if _trigger_uses(t, column)]
    if not using:
        return
    refuse_dependent(state, name, f"column {column}", f"trigger {using[0].name}", cascade)
    kept = tuple(t for t in table.triggers or () if t not in using)
    state.put(replace(table, triggers=kept))


def _trigger_uses(trigger: Trigger, column: str) -> bool:
    if column in trigger.columns:
        return True
    found = tokens(trigger.when or "")
    return any(
        token.identifier == column and at > 1 and found[at - 1].text == "."
        for at, token in enumerate(found)
    )


def _drop_views(state: State, name: Name, column: str, cascade: bool) -> None:
    for entry in [*state.using_views([name])]:
        if reads_column(entry, name, column):
            view = Name(entry.view.schema, entry.view.name)
            refuse_dependent(state, name, f"column {column}", f"view {view.name}", cascade)
            drop_view(state, view, cascade=True)


def user_of(state: State, name: Name, column: str) -> str:
    """What keeps a column's type from changing, "" for nothing."""
    table = state.tables[name]
    if any(c.generated and column in columns_in(c.generated, {column}) for c in table.columns):
        return "by a generated column"
    if any(reads_column(entry, name, column) for entry in state.using_views([name])):
        return "by a view or rule"
    if any(_trigger_uses(t, column) for t in table.triggers or ()):
        return "in a trigger definition"
    if any(_policy_uses(p, column, table.name) for p in table.policies or ()):
        return "in a policy definition"
    return ""


def reads_column(entry: ViewEntry, table: Name, column: str) -> bool:
    """Whether the view reads the column; by its text where its query could not be followed."""
    if entry.reads is not None:
        return (table, column) in entry.reads
    found = tokens(entry.view.definition)
    for at, token in enumerate(found):
        if token.identifier == column:
            return True
        if token.text == "*" and at and found[at - 1].text.lower() in ("select", ".", ","):
            return True
    return False


def drop_view(
    state: State, name: Name, cascade: bool, together: frozenset[Name] = frozenset()
) -> None:
    """Remove a view with the views that read it, which refuse unless CASCADE or dropped together;
    a circle of views ends where it began.
    """
    waiting = [name]
    while waiting:
        name = waiting.pop()
        for entry in state.using_views([name]):
            other = Name(entry.view.schema, entry.view.name)
            if other != name:
                along = cascade or other in together
                refuse_dependent(state, name, f"view {name.name}", f"view {other.name}", along)
                waiting.append(other)
        _forget_view(state, name)


def _forget_view(state: State, name: Name) -> None:
    gone = state.views.get(name)
    if gone is None:
        return
    for index in gone.view.indexes:
        state.relations.discard(Name(name.schema, index.name))
        state.indexes.discard(Name(name.schema, index.name))
    del state.views[name]
    del state.relations[name]
