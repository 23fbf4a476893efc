"""A condition as the cases in which it holds: disjunctions of literals, for one operation.

An error in rules denies, and so does false: every literal of a case must be evaluated and true,
so a literal that reads `request.auth.uid` proves that somebody is signed in, and one that reads
`resource.data` can never hold on create.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ctb_audit.rules_model import Node, Operation
from ctb_audit.semantics.firestore.texts import is_at, reads, strings_of, text_of, walk

MAX_CASES = 256
_FLIPPED = {"==": "!=", "!=": "=="}
_DECIDING = ("request.auth", "request.method", "resource")
"""What makes cases differ in who they admit and when."""


class TooComplexError(Exception):
    """The condition has more than `MAX_CASES` cases."""


class Literal(NamedTuple):
    """An expression that must be true, or, where not `positive`, false."""

    node: Node
    positive: bool

    @property
    def text(self) -> str:
        return text_of(self.node)


Case = tuple[Literal, ...]


def cases_of(node: Node | None, operation: Operation) -> tuple[Case, ...]:
    """The cases of a resolved condition; `()` never holds, `((),)` always. TooComplexError.

    Where there are too many, choices that say nothing of who it is and what is stored are left
    whole: forms with dozens of optional fields.
    """
    if node is None:
        return ((),)
    try:
        found = _expand(node, True)
    except TooComplexError:
        found = _expand(node, True, coarse=True)
    return _without_absorbed(_simplified(found, operation))


def _expand(node: Node, positive: bool, *, coarse: bool = False) -> list[Case]:
    """`coarse`: choices that look at the written document alone stay one literal."""
    if node.kind == "constant" and node.text in ("true", "false"):
        return [()] if (node.text == "true") == positive else []
    if node.kind == "unary" and node.text == "!":
        return _expand(node.operands[0], not positive, coarse=coarse)
    if node.kind == "ternary":
        return _ternary(node, positive, coarse)
    if node.kind == "binary" and node.text in ("&&", "||"):
        return _joined(node, positive, coarse)
    compared = _compared_with_constant(node)
    if compared is None:
        return [(_literal(node, positive),)]
    inner, truth = compared
    return _expand(inner, positive == truth, coarse=coarse)


def _joined(node: Node, positive: bool, coarse: bool) -> list[Case]:
    is_choice = (node.text == "||") == positive
    if is_choice and coarse and not any(map(_decides, walk(node))):
        return [(Literal(node, positive),)]
    parts = (_expand(o, positive, coarse=coarse) for o in node.operands)
    return _sum(parts) if is_choice else _product(parts)


def _decides(node: Node) -> bool:
    """Whether it looks at more than the written document."""
    outside = node.kind == "path" or (node.kind == "name" and node.text.startswith("{"))
    return outside or any(is_at(node, place) for place in _DECIDING)


def _ternary(node: Node, positive: bool, coarse: bool) -> list[Case]:
    condition, yes, no = node.operands
    first = (_expand(condition, True, coarse=coarse), _expand(yes, positive, coarse=coarse))
    second = (_expand(condition, False, coarse=coarse), _expand(no, positive, coarse=coarse))
    return _sum([_product(first), _product(second)])


def _compared_with_constant(node: Node) -> tuple[Node, bool] | None:
    """`x == true` is x where x is a condition itself."""
    if node.kind != "binary" or node.text not in _FLIPPED:
        return None
    for value, other in (node.operands, node.operands[::-1]):
        if value.kind == "constant" and value.text in ("true", "false") and _is_condition(other):
            return other, (value.text == "true") == (node.text == "==")
    return None


def _is_condition(node: Node) -> bool:
    return node.kind == "ternary" or (
        node.kind in ("binary", "unary")
        and node.text in ("&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "in", "is")
    )


def _literal(node: Node, positive: bool) -> Literal:
    """`!(a != b)` as `a == b`, so that equal facts have equal texts."""
    if not positive and node.kind == "binary" and node.text in _FLIPPED:
        flipped = Node("binary", _FLIPPED[node.text], node.operands, node.line, node.column)
        return Literal(flipped, True)
    return Literal(node, positive)


def _product(parts: Iterable[list[Case]]) -> list[Case]:
    found: list[Case] = [()]
    for part in parts:
        found = _bounded([(*a, *b) for a in found for b in part])
    return found


def _sum(parts: Iterable[list[Case]]) -> list[Case]:
    return _bounded([case for part in parts for case in part])


def _bounded(cases: list[Case]) -> list[Case]:
    if len(cases) > MAX_CASES:
        raise TooComplexError
    return cases


# ---- what an operation decides -----------------------------------------------------------------


def _simplified(cases: Iterable[Case], operation: Operation) -> list[Case]:
    found = []
    for case in cases:
        kept = _kept(case, operation)
        if kept is not None:
            found.append(kept)
    return found


def _kept(case: Case, operation: Operation) -> Case | None:
    """The literals that the operation leaves open; None where the case contradicts itself."""
    kept: dict[tuple[str, bool], Literal] = {}
    for literal in case:
        known = _known(literal.node, operation)
        if known is not None:
            if known != literal.positive:
                return None
            continue
        key = literal.text
        if (key, not literal.positive) in kept or _denied(literal, kept):
            return None
        kept[key, literal.positive] = literal
    return tuple(kept.values())


def _denied(literal: Literal, kept: dict[tuple[str, bool], Literal]) -> bool:
    node = literal.node
    if node.kind != "binary" or node.text not in _FLIPPED:
        return False
    opposite = Node("binary", _FLIPPED[node.text], node.operands)
    return (text_of(opposite), literal.positive) in kept


def _known(node: Node, operation: Operation) -> bool | None:
    """What is certain of an expression for the operation; None where it is open."""
    if node.kind != "binary":
        return None
    for decide in _DECIDERS:
        known = decide(node, operation)
        if known is not None:
            return known
    return None


def _of_method(node: Node, operation: Operation) -> bool | None:
    """`request.method == 'create'` and `request.method in [..]`."""
    left, right = node.operands[0], node.operands[-1]
    if node.text == "in" and is_at(left, "request.method"):
        words = strings_of(right)
        return None if words is None else operation in words
    for method, value in ((left, right), (right, left)):
        compared = node.text in _FLIPPED and value.kind == "string"
        if compared and is_at(method, "request.method"):
            return (value.text == operation) == (node.text == "==")
    return None


def _of_absence(node: Node, operation: Operation) -> bool | None:
    """`resource == null` on create, `request.resource == null` where nothing is written."""
    if node.text not in _FLIPPED:
        return None
    left, right = map(text_of, node.operands)
    if "null" not in (left, right):
        return None
    place = right if left == "null" else left
    absent = {"resource": ("create",), "request.resource": ("get", "list", "delete")}.get(place)
    if absent is None or (place == "resource" and operation == "get"):
        return None  # a document that is asked for may not exist
    return (operation in absent) == (node.text == "==")


def _of_constants(node: Node, _operation: Operation) -> bool | None:
    left, right = node.operands[0], node.operands[-1]
    plain = ("constant", "number", "string")
    if node.text not in _FLIPPED or left.kind not in plain or right.kind not in plain:
        return None
    return (text_of(left) == text_of(right)) == (node.text == "==")


_DECIDERS: tuple[Callable[[Node, Operation], bool | None], ...] = (
    _of_method,
    _of_absence,
    _of_constants,
)


def can_hold(case: Case, operation: Operation) -> bool:
    """False where a literal reads what the operation does not have: an error, which denies."""
    missing = {"create": "resource"}.get(operation)
    if operation in ("get", "list", "delete"):
        missing = "request.resource"
    return missing is None or not any(reads(literal.node, missing) for literal in case)


def _without_absorbed(cases: list[Case]) -> tuple[Case, ...]:
    """Without cases that ask for all of another one and more."""
    sets = [frozenset((lit.text, lit.positive) for lit in case) for case in cases]
    kept = []
    for position, own in enumerate(sets):
        if not any(
            other < own or (other == own and earlier < position)
            for earlier, other in enumerate(sets)
        ):
            kept.append(cases[position])
    return tuple(kept)
