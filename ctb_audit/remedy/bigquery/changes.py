"""Changes of BigQuery tables: what its ALTER TABLE allows.

A new column is NULLABLE and has no default before a second statement gives it one; a default is a
constant or one of a few functions; a column never becomes NOT NULL, and a type only wider.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ctb_audit.model import Column, Name, Table, Type
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.columns import with_column


def ticked(name: Name) -> str:
    """A table as BigQuery reads it whatever it is called; the project is that of the session."""
    return f"`{name.schema}`.`{name.name}`" if name.schema else f"`{name.name}`"


def text(value: str) -> str:
    """A string constant: JSON's escapes are BigQuery's."""
    return json.dumps(value, ensure_ascii=False)


def _column_fact(name: Name, column: str, also: str = "") -> str:
    return (
        f"EXISTS (SELECT 1 FROM `{name.schema}`.INFORMATION_SCHEMA.COLUMNS"
        f" WHERE table_name = {text(name.name)} AND column_name = {text(column)}{also})"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddField(Change):
    column: str
    type: Type

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        head = f"ALTER TABLE {ticked(self.table)} ADD COLUMN IF NOT EXISTS"
        return (Step(f"{head} `{self.column}` {self.type}"),)

    def down(self) -> Sequence[Step]:
        head = f"ALTER TABLE {ticked(self.table)} DROP COLUMN IF EXISTS"
        return (Step(f"{head} `{self.column}`"),)

    def holds(self) -> Sequence[Held]:
        told = f"{self.table}.{self.column} exists"
        return (Held(told, _column_fact(self.table, self.column)),)

    def on(self, table: Table) -> Table:
        return replace(table, columns=(*table.columns, Column(self.column, self.type)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFieldDefault(Change):
    """A default of rows to come; `former` None: there was none."""

    column: str
    default: str
    former: str | None = None

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        return (Step(f"{self._head()} SET DEFAULT {self.default}"),)

    def down(self) -> Sequence[Step]:
        if self.former is None:
            return (Step(f"{self._head()} DROP DEFAULT"),)
        return (Step(f"{self._head()} SET DEFAULT {self.former}"),)

    def _head(self) -> str:
        return f"ALTER TABLE {ticked(self.table)} ALTER COLUMN IF EXISTS `{self.column}`"

    def holds(self) -> Sequence[Held]:
        told = f"{self.table}.{self.column} has a default"
        fact = _column_fact(self.table, self.column, " AND column_default != 'NULL'")
        return (Held(told, fact),)

    def on(self, table: Table) -> Table:
        return with_column(table, self.column, default=self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class WidenField(Change):
    """A longer STRING, which BigQuery does without touching a row. It goes no way back."""

    column: str
    type: Type

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        head = f"ALTER TABLE {ticked(self.table)} ALTER COLUMN IF EXISTS `{self.column}`"
        return (Step(f"{head} SET DATA TYPE {self.type}"),)

    def down(self) -> Sequence[Step]:
        return ()

    def holds(self) -> Sequence[Held]:
        told = f"{self.table}.{self.column} is {self.type}"
        fact = _column_fact(self.table, self.column, f" AND data_type = {text(str(self.type))}")
        return (Held(told, fact),)

    def on(self, table: Table) -> Table:
        return with_column(table, self.column, type=self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillField(Change):
    """Rows that hold NULL; those still in the streaming buffer cannot be updated."""

    phase: ClassVar[Phase] = "backfill"
    column: str
    value: str

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        column = f"`{self.column}`"
        return (
            Step(
                f"UPDATE {ticked(self.table)} SET {column} = {self.value} WHERE {column} IS NULL",
                "none",
            ),
        )

    def down(self) -> Sequence[Step]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe(Change):
    """The table's description, in words that a source declares."""

    description: str
    former: str | None = None

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        return (self._to(text(self.description)),)

    def down(self) -> Sequence[Step]:
        return (self._to("NULL" if self.former is None else text(self.former)),)

    def _to(self, value: str) -> Step:
        return Step(f"ALTER TABLE {ticked(self.table)} SET OPTIONS (description = {value})")

    def on(self, table: Table) -> Table:
        return replace(table, comment=self.description)
