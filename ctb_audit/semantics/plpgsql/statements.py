"""Statements of PL/pgSQL that neither repeat nor catch errors."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ctb_audit.semantics.evaluate import evaluate
from ctb_audit.semantics.leaves import Raw
from ctb_audit.semantics.plpgsql.machine import Machine, expression
from ctb_audit.semantics.plpgsql.source import assigned_text, select_of, statements, text_of
from ctb_audit.semantics.plpgsql.states import End, Flow, State
from ctb_audit.semantics.tree import Call, Const, Ref

_ERROR_LEVEL = 21


def _assign(machine: Machine, raw: Raw, state: State) -> Flow:
    query = text_of(raw["expr"])
    name = machine.body.variable(raw.get("varno", 0))
    if "[" in query.partition("=")[0]:
        return machine.assign(name, None, state)
    return machine.assign(name, expression(assigned_text(query)), state)


def _if(machine: Machine, raw: Raw, state: State) -> Flow:
    flow = Flow()
    rest = [state]
    branches = [(raw["cond"], statements(raw, "then_body"))]
    for item in raw.get("elsif_list", []):
        branch = item["PLpgSQL_if_elsif"]
        branches.append((branch["cond"], statements(branch, "stmts")))
    for condition, body in branches:
        rest = _taken(machine, text_of(condition), body, rest, flow)
    flow.add(machine.block(statements(raw, "else_body"), rest))
    return flow


def _taken(
    machine: Machine, condition: str, body: list[Raw], states: list[State], flow: Flow
) -> list[State]:
    """Adds the branch's flow and answers the states that do not take it."""
    others: list[State] = []
    for state in states:
        holds, fails, ends = machine.branch(condition, state)
        flow.ends.extend(ends)
        others.extend(fails)
        flow.add(machine.block(body, holds))
    return others


def _case(machine: Machine, raw: Raw, state: State) -> Flow:
    """A CASE without ELSE that nothing matches raises case_not_found."""
    flow = Flow()
    if "t_expr" in raw:
        name = machine.body.variable(raw.get("t_varno", 0))
        value = evaluate(text_of(raw["t_expr"]), state.values)
        state = replace(state, values={**state.values, _case_name(machine, raw, name): value})
    rest = [state]
    for item in raw.get("case_when_list", []):
        when = item["PLpgSQL_case_when"]
        rest = _taken(machine, text_of(when["expr"]), statements(when, "stmts"), rest, flow)
    if raw.get("have_else"):
        flow.add(machine.block(statements(raw, "else_stmts"), rest))
    else:
        flow.ends.extend(End("raise", state, "case_not_found") for state in rest)
    return flow


def _case_name(machine: Machine, raw: Raw, fallback: str) -> str:
    datum = machine.body.datums[raw.get("t_varno", 0)].get("PLpgSQL_var", {})
    return str(datum.get("refname", fallback))


def _return(machine: Machine, raw: Raw, state: State) -> Flow:
    if "expr" not in raw:
        return Flow([state])
    match expression(text_of(raw["expr"])):
        case Ref(("new",)) | Call("coalesce", (Ref(("new",)), *_)):
            return Flow(ends=[End("null" if state.row == "null" else "new", state)])
        case Ref(("old",)):
            return Flow(ends=[End("old", state)])
        case Const(None):
            return Flow(ends=[End("null", state)])
    return Flow(ends=[End("unknown", state)])


def _raise(machine: Machine, raw: Raw, state: State) -> Flow:
    if raw.get("elog_level", _ERROR_LEVEL) < _ERROR_LEVEL:
        return Flow([state])
    return Flow(ends=[End("raise", state, _condition(raw))])


def _condition(raw: Raw) -> str:
    if "condname" in raw:
        return str(raw["condname"])
    for option in raw.get("options", []):
        content = option["PLpgSQL_raise_option"]
        if content.get("opt_type", 0) == 0:
            value = evaluate(text_of(content["expr"]), {})
            return value if isinstance(value, str) else ""
    return "raise_exception" if "message" in raw or "options" in raw else ""


def _assert(machine: Machine, raw: Raw, state: State) -> Flow:
    holds, fails, ends = machine.branch(text_of(raw["cond"]), state)
    ends.extend(End("raise", failed, "assert_failure") for failed in fails)
    return Flow(holds, ends)


def _execsql(machine: Machine, raw: Raw, state: State) -> Flow:
    """SQL touches NEW only through INTO; what it writes elsewhere is not followed."""
    if "target" not in raw:
        return Flow([state])
    select = select_of(text_of(raw["sqlstmt"]))
    names = machine.targets(raw["target"])
    if select is None or not select.single or len(select.outputs) != len(names):
        return forget_all(machine, names, state)
    flow = Flow([state])
    for name, output in zip(names, select.outputs, strict=True):
        current, flow.states = flow.states, []
        for item in current:
            flow.add(machine.assign(name, output if name != "new" else None, item))
    return flow


def forget_all(machine: Machine, names: list[str], state: State) -> Flow:
    for name in names:
        known = machine.assign(name, None, state).states
        state = known[0] if "." in name else state.forget(name)
    return Flow([state])


def _execute(machine: Machine, raw: Raw, state: State) -> Flow:
    """Dynamic SQL may raise; NEW is out of its reach but for INTO."""
    names = machine.targets(raw["target"]) if "target" in raw else []
    return forget_all(machine, names, state.doubted())


def _perform(machine: Machine, raw: Raw, state: State) -> Flow:
    """Another function may raise; NEW is out of its reach."""
    return Flow([state.doubted()])


def _diagnostics(machine: Machine, raw: Raw, state: State) -> Flow:
    items = [item["PLpgSQL_diag_item"] for item in raw.get("diag_items", [])]
    return forget_all(machine, [machine.body.variable(i.get("target", 0)) for i in items], state)


STATEMENTS: Mapping[str, Callable[[Machine, Raw, State], Flow]] = {
    "assign": _assign,
    "if": _if,
    "case": _case,
    "return": _return,
    "raise": _raise,
    "assert": _assert,
    "execsql": _execsql,
    "dynexecute": _execute,
    "perform": _perform,
    "call": _perform,
    "getdiag": _diagnostics,
}
