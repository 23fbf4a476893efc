"""Blocks of PL/pgSQL and what their EXCEPTION clauses catch."""

from dataclasses import replace

from ctb_audit.semantics.leaves import Raw
from ctb_audit.semantics.plpgsql.conditions import is_current
from ctb_audit.semantics.plpgsql.machine import Machine, expression
from ctb_audit.semantics.plpgsql.source import (
    all_statements,
    assigned_text,
    statements,
    text_of,
)
from ctb_audit.semantics.plpgsql.states import End, Flow, State

_HARMLESS = frozenset({"block", "if", "return", "raise", "exit", "loop"})


def block(machine: Machine, raw: Raw, state: State) -> Flow:
    """BEGIN ... EXCEPTION ... END."""
    handlers = raw.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list", [])
    failing: list[State] = []
    flow = Flow([state])
    for item in statements(raw):
        if handlers and _can_fail(item):
            failing.extend(flow.states)
        step = machine.block([item], flow.states)
        flow = Flow(step.states, flow.ends + step.ends, flow.jumps + step.jumps)
    _leave(flow, raw.get("label", ""))
    return _handled(machine, handlers, failing, flow) if handlers else flow


def _leave(flow: Flow, label: str) -> None:
    """EXIT with the label of a block goes on after it."""
    if label:
        landed = [jump for jump in flow.jumps if jump.leaves and jump.label == label]
        flow.states.extend(jump.state for jump in landed)
        flow.jumps = [jump for jump in flow.jumps if jump not in landed]


def _can_fail(item: Raw) -> bool:
    """Whether a statement may fail other than by its own RAISE."""
    for kind, content in all_statements(item):
        if kind == "assign":
            node = expression(assigned_text(text_of(content["expr"])))
            if node is None or not is_current(node, {}):
                return True
        elif kind not in _HARMLESS:
            return True
    return False


def _handled(machine: Machine, handlers: list[Raw], failing: list[State], flow: Flow) -> Flow:
    """RAISEs that a handler names go on there; so do the failures of other statements."""
    result = Flow(flow.states, [end for end in flow.ends if end.kind != "raise"], flow.jumps)
    for end in flow.ends:
        if end.kind == "raise":
            result.add(_caught(machine, handlers, end))
    for state in failing:
        for handler in handlers:
            result.add(_handle(machine, handler, End("raise", state.doubted())))
    return result


def _caught(machine: Machine, handlers: list[Raw], end: End) -> Flow:
    for handler in handlers:
        conditions = handler["PLpgSQL_exception"]["conditions"]
        names = [c["PLpgSQL_condition"].get("condname", "") for c in conditions]
        certain = _catches(names, end.condition)
        if certain:
            return _handle(machine, handler, end)
        if certain is None:
            doubted = replace(end, state=end.state.doubted())
            flow = _handle(machine, handler, doubted)
            flow.ends.append(doubted)
            return flow
    return Flow(ends=[end])


def _handle(machine: Machine, handler: Raw, end: End) -> Flow:
    """The handler's body; a bare RAISE in it raises the caught condition again."""
    flow = machine.block(statements(handler["PLpgSQL_exception"], "action"), [end.state])
    flow.ends = [
        replace(e, condition=end.condition) if e.kind == "raise" and not e.condition else e
        for e in flow.ends
    ]
    return flow


def _catches(names: list[str], condition: str) -> bool | None:
    """Whether a handler for `names` catches a condition; None where that is not known.

    Names and SQLSTATEs are two spellings of conditions, which are not matched to each other.
    """
    if condition in names:
        return True
    if "others" in names:
        return condition not in ("assert_failure", "query_canceled")
    spellings = {name.upper() == name for name in (*names, condition)}
    return None if not condition or len(spellings) == 2 else False
