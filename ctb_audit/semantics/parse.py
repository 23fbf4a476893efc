"""SQL expressions as PostgreSQL's own grammar reads them, as `tree` nodes."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from ctb_audit.semantics.comments import without_comments
from ctb_audit.semantics.leaves import (
    Raw,
    boolean_from,
    constant,
    frozen,
    function_name,
    reference,
    value_function,
)
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
from ctb_audit.semantics.typenames import strings, type_from

NO_GRAMMAR = "PostgreSQL's grammar (pgparse) is not available on this platform"


class Unreadable(Exception):
    """The text is no expression of PostgreSQL, or its grammar is not installed here."""


@lru_cache(maxsize=8192)
def parse_expression(sql: str) -> Node:
    """The tree of an expression such as `a > 0 AND b IS NULL`.

    Raises Unreadable with the reason where the grammar rejects it or is missing.
    """
    select = parse_select(sql)
    targets = select.get("targetList", [])
    if set(select) - {"targetList", "limitOption", "op"}:
        raise Unreadable("not a single expression")
    if len(targets) != 1 or "name" in targets[0]["ResTarget"]:
        raise Unreadable("not a single expression")
    return node_from(targets[0]["ResTarget"]["val"])


def is_same_text(a: str | None, b: str | None) -> bool:
    """Whether two texts are one expression, spaces, comments and case of words aside."""
    if a == b or a is None or b is None:
        return a == b
    try:
        return parse_expression(a) == parse_expression(b)
    except Unreadable:
        return False


def parse_select(expressions: str) -> Raw:
    """The raw tree of `SELECT expressions`; raises Unreadable."""
    statement = raw_statements("SELECT " + expressions)
    if len(statement) != 1 or "SelectStmt" not in statement[0]["stmt"]:
        raise Unreadable("not a single expression")
    select: Raw = statement[0]["stmt"]["SelectStmt"]
    return select


def raw_statements(sql: str) -> list[Any]:
    """Raw trees of the statements of a text; raises Unreadable."""
    try:
        import pgparse
    except ImportError as error:
        raise Unreadable(NO_GRAMMAR) from error
    try:
        found: list[Any] = pgparse.parse(sql)
    except pgparse.PGQueryError as error:
        plain = without_comments(sql)
        if plain == sql:
            raise Unreadable(f"not readable: {error}") from error
        return raw_statements(plain)
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    return found


def node_from(raw: Raw) -> Node:
    """The tree of one raw expression node of pgparse."""
    kind, body = next(iter(raw.items()))
    reader = _READERS.get(kind)
    if reader is None:
        return Opaque(kind, frozen(body))
    return reader(body)


def _nodes(raw: list[Raw] | None) -> tuple[Node, ...]:
    return tuple(node_from(item) for item in raw or ())


def _cast(body: Raw) -> Node:
    arg = node_from(body["arg"])
    type_ = type_from(body["typeName"])
    plain = not type_.parameters and not type_.dimensions
    if type_.name == "boolean" and isinstance(arg, Const) and plain and isinstance(arg.value, str):
        truth = boolean_from(arg.value)
        if truth is not None:
            return Const(truth, "boolean")
    return Cast(arg, type_)


def _call(body: Raw) -> Node:
    name = function_name(strings(body["funcname"]))
    args = _nodes(body.get("args"))
    keep = {k: v for k, v in body.items() if k not in ("funcname", "args", "funcformat")}
    if name == "position" and body.get("funcformat") == "COERCE_SQL_SYNTAX":
        return Call("strpos", args)
    extra = frozen(keep)
    return Call(name, args, extra)


def _logic(body: Raw) -> Node:
    args = _nodes(body["args"])
    if body["boolop"] == "NOT_EXPR":
        return Not(args[0])
    return conjunction("and" if body["boolop"] == "AND_EXPR" else "or", args)


def conjunction(operator: Literal["and", "or"], args: tuple[Node, ...]) -> Node:
    """AND or OR, flattened; the only operand where there is one."""
    flat: list[Node] = []
    for arg in args:
        if isinstance(arg, Logic) and arg.operator == operator:
            flat.extend(arg.args)
        else:
            flat.append(arg)
    return flat[0] if len(flat) == 1 else Logic(operator, tuple(flat))


def _expression(body: Raw) -> Node:
    kind = body["kind"]
    name = strings(body.get("name", []))
    if kind in _BETWEEN:
        return _between(kind, node_from(body["lexpr"]), body["rexpr"]["List"]["items"])
    left = node_from(body["lexpr"]) if "lexpr" in body else None
    if kind == "AEXPR_IN" and left is not None:
        return _membership(name[-1], left, _nodes(body["rexpr"]["List"]["items"]))
    right = node_from(body["rexpr"])
    if left is None:
        return Operator(_operator(name), None, right)
    return _binary(kind, _operator(name), left, right)


def _operator(path: tuple[str, ...]) -> str:
    plain = path[1:] if path[:1] == ("pg_catalog",) else path
    name = ".".join(plain)
    return "<>" if name == "!=" else name


def _binary(kind: str, name: str, left: Node, right: Node) -> Node:
    match kind:
        case "AEXPR_OP_ANY" | "AEXPR_OP_ALL":
            return Quantified(name, left, right, kind == "AEXPR_OP_ALL")
        case "AEXPR_DISTINCT" | "AEXPR_NOT_DISTINCT":
            return Distinct(left, right, kind == "AEXPR_NOT_DISTINCT")
        case "AEXPR_NULLIF":
            return Call("nullif", (left, right))
        case _:
            return Operator(name, left, right)


_BETWEEN: Mapping[str, tuple[bool, bool]] = {  # negated, symmetric
    "AEXPR_BETWEEN": (False, False),
    "AEXPR_NOT_BETWEEN": (True, False),
    "AEXPR_BETWEEN_SYM": (False, True),
    "AEXPR_NOT_BETWEEN_SYM": (True, True),
}


def _between(kind: str, value: Node, bounds: list[Raw]) -> Node:
    negated, symmetric = _BETWEEN[kind]
    low, high = _nodes(bounds)
    once = _within(value, low, high, negated)
    if not symmetric:
        return once
    return conjunction("and" if negated else "or", (once, _within(value, high, low, negated)))


def _within(value: Node, low: Node, high: Node, negated: bool) -> Node:
    if negated:
        return Logic("or", (Operator("<", value, low), Operator(">", value, high)))
    return Logic("and", (Operator(">=", value, low), Operator("<=", value, high)))


def _membership(name: str, left: Node, items: tuple[Node, ...]) -> Node:
    operator = "<>" if name == "<>" else "="
    if len(items) == 1:
        return Operator(operator, left, items[0])
    if any(isinstance(item, Row | Ref | Opaque) for item in items) or isinstance(left, Row):
        parts = tuple(Operator(operator, left, item) for item in items)
        return Logic("or" if operator == "=" else "and", parts)
    return Quantified(operator, left, Array(items), operator == "<>")


def _null_test(body: Raw) -> Node:
    return NullTest(node_from(body["arg"]), body["nulltesttype"] == "IS_NOT_NULL")


def _boolean_test(body: Raw) -> Node:
    return BooleanTest(node_from(body["arg"]), body["booltesttype"].lower().replace("_", " "))


def _case(body: Raw) -> Node:
    branches = tuple(
        (node_from(when["CaseWhen"]["expr"]), node_from(when["CaseWhen"]["result"]))
        for when in body["args"]
    )
    subject = node_from(body["arg"]) if "arg" in body else None
    otherwise = node_from(body["defresult"]) if "defresult" in body else None
    return Case(subject, branches, otherwise)


def _access(body: Raw) -> Node:
    parts: list[Node | str] = []
    for part in body["indirection"]:
        if "String" in part:
            parts.append(part["String"]["sval"])
        elif "A_Indices" in part and "is_slice" not in part["A_Indices"]:
            parts.append(node_from(part["A_Indices"]["uidx"]))
        else:
            parts.append(Opaque("A_Indices", frozen(part)))
    return Access(node_from(body["arg"]), tuple(parts))


def _greatest(body: Raw) -> Node:
    return Call("greatest" if body["op"] == "IS_GREATEST" else "least", _nodes(body["args"]))


_READERS: Mapping[str, Callable[[Raw], Node]] = {
    "A_Const": constant,
    "ColumnRef": reference,
    "ParamRef": lambda body: Ref((f"${body.get('number', 0)}",)),
    "TypeCast": _cast,
    "FuncCall": _call,
    "SQLValueFunction": value_function,
    "BoolExpr": _logic,
    "A_Expr": _expression,
    "NullTest": _null_test,
    "BooleanTest": _boolean_test,
    "CoalesceExpr": lambda body: Call("coalesce", _nodes(body["args"])),
    "MinMaxExpr": _greatest,
    "CaseExpr": _case,
    "A_ArrayExpr": lambda body: Array(_nodes(body.get("elements"))),
    "RowExpr": lambda body: Row(_nodes(body.get("args"))),
    "A_Indirection": _access,
    "CollateClause": lambda body: Collate(node_from(body["arg"]), strings(body["collname"])[-1]),
}
