"""Changes of functions and triggers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ctb_audit.model import Argument, Function, Name, Table, Trigger, Type
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import dollar_quoted, relation
from ctb_audit.semantics.quoting import identifier

SEARCH_PATH = "pg_catalog, pg_temp"
_TEXT = Type("text", "text")
_BIGINT = Type("bigint", "integer")
_TYPES = {"text": _TEXT, "bigint": _BIGINT, "trigger": Type("trigger", "pseudo")}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFunction(Change):
    """A function of our own; `table` is its own name. `arguments`: name and type (text, bigint)."""

    body: str
    arguments: tuple[tuple[str, str], ...] = ()
    returns: str = "trigger"
    volatility: str = "VOLATILE"

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        arguments = ", ".join(f"{identifier(name)} {type_}" for name, type_ in self.arguments)
        return (
            Step(
                f"CREATE OR REPLACE FUNCTION {relation(self.table)} ({arguments})"
                f" RETURNS {self.returns}\n"
                f"LANGUAGE plpgsql {self.volatility} SET search_path = {SEARCH_PATH}\n"
                f"AS {dollar_quoted(self.body, 'function')}",
                "none",
            ),
        )

    def down(self) -> Sequence[Step]:
        types = ", ".join(type_ for _, type_ in self.arguments)
        return (Step(f"DROP FUNCTION IF EXISTS {relation(self.table)} ({types})", "none"),)

    def function(self) -> Function:
        """As the model holds it."""
        assert self.table.schema is not None
        return Function(
            self.table.schema,
            self.table.name,
            arguments=tuple(Argument(_TYPES[type_], name) for name, type_ in self.arguments),
            returns=_TYPES[self.returns],
            language="plpgsql",
            body=self.body,
            volatility=self.volatility.lower(),  # type: ignore[arg-type]
            settings=(("search_path", SEARCH_PATH),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrigger(Change):
    """A BEFORE row trigger."""

    phase: ClassVar[Phase] = "guard"
    name: str
    events: tuple[str, ...]
    function: Name

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        events = " OR ".join(event.upper() for event in self.events)
        return (
            Step(
                f"CREATE OR REPLACE TRIGGER {identifier(self.name)}"
                f" BEFORE {events} ON {relation(self.table)}\n"
                f"FOR EACH ROW EXECUTE FUNCTION {relation(self.function)} ()"
            ),
        )

    def down(self) -> Sequence[Step]:
        name, table = identifier(self.name), relation(self.table)
        return (Step(f"DROP TRIGGER IF EXISTS {name} ON {table}"),)

    def holds(self) -> Sequence[Held]:
        told = f"trigger {self.name} fires on {self.table}"
        return (Held(told, facts.trigger_fires(self.table, self.name)),)

    def on(self, table: Table) -> Table:
        made = Trigger(self.name, "before", self.events, self.function, row=True)
        return replace(table, triggers=(*(table.triggers or ()), made))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableTrigger(Change):
    phase: ClassVar[Phase] = "guard"
    name: str
    former: str  # DISABLE, ENABLE REPLICA

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        return (self._do("ENABLE"),)

    def down(self) -> Sequence[Step]:
        return (self._do(self.former),)

    def _do(self, verb: str) -> Step:
        return Step(f"ALTER TABLE {relation(self.table)} {verb} TRIGGER {identifier(self.name)}")

    def holds(self) -> Sequence[Held]:
        told = f"trigger {self.name} fires on {self.table}"
        return (Held(told, facts.trigger_fires(self.table, self.name)),)

    def on(self, table: Table) -> Table:
        triggers = tuple(
            replace(t, enabled="origin") if t.name == self.name else t for t in table.triggers or ()
        )
        return replace(table, triggers=triggers)
