"""A new name or schema for an object, carried through everything that refers to it."""

from ctb_audit.copies import replace
from ctb_audit.model import Column, Name, Table
from ctb_audit.sources.ddl.replay.calls import follow_function
from ctb_audit.sources.ddl.replay.columns import nextval, note_use
from ctb_audit.sources.ddl.replay.local_parts import carry_local
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.refusal import duplicate
from ctb_audit.sources.ddl.replay.rename_text import rename_relation
from ctb_audit.sources.ddl.replay.retype import retype_users
from ctb_audit.sources.ddl.replay.routines import note_function_types
from ctb_audit.sources.ddl.replay.sequences import drawn_sequence
from ctb_audit.sources.ddl.replay.state import FunctionKey, IndexEntry, State
from ctb_audit.sources.ddl.replay.types import note_types


def move_relation(state: State, old: Name, new: Name) -> None:
    """Give a relation another name, another schema or both."""
    if old == new:
        return
    kind = state.relations[old]
    if new in state.relations:
        raise duplicate(f'relation "{new.name}" already exists', new)
    if kind in ("table", "view", "materialized view", "foreign table") and new in state.types:
        raise duplicate(f'type "{new.name}" already exists', new)
    state.relations.rekey(old, new, kind)
    for held, move in (
        (state.tables, _move_table),
        (state.views, _move_view),
        (state.sequences, _move_sequence),
        (state.indexes, _move_index),
        (state.types, _move_type_entry),
    ):
        if old in held:
            move(state, old, new)
            return


# ---- tables and views --------------------------------------------------------------------------


def _move_table(state: State, old: Name, new: Name) -> None:
    carry_local(state, state.tables[old], new)
    table = _told_anew(state.tables[old], old, new)
    state.tables.rekey(old, new, table)
    _follow_table(state, old, new)
    _carry_indexes(state, old, new)
    for column in table.columns:
        note_use(state, new, column)
    _carry_sequences(state, old, new)
    for user in (*state.users.of(old), new):
        if user in state.tables or user in state.views:  # and not a name that it had before
            _retarget(state, user, old, new)
            state.users.add(new, user)
    _follow_in_views(state, old, new)
    retype_users(state, old, new)


def _told_anew(table: Table, old: Name, new: Name) -> Table:
    """The table under its new name, which its policies and constraints may say too."""
    policies = tuple(
        replace(p, using=_renamed_in(p.using, old, new), check=_renamed_in(p.check, old, new))
        for p in table.policies or ()
    )
    constraints = tuple(
        replace(
            c,
            expression=_renamed_in(c.expression, old, new),
            predicate=_renamed_in(c.predicate, old, new),
        )
        for c in table.constraints
    )
    return replace(
        table, schema=home(new), name=new.name, policies=policies, constraints=constraints
    )


def _renamed_in(text: str | None, old: Name, new: Name) -> str | None:
    return text if text is None or old.name not in text else rename_relation(text, old, new)


def _follow_table(state: State, old: Name, new: Name) -> None:
    """Enter the table under its new name where it uses others."""
    table = state.tables[new]
    used = [c.target for c in table.constraints if c.target is not None]
    used += [t.function for t in table.triggers or ()] + [*table.inherits]
    if table.partition_of is not None:
        used.append(table.partition_of)
    for name in used:
        state.users.add(name, new)
    if old.schema != new.schema:
        for constraint in table.constraints:
            state.constraint_names.drop(Name(old.schema, constraint.name))
            state.constraint_names.add(Name(new.schema, constraint.name))


def _carry_indexes(state: State, old: Name, new: Name) -> None:
    table = state.tables[new]
    for name in [i.name for i in table.indexes] + [c.name for c in table.constraints]:
        entry = state.indexes.get(Name(old.schema, name))
        if entry is None or entry.owner != old:
            continue
        moved = replace(entry, owner=new)
        if old.schema == new.schema:
            state.indexes[Name(old.schema, name)] = moved
        else:
            _rekey_index(state, Name(old.schema, name), Name(new.schema, name), moved)
            state.relations.rekey(Name(old.schema, name), Name(new.schema, name), "index")


def _rekey_index(state: State, old: Name, new: Name, entry: IndexEntry) -> None:
    state.indexes.rekey(old, new, entry)
    for partition in state.partitions(entry.owner):
        table = state.tables[partition]
        for name in [i.name for i in table.indexes] + [c.name for c in table.constraints]:
            child = state.indexes.get(Name(table.schema, name))
            if child is not None and child.parent == old:
                state.indexes[Name(table.schema, name)] = replace(child, parent=new)


def _carry_sequences(state: State, old: Name, new: Name) -> None:
    """Owned sequences follow into another schema, and know their table's new name."""
    for name in state.owned.of(old):
        sequence = state.sequences.get(name)
        if sequence is None or not sequence.owned_by:
            continue
        if sequence.owned_by[:2] != (old.schema, old.name):
            continue
        owner = (home(new), new.name, sequence.owned_by[2])
        state.sequences[name] = replace(sequence, owned_by=owner)
        state.owned.add(new, name)
        if old.schema != new.schema:
            move_relation(state, name, Name(new.schema, name.name))


def _retarget(state: State, user: Name, old: Name, new: Name) -> None:
    """Foreign keys, parents and partitions of a table that refers to a moved one."""
    table = state.tables.get(user)
    if table is None:
        return
    changed = replace(
        table,
        constraints=tuple(
            replace(c, target=new) if c.target == old else c for c in table.constraints
        ),
        inherits=tuple(new if p == old else p for p in table.inherits),
        partition_of=new if table.partition_of == old else table.partition_of,
    )
    if changed != table:
        state.put(changed)


def _move_view(state: State, old: Name, new: Name) -> None:
    entry = state.views[old]
    view = replace(entry.view, schema=home(new), name=new.name)
    state.views.rekey(old, new, replace(entry, view=view))
    for source in entry.sources:
        state.users.add(source, new)
    for index in view.indexes:
        held = state.indexes.get(Name(old.schema, index.name))
        if held is not None:
            state.indexes.rekey(
                Name(old.schema, index.name),
                Name(new.schema, index.name),
                replace(held, owner=new),
            )
            if old.schema != new.schema:
                before, after = Name(old.schema, index.name), Name(new.schema, index.name)
                state.relations.rekey(before, after, "index")
    _follow_in_views(state, old, new)


def _follow_in_views(state: State, old: Name, new: Name) -> None:
    """Views keep reading the moved relation: their text is adapted."""
    for entry in [*state.using_views([old])]:
        view = entry.view
        name = Name(view.schema, view.name)
        text = rename_relation(view.definition, old, new)
        sources = tuple(new if s == old else s for s in entry.sources)
        reads = entry.reads and frozenset((new if n == old else n, c) for n, c in entry.reads)
        moved = replace(view, definition=text)
        state.views[name] = replace(entry, view=moved, sources=sources, reads=reads)
        state.users.add(new, name)


# ---- sequences, indexes, types, functions ------------------------------------------------------


def _move_sequence(state: State, old: Name, new: Name) -> None:
    sequence = replace(state.sequences[old], schema=home(new), name=new.name)
    users = [*state.using_tables(old)]
    drawing = [
        (user.qualified, column.name)
        for user in users
        for column in user.columns
        if column.default is not None and _draws(state, column, old)
    ]
    state.sequences.rekey(old, new, sequence)
    if sequence.owned_by is not None:
        state.owned.add(Name(*sequence.owned_by[:2]), new)
    for table_name, column_name in drawing:
        table = state.tables[table_name]
        state.put(replace(table, columns=_redrawn(table, column_name, old, new)))
        state.users.add(new, table_name)


def _draws(state: State, column: Column, sequence: Name) -> bool:
    """Asked before the sequence is moved in the ledger: its old name is gone from relations."""
    if column.serial == sequence:
        return True
    state.relations[sequence] = "sequence"
    try:
        return drawn_sequence(state, column.default or "") == sequence
    finally:
        del state.relations[sequence]


def _redrawn(table: Table, column: str, old: Name, new: Name) -> tuple[Column, ...]:
    return tuple(
        replace(c, default=nextval(new), serial=new if c.serial == old else c.serial)
        if c.name == column
        else c
        for c in table.columns
    )


def _move_index(state: State, old: Name, new: Name) -> None:
    entry = state.indexes[old]
    _rekey_index(state, old, new, entry)
    if entry.owner in state.views:
        held = state.views[entry.owner]
        indexes = tuple(
            replace(i, name=new.name) if i.name == old.name else i for i in held.view.indexes
        )
        state.views[entry.owner] = replace(held, view=replace(held.view, indexes=indexes))
        return
    table = state.tables[entry.owner]
    if entry.constraint:
        state.constraint_names.drop(old)
        state.constraint_names.add(new)
        changed = (
            replace(c, name=new.name) if c.name == old.name else c for c in table.constraints
        )
        state.put(replace(table, constraints=tuple(changed)))
    else:
        moved = (replace(i, name=new.name) if i.name == old.name else i for i in table.indexes)
        state.put(replace(table, indexes=tuple(moved)))


def move_type(state: State, old: Name, new: Name) -> None:
    if old == new or old not in state.types:
        return
    if new in state.types or new in state.relations:
        raise duplicate(f'type "{new.name}" already exists')
    if state.relations.get(old) == "type":
        state.relations.rekey(old, new, "type")
    _move_type_entry(state, old, new)


def _move_type_entry(state: State, old: Name, new: Name) -> None:
    moved = replace(state.types[old], schema=home(new), name=new.name)
    state.types.rekey(old, new, moved)
    note_types(state, new)
    if old.schema != new.schema:
        for constraint in moved.constraints:
            state.constraint_names.drop(Name(old.schema, constraint.name))
            state.constraint_names.add(Name(new.schema, constraint.name))
    retype_users(state, old, new)


def move_function(state: State, key: FunctionKey, new: Name) -> None:
    old = key[0]
    moved = (new, key[1])
    if moved in state.functions:
        raise duplicate(f'function "{new.name}" already exists in schema "{new.schema}"')
    follow_function(state, key, new)
    function = replace(state.functions[key], schema=home(new), name=new.name)
    state.functions.rekey(key, moved, function)
    note_function_types(state, function, new)
    state.overloads[old] = tuple(k for k in state.overloads[old] if k != key)
    state.overloads[new] = (*(state.overloads.get(new) or ()), moved)
    if key[1]:
        return
    for user in [*state.using_tables(old)]:
        triggers = tuple(
            replace(t, function=new) if t.function == old else t for t in user.triggers or ()
        )
        state.put(replace(user, triggers=triggers))
        state.users.add(new, user.qualified)
