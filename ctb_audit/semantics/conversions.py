"""The conversions that PostgreSQL's analysis adds between types."""

from dataclasses import replace

from ctb_audit.model import Type
from ctb_audit.semantics.literals import FLOATS, INTEGERS, TEXTS, constant, items_of
from ctb_audit.semantics.signatures import operand_type
from ctb_audit.semantics.tree import Array, Cast, Const, Node
from ctb_audit.semantics.types import family_of

UNKNOWN = "unknown"  # of a quoted literal that nothing has typed yet
Typed = tuple[Node, str]
"""A node and the name of its type, "" where that is not known."""


def settled(typed: Typed) -> Node:
    """The node; a literal that nothing typed is text."""
    return coerced(typed, "text")[0] if typed[1] == UNKNOWN else typed[0]


def type_name(type_: Type) -> str:
    """A type's name without `public`; arrays keep their marks; texts of any length are text."""
    name = type_.name.removeprefix("public.")
    plain = "text" if name in TEXTS else "bpchar" if name == "character" else name
    return plain + "[]" * min(type_.dimensions, 1)


def coerced(typed: Typed, target: str) -> Typed:
    """With the conversion that the server adds where it needs `target`."""
    node, source = typed
    if isinstance(node, Const) and node.value is None:
        return Const(None), target
    if source == UNKNOWN and isinstance(node, Const):
        return _typed_literal(node, target)
    if not target or _same_type(source, target):
        return (_retyped(node, target) if target else node), target or source
    if isinstance(node, Const) and is_number(source) and is_number(target):
        return constant(node.value, target), target
    return cast_to(node, target)


def _retyped(node: Node, target: str) -> Node:
    """A literal of a user-defined type under its full name."""
    return replace(node, type=target) if isinstance(node, Const) and "." in target else node


def _same_type(source: str, target: str) -> bool:
    """Whether a conversion changes nothing that matters here; a schema may be missing."""
    alike = any(source in group and target in group for group in (INTEGERS, FLOATS, TEXTS))
    return alike or source.rpartition(".")[2] == target.rpartition(".")[2]


def is_number(name: str) -> bool:
    return name in INTEGERS or name in FLOATS or name == "numeric"


def cast_to(node: Node, target: str) -> Typed:
    base = target.removesuffix("[]")
    family = family_of("postgresql", base)
    return Cast(node, Type(base, family, dimensions=int(base != target))), target


def _typed_literal(node: Const, target: str) -> Typed:
    if target.endswith("[]") and isinstance(node.value, str):
        items = items_of(node.value)
        if items is not None:
            element = target.removesuffix("[]")
            return array_of(tuple(constant(item, element) for item in items), target)
    return constant(node.value, target), target


def array_of(items: tuple[Node, ...], target: str) -> Typed:
    return (Array(items), target) if items else cast_to(Array(()), target)


def matched(operator: str, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Both operands with the conversions that the operator needs."""
    if left[1] == UNKNOWN and right[1] == UNKNOWN:
        return coerced(left, "text"), coerced(right, "text")
    if right[1] == UNKNOWN:
        return left, coerced(right, operand_type(operator, left[1], on_right=True))
    if left[1] == UNKNOWN:
        return coerced(left, operand_type(operator, right[1], on_right=False)), right
    common = wider(left[1], right[1])
    return (coerced(left, common), coerced(right, common)) if common else (left, right)


def wider(a: str, b: str) -> str:
    """The type that two types of number are both converted to; "" where none is."""
    if not (is_number(a) and is_number(b)) or (a in INTEGERS and b in INTEGERS):
        return ""
    if a in FLOATS and b in FLOATS:
        return ""
    return "double precision" if {a, b} & FLOATS else "numeric"
