"""Functions and `let` put in their place, so that a condition speaks of the request alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ctb_audit.rules_model import Node, RuleFunction

MAX_CALLS = 20
MAX_NODES = 5_000
UNKNOWN = "?"
"""Before the name in a `call` node's text: nothing defines the function."""

BUILT_IN = frozenset(
    {"get", "exists", "getAfter", "existsAfter", "path", "int", "float", "string", "bool"}
)
NAMESPACES = frozenset({"duration", "timestamp", "math", "latlng", "hashing"})
GLOBALS = frozenset({"request", "resource", "database"}) | NAMESPACES


class TooLargeError(Exception):
    """The condition grows past every bound when its functions are put in place."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`functions` by name, the inner ones over the outer; `variables` those of the path."""

    functions: Mapping[str, RuleFunction]
    variables: frozenset[str] = frozenset()


@dataclass
class _Budget:
    nodes: int = MAX_NODES

    def spend(self) -> None:
        self.nodes -= 1
        if self.nodes < 0:
            raise TooLargeError


@dataclass(frozen=True)
class _Frame:
    scope: Scope
    values: Mapping[str, Node] = field(default_factory=dict)
    depth: int = 0


def resolved(node: Node, scope: Scope) -> Node:
    """The condition without calls of its own functions. A path's variable becomes a `name` in
    braces, a field in brackets or of `.get()` a member. TooLargeError past `MAX_NODES`.
    """
    return _resolve(node, _Frame(scope), _Budget())


def _resolve(node: Node, frame: _Frame, budget: _Budget) -> Node:
    budget.spend()
    if node.kind == "name":
        return _name(node, frame)
    if node.kind == "call":
        return _call(node, frame, budget)
    operands = tuple(_resolve(o, frame, budget) for o in node.operands)
    if node.kind == "index" and len(operands) == 2 and operands[1].kind == "string":
        return replace(node, kind="member", text=operands[1].text, operands=operands[:1])
    return node if not operands else replace(node, operands=operands)


def _name(node: Node, frame: _Frame) -> Node:
    if node.text in frame.values:
        return frame.values[node.text]
    if node.text in frame.scope.variables:
        return replace(node, text=f"{{{node.text}}}")
    return node


def _call(node: Node, frame: _Frame, budget: _Budget) -> Node:
    called, *given = node.operands
    arguments = tuple(_resolve(a, frame, budget) for a in given)
    if called.kind != "name":
        return _method(node, _resolve(called, frame, budget), arguments)
    function = frame.scope.functions.get(called.text)
    if function is not None:
        return _inlined(node, function, arguments, frame, budget)
    if called.text == "debug" and len(arguments) == 1:
        return arguments[0]
    mark = "" if called.text in BUILT_IN else UNKNOWN + called.text
    return replace(node, text=mark, operands=(called, *arguments))


def _method(node: Node, called: Node, arguments: tuple[Node, ...]) -> Node:
    """`map.get('field', default)` reads the field."""
    reads_field = called.kind == "member" and called.text == "get" and len(arguments) == 2
    if reads_field and arguments[0].kind == "string":
        return replace(called, text=arguments[0].text)
    return replace(node, operands=(called, *arguments))


def _inlined(
    node: Node,
    function: RuleFunction,
    arguments: tuple[Node, ...],
    frame: _Frame,
    budget: _Budget,
) -> Node:
    if frame.depth >= MAX_CALLS or len(arguments) != len(function.parameters):
        name = node.operands[0]
        return replace(node, text=UNKNOWN + name.text, operands=(name, *arguments))
    values = dict(zip(function.parameters, arguments, strict=True))
    for binding in function.bindings:
        inner = _Frame(frame.scope, dict(values), frame.depth + 1)
        values[binding.name] = _resolve(binding.value, inner, budget)
    return _resolve(function.result, _Frame(frame.scope, values, frame.depth + 1), budget)
