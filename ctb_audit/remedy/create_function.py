"""A function of the model as the statement that creates it."""

from collections.abc import Iterable, Iterator

from ctb_audit.model import Argument, Function, Name
from ctb_audit.remedy.quoting import dollar_quoted, relation, type_name
from ctb_audit.semantics.quoting import identifier

_MODES = {"in": "", "out": "OUT ", "inout": "INOUT ", "variadic": "VARIADIC ", "table": ""}


def create_function(function: Function) -> str:
    """Empty for what the model does not hold whole: aggregates and functions in C."""
    if function.kind not in ("function", "procedure") or function.language in ("c", "internal"):
        return ""
    name = relation(Name(function.schema, function.name))
    given = [a for a in function.arguments if a.mode != "table"]
    columns = [a for a in function.arguments if a.mode == "table"]
    head = f"CREATE OR REPLACE {function.kind.upper()} {name} ({_arguments(given)})"
    parts = [head, *_returns(function, columns), f"LANGUAGE {identifier(function.language)}"]
    if function.kind == "function":
        parts.append(function.volatility.upper())
        parts += ["STRICT"] * function.strict
    parts += ["SECURITY DEFINER"] * function.security_definer
    parts += [f"SET {key} TO {value}" for key, value in function.settings]
    body = function.body
    whole = body.lstrip().upper().startswith(("BEGIN ATOMIC", "RETURN "))
    parts.append(body if whole and function.language == "sql" else f"AS {dollar_quoted(body)}")
    return " ".join(parts)


def _returns(function: Function, columns: list[Argument]) -> Iterator[str]:
    if columns:
        fields = (f"{identifier(a.name)} {type_name(a.type)}" for a in columns)
        yield f"RETURNS TABLE ({', '.join(fields)})"
    elif function.returns is not None:
        yield f"RETURNS {'SETOF ' * function.returns_set}{type_name(function.returns)}"


def _arguments(arguments: Iterable[Argument]) -> str:
    return ", ".join(
        f"{_MODES[a.mode]}{identifier(a.name) + ' ' if a.name else ''}{type_name(a.type)}"
        + (f" DEFAULT {a.default}" if a.default is not None else "")
        for a in arguments
    )
