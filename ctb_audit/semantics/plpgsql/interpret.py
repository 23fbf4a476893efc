"""Follows every path through a PL/pgSQL trigger function.

Conditions are evaluated on what is known; where that does not decide, both branches are
followed. Nothing is run.
"""

from ctb_audit.semantics.plpgsql.blocks import block
from ctb_audit.semantics.plpgsql.loops import LOOPS
from ctb_audit.semantics.plpgsql.machine import Machine
from ctb_audit.semantics.plpgsql.source import Body
from ctb_audit.semantics.plpgsql.statements import STATEMENTS
from ctb_audit.semantics.plpgsql.states import End, State

_HANDLERS = {"block": block, **STATEMENTS, **LOOPS}


def run(body: Body, start: State) -> list[End]:
    """How the paths through a function end, from what is known at its start.

    A path that reaches the end without RETURN raises, as the server does. Raises TooManyPaths.
    """
    machine = Machine(body, _HANDLERS)
    flow = machine.statement(body.action, machine.declared(start))
    return [*flow.ends, *(End("raise", state, "no_return") for state in flow.states)]
