"""What the trees of queries say by themselves, without any rows."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ctb_audit.semantics.parse import Unreadable, raw_statements
from ctb_audit.sources.ddl.replay.blocks.expressions import AGGREGATES, Node, operator, string
from ctb_audit.sources.ddl.replay.blocks.values import Row, Undecided, Value

_NO_NAME = "?column?"


class Key(NamedTuple):
    """A column of the right side of a join that equals an expression over the left."""

    alias: str
    column: str
    other: Node


def put(row: dict[str, Value], name: str, value: Value) -> None:
    """The first of a name is what the name means; the others have a place only."""
    row[f"{name}\0{len(row)}" if name in row else name] = value


def names_of(node: Node) -> list[str]:
    return [string(one) for one in node.get("ColumnRef", {}).get("fields", ())]


def equalities(condition: Node) -> Iterator[tuple[Node, Node]]:
    """Both sides of each equation that has to hold, either way round."""
    for one in _conjuncts(condition):
        expression = one.get("A_Expr", {})
        if expression.get("kind") == "AEXPR_OP" and operator(expression) == "=":
            yield expression["lexpr"], expression["rexpr"]
            yield expression["rexpr"], expression["lexpr"]


def equated(condition: Node | None, right: Mapping[str, Row]) -> Key | None:
    for side, other in equalities(condition) if condition is not None else ():
        match names_of(side), names_of(other):
            case [alias, column], [owner, _] if alias in right and owner not in right:
                return Key(alias, column, other)
    return None


def by_column(rows: list[dict[str, Row]], key: Key) -> dict[Value, list[dict[str, Row]]]:
    found: dict[Value, list[dict[str, Row]]] = {}
    for row in rows:
        if key.column not in row[key.alias]:
            raise Undecided
        value = row[key.alias][key.column]
        if isinstance(value, (list, dict)):
            raise Undecided
        found.setdefault(value, []).append(row)
    return found


def one_select(text: str) -> Node:
    try:
        statements = raw_statements(text)
    except (Unreadable, RecursionError):
        raise Undecided from None
    if len(statements) != 1 or "SelectStmt" not in statements[0]["stmt"]:
        raise Undecided
    select: Node = statements[0]["stmt"]["SelectStmt"]
    return select


def implied_name(value: Node) -> str:
    """The name that a target without one gets."""
    tag, node = next(iter(value.items()))
    match tag:
        case "ColumnRef":
            return string(node["fields"][-1])
        case "FuncCall":
            return string(node["funcname"][-1])
        case "SubLink" if node["subLinkType"] == "EXISTS_SUBLINK":
            return "exists"
        case "TypeCast":
            inner = implied_name(node["arg"])
            return string(node["typeName"]["names"][-1]) if inner == _NO_NAME else inner
        case "CoalesceExpr":
            return "coalesce"
    return _NO_NAME


def _conjuncts(node: Node) -> Iterator[Node]:
    logic = node.get("BoolExpr", {})
    if logic.get("boolop") == "AND_EXPR":
        for argument in logic["args"]:
            yield from _conjuncts(argument)
    else:
        yield node


def aggregates(node: Any) -> bool:
    """Whether an expression holds an aggregate of its own query."""
    if isinstance(node, list):
        return any(aggregates(one) for one in node)
    if not isinstance(node, dict) or "SubLink" in node:
        return False
    call = node.get("FuncCall")
    if call is not None and string(call["funcname"][-1]) in AGGREGATES:
        return True
    return any(aggregates(one) for one in node.values())
