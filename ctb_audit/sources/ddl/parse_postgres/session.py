"""Transactions and the search path."""

from typing import Literal

from ctb_audit.lean import pattern
from ctb_audit.sources.ddl.operations import Operation, SetSearchPath, Transaction
from ctb_audit.sources.ddl.parse_postgres.names import strings
from ctb_audit.sources.ddl.parse_postgres.problems import not_understood
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_SET_CONFIG_ARGUMENTS = 3
_LISTED = pattern(r'\s*+(?:"((?:[^"]|"")*+)"|([^,"]*+))\s*+(?:,|\Z)')
_ACTIONS: dict[str, Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to"]]
_ACTIONS = {
    "TRANS_STMT_BEGIN": "begin",
    "TRANS_STMT_START": "begin",
    "TRANS_STMT_COMMIT": "commit",
    "TRANS_STMT_ROLLBACK": "rollback",
    "TRANS_STMT_SAVEPOINT": "savepoint",
    "TRANS_STMT_RELEASE": "release",
    "TRANS_STMT_ROLLBACK_TO": "rollback to",
}


def transaction(node: Node, source: Source) -> tuple[Operation, ...]:
    action = _ACTIONS.get(node["kind"])
    if action is None:
        message = "a two-phase commit, whose outcome another session decides"
        return (not_understood(source, message),)
    done = Transaction(action, node.get("savepoint_name", ""))
    return (done, Transaction("begin")) if node.get("chain") else (done,)


def set_variable(node: Node, source: Source) -> tuple[Operation, ...] | None:
    """SET or RESET; None where it has nothing to do with the search path."""
    if node["kind"] == "VAR_RESET_ALL":
        return (SetSearchPath(None),)
    if node.get("name") != "search_path":
        return None
    local = node.get("is_local", False)
    if node["kind"] != "VAR_SET_VALUE":
        return (SetSearchPath(None, local),)
    values = [a["A_Const"].get("sval", {}).get("sval", "") for a in node["args"]]
    return (SetSearchPath(tuple(value for value in values if value), local),)


def discard(node: Node, source: Source) -> tuple[Operation, ...] | None:
    return (SetSearchPath(None),) if node.get("target") == "DISCARD_ALL" else None


def set_config(node: Node, source: Source) -> tuple[Operation, ...] | None:
    """A SELECT that calls set_config for the search path; None for any other."""
    targets = node.get("targetList", ())
    if len(targets) != 1 or "fromClause" in node:
        return None
    call = targets[0]["ResTarget"].get("val", {}).get("FuncCall")
    if call is None or strings(call["funcname"])[-1] != "set_config":
        return None
    arguments = call.get("args", ())
    if len(arguments) != _SET_CONFIG_ARGUMENTS or _constant(arguments[0]) != "search_path":
        return None
    value = _constant(arguments[1])
    if value is None:
        return (not_understood(source, "the search path is set to a computed value"),)
    return (SetSearchPath(listed_schemas(value), _is_true(arguments[2])),)


def _constant(node: Node) -> str | None:
    if "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    constant = node.get("A_Const")
    if constant is None or "sval" not in constant:
        return None
    value: str = constant["sval"].get("sval", "")
    return value


def _is_true(node: Node) -> bool:
    if "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    constant = node.get("A_Const", {})
    text = constant.get("sval", {}).get("sval", "")
    return bool(constant.get("boolval", {}).get("boolval", False) or text.startswith("t"))


def listed_schemas(value: str) -> tuple[str, ...]:
    """The names in the text of a search path, unquoted ones folded; up to what is no list."""
    found: list[str] = []
    end = 0
    while end < len(value) and (match := _LISTED.match(value, end)) is not None:
        end = match.end()
        quoted, plain = match.groups()
        name = quoted.replace('""', '"') if quoted is not None else plain.strip().lower()
        if name:
            found.append(name)
    return tuple(found)
