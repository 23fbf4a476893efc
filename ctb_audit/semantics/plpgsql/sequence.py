"""What the triggers of a table do to a row together, in the order in which they fire."""

from collections.abc import Iterable

from ctb_audit.model import Function, Table, Trigger
from ctb_audit.semantics.answers import Answer, Holds, Missing, Unsure
from ctb_audit.semantics.evaluate import value_of
from ctb_audit.semantics.plpgsql.effects import effect_of
from ctb_audit.semantics.plpgsql.machine import expression
from ctb_audit.semantics.plpgsql.triggers import assigns_on_every_path, keeps_current

Called = tuple[Trigger, Function | None]


def row_keeps_current(called: Iterable[Called], table: Table, column: str) -> Answer:
    """Whether every UPDATE of a row ends with the current time in `column`.

    Triggers fire in the order of their names, so a later one can undo what an earlier one did.
    One that cannot be read is taken to leave the column alone.
    """
    answer: Answer = Missing(f"no BEFORE UPDATE trigger keeps {column}")
    for trigger, function in sorted(called, key=lambda pair: pair[0].name):
        own = keeps_current(trigger, function, table, column)
        if isinstance(own, Holds):
            answer = own
        elif isinstance(answer, Holds):
            answer = spoils(trigger, function, table, column) or answer
        elif isinstance(own, Unsure) and not isinstance(answer, Unsure):
            answer = own
    return answer


def spoils(
    trigger: Trigger, function: Function | None, table: Table, column: str
) -> Missing | Unsure | None:
    """How a trigger that fires later takes the current time away again; None where it does not."""
    fires = trigger.timing == "before" and trigger.row and "update" in trigger.events
    if not (fires and trigger.is_active) or function is None:
        return None
    if not {column, "*"}.intersection(effect_of(trigger, function, table).assigns):
        return None
    when = expression(trigger.when) if trigger.when else None
    if when is not None and value_of(when, {}) is False:
        return None
    left = assigns_on_every_path(function, column, given=True)
    if isinstance(left, Missing):
        return Missing(f"trigger {trigger.name} fires later and {left.reason}")
    return left if isinstance(left, Unsure) else None
