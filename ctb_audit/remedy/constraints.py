"""Changes of constraints: checks, uniqueness, foreign keys, validation."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ctb_audit.model import Constraint, Name, Table
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import identifiers, relation
from ctb_audit.semantics.quoting import identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constraint(Change):
    """A constraint added NOT VALID, then validated while writers go on."""

    phase: ClassVar[Phase] = "enforce"
    name: str

    @abstractmethod
    def definition(self) -> str:
        """What stands behind the constraint's name."""

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        alter, name = f"ALTER TABLE {relation(self.table)}", identifier(self.name)
        add = f"{alter} ADD CONSTRAINT {name} {self.definition()}"
        again = Step(f"{alter} DROP CONSTRAINT IF EXISTS {name}")
        if empty:
            return (again, Step(add))
        validate = Step(f"{alter} VALIDATE CONSTRAINT {name}", "online")
        return (again, Step(f"{add} NOT VALID"), validate)

    def down(self) -> Sequence[Step]:
        alter = f"ALTER TABLE {relation(self.table)}"
        return (Step(f"{alter} DROP CONSTRAINT IF EXISTS {identifier(self.name)}"),)

    def holds(self) -> Sequence[Held]:
        told = f"constraint {self.name} on {self.table} is validated"
        return (Held(told, facts.constraint_holds(self.table, self.name)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheck(_Constraint):
    """`expression` is SQL, `columns` those it reads."""

    expression: str
    columns: tuple[str, ...]

    def definition(self) -> str:
        return f"CHECK ({self.expression})"

    def on(self, table: Table) -> Table:
        made = Constraint("check", self.name, self.columns, self.expression)
        return replace(table, constraints=(*table.constraints, made))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForeignKey(_Constraint):
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]

    def definition(self) -> str:
        target = f"{relation(self.target)} ({identifiers(self.target_columns)})"
        return f"FOREIGN KEY ({identifiers(self.columns)}) REFERENCES {target}"

    def constraint(self) -> Constraint:
        """As the model holds it."""
        return Constraint(
            "foreign key",
            self.name,
            self.columns,
            target=self.target,
            target_columns=self.target_columns,
        )

    def on(self, table: Table) -> Table:
        return replace(table, constraints=(*table.constraints, self.constraint()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnique(Change):
    """A unique index built while writers go on, then taken over by a constraint."""

    phase: ClassVar[Phase] = "index"
    name: str
    columns: tuple[str, ...]

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        table, name = relation(self.table), identifier(self.name)
        again = Step(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        if empty:
            made = f"UNIQUE ({identifiers(self.columns)})"
            return (again, Step(f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}"))
        index = relation(Name(self.table.schema, self.name))
        keys = identifiers(self.columns)
        return (
            again,
            Step(f"DROP INDEX CONCURRENTLY IF EXISTS {index}", "online"),
            Step(
                f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({keys})",
                "online",
            ),
            Step(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"),
        )

    def down(self) -> Sequence[Step]:
        alter = f"ALTER TABLE {relation(self.table)}"
        return (Step(f"{alter} DROP CONSTRAINT IF EXISTS {identifier(self.name)}"),)

    def holds(self) -> Sequence[Held]:
        index = Name(self.table.schema, self.name)
        return (Held(f"{self.table} is unique by {self.name}", facts.index_holds(index)),)

    def on(self, table: Table) -> Table:
        made = Constraint("unique", self.name, self.columns)
        return replace(table, constraints=(*table.constraints, made))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConstraint(Change):
    phase: ClassVar[Phase] = "enforce"
    name: str

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        alter = f"ALTER TABLE {relation(self.table)}"
        return (Step(f"{alter} VALIDATE CONSTRAINT {identifier(self.name)}", "online"),)

    def down(self) -> Sequence[Step]:
        return ()

    def holds(self) -> Sequence[Held]:
        told = f"constraint {self.name} on {self.table} is validated"
        return (Held(told, facts.constraint_holds(self.table, self.name)),)

    def on(self, table: Table) -> Table:
        constraints = tuple(
            replace(c, validated=True) if c.name == self.name else c for c in table.constraints
        )
        return replace(table, constraints=constraints)
