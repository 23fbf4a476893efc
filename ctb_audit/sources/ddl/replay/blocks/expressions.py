"""Evaluates expressions of a DO block on libpg_query's tree.

Whatever is not certain raises Undecided; AND, OR and CASE look no further than they must, as the
server may.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from ctb_audit.semantics.comparison import COMPARISONS
from ctb_audit.semantics.functions import TEXT_OPERATORS
from ctb_audit.semantics.values import Special
from ctb_audit.sources.ddl.replay.blocks import functions
from ctb_audit.sources.ddl.replay.blocks.values import (
    Oid,
    Scope,
    Undecided,
    Value,
    boolean,
    cast,
    checked,
    elements,
    in_order,
    text_of,
)
from ctb_audit.sources.ddl.replay.state import State

Node: TypeAlias = Mapping[str, Any]
Variables: TypeAlias = "MutableMapping[str, Value | Undecided]"
AGGREGATES = frozenset(("count", "array_agg", "string_agg", "min", "max", "bool_or", "bool_and"))


class Expressions(ABC):
    """Expressions of one block; `variables` are read here and written by the block."""

    def __init__(self, state: State, variables: Variables) -> None:
        self._state = state
        self._variables = variables

    @abstractmethod
    def exists(self, node: Node, outer: Scope | None) -> bool:
        """Whether a query has rows."""

    @abstractmethod
    def routine(self, name: tuple[str, ...], arguments: int) -> list[dict[str, Value]] | None:
        """The rows of a call of a function of the user's own; None of one that is not."""

    @abstractmethod
    def select(self, node: Node, outer: Scope | None) -> list[dict[str, Value]]:
        """The rows of a query."""

    def of(self, node: Node, scope: Scope | None, group: Sequence[Scope] | None = None) -> Value:
        """The value of an expression; `group`: the rows that aggregates are taken over."""
        tag, value = next(iter(node.items()))
        handler = _EXPRESSIONS.get(tag)
        if handler is None:
            raise Undecided
        return handler(self, value, scope, group)

    def _constant(self, node: Node, scope: Any, group: Any) -> Value:
        if node.get("isnull"):
            return None
        if "sval" in node:
            text: str = node["sval"].get("sval", "")
            return text
        if "ival" in node:
            number: int = node["ival"].get("ival", 0)
            return number
        if "boolval" in node:
            return bool(node["boolval"].get("boolval", False))
        raise Undecided

    def _column(self, node: Node, scope: Scope | None, group: Any) -> Value:
        names = [string(one) for one in node["fields"]]
        if len(names) == 1:
            if scope is not None:
                try:
                    return scope.column(names[0])
                except KeyError:
                    pass
            found = self.variable(names[0])
            if isinstance(found, dict) and len(found) == 1:
                return next(iter(found.values()))
            return found
        row = scope.row(names[-2]) if scope is not None else None
        if row is not None:
            if names[-1] not in row:
                raise Undecided
            return row[names[-1]]
        record = self.variable(names[0])
        if isinstance(record, dict) and names[-1] in record:
            return record[names[-1]]
        raise Undecided

    def variable(self, name: str) -> Value:
        value = self._variables.get(name, Undecided())
        if isinstance(value, Undecided):
            raise value
        return value

    def _logic(self, node: Node, scope: Scope | None, group: Any) -> Value:
        if node["boolop"] == "NOT_EXPR":
            held = boolean(self.of(node["args"][0], scope, group))
            return None if held is None else not held
        decides: bool = node["boolop"] == "OR_EXPR"
        unsure, null = False, False
        for argument in node["args"]:
            try:
                held = boolean(self.of(argument, scope, group))
            except Undecided:
                unsure = True
                continue
            if held is decides:
                return decides
            null = null or held is None
        if unsure:
            raise Undecided
        return None if null else not decides

    def _operation(self, node: Node, scope: Scope | None, group: Any) -> Value:
        kind, sign = node["kind"], operator(node)
        if "lexpr" not in node:
            raise Undecided
        left = self.of(node["lexpr"], scope, group)
        match kind:
            case "AEXPR_OP" | "AEXPR_LIKE" | "AEXPR_ILIKE":
                return self.compute(sign, left, self.of(node["rexpr"], scope, group))
            case "AEXPR_IN":
                items = node["rexpr"]["List"]["items"]
                found = self._any(left, [self.of(item, scope, group) for item in items])
                return found if sign == "=" or found is None else not found
            case "AEXPR_OP_ANY" if sign == "=":
                return self._any(left, [*elements(self.of(node["rexpr"], scope, group))])
            case "AEXPR_OP_ALL" if sign in ("<>", "!="):
                found = self._any(left, [*elements(self.of(node["rexpr"], scope, group))])
                return None if found is None else not found
            case "AEXPR_DISTINCT" | "AEXPR_NOT_DISTINCT":
                same = self._same(left, self.of(node["rexpr"], scope, group))
                return same is bool(kind == "AEXPR_NOT_DISTINCT")
            case "AEXPR_NULLIF":
                right = self.of(node["rexpr"], scope, group)
                return None if self.compute("=", left, right) is True else left
        raise Undecided

    def _any(self, left: Value, items: Sequence[Value]) -> bool | None:
        if left is None:
            return None
        if any(item is not None and self.compute("=", left, item) is True for item in items):
            return True
        return None if None in items else False

    def _same(self, left: Value, right: Value) -> bool:
        if left is None or right is None:
            return left is right
        return self.compute("=", left, right) is True

    def compute(self, sign: str, left: Value, right: Value) -> Value:
        """A binary operator; strict, as all of these are."""
        if left is None or right is None:
            return None
        if sign in ("=", "<>", "!="):
            return self._equal(left, right) == (sign == "=")
        if sign == "||" and not isinstance(left, list) and not isinstance(right, list):
            return checked((text_of(self._state, left) or "") + (text_of(self._state, right) or ""))
        if isinstance(left, str) and isinstance(right, str) and sign in TEXT_OPERATORS:
            return _certain(TEXT_OPERATORS[sign](left, right))
        if isinstance(left, int) and isinstance(right, int):
            if sign in "+-":
                return left + right if sign == "+" else left - right
            if sign in COMPARISONS:
                return _certain(COMPARISONS[sign](left, right))
        raise Undecided

    def _equal(self, left: Value, right: Value) -> bool:
        if isinstance(left, bool) != isinstance(right, bool):
            return boolean(left) is boolean(right)
        if isinstance(left, int) and isinstance(right, str):
            right = cast(self._state, right, "int8")
        if isinstance(left, str) and isinstance(right, int):
            left = cast(self._state, left, "int8")
        if 0 in (left, right) and (isinstance(left, Oid) or isinstance(right, Oid)):
            return False  # the number of no object
        if type(left) is not type(right) or isinstance(left, (list, dict)):
            raise Undecided
        return left == right

    def _cast(self, node: Node, scope: Scope | None, group: Any) -> Value:
        type_ = node["typeName"]
        if type_.get("typmods"):
            raise Undecided
        name = string(type_["names"][-1]) + "[]" * ("arrayBounds" in type_)
        return cast(self._state, self.of(node["arg"], scope, group), name)

    def _null_test(self, node: Node, scope: Scope | None, group: Any) -> Value:
        null = self.of(node["arg"], scope, group) is None
        return null is bool(node["nulltesttype"] == "IS_NULL")

    def _boolean_test(self, node: Node, scope: Scope | None, group: Any) -> Value:
        held = boolean(self.of(node["arg"], scope, group))
        test: str = node["booltesttype"]
        wanted = {"TRUE": True, "FALSE": False, "UNKNOWN": None}[test.rpartition("_")[2]]
        return (held is wanted) != ("NOT" in test)

    def _sublink(self, node: Node, scope: Scope | None, group: Any) -> Value:
        kind = node["subLinkType"]
        if kind == "EXISTS_SUBLINK":
            return self.exists(node["subselect"]["SelectStmt"], scope)
        rows = self.select(node["subselect"]["SelectStmt"], scope)
        values = [next(iter(row.values()), None) for row in rows]
        if kind == "ARRAY_SUBLINK":
            return values
        if kind == "EXPR_SUBLINK" and len(values) < 2:
            return values[0] if values else None
        if kind == "ANY_SUBLINK" and "operName" not in node:
            return self._any(self.of(node["testexpr"], scope, group), values)
        raise Undecided

    def _call(self, node: Node, scope: Scope | None, group: Sequence[Scope] | None) -> Value:
        name = string(node["funcname"][-1])
        if group is not None and name in AGGREGATES:
            return self._aggregate(name, node, group)
        arguments = [self.of(argument, scope, group) for argument in node.get("args", ())]
        rows = self.routine(tuple(string(part) for part in node["funcname"]), len(arguments))
        if rows is not None:
            return next(iter(rows[0].values()), None) if rows else None
        return functions.call(self._state, name, arguments)

    def _aggregate(self, name: str, node: Node, group: Sequence[Scope]) -> Value:
        if node.keys() & {"agg_distinct", "agg_filter", "over"}:
            raise Undecided
        if node.get("agg_star"):
            return len(group)
        for one in reversed(node.get("agg_order", ())):
            by = one["SortBy"]
            group = in_order([(self.of(by["node"], scope), scope) for scope in group], by)
        values = [self.of(node["args"][0], scope) for scope in group]
        rest = [self.of(argument, None) for argument in node["args"][1:]]
        return functions.aggregate(self._state, name, values, rest)

    def _coalesce(self, node: Node, scope: Scope | None, group: Any) -> Value:
        for argument in node["args"]:
            value = self.of(argument, scope, group)
            if value is not None:
                return value
        return None

    def _array(self, node: Node, scope: Scope | None, group: Any) -> Value:
        return [self.of(one, scope, group) for one in node.get("elements", ())]

    def _case(self, node: Node, scope: Scope | None, group: Any) -> Value:
        subject = self.of(node["arg"], scope, group) if "arg" in node else True
        for wrapped in node["args"]:
            when = wrapped["CaseWhen"]
            tested = self.of(when["expr"], scope, group)
            held = self.compute("=", subject, tested) if "arg" in node else boolean(tested)
            if held is True:
                return self.of(when["result"], scope, group)
        return self.of(node["defresult"], scope, group) if "defresult" in node else None

    def _collated(self, node: Node, scope: Scope | None, group: Any) -> Value:
        return self.of(node["arg"], scope, group)

    def _session(self, node: Node, scope: Any, group: Any) -> Value:
        return functions.session_value(self._state, node["op"])


_EXPRESSIONS: dict[str, Callable[[Expressions, Node, Any, Any], Value]] = {
    "A_Const": Expressions._constant,
    "ColumnRef": Expressions._column,
    "BoolExpr": Expressions._logic,
    "A_Expr": Expressions._operation,
    "TypeCast": Expressions._cast,
    "NullTest": Expressions._null_test,
    "BooleanTest": Expressions._boolean_test,
    "SubLink": Expressions._sublink,
    "FuncCall": Expressions._call,
    "CoalesceExpr": Expressions._coalesce,
    "A_ArrayExpr": Expressions._array,
    "CaseExpr": Expressions._case,
    "CollateClause": Expressions._collated,
    "SQLValueFunction": Expressions._session,
}


def _certain(value: object) -> Value:
    if isinstance(value, Special) or not isinstance(value, (bool, int, str)):
        raise Undecided
    return value


def string(node: Node) -> str:
    """The value of a String node."""
    value: str = node.get("String", {}).get("sval", "")
    return value


def operator(node: Node) -> str:
    """The operator of an A_Expr, without its schema."""
    return string(node["name"][-1])
