"""Changes of columns: add, default, NOT NULL, widen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ctb_audit.model import Column, Name, Table, Type
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import relation, type_name
from ctb_audit.semantics.quoting import identifier

_PROVEN = (
    "the constraint that was validated above proves it, so that no row is read under the lock",
    "pgfence-ignore: alter-column-set-not-null",
)


def with_column(table: Table, name: str, **values: Any) -> Table:
    columns = tuple(replace(c, **values) if c.name == name else c for c in table.columns)
    return replace(table, columns=columns)


def _counted(sequence: Name | None, steps: Sequence[Step], column: str) -> Sequence[Step]:
    """Steps that need a sequence, which goes when the column goes."""
    if sequence is None:
        return steps
    name = relation(sequence)
    return (
        Step(f"CREATE SEQUENCE IF NOT EXISTS {name}", "none"),
        # a writer that may insert into the table must be able to draw the default
        Step(f"GRANT USAGE ON SEQUENCE {name} TO PUBLIC", "none"),
        *steps,
        Step(f"ALTER SEQUENCE {name} OWNED BY {column}"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(Change):
    """A column that writers need not know: `default` fills it.

    `old`: a constant for the rows that are there, which the server stores once and rewrites
    nothing, so that the column is NOT NULL at once; "" where they hold NULL until a backfill.
    `sequence`: one that `default` draws from.
    """

    column: str
    type: Type
    default: str
    old: str = ""
    sequence: Name | None = None

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        table, column = relation(self.table), identifier(self.column)
        head = f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {type_name(self.type)}"
        default = f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {self.default}"
        steps = [Step(head), Step(default)]
        if empty:
            steps = [Step(f"{head} NOT NULL DEFAULT {self.default}")]
        elif self.old:
            steps = [Step(f"{head} NOT NULL DEFAULT {self.old}")]
            steps += [Step(default)] * (self.default != self.old)
        return _counted(self.sequence, steps, f"{table}.{column}")

    def down(self) -> Sequence[Step]:
        table, column = relation(self.table), identifier(self.column)
        return (Step(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}"),)

    def holds(self) -> Sequence[Held]:
        place = f"{self.table}.{self.column}"
        return (
            Held(f"{place} exists", facts.column_exists(self.table, self.column)),
            Held(f"{place} has a default", facts.column_has_default(self.table, self.column)),
        )

    def on(self, table: Table) -> Table:
        made = Column(self.column, self.type, not self.old, self.default)
        return replace(table, columns=(*table.columns, made))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefault(Change):
    """`former` None: the column had no default. `sequence` as in `AddColumn`."""

    column: str
    default: str
    former: str | None = None
    sequence: Name | None = None

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        steps = (Step(f"{self._column()} SET DEFAULT {self.default}"),)
        column = f"{relation(self.table)}.{identifier(self.column)}"
        return _counted(self.sequence, steps, column)

    def down(self) -> Sequence[Step]:
        back = "DROP DEFAULT" if self.former is None else f"SET DEFAULT {self.former}"
        steps = (Step(f"{self._column()} {back}"),)
        if self.sequence is None:
            return steps
        return (*steps, Step(f"DROP SEQUENCE IF EXISTS {relation(self.sequence)}", "none"))

    def _column(self) -> str:
        return f"ALTER TABLE {relation(self.table)} ALTER COLUMN {identifier(self.column)}"

    def holds(self) -> Sequence[Held]:
        told = f"{self.table}.{self.column} has a default"
        return (Held(told, facts.column_has_default(self.table, self.column)),)

    def on(self, table: Table) -> Table:
        return with_column(table, self.column, default=self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNull(Change):
    """NOT NULL without a scan under an exclusive lock: a CHECK that is validated while writers
    go on proves it first. `check` is that CHECK's name; it goes when its work is done.
    """

    phase: ClassVar[Phase] = "enforce"
    column: str
    check: str

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        alter = f"ALTER TABLE {relation(self.table)}"
        column, check = identifier(self.column), identifier(self.check)
        require = f"{alter} ALTER COLUMN {column} SET NOT NULL"
        if empty:
            return (Step(require),)
        return (
            Step(f"{alter} DROP CONSTRAINT IF EXISTS {check}"),
            Step(f"{alter} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"),
            Step(f"{alter} VALIDATE CONSTRAINT {check}", "online"),
            Step(require, told=_PROVEN),
            Step(f"{alter} DROP CONSTRAINT IF EXISTS {check}"),
        )

    def down(self) -> Sequence[Step]:
        alter, column = f"ALTER TABLE {relation(self.table)}", identifier(self.column)
        return (Step(f"{alter} ALTER COLUMN {column} DROP NOT NULL"),)

    def holds(self) -> Sequence[Held]:
        told = f"{self.table}.{self.column} is NOT NULL"
        return (Held(told, facts.column_is_required(self.table, self.column)),)

    def on(self, table: Table) -> Table:
        return with_column(table, self.column, nullable=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WidenColumn(Change):
    """A longer VARCHAR: the server changes its catalog only, no row."""

    column: str
    type: Type
    former: Type

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        return (self._to(self.type),)

    def down(self) -> Sequence[Step]:
        return (self._to(self.former),)

    def _to(self, type_: Type) -> Step:
        alter = f"ALTER TABLE {relation(self.table)} ALTER COLUMN {identifier(self.column)}"
        return Step(f"{alter} TYPE {type_name(type_)}")

    def on(self, table: Table) -> Table:
        return with_column(table, self.column, type=self.type)
