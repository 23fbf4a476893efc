"""The names of result columns without AS (FigureColname)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Raw = dict[str, Any]
UNNAMED = "?column?"


def strings(nodes: Iterable[Raw]) -> list[str]:
    """The texts of String nodes."""
    return [node["String"]["sval"] for node in nodes if "String" in node]


_CONSTRUCTS: Mapping[str, str] = {
    "CoalesceExpr": "coalesce",
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    **dict.fromkeys(("BoolExpr", "A_Const", "NullTest", "BooleanTest"), UNNAMED),
}


def implied_name(value: Raw) -> str | None:
    """The name of a result column without AS, as FigureColname gives it; None where unsure."""
    kind, body = next(iter(value.items()))
    namer = _NAMERS.get(kind)
    return namer(body) if namer is not None else _CONSTRUCTS.get(kind)


def _cast_name(body: Raw) -> str:
    return strings(body["typeName"]["names"])[-1]


def _sub_name(body: Raw) -> str | None:
    kind = body.get("subLinkType")
    if kind == "EXISTS_SUBLINK":
        return "exists"
    if kind == "ARRAY_SUBLINK":
        return "array"
    targets = body["subselect"].get("SelectStmt", {}).get("targetList", ())
    if kind != "EXPR_SUBLINK" or len(targets) != 1:
        return UNNAMED
    target = targets[0]["ResTarget"]
    return target.get("name") or implied_name(target["val"])


def _cast(body: Raw) -> str:
    inner = implied_name(body["arg"]) if "A_Const" not in body["arg"] else None
    return _cast_name(body) if inner is None or inner == UNNAMED else inner


def _case(body: Raw) -> str:
    default = implied_name(body["defresult"]) if "defresult" in body else None
    return "case" if default is None or default == UNNAMED else default


def _operator(body: Raw) -> str:
    return "nullif" if body.get("kind") == "AEXPR_NULLIF" else UNNAMED


_NAMERS: Mapping[str, Callable[[Raw], str | None]] = {
    "ColumnRef": lambda body: strings(body["fields"])[-1],
    "FuncCall": lambda body: strings(body["funcname"])[-1],
    "TypeCast": _cast,
    "CaseExpr": _case,
    "MinMaxExpr": lambda body: "least" if body.get("op") == "IS_LEAST" else "greatest",
    "SubLink": _sub_name,
    "A_Expr": _operator,
}
