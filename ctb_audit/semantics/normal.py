"""The normal form of an expression: what PostgreSQL's analysis makes of it.

Constants take the type of their context, numbers are widened, casts that the server adds
or that change nothing go. Two texts with one normal form mean the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from ctb_audit.model import Type
from ctb_audit.semantics.conversions import (
    UNKNOWN,
    Typed,
    array_of,
    cast_to,
    coerced,
    is_number,
    matched,
    settled,
    type_name,
    wider,
)
from ctb_audit.semantics.literals import INSTANTS, constant
from ctb_audit.semantics.parse import conjunction
from ctb_audit.semantics.signatures import DOMAIN, RETURNS, result_type
from ctb_audit.semantics.tree import (
    Access,
    Array,
    BooleanTest,
    Call,
    Case,
    Cast,
    Collate,
    Const,
    Distinct,
    Logic,
    Node,
    Not,
    NullTest,
    Opaque,
    Operator,
    Quantified,
    Ref,
    Row,
)

Columns = Mapping[str, Type]


def normal(node: Node, columns: Columns) -> Typed:
    """The normal form and type of a tree."""
    rewriter = _REWRITERS.get(type(node))
    return (node, "") if rewriter is None else rewriter(node, columns)


def _const(node: Const, columns: Columns) -> Typed:
    if node.value is None:
        return Const(None), UNKNOWN
    if not node.type:
        return node, UNKNOWN
    return constant(node.value, node.type), node.type


def _ref(node: Ref, columns: Columns) -> Typed:
    column = node.path[-1]
    if column not in columns:
        return node, ""
    type_ = columns[column]
    row = node.path[:1] if len(node.path) > 1 and node.path[0] in ("new", "old") else ()
    hidden = type_.family in ("domain", "unknown")
    return Ref((*row, column)), DOMAIN if hidden else type_name(type_)


def _cast(node: Cast, columns: Columns) -> Typed:
    inner, source = normal(node.arg, columns)
    target = type_name(node.type)
    if isinstance(inner, Const) and inner.value is None:
        return inner, target
    if node.type.parameters or node.type.qualifier:
        return _lengthened(node, (inner, source), target)
    if _is_now(inner, source, target):
        return _now(target)
    if source == DOMAIN:
        return inner, target
    if isinstance(inner, Array):
        return _cast_array(inner, target, columns)
    return coerced((inner, source), target)


def _lengthened(node: Cast, inner: Typed, target: str) -> Typed:
    """`::varchar(5)`, `::numeric(10,2)`, `::timestamp(3)` may change the value: they stay."""
    shown = replace(node.type, name=target.removesuffix("[]"), spelling="")
    return Cast(settled(inner), shown), target


def _is_now(node: Node, source: str, target: str) -> bool:
    word = isinstance(node, Const) and source == "text" and node.value == "now"
    return word and target in INSTANTS


def _now(target: str) -> Typed:
    now: Typed = (Call("now"), "timestamp with time zone")
    return now if target == now[1] else cast_to(now[0], target)


def _cast_array(array: Array, target: str, columns: Columns) -> Typed:
    element = target.removesuffix("[]")
    items = tuple(coerced(normal(item, columns), element)[0] for item in array.items)
    return array_of(items, target)


def _operator(node: Operator, columns: Columns) -> Typed:
    right = normal(node.right, columns)
    if node.left is None:
        return _prefix(node.name, right)
    if isinstance(node.left, Row) and isinstance(node.right, Row) and node.name in _ROW_JOINS:
        return normal(_by_field(node.name, node.left, node.right), columns)
    left, right = matched(node.name, normal(node.left, columns), right)
    result = result_type(node.name, left[1], right[1])
    return Operator(node.name, settled(left), settled(right)), result


_ROW_JOINS: Mapping[str, Literal["and", "or"]] = {"=": "and", "<>": "or"}


def _by_field(name: str, left: Row, right: Row) -> Node:
    """`(a, b) = (1, 2)` is `a = 1 AND b = 2`."""
    pairs = zip(left.items, right.items, strict=False)
    return conjunction(_ROW_JOINS[name], tuple(Operator(name, a, b) for a, b in pairs))


def _prefix(name: str, typed: Typed) -> Typed:
    node, source = typed
    number = isinstance(node, Const) and is_number(source)
    if number and name in "+-" and isinstance(node, Const) and not isinstance(node.value, str):
        value = node.value or 0
        return constant(-value if name == "-" else value, source), source
    return Operator(name, None, settled(typed)), source


def _logic(node: Logic, columns: Columns) -> Typed:
    args = tuple(settled(normal(arg, columns)) for arg in node.args)
    return conjunction(node.operator, args), "boolean"


def _not(node: Not, columns: Columns) -> Typed:
    return Not(settled(normal(node.arg, columns))), "boolean"


def _null_test(node: NullTest, columns: Columns) -> Typed:
    return NullTest(settled(normal(node.arg, columns)), node.negated), "boolean"


def _boolean_test(node: BooleanTest, columns: Columns) -> Typed:
    return BooleanTest(settled(normal(node.arg, columns)), node.test), "boolean"


def _distinct(node: Distinct, columns: Columns) -> Typed:
    left, right = matched("=", normal(node.left, columns), normal(node.right, columns))
    plain = Distinct(settled(left), settled(right))
    return (Not(plain) if node.negated else plain), "boolean"


def _quantified(node: Quantified, columns: Columns) -> Typed:
    left, array = normal(node.left, columns), _elements(node.array, columns)
    if array is None:
        whole = normal(node.array, columns)
        whole = coerced(whole, left[1] + "[]") if whole[1] == UNKNOWN and left[1] else whole
        if not isinstance(whole[0], Array):
            found = Quantified(node.operator, settled(left), settled(whole), node.every)
            return found, "boolean"
        array = tuple((item, left[1]) for item in whole[0].items)
    return _each(node, left, array), "boolean"


def _elements(node: Node, columns: Columns) -> tuple[Typed, ...] | None:
    """The items of an array with their types, under any cast of the whole."""
    if isinstance(node, Array):
        return tuple(normal(item, columns) for item in node.items)
    if isinstance(node, Cast) and node.type.dimensions and not node.type.parameters:
        items = _elements(node.arg, columns)
        element = type_name(node.type).removesuffix("[]")
        return None if items is None else tuple(coerced(item, element) for item in items)
    return None


def _each(node: Quantified, left: Typed, items: tuple[Typed, ...]) -> Node:
    for item in items:
        left, _ = matched(node.operator, left, item)
    found = tuple(settled(matched(node.operator, left, item)[1]) for item in items)
    if len(found) == 1:
        return Operator(node.operator, settled(left), found[0])
    return Quantified(node.operator, settled(left), Array(found), node.every)


def _array(node: Array, columns: Columns) -> Typed:
    items, common = _common(tuple(normal(item, columns) for item in node.items))
    return Array(items), f"{common}[]" if common else ""


def _common(items: tuple[Typed, ...]) -> tuple[tuple[Node, ...], str]:
    """Items brought to one type, as COALESCE, CASE and ARRAY do."""
    common = next((name for _, name in items if name not in (UNKNOWN, "")), "text")
    for _, name in items:
        common = wider(common, name) or common
    return tuple(settled(coerced(item, common)) for item in items), common


def _call(node: Call, columns: Columns) -> Typed:
    args = tuple(normal(arg, columns) for arg in node.args)
    name = node.name.removeprefix("public.")
    if name in ("coalesce", "greatest", "least", "nullif"):
        same, common = _common(args)
        return Call(name, same, node.extra), common
    if name == "nextval" and len(args) == 1:
        return Call(name, (settled(coerced(args[0], "regclass")),)), "bigint"
    returns = args[-1][1] if name == "date_trunc" and args else RETURNS.get(name, "")
    return Call(name, tuple(map(settled, args)), node.extra), returns


def _case(node: Case, columns: Columns) -> Typed:
    results = [normal(result, columns) for _, result in node.branches]
    last = normal(node.otherwise, columns) if node.otherwise is not None else (Const(None), UNKNOWN)
    found, common = _common((*results, last))
    subject = normal(node.subject, columns) if node.subject is not None else None
    tests = []
    for test, _ in node.branches:
        typed = normal(test, columns)
        tests.append(settled(typed if subject is None else matched("=", subject, typed)[1]))
    branches = tuple(zip(tests, found[:-1], strict=True))
    return Case(None if subject is None else settled(subject), branches, found[-1]), common


def _row(node: Row, columns: Columns) -> Typed:
    return Row(tuple(settled(normal(item, columns)) for item in node.items)), ""


def _access(node: Access, columns: Columns) -> Typed:
    inner, source = normal(node.arg, columns)
    parts = tuple(
        part if isinstance(part, str) else settled(normal(part, columns)) for part in node.parts
    )
    return Access(inner, parts), source.removesuffix("[]") if source.endswith("[]") else ""


def _collate(node: Collate, columns: Columns) -> Typed:
    return Collate(settled(normal(node.arg, columns)), node.collation), "text"


_REWRITERS: Mapping[type, Callable[..., Typed]] = {
    Const: _const,
    Ref: _ref,
    Cast: _cast,
    Call: _call,
    Operator: _operator,
    Logic: _logic,
    Not: _not,
    NullTest: _null_test,
    BooleanTest: _boolean_test,
    Distinct: _distinct,
    Quantified: _quantified,
    Array: _array,
    Row: _row,
    Case: _case,
    Access: _access,
    Collate: _collate,
    Opaque: lambda node, columns: (node, ""),
}
