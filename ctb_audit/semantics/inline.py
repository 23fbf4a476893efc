"""Calls of one-line user functions, replaced by what they compute."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from ctb_audit.model import Function, Name
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.plpgsql.source import body_of, kind_of, select_of, statements, text_of
from ctb_audit.semantics.tree import Call, Node, Ref

Functions = Mapping[Name, tuple[Function, ...]]
_DEEPEST = 4


def inlined(node: Node, functions: Functions, depth: int = 0) -> Node:
    """The tree with calls of SQL and single-RETURN PL/pgSQL functions resolved."""
    if depth >= _DEEPEST or not functions:
        return node
    node = mapped(node, lambda part: inlined(part, functions, depth))
    if not isinstance(node, Call):
        return node
    function = _only(node, functions)
    body = None if function is None else _computed(function)
    if function is None or body is None:
        return node
    return inlined(_substituted(body, _bindings(function, node)), functions, depth + 1)


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with its operands changed."""
    changes: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        new = _changed(value, change)
        if new is not value:
            changes[field.name] = new
    return replace(node, **changes) if changes else node


def _changed(value: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, Node):
        return change(value)
    if isinstance(value, tuple) and value:
        new = tuple(_changed(item, change) for item in value)
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    return value


def _only(call: Call, functions: Functions) -> Function | None:
    """The user function that a call can only mean."""
    schema, _, name = call.name.rpartition(".")
    found = [
        function
        for key, candidates in functions.items()
        if key.name == name and (not schema or key.schema == schema)
        for function in candidates
        if len(function.arguments) == len(call.args)
    ]
    return found[0] if len(found) == 1 else None


def _computed(function: Function) -> Node | None:
    """The one expression that a function returns."""
    if function.returns_set or function.kind != "function":
        return None
    if function.language == "sql":
        return _sql_result(function.body)
    if function.language == "plpgsql":
        return _plpgsql_result(function)
    return None


def _sql_result(body: str) -> Node | None:
    text = body.strip().rstrip(";").strip()
    if text[:7].lower() == "return ":
        text = "SELECT " + text[7:]
    select = select_of(text)
    if select is None or not select.single or len(select.outputs) != 1:
        return None
    return select.outputs[0]


def _plpgsql_result(function: Function) -> Node | None:
    try:
        action = kind_of(body_of(function).action)[1]
        body = [item for item in map(kind_of, statements(action)) if "expr" in item[1]]
        if len(body) != 1 or body[0][0] != "return" or "exceptions" in action:
            return None
        return parse_expression(text_of(body[0][1]["expr"]))
    except Unreadable:
        return None


def _bindings(function: Function, call: Call) -> dict[tuple[str, ...], Node]:
    found: dict[tuple[str, ...], Node] = {}
    for number, (argument, value) in enumerate(zip(function.arguments, call.args, strict=True), 1):
        found[(f"${number}",)] = value
        if argument.name:
            found[(argument.name,)] = value
            found[(function.name, argument.name)] = value
    return found


def _substituted(node: Node, bindings: Mapping[tuple[str, ...], Node]) -> Node:
    if isinstance(node, Ref):
        return bindings.get(node.path, node)
    return mapped(node, lambda part: _substituted(part, bindings))
