"""Loops of PL/pgSQL, and the EXIT and CONTINUE that leave their rounds."""

from collections.abc import Callable, Mapping

from ctb_audit.semantics.evaluate import evaluate
from ctb_audit.semantics.leaves import Raw
from ctb_audit.semantics.plpgsql.machine import Machine, TooManyPaths
from ctb_audit.semantics.plpgsql.source import statements, text_of
from ctb_audit.semantics.plpgsql.statements import forget_all
from ctb_audit.semantics.plpgsql.states import End, Flow, Jump, State, merged

_ROUNDS = 12


def _exit(machine: Machine, raw: Raw, state: State) -> Flow:
    leaves, label = bool(raw.get("is_exit")), str(raw.get("label", ""))
    if "cond" not in raw:
        return Flow(jumps=[Jump(leaves, label, state)])
    holds, fails, ends = machine.branch(text_of(raw["cond"]), state)
    return Flow(fails, ends, [Jump(leaves, label, taken) for taken in holds])


def _loop(machine: Machine, raw: Raw, state: State) -> Flow:
    return _repeat(machine, raw, [state], lambda s: ([s], [], []))


def _while(machine: Machine, raw: Raw, state: State) -> Flow:
    condition = text_of(raw["cond"])
    return _repeat(machine, raw, [state], lambda s: machine.branch(condition, s))


def _for(machine: Machine, raw: Raw, state: State) -> Flow:
    """A FOR loop of any kind: none or more rounds, its variable not known."""
    known = _known_rounds(raw, state)
    name = _loop_variable(machine, raw)
    first = forget_all(machine, [name], state).states if name else [state]
    if known:
        once = machine.block(statements(raw), first)
        first = once.states
        flow = _repeat(machine, raw, first, lambda s: ([s], [s], []))
        flow.ends.extend(once.ends)
        return _landed(machine, raw, once.jumps, flow)
    if known is False:
        return Flow([state])
    return _repeat(machine, raw, first, lambda s: ([s], [s], []))


def _known_rounds(raw: Raw, state: State) -> bool | None:
    """Whether a FOR over integers runs at all; None where that is not known."""
    if "lower" not in raw:
        return None
    low, high = (evaluate(text_of(raw[key]), state.values) for key in ("lower", "upper"))
    if isinstance(low, int) and isinstance(high, int):
        return low >= high if raw.get("reverse") else low <= high
    return None


def _loop_variable(machine: Machine, raw: Raw) -> str:
    if "varno" in raw:
        return machine.body.variable(raw["varno"])
    for content in raw.get("var", {}).values():
        return str(content.get("refname", "")).lower()
    return ""


Condition = Callable[[State], tuple[list[State], list[State], list[End]]]


def _repeat(machine: Machine, raw: Raw, states: list[State], condition: Condition) -> Flow:
    """Rounds of a loop until no new state appears."""
    flow = Flow()
    seen: dict[object, State] = {}
    for _ in range(_ROUNDS):
        fresh = [state for state in merged(states) if state.key not in seen]
        seen.update((state.key, state) for state in fresh)
        states = []
        for state in fresh:
            holds, fails, ends = condition(state)
            flow.ends.extend(ends)
            flow.states.extend(fails)
            inner = machine.block(statements(raw), holds)
            flow.ends.extend(inner.ends)
            states.extend(inner.states)
            states.extend(_landed(machine, raw, inner.jumps, flow, continues=True).states)
        if not states:
            flow.states = merged(flow.states)
            return flow
    raise TooManyPaths


def _landed(
    machine: Machine, raw: Raw, jumps: list[Jump], flow: Flow, continues: bool = False
) -> Flow:
    """EXIT leaves `raw`, CONTINUE begins its next round, the others go further out.

    Answers the states of CONTINUE where `continues`, else the flow itself.
    """
    again = Flow()
    for jump in jumps:
        if jump.label not in ("", raw.get("label", "")):
            flow.jumps.append(jump)
        elif jump.leaves or not continues:
            flow.states.append(jump.state)
        else:
            again.states.append(jump.state)
    return again if continues else flow


LOOPS: Mapping[str, Callable[[Machine, Raw, State], Flow]] = {
    "exit": _exit,
    "loop": _loop,
    "while": _while,
    "fori": _for,
    "fors": _for,
    "forc": _for,
    "dynfors": _for,
    "foreach_a": _for,
}
