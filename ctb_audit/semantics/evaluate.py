"""Evaluates boolean SQL expressions on probe rows, with SQL's three-valued logic.

`evaluate` answers True, False, None (null), ERROR where the server raises one, or UNDECIDED:
what is not modelled exactly is never guessed.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from ctb_audit.semantics.comparison import ARITHMETIC, COMPARISONS, same
from ctb_audit.semantics.functions import FUNCTIONS, TEXT_OPERATORS
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.tree import (
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
    Operator,
    Quantified,
    Ref,
)
from ctb_audit.semantics.values import ERROR, NOW, UNDECIDED, Special, Value, array_literal, cast

Row = Mapping[str, Value]
"""Values by column name. PL/pgSQL variables stand under their dotted name: `new.heir_id`,
`tg_op`. A column that is missing is UNDECIDED, not null."""


def evaluate(expression: str, row: Row) -> Value:
    """The value of an expression's text on one row; UNDECIDED where it cannot be read."""
    node = _read(expression)
    return UNDECIDED if node is None else value_of(node, row)


@lru_cache(maxsize=4096)
def _read(expression: str) -> Node | None:
    try:
        return parse_expression(expression)
    except Unreadable:
        return None


def value_of(node: Node, row: Row) -> Value:
    """The value of a tree on one row."""
    evaluator = _EVALUATORS.get(type(node))
    return UNDECIDED if evaluator is None else evaluator(node, row)


def _const(node: Const, row: Row) -> Value:
    return node.value


def _ref(node: Ref, row: Row) -> Value:
    """`t.a` is the column `a`, unless the row knows the dotted name (`new.a`)."""
    dotted = ".".join(node.path)
    if dotted in row:
        return row[dotted]
    if node.path[0] in ("new", "old") and len(node.path) > 1:
        return UNDECIDED
    return row.get(node.path[-1], UNDECIDED)


def _cast(node: Cast, row: Row) -> Value:
    return cast(value_of(node.arg, row), node.type)


def _operator(node: Operator, row: Row) -> Value:
    right = value_of(node.right, row)
    if node.left is None:
        return _prefix(node.name, right)
    return apply(node.name, value_of(node.left, row), right)


def _prefix(name: str, value: Value) -> Value:
    if value is None or isinstance(value, Special):
        return value
    if name in "+-" and not isinstance(value, str | bool):
        return apply(name, 0, value)
    return UNDECIDED


def apply(name: str, left: Value, right: Value) -> Value:
    """A strict binary operator: null where an operand is null."""
    operands = (left, right)
    if ERROR in operands:
        return ERROR
    if None in operands:
        return None
    if UNDECIDED in operands:
        return UNDECIDED
    for table in (COMPARISONS, TEXT_OPERATORS, ARITHMETIC):
        if name in table:
            return table[name](left, right)
    return UNDECIDED


def _logic(node: Logic, row: Row) -> Value:
    """Left to right; the deciding value wins over null and over what is undecided."""
    decisive = node.operator == "or"
    found: set[Value] = set()
    for arg in node.args:
        value = value_of(arg, row)
        if value is decisive:
            return UNDECIDED if ERROR in found else decisive
        found.add(value)
    for outcome in (ERROR, UNDECIDED, None):
        if outcome in found:
            return UNDECIDED if outcome is ERROR and UNDECIDED in found else outcome
    return not decisive if found == {not decisive} else UNDECIDED


def _not(node: Not, row: Row) -> Value:
    return negated(value_of(node.arg, row))


def negated(value: Value) -> Value:
    """NOT; null, ERROR and UNDECIDED stay what they are."""
    if isinstance(value, bool):
        return not value
    return value if value is None or isinstance(value, Special) else UNDECIDED


def _null_test(node: NullTest, row: Row) -> Value:
    value = value_of(node.arg, row)
    if isinstance(value, Special):
        return value
    return (value is None) != node.negated


_TESTS: Mapping[str, bool | None] = {"true": True, "false": False, "unknown": None}


def _boolean_test(node: BooleanTest, row: Row) -> Value:
    value = value_of(node.arg, row)
    if isinstance(value, Special):
        return value
    words = node.test.split()
    return (value is _TESTS[words[-1]]) != ("not" in words)


def _distinct(node: Distinct, row: Row) -> Value:
    left, right = value_of(node.left, row), value_of(node.right, row)
    for special in (ERROR, UNDECIDED):
        if special in (left, right):
            return special
    if left is None or right is None:
        return (left is not right) != node.negated
    equal = same(left, right)
    return (not equal) != node.negated if isinstance(equal, bool) else equal


def _quantified(node: Quantified, row: Row) -> Value:
    left, array = value_of(node.left, row), value_of(node.array, row)
    if array is None or isinstance(array, Special):
        return array
    if isinstance(array, str):
        array = array_literal(array)
    if not isinstance(array, tuple):
        return UNDECIDED
    results = [apply(node.operator, left, item) for item in array]
    decisive = not node.every
    if decisive in results:
        return decisive
    for outcome in (ERROR, UNDECIDED, None):
        if outcome in results:
            return outcome
    return not decisive


def _array(node: Array, row: Row) -> Value:
    return tuple(value_of(item, row) for item in node.items)


def _case(node: Case, row: Row) -> Value:
    subject = value_of(node.subject, row) if node.subject is not None else True
    for condition, result in node.branches:
        value = value_of(condition, row)
        holds = value if node.subject is None else apply("=", subject, value)
        if isinstance(holds, Special):
            return holds
        if holds is True:
            return value_of(result, row)
    return value_of(node.otherwise, row) if node.otherwise is not None else None


def _call(node: Call, row: Row) -> Value:
    if any(pair[1] for pair in _extras(node)):
        return UNDECIDED
    if node.name == "coalesce":
        return _coalesce(node, row)
    if node.name in ("now", "statement_timestamp", "clock_timestamp"):
        return NOW
    function = FUNCTIONS.get(node.name)
    values = tuple(value_of(arg, row) for arg in node.args)
    for special in (ERROR, UNDECIDED):
        if special in values:
            return special
    return UNDECIDED if function is None else function(values)


def _extras(node: Call) -> tuple[tuple[str, object], ...]:
    return node.extra if isinstance(node.extra, tuple) else ()


def _coalesce(node: Call, row: Row) -> Value:
    for arg in node.args:
        value = value_of(arg, row)
        if value is not None:
            return value
    return None


def _collate(node: Collate, row: Row) -> Value:
    return value_of(node.arg, row)


_EVALUATORS: Mapping[type, Callable[..., Value]] = {
    Const: _const,
    Ref: _ref,
    Cast: _cast,
    Operator: _operator,
    Logic: _logic,
    Not: _not,
    NullTest: _null_test,
    BooleanTest: _boolean_test,
    Distinct: _distinct,
    Quantified: _quantified,
    Array: _array,
    Case: _case,
    Call: _call,
    Collate: _collate,
}
