"""Changes of indexes, built and dropped while writers go on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ctb_audit.model import Index, IndexKey, Name, Table
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import identifiers, relation
from ctb_audit.semantics.quoting import identifier

_EMPTY_PARENT = (
    "a partitioned table holds no rows itself; its partitions' indexes are built CONCURRENTLY",
    "pgfence-ignore: create-index-not-concurrent",
    "squawk-ignore require-concurrent-index-creation",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One partition's own index of a partitioned one; `parent` is the index that it joins.

    `branch`: the partition is itself partitioned.
    """

    table: Name
    index: Name
    parent: Name
    branch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex(Change):
    """`parts`: of a partitioned table, outermost first; () for an ordinary one."""

    phase: ClassVar[Phase] = "index"
    name: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    partitioned: bool = False

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        table, keys = relation(self.table), identifiers(self.columns)
        name = identifier(self.name)
        if empty:
            return (Step(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({keys})"),)
        if not self.partitioned:
            return self._concurrently(Name(self.table.schema, self.name), self.table)
        made = f"CREATE INDEX IF NOT EXISTS {name} ON ONLY {table} ({keys})"
        steps = [Step(made, told=_EMPTY_PARENT)]
        for part in self.parts:
            steps += self._part(part)
        return steps

    def _part(self, part: Part) -> Sequence[Step]:
        attach = f"ALTER INDEX {relation(part.parent)} ATTACH PARTITION {relation(part.index)}"
        if part.branch:
            keys = identifiers(self.columns)
            head = f"CREATE INDEX IF NOT EXISTS {identifier(part.index.name)}"
            made = f"{head} ON ONLY {relation(part.table)} ({keys})"
            return (Step(made, told=_EMPTY_PARENT), Step(attach))
        name = identifier(part.index.name)
        keys = identifiers(self.columns)
        build = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {relation(part.table)} ({keys})"
        return (Step(build, "online"), Step(attach))

    def _concurrently(self, index: Name, table: Name) -> Sequence[Step]:
        """A build that was cut off leaves an invalid index, which must go first."""
        keys = identifiers(self.columns)
        head = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {identifier(index.name)}"
        return (
            Step(f"DROP INDEX CONCURRENTLY IF EXISTS {relation(index)}", "online"),
            Step(f"{head} ON {relation(table)} ({keys})", "online"),
        )

    def down(self) -> Sequence[Step]:
        index = relation(Name(self.table.schema, self.name))
        if self.partitioned:
            return (Step(f"DROP INDEX IF EXISTS {index}"),)
        return (Step(f"DROP INDEX CONCURRENTLY IF EXISTS {index}", "online"),)

    def holds(self) -> Sequence[Held]:
        index = Name(self.table.schema, self.name)
        return (Held(f"index {self.name} on {self.table} is valid", facts.index_holds(index)),)

    def on(self, table: Table) -> Table:
        made = Index(self.name, tuple(IndexKey(column) for column in self.columns))
        return replace(table, indexes=(*table.indexes, made))


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(Change):
    """Destroys, so that it is only ever written as a comment. `definition` builds it again."""

    phase: ClassVar[Phase] = "remove"
    name: str

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        index = relation(Name(self.table.schema, self.name))
        return (Step(f"DROP INDEX CONCURRENTLY IF EXISTS {index}", "online"),)

    def down(self) -> Sequence[Step]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildIndex(Change):
    """An index that a cut-off build left invalid."""

    phase: ClassVar[Phase] = "index"
    name: str

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        index = relation(Name(self.table.schema, self.name))
        return (Step(f"REINDEX INDEX CONCURRENTLY {index}", "online"),)

    def down(self) -> Sequence[Step]:
        return ()

    def holds(self) -> Sequence[Held]:
        index = Name(self.table.schema, self.name)
        return (Held(f"index {self.name} on {self.table} is valid", facts.index_holds(index)),)

    def on(self, table: Table) -> Table:
        indexes = tuple(replace(i, valid=True) if i.name == self.name else i for i in table.indexes)
        return replace(table, indexes=indexes)
