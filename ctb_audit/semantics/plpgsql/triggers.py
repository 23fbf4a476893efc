"""What a trigger and its function do to a row (STANDARD section 5), judged on their trees."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from ctb_audit.model import Function, Table, Trigger
from ctb_audit.semantics.answers import (
    Answer,
    Holds,
    Missing,
    No,
    Rejection,
    Undecided,
    Unsure,
    Yes,
)
from ctb_audit.semantics.evaluate import value_of
from ctb_audit.semantics.parse import Unreadable
from ctb_audit.semantics.plpgsql.conditions import is_modelled, means_unchanged
from ctb_audit.semantics.plpgsql.interpret import run
from ctb_audit.semantics.plpgsql.machine import TooManyPaths, expression
from ctb_audit.semantics.plpgsql.source import body_of
from ctb_audit.semantics.plpgsql.states import End, State
from ctb_audit.semantics.values import Special, Value

Event = Literal["insert", "update", "delete"]
Row = Mapping[str, Value]


def trigger_fires(
    trigger: Trigger,
    event: Event,
    *,
    changed: Iterable[str] | None = None,
    values: Row | None = None,
) -> bool | None:
    """Whether a row trigger fires; None where its WHEN is not decided.

    `changed`: the columns that the UPDATE sets, None for any. `values`: of WHEN, by dotted
    names (`new.a`, `old.a`).
    """
    if not trigger.is_active or event not in trigger.events:
        return False
    listed = event == "update" and trigger.columns and changed is not None
    if listed and not set(trigger.columns) & set(changed or ()):
        return False
    if trigger.when is None:
        return True
    node = expression(trigger.when)
    value = None if node is None else value_of(node, values or {})
    if node is None or isinstance(value, Special):
        return None
    return value is True


def keeps_current(trigger: Trigger, function: Function | None, table: Table, column: str) -> Answer:
    """Whether the trigger gives `column` the current time on every UPDATE of a row."""
    clause = _clauses(trigger, table, column)
    if isinstance(clause, Missing | Unsure):
        return clause
    if trigger.function.name == "moddatetime":
        return _moddatetime(trigger, column)
    if function is None:
        return Unsure(f"the function {trigger.function} of trigger {trigger.name} is not defined")
    inner = assigns_on_every_path(function, column, _context(trigger, table, "update"))
    if isinstance(inner, Holds):
        return Holds(trigger.name, clause.note or inner.note)
    return inner


def _clauses(trigger: Trigger, table: Table, column: str) -> Holds | Missing | Unsure:
    """What timing, events, UPDATE OF and WHEN leave of "every UPDATE of a row"."""
    if not trigger.is_active:
        return Missing(f"trigger {trigger.name} is disabled")
    if trigger.timing != "before" or not trigger.row or "update" not in trigger.events:
        return Missing(f"trigger {trigger.name} is no BEFORE UPDATE row trigger")
    if trigger.columns:
        others = {c.name for c in table.columns if c.name != column and not c.generated_kind}
        if not others <= set(trigger.columns):
            return Missing(f"trigger {trigger.name} fires only on UPDATE OF some columns")
    return Holds(trigger.name) if trigger.when is None else _when(trigger)


def _when(trigger: Trigger) -> Holds | Missing | Unsure:
    node = expression(trigger.when or "")
    if node is None:
        return Unsure(f"the WHEN of trigger {trigger.name} cannot be read")
    if value_of(node, {}) is True:
        return Holds(trigger.name)
    if means_unchanged(node, truth=False):
        return Holds(trigger.name, NOTE_UNCHANGED)
    if is_modelled(node):
        return Missing(f"trigger {trigger.name} fires only WHEN ({trigger.when})")
    return Unsure(f"the WHEN of trigger {trigger.name} is not decided")


NOTE_UNCHANGED = "an update that changes nothing keeps the time"


def _moddatetime(trigger: Trigger, column: str) -> Answer:
    if trigger.arguments == (column,):
        return Holds(trigger.name)
    return Missing(f"trigger {trigger.name} keeps another column")


def _context(trigger: Trigger, table: Table, event: Event) -> dict[str, Value]:
    return {
        "tg_op": event.upper(),
        "tg_when": trigger.timing.upper(),
        "tg_level": "ROW" if trigger.row else "STATEMENT",
        "tg_name": trigger.name,
        "tg_table_name": table.name,
        "tg_relname": table.name,
        "tg_table_schema": table.schema,
        "tg_nargs": len(trigger.arguments),
        "tg_argv": trigger.arguments,
    }


def assigns_on_every_path(
    function: Function,
    column: str,
    context: Mapping[str, Value] | None = None,
    *,
    given: bool = False,
) -> Answer:
    """Whether a BEFORE UPDATE row trigger's function gives `column` the current time.

    `context`: the variables TG_OP and its kin; by default those of an UPDATE. `given`: the row
    comes with the current time in it.
    """
    known = {"tg_op": "UPDATE", "tg_when": "BEFORE", "tg_level": "ROW", **(context or {})}
    text = (function.body or "").lower()
    read = tuple((name, value) for name, value in known.items() if name in text)
    return _assigned(function, column, read, given)


@lru_cache(maxsize=4096)
def _assigned(
    function: Function, column: str, known: tuple[tuple[str, Value], ...], given: bool
) -> Answer:
    """One function serves hundreds of tables, and few of them ask which one they are."""
    start = State(dict(known), {column: "now"} if given else {})
    ends = _ends(function, start)
    if isinstance(ends, str):
        return Unsure(ends)
    judged = [_judged(end, column, function.name) for end in ends]
    for kind in (Missing, Unsure):
        for answer in judged:
            if isinstance(answer, kind):
                return answer
    notes = sorted({answer.note for answer in judged if isinstance(answer, Holds)})
    return Holds(function.name, notes[-1] if notes else "")


def _ends(function: Function, start: State) -> list[End] | str:
    """How the paths end, or why that is not known."""
    if function.language != "plpgsql":
        return f"function {function.name} is written in {function.language}"
    try:
        return run(body_of(function), start)
    except Unreadable as error:
        return f"function {function.name}: {error}"
    except TooManyPaths:
        return f"function {function.name} has too many paths"


def _judged(end: End, column: str, name: str) -> Answer:
    state = end.state
    if end.kind in ("raise", "null"):
        return Holds(name)
    if end.kind == "unknown":
        return Unsure(f"function {name} returns a row of its own making")
    reason = _stale(end, column)
    if not reason:
        return Holds(name)
    if _is_open(end, column):
        return Unsure(f"function {name} gives {column} a value that is not known")
    if state.unchanged:
        return Holds(name, NOTE_UNCHANGED)
    return (
        Unsure(f"function {name} {reason}")
        if state.doubtful
        else Missing(f"function {name} {reason}")
    )


def _stale(end: End, column: str) -> str:
    """Why the stored row lacks the current time; "" where it has it."""
    if end.kind == "old":
        return "returns OLD, which discards the update"
    written = end.state.written.get(column)
    if written == "now":
        return ""
    what = "another value than the current time" if written else "no value on some path"
    return f"gives {column} {what}"


def _is_open(end: End, column: str) -> bool:
    written = end.state.written.get(column)
    replaced = written is None and end.state.row == "unknown"
    return end.kind == "new" and (written == "unknown" or replaced)


def rejects_row(
    trigger: Trigger,
    function: Function | None,
    table: Table,
    row: Row,
    *,
    event: Event = "insert",
    old: Row | None = None,
) -> Rejection:
    """Whether a row trigger keeps `row` from being stored; No holds the row as it leaves it.

    `row`: the column values that are known; the others are free. A BEFORE trigger that
    returns NULL skips the row, which counts as refusing it.
    """
    values = {f"new.{name}": value for name, value in row.items()}
    values |= {f"old.{name}": value for name, value in (old or {}).items()}
    changed = [name for name in row if old is None or row[name] != old.get(name)]
    values |= _context(trigger, table, event)
    fires = trigger_fires(trigger, event, changed=changed, values=values)
    if fires is False or (fires is None and _may_not_fire(trigger)):
        return No(row)
    if function is None:
        return _unread(trigger)
    ends = _ends(function, State(values))
    if isinstance(ends, str):
        return Undecided(ends)
    outcome = _refusal(trigger, ends, row)
    if fires is None and isinstance(outcome, Yes):
        return Undecided(f"the WHEN of trigger {trigger.name} is not decided")
    return outcome


def _may_not_fire(trigger: Trigger) -> bool:
    """Whether an undecided WHEN depends on nothing but columns that the row leaves free."""
    node = expression(trigger.when or "")
    return node is not None and is_modelled(node)


_HARMLESS_BUILT_INS = frozenset(
    {
        "moddatetime",
        "suppress_redundant_updates_trigger",
        "tsvector_update_trigger",
        "tsvector_update_trigger_column",
    }
)


def _unread(trigger: Trigger) -> Rejection:
    if trigger.function.name in _HARMLESS_BUILT_INS:
        return No()
    return Undecided(f"the function {trigger.function} of trigger {trigger.name} is not defined")


def _refusal(trigger: Trigger, ends: list[End], row: Row) -> Rejection:
    stored = [end for end in ends if not _refuses(trigger, end)]
    if not stored:
        return Yes(trigger.name)
    certain = [end for end in stored if not end.state.doubtful and end.kind != "unknown"]
    if not certain:
        return Undecided(f"what trigger {trigger.name} refuses is not decided")
    if trigger.timing != "before":
        return No(row)
    rows = [_left(end.state) for end in certain]
    same = [left for left in rows if all(left.get(name) == row[name] for name in row)]
    return No((same or rows)[0])


def _refuses(trigger: Trigger, end: End) -> bool:
    if end.kind == "raise":
        return True
    return trigger.timing == "before" and end.kind in ("null", "old")


def _left(state: State) -> dict[str, Value]:
    return {
        name.removeprefix("new."): value
        for name, value in state.values.items()
        if name.startswith("new.")
    }
