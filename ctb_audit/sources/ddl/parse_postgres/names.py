"""Names in libpg_query's tree."""

from collections.abc import Iterable
from typing import Any

from ctb_audit.model import Name
from ctb_audit.sources.ddl.parse_postgres.source import Node

_MOST_PARTS = 2


def relation_name(relation: Node) -> Name:
    """The name of a RangeVar."""
    return Name(relation.get("schemaname"), relation["relname"])


def string(node: Node) -> str:
    """The value of a String node."""
    value: str = node["String"].get("sval", "")
    return value


def strings(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(node["String"].get("sval", "") for node in nodes)


def dotted(parts: tuple[str, ...]) -> Name:
    """A name of one to three parts; a database's name in front is dropped."""
    if len(parts) >= _MOST_PARTS:
        return Name(parts[-2], parts[-1])
    return Name(None, parts[0] if parts else "")


def listed(nodes: Iterable[Node]) -> Name:
    """The name that a list of String nodes spells."""
    return dotted(strings(nodes))


def name_of(node: Node) -> Name:
    """The name in whatever an object reference holds: RangeVar, List, TypeName, String."""
    tag, value = next(iter(node.items()))
    if tag == "RangeVar":
        return relation_name(value)
    if tag == "String":
        return Name(None, value.get("sval", ""))
    if tag == "List":
        return listed(value.get("items", ()))
    if tag == "TypeName":
        return listed(value.get("names", ()))
    return listed(value.get("objname", ()))


def option_value(argument: Node | None) -> str:
    """The value of a storage or foreign option as text; `true` where none is written."""
    if argument is None:
        return "true"
    tag, value = next(iter(argument.items()))
    if tag == "TypeName":
        return ".".join(strings(value.get("names", ())))
    if tag == "List":
        return ", ".join(option_value(item) for item in value.get("items", ()))
    return _scalar(tag, value)


def _scalar(tag: str, value: dict[str, Any]) -> str:
    if tag == "Integer":
        return str(value.get("ival", 0))
    if tag == "Float":
        return str(value.get("fval", "0"))
    if tag == "Boolean":
        return "true" if value.get("boolval") else "false"
    return str(value.get("sval", ""))


def options(nodes: Iterable[Node]) -> tuple[tuple[str, str], ...]:
    """The pairs of a WITH (...) or OPTIONS (...) list."""
    return tuple((option_name(n["DefElem"]), option_value(n["DefElem"].get("arg"))) for n in nodes)


def option_name(element: Node) -> str:
    """The name of a DefElem with its namespace, e.g. `toast.autovacuum_enabled`."""
    namespace = element.get("defnamespace")
    name: str = element["defname"]
    return f"{namespace}.{name}" if namespace else name
