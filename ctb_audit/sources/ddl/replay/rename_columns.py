"""RENAME COLUMN through keys, constraints, indexes, policies, triggers, partitions and children."""

from collections.abc import Callable

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Index, IndexKey, Name, Policy, Table, Trigger
from ctb_audit.sources.ddl.replay import expressions
from ctb_audit.sources.ddl.replay.drop_columns import reads_column
from ctb_audit.sources.ddl.replay.local_parts import has_other_parent, rename_local
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import State, ViewEntry

Renamer = Callable[[str | None], str | None]


def rename_column(state: State, name: Name, old: str, new: str) -> None:
    table = state.tables[name]
    if table.column(old) is None:
        raise Refusal(f'column "{old}" does not exist', name)
    if table.column(new) is not None:
        raise duplicate(f'column "{new}" of relation "{table.name}" already exists', name)
    state.put(_renamed(table, old, new))
    rename_local(state, name, "column", old, new)
    _rename_owner(state, table, old, new)
    _rename_in_others(state, name, old, new)
    for child in state.children(name):
        below = state.tables[child]
        if below.column(old) is not None:
            if has_other_parent(state, below, name, "column", old):
                state.complain(Refusal(f'cannot rename inherited column "{old}"', child))
            rename_column(state, child, old, new)
    for entry in [*state.using_views([name])]:
        if reads_column(entry, name, old):
            _follow(state, entry, name, old, new)


def _follow(state: State, entry: ViewEntry, name: Name, old: str, new: str) -> None:
    view = Name(entry.view.schema, entry.view.name)
    if entry.reads is not None:
        reads = (entry.reads - {(name, old)}) | {(name, new)}
        state.views[view] = replace(entry, reads=reads)
    _not_followed(state, view, old, new)


def _not_followed(state: State, view: Name, old: str, new: str) -> None:
    message = f'the text of view "{view}" may still name column "{old}", now "{new}"'
    state.record(Refusal(message, view, kind="not-understood"))


def _renamed(table: Table, old: str, new: str) -> Table:
    def one(column: str) -> str:
        return new if column == old else column

    def text(sql: str | None) -> str | None:
        return None if sql is None else expressions.rename_column(sql, old, new, table.name)

    return replace(
        table,
        columns=tuple(_column(c, one, text) for c in table.columns),
        constraints=tuple(_constraint(c, table, one, text) for c in table.constraints),
        indexes=tuple(_index(i, one, text) for i in table.indexes),
        policies=tuple(_policy(p, text) for p in table.policies or ()),
        triggers=tuple(_trigger(t, old, new, one) for t in table.triggers or ()),
        partition_by=_partition_key(table.partition_by, old, new),
        grants=tuple(replace(g, column=one(g.column)) for g in table.grants or ()),
    )


def _column(column: Column, one: Callable[[str], str], text: Renamer) -> Column:
    return replace(column, name=one(column.name), generated=text(column.generated))


def _constraint(
    c: Constraint, table: Table, one: Callable[[str], str], text: Renamer
) -> Constraint:
    itself = c.target == table.qualified
    return replace(
        c,
        columns=tuple(map(one, c.columns)),
        include=tuple(map(one, c.include)),
        on_delete_columns=tuple(map(one, c.on_delete_columns)),
        target_columns=tuple(map(one, c.target_columns)) if itself else c.target_columns,
        expression=text(c.expression),
        predicate=text(c.predicate),
        elements=tuple(_key(k, one, text) for k in c.elements),
    )


def _key(key: IndexKey, one: Callable[[str], str], text: Renamer) -> IndexKey:
    column = one(key.column) if key.column else key.column
    return replace(key, column=column, expression=text(key.expression))


def _index(index: Index, one: Callable[[str], str], text: Renamer) -> Index:
    return replace(
        index,
        keys=tuple(_key(k, one, text) for k in index.keys),
        include=tuple(map(one, index.include)),
        predicate=text(index.predicate),
    )


def _policy(policy: Policy, text: Renamer) -> Policy:
    return replace(policy, using=text(policy.using), check=text(policy.check))


def _trigger(trigger: Trigger, old: str, new: str, one: Callable[[str], str]) -> Trigger:
    when = trigger.when
    if when is not None:
        for row in ("new", "old"):
            when = expressions.rename_qualified(when, row, old, new)
    return replace(trigger, columns=tuple(map(one, trigger.columns)), when=when)


def _partition_key(key: str | None, old: str, new: str) -> str | None:
    if key is None:
        return None
    method, bracket, rest = key.partition("(")
    return method + bracket + expressions.rename_column(rest, old, new)


def _rename_owner(state: State, table: Table, old: str, new: str) -> None:
    for name in state.owned.of(table.qualified):
        sequence = state.sequences.get(name)
        if sequence is not None and sequence.owned_by == (table.schema, table.name, old):
            owner = (table.schema, table.name, new)
            state.sequences[name] = replace(sequence, owned_by=owner)


def _rename_in_others(state: State, name: Name, old: str, new: str) -> None:
    """Foreign keys of other tables that point at the column."""
    for user in [*state.using_tables(name)]:
        if user.qualified == name:
            continue
        changed = tuple(
            replace(c, target_columns=tuple(new if t == old else t for t in c.target_columns))
            if c.target == name
            else c
            for c in user.constraints
        )
        if changed != user.constraints:
            state.put(replace(user, constraints=changed))
