"""The machine that follows paths through a function: blocks, branches and assignments."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ctb_audit.lean import dataclass
from ctb_audit.semantics.evaluate import evaluate, value_of
from ctb_audit.semantics.leaves import Raw
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.plpgsql.conditions import is_modelled, means_unchanged, writes
from ctb_audit.semantics.plpgsql.source import Body, kind_of, text_of
from ctb_audit.semantics.plpgsql.states import End, Flow, State, Written, merged
from ctb_audit.semantics.tree import Const, Node, Ref
from ctb_audit.semantics.values import ERROR, NOW, UNDECIDED, Special

MOST_STATES = 512


class TooManyPaths(Exception):
    """The function has more paths than are followed."""


def expression(text: str) -> Node | None:
    """The tree of an expression; None where it cannot be read."""
    try:
        return parse_expression(text)
    except Unreadable:
        return None


@dataclass
class Machine:
    """`handlers`: what a statement does, by its kind."""

    body: Body
    handlers: "Mapping[str, Callable[[Machine, Raw, State], Flow]]"

    def declared(self, state: State) -> State:
        """With the defaults of DECLARE, in order; the others start as null."""
        for number, datum in enumerate(self.body.datums):
            variable = datum.get("PLpgSQL_var")
            name = self.body.variable(number)
            if variable is None or name in ("found", "sqlstate", "sqlerrm") or "__" in name:
                continue
            default = variable.get("default_val")
            value = evaluate(text_of(default), state.values) if default else None
            state = state.assign(name, value, "other")
        return state

    def block(self, items: Iterable[Raw], states: list[State]) -> Flow:
        flow = Flow(states)
        for item in items:
            before, flow.states = merged(flow.states), []
            if len(before) > MOST_STATES:
                raise TooManyPaths
            for state in before:
                flow.add(self.statement(item, state))
        flow.states = merged(flow.states)
        return flow

    def statement(self, raw: Raw, state: State) -> Flow:
        kind, content = kind_of(raw)
        handler = self.handlers.get(kind)
        if handler is None:
            return Flow([state.doubted()])
        return handler(self, content, state)

    def branch(self, text: str, state: State) -> tuple[list[State], list[State], list[End]]:
        """States where a condition holds and where it does not, and its own error."""
        node = expression(text)
        value = UNDECIDED if node is None else value_of(node, state.values)
        if value is ERROR:
            return [], [], [End("raise", state)]
        if not isinstance(value, Special):
            return ([state], [], []) if value is True else ([], [state], [])
        if node is None or not is_modelled(node):
            state = state.doubted()
        split = [
            replace(state, unchanged=state.unchanged or _unchanged(node, truth))
            for truth in (True, False)
        ]
        return [split[0]], [split[1]], []

    def assign(self, name: str, node: Node | None, state: State) -> Flow:
        """`name := node`; None for a value that is not known."""
        if name in ("new", "old") or "." not in name:
            return self._assign_variable(name, node, state)
        value = UNDECIDED if node is None else value_of(node, state.values)
        if value is ERROR:
            return Flow(ends=[End("raise", state)])
        written: Written = "unknown" if node is None else writes(node, state.values)
        return Flow([state.assign(name, value, written)])

    def _assign_variable(self, name: str, node: Node | None, state: State) -> Flow:
        if name == "new":
            return Flow([_replaced(node, state)])
        value = UNDECIDED if node is None else value_of(node, state.values)
        if value is ERROR:
            return Flow(ends=[End("raise", state)])
        if node is not None and writes(node, state.values) == "now":
            value = NOW
        return Flow([state.forget(name).assign(name, value, "other")])

    def targets(self, target: Raw) -> list[str]:
        """The variables that INTO fills."""
        kind, content = next(iter(target.items()))
        if kind == "PLpgSQL_row":
            return [self.body.variable(f.get("varno", 0)) for f in content.get("fields", [])]
        return [str(content.get("refname", "")).lower()]


def _unchanged(node: Node | None, truth: bool) -> bool:
    return node is not None and means_unchanged(node, truth)


def _replaced(node: Node | None, state: State) -> State:
    """NEW as a whole becomes another row."""
    match node:
        case Ref(("new",)):
            return state
        case Ref(("old",)):
            cleared = state.forget("new")
            copied = {
                "new." + key.removeprefix("old."): value
                for key, value in state.values.items()
                if key.startswith("old.")
            }
            return replace(cleared, values={**cleared.values, **copied}, row="old")
        case Const(None):
            return replace(state.forget("new"), row="null")
    return state.forget("new")
