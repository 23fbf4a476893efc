"""DROP INDEX: parts on partitions, and foreign keys that rest on a unique index."""

from ctb_audit.copies import replace
from ctb_audit.model import Name
from ctb_audit.sources.ddl.replay.alter_constraints import drop_resting_keys
from ctb_audit.sources.ddl.replay.constraints import INDEXED
from ctb_audit.sources.ddl.replay.foreign_keys import plain_unique
from ctb_audit.sources.ddl.replay.state import State


def _drop_keys_on_index(state: State, name: Name, owner: Name, cascade: bool) -> None:
    """Foreign keys rest on a unique index too, where no constraint has its columns."""
    table = state.tables.get(owner)
    index = next((i for i in table.indexes if i.name == name.name), None) if table else None
    columns = None if index is None else plain_unique(index)
    if table is None or columns is None:
        return
    if all(sorted(c.columns) != columns for c in table.constraints if c.kind in INDEXED):
        drop_resting_keys(state, table, columns, f'index "{name.name}"', cascade)


def remove_index(state: State, name: Name, cascade: bool = True) -> None:
    """Remove an index of its own with its parts on partitions, and the keys that rest on it."""
    entry = state.indexes[name]
    _drop_keys_on_index(state, name, entry.owner, cascade)
    for partition in state.partitions(entry.owner):
        for index in state.tables[partition].indexes:
            part = Name(partition.schema, index.name)
            child = state.indexes.get(part)
            if child is not None and child.parent == name:
                remove_index(state, part, cascade)
    del state.indexes[name]
    del state.relations[name]
    if entry.owner in state.tables:
        table = state.tables[entry.owner]
        state.put(replace(table, indexes=tuple(i for i in table.indexes if i.name != name.name)))
    elif entry.owner in state.views:
        held = state.views[entry.owner]
        kept = tuple(i for i in held.view.indexes if i.name != name.name)
        state.views[entry.owner] = replace(held, view=replace(held.view, indexes=kept))
