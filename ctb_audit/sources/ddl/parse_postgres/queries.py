"""What a query reads and what its columns are called, as far as its tree says."""

from collections.abc import Callable, Iterator
from typing import Any

from ctb_audit.model import Name
from ctb_audit.sources.ddl.parse_postgres.names import relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.source import Node


def nodes(tree: Any, tag: str) -> Iterator[Node]:
    """Every node of one kind below `tree`, in the order of the tree."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            found = value.get(tag)
            if isinstance(found, dict):
                yield found
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def relations(query: Node) -> tuple[Name, ...]:
    """The relations that a query reads, once each, without its own common tables."""
    own = {cte["ctename"] for cte in nodes(query, "CommonTableExpr")}
    found = dict.fromkeys(relation_name(node) for node in nodes(query, "RangeVar"))
    return tuple(name for name in found if name.schema is not None or name.name not in own)


def referenced_columns(expression: Node) -> tuple[str, ...]:
    """The columns that an expression names, once each, in the order written."""
    found: list[tuple[int, str]] = []
    stack: list[Any] = [expression]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
            continue
        if not isinstance(value, dict):
            continue
        column = value.get("ColumnRef")
        if column is None:
            stack.extend(value.values())
        else:
            last = column["fields"][-1].get("String")
            if last is not None:
                found.append((column["location"], last["sval"]))
    found.sort()
    return tuple(dict.fromkeys(name for _, name in found))


def output_columns(query: Node) -> tuple[str, ...] | None:
    """The names of a query's columns; None where a star or an unusual expression hides one."""
    select = query.get("SelectStmt")
    while select is not None and "larg" in select:
        select = select["larg"]
    if select is None or "targetList" not in select:
        return None
    names: list[str] = []
    for wrapped in select["targetList"]:
        target = wrapped["ResTarget"]
        name = target.get("name") or _implied_name(target["val"])
        if name is None:
            return None
        names.append(name)
    return tuple(names)


def _implied_name(value: Node) -> str | None:
    """The name that the server gives a column without AS."""
    while "TypeCast" in value and "ColumnRef" in value["TypeCast"]["arg"]:
        value = value["TypeCast"]["arg"]
    tag, node = next(iter(value.items()))
    namer = _NAMERS.get(tag)
    return None if namer is None else namer(node)


def _column_name(node: Node) -> str | None:
    last = node["fields"][-1]
    return strings([last])[0] if "String" in last else None


_NAMERS: dict[str, Callable[[Node], str | None]] = {
    "ColumnRef": _column_name,
    "FuncCall": lambda node: strings(node["funcname"])[-1],
    "CoalesceExpr": lambda node: "coalesce",
}
