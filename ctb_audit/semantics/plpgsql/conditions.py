"""What a condition or an assigned expression says of NEW and OLD."""

from collections.abc import Mapping

from ctb_audit.semantics.defaults import CLOCKS
from ctb_audit.semantics.evaluate import value_of
from ctb_audit.semantics.functions import FUNCTIONS
from ctb_audit.semantics.plpgsql.states import Written
from ctb_audit.semantics.tree import (
    Call,
    Case,
    Cast,
    Distinct,
    Logic,
    Node,
    Not,
    Opaque,
    Operator,
    Ref,
    Row,
    walk,
)
from ctb_audit.semantics.values import NOW, Value

_KNOWN = CLOCKS | FUNCTIONS.keys() | {"coalesce", "to_jsonb", "row_to_json", "hstore"}
_WRAPPERS = frozenset({"to_jsonb", "row_to_json", "hstore", "to_json", "row"})
_FINE_UNITS = frozenset({"second", "seconds", "milliseconds", "microseconds", "millisecond"})


def is_modelled(node: Node) -> bool:
    """Whether everything but the values of variables is known about an expression."""
    return all(
        not isinstance(part, Opaque) and (not isinstance(part, Call) or part.name in _KNOWN)
        for part in walk(node)
    )


def means_unchanged(node: Node, truth: bool) -> bool:
    """Whether a condition with this outcome says that NEW equals OLD as a whole."""
    match node:
        case Not(arg):
            return means_unchanged(arg, not truth)
        case Logic(operator, args):
            decided = (operator == "and") == truth
            return decided and any(means_unchanged(arg, truth) for arg in args)
        case Distinct(left, right, negated):
            return truth == negated and _whole_rows(left, right)
        case Operator("=" | "<>" as name, left, right) if left is not None:
            return truth == (name == "=") and _whole_rows(left, right)
    return False


def _whole_rows(left: Node, right: Node) -> bool:
    return {_whole_row(left), _whole_row(right)} == {"new", "old"}


def _whole_row(node: Node) -> str:
    """`new` or `old` where the node is that whole row in any wrapping."""
    match node:
        case Ref(("new" | "old" as name,)) | Ref(("new" | "old" as name, "*")):
            return name
        case Row((inner,)) | Cast(inner, _):
            return _whole_row(inner)
        case Call(name, (inner,)) if name in _WRAPPERS:
            return _whole_row(inner)
    return ""


def writes(node: Node, values: Mapping[str, Value]) -> Written:
    """What an expression gives the column that it is assigned to."""
    if is_current(node, values):
        return "now"
    return "other" if is_modelled(node) else "unknown"


def is_current(node: Node, values: Mapping[str, Value]) -> bool:
    """Whether an expression is the current time, perhaps rounded to a second or in a zone."""
    match node:
        case Call("greatest", args):
            return any(is_current(arg, values) for arg in args)
        case Call("coalesce" | "precise", (first, *_)) | Cast(first, _):
            return is_current(first, values) and _keeps_time(node)
        case Call("timezone", (_, inner)):
            return is_current(inner, values)
        case Call("date_trunc", (unit, inner)):
            return value_of(unit, values) in _FINE_UNITS and is_current(inner, values)
        case Case(_, branches, otherwise) if otherwise is not None:
            return all(is_current(result, values) for _, result in branches) and is_current(
                otherwise, values
            )
    return value_of(node, values) == NOW


def _keeps_time(node: Node) -> bool:
    return not isinstance(node, Cast) or node.type.family == "timestamp"
