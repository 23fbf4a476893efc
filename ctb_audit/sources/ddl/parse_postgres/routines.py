"""CREATE FUNCTION, PROCEDURE and AGGREGATE, and ALTER FUNCTION."""

from typing import Any, Literal

from ctb_audit.model import Argument, Function, Type
from ctb_audit.semantics.quoting import identifier
from ctb_audit.sources.ddl.operations import AlterFunction, CreateFunction, Operation
from ctb_audit.sources.ddl.parse_postgres.kinds import KINDS, routine_reference
from ctb_audit.sources.ddl.parse_postgres.names import listed, option_value
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import read_type

Mode = Literal["in", "out", "inout", "variadic", "table"]
_MODES: dict[str, Mode] = {
    "FUNC_PARAM_DEFAULT": "in",
    "FUNC_PARAM_IN": "in",
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}
_RESULTS = frozenset({"out", "inout", "table"})
_RECORD = Type("record", "pseudo", spelling="record")
_SPELLED = {"timezone": "TimeZone", "datestyle": "DateStyle", "intervalstyle": "IntervalStyle"}
"""Settings that the server stores as it spells them."""
_LIST_SETTINGS = frozenset(
    {
        *("search_path", "temp_tablespaces", "session_preload_libraries"),
        *("shared_preload_libraries", "local_preload_libraries"),
    }
)


def create_function(node: Node, source: Source) -> tuple[Operation, ...]:
    name = listed(node["funcname"])
    arguments = _arguments(node.get("parameters", ()), source, _parameters_start(node, source))
    facts = _facts(node.get("options", ()))
    procedure = node.get("is_procedure", False)
    returns = node.get("returnType")
    function = Function(
        name.schema or "",
        name.name,
        arguments,
        None if procedure else _returns(returns, arguments, source),
        bool(returns and returns.get("setof", False)),
        facts.get("language", "sql"),
        _body(node, facts, source),
        "procedure" if procedure else ("window" if facts.get("window") else "function"),
        facts.get("volatility", "volatile"),
        facts.get("security", False),
        facts.get("strict", False),
        facts.get("leakproof", False),
        facts.get("parallel", "unsafe"),
        tuple((key, value) for key, value in facts["settings"] if value is not None),
        location=source.here,
    )
    return (CreateFunction(function, name, node.get("replace", False)),)


def _parameters_start(node: Node, source: Source) -> int:
    """The offset of the argument list; needed for the texts of defaults only."""
    if any("defexpr" in p["FunctionParameter"] for p in node.get("parameters", ())):
        return source.opening(source.start)
    return -1


def _arguments(nodes: list[Node], source: Source, opening: int) -> tuple[Argument, ...]:
    spans = source.items(opening)[0] if opening >= 0 else []
    found: list[Argument] = []
    for position, wrapped in enumerate(nodes):
        node = wrapped["FunctionParameter"]
        default = None
        if "defexpr" in node:
            default = _default(source, node["argType"]["location"], spans[position][1])
        type_ = read_type(node["argType"], source)
        found.append(Argument(type_, node.get("name", ""), _MODES[node["mode"]], default))
    return tuple(found)


def _default(source: Source, start: int, end: int) -> str:
    """The text after DEFAULT or `=` in an argument."""
    for token in source.tokens(start, end):
        if token.depth == 0 and (token.word == "DEFAULT" or token.text == "="):
            return source.clean(token.end, end)
    return ""


def _returns(node: Node | None, arguments: tuple[Argument, ...], source: Source) -> Type | None:
    """The result type; without RETURNS the server takes it from the OUT arguments."""
    if node is not None:
        results = [a.type for a in arguments if a.mode == "table"]
        if results:
            return results[0] if len(results) == 1 else _RECORD
        return read_type(node, source)
    results = [a.type for a in arguments if a.mode in _RESULTS]
    return results[0] if len(results) == 1 else _RECORD


def _facts(elements: list[Node]) -> dict[str, Any]:
    """The options of CREATE or ALTER FUNCTION by name; `settings` as pairs."""
    settings: list[tuple[str, str | None]] = []
    facts: dict[str, Any] = {"settings": settings}
    for wrapped in elements:
        element = wrapped["DefElem"]
        name, argument = element["defname"], element.get("arg", {})
        if name == "set":
            _setting(argument["VariableSetStmt"], settings, facts)
        elif name == "as":
            facts["as"] = argument["List"]["items"][-1]["String"].get("sval", "")
        elif "Boolean" in argument:
            facts[name] = bool(argument["Boolean"].get("boolval", False))
        else:
            facts[name] = option_value(argument) if argument else "true"
    return facts


def _setting(node: Node, settings: list[tuple[str, str | None]], facts: dict[str, Any]) -> None:
    kind = node["kind"]
    written: str = node.get("name", "")
    name = _SPELLED.get(written, written)
    if kind == "VAR_RESET_ALL":
        facts["reset_all"] = True
    elif kind == "VAR_SET_VALUE":
        settings.append((name, _setting_value(node)))
    elif kind == "VAR_SET_CURRENT":
        settings.append((name, "from current"))
    else:
        settings.append((name, None))


def _setting_value(node: Node) -> str:
    """The value as `pg_proc.proconfig` keeps it."""
    values = [_constant(argument) for argument in node["args"]]
    if node["name"] in _LIST_SETTINGS:
        values = [identifier(value) for value in values]
    return ", ".join(values)


def _constant(node: Node) -> str:
    if "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    constant = node["A_Const"]
    for key, field in (("sval", "sval"), ("fval", "fval"), ("ival", "ival")):
        if key in constant:
            return str(constant[key].get(field, 0 if key == "ival" else ""))
    return "true" if constant.get("boolval", {}).get("boolval") else "false"


def _body(node: Node, facts: dict[str, Any], source: Source) -> str:
    if "sql_body" not in node:
        body: str = facts.get("as", "")
        return body
    for token in source.tokens():
        if token.depth == 0 and token.word in ("BEGIN", "RETURN"):
            return source.slice(token.start, source.end).rstrip()
    return ""


def create_aggregate(node: Node, source: Source) -> tuple[Operation, ...]:
    """The result type of an aggregate follows from its functions: not known here."""
    name = listed(node["defnames"])
    if node.get("oldstyle"):
        arguments = _old_style_arguments(node, source)
    else:
        items = node["args"][0].get("List", {}).get("items", []) if node.get("args") else []
        arguments = _arguments(items, source, -1)
    function = Function(
        name.schema or "",
        name.name,
        arguments,
        language="internal",
        body="aggregate_dummy",
        kind="aggregate",
        location=source.here,
    )
    return (CreateFunction(function, name, node.get("replace", False)),)


def _old_style_arguments(node: Node, source: Source) -> tuple[Argument, ...]:
    for wrapped in node["definition"]:
        element = wrapped["DefElem"]
        if element["defname"].lower() == "basetype" and "TypeName" in element.get("arg", {}):
            return (Argument(read_type(element["arg"]["TypeName"], source)),)
    return ()


def alter_function(node: Node, source: Source) -> tuple[Operation, ...]:
    facts = _facts(node["actions"])
    return (
        AlterFunction(
            routine_reference(KINDS[node["objtype"]], node["func"], source),
            facts.get("security"),
            facts.get("strict"),
            facts.get("leakproof"),
            facts.get("volatility"),
            facts.get("parallel"),
            tuple(facts["settings"]),
            facts.get("reset_all", False),
        ),
    )
