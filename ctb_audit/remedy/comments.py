"""The comment of a table that says which ids it has, so that a live database declares them too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ctb_audit.model import Declaration, Table
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import relation
from ctb_audit.semantics.quoting import literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SetComment(Change):
    """`former` None: the table had none. `declaration`: what the text declares."""

    phase: ClassVar[Phase] = "guard"
    text: str
    former: str | None = None
    declaration: Declaration

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        return (self._to(literal(self.text)),)

    def down(self) -> Sequence[Step]:
        return (self._to("NULL" if self.former is None else literal(self.former)),)

    def _to(self, value: str) -> Step:
        return Step(f"COMMENT ON TABLE {relation(self.table)} IS {value}", "online")

    def holds(self) -> Sequence[Held]:
        told = f"the comment of {self.table} declares its ids"
        return (Held(told, facts.comment_is(self.table, self.text)),)

    def on(self, table: Table) -> Table:
        others = tuple(d for d in table.declarations if d.source != "comment")
        return replace(table, comment=self.text, declarations=(*others, self.declaration))
