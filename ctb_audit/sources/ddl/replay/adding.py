"""A table while constraints are added to it, as many as there are in linear time."""

from collections.abc import Iterator

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Name, Table, Type
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import State


class Adding:
    """`columns`: the names of those that the table has; `added`: what it does not hold yet."""

    def __init__(self, state: State, table: Table) -> None:
        self.state = state
        self.table = table
        self.columns = {c.name for c in table.columns}
        self.added: list[Constraint] = []

    def held(self) -> Iterator[Constraint]:
        yield from self.table.constraints
        yield from self.added

    def named(self, name: str) -> Constraint | None:
        """The constraint of the table with a name; most names are new to their whole schema."""
        state = self.state
        if state.postgres and Name(self.table.schema, name) not in state.constraint_names:
            return None
        return next((c for c in self.held() if c.name == name), None)

    def is_taken(self, name: str) -> bool:
        """A constraint of the table has the name; constraint triggers are constraints too."""
        if self.named(name) is not None:
            return True
        return any(t.constraint and t.name == name for t in self.table.triggers or ())

    def refuse(self, name: str) -> None:
        table = self.table
        message = f'constraint "{name}" for relation "{table.name}" already exists'
        self.state.complain(duplicate(message, table.qualified))

    def add(self, constraint: Constraint) -> None:
        self.state.constraint_names.add(Name(self.table.schema, constraint.name))
        self.added.append(constraint)

    def done(self) -> Table:
        """The table with what was added; itself where nothing was."""
        if not self.added:
            return self.table
        return replace(self.table, constraints=tuple(self.held()))


def refused_abroad(adding: Adding, constraint: Constraint) -> bool:
    """Whether the constraint is none that a foreign table may have, which is refused."""
    if adding.table.kind != "foreign":
        return False
    message = f"{constraint.kind} constraints are not supported on foreign tables"
    adding.state.complain(Refusal(message, adding.table.qualified))
    return True


def keys_exist(adding: Adding, constraint: Constraint) -> bool:
    """Whether the table has the columns of a key; a table whose columns are not all known is
    shown by the key to have them.
    """
    state, table, known = adding.state, adding.table, adding.columns
    missing = [c for c in (*constraint.columns, *constraint.include) if c not in known]
    if missing and table.qualified in state.open_tables:
        found = tuple(Column(name, Type("unknown")) for name in missing)
        adding.table = replace(table, columns=(*table.columns, *found))
        adding.columns.update(missing)
        state.put(adding.table)
        return True
    if missing and not (state.system == "bigquery" and not known):
        message = f'column "{missing[0]}" named in key does not exist'
        state.complain(Refusal(message, table.qualified))
        return False
    return True
