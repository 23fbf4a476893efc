"""Types as PostgreSQL's grammar gives them (`TypeName`), as model types."""

from collections.abc import Mapping
from typing import Any

from ctb_audit.model import Type
from ctb_audit.semantics.types import postgres_type

# masks of interval fields (utils/datetime.h), as format_type writes them
_INTERVAL_FIELDS: Mapping[int, str] = {
    4: "year",
    2: "month",
    8: "day",
    1024: "hour",
    2048: "minute",
    4096: "second",
    6: "year to month",
    1032: "day to hour",
    3080: "day to minute",
    7176: "day to second",
    3072: "hour to minute",
    7168: "hour to second",
    6144: "minute to second",
}
_FULL_RANGE = 32767


def strings(parts: list[Any]) -> tuple[str, ...]:
    """The texts of a list of String nodes."""
    return tuple(part["String"]["sval"] for part in parts if "String" in part)


def type_from(raw: Mapping[str, Any]) -> Type:
    """The type of a raw `TypeName`; `family` unknown for one that is user-defined."""
    path = strings(raw.get("names", []))
    internal = path[1:] if path[:1] == ("pg_catalog",) else path
    name = ".".join(internal)
    if path == ("pg_catalog", "char"):
        name = '"char"'
    known = postgres_type(name)
    parameters, qualifier = _modifiers(raw.get("typmods", []), name)
    canonical, family = known or (name, "unknown")
    if canonical == "character" and path[-1:] == ("bpchar",) and not raw.get("typmods"):
        canonical = "bpchar"
    return Type(
        canonical,
        family,
        _significant(canonical, parameters),
        len(raw.get("arrayBounds", [])),
        qualifier=qualifier,
    )


def _modifiers(raw: list[Any], name: str) -> tuple[tuple[int, ...], str]:
    values = tuple(
        item["A_Const"]["ival"].get("ival", 0)
        for item in raw
        if "A_Const" in item and "ival" in item["A_Const"]
    )
    if name != "interval" or not values:
        return values, ""
    qualifier = _INTERVAL_FIELDS.get(values[0], "")
    return values[1:], qualifier


def _significant(name: str, parameters: tuple[int, ...]) -> tuple[int, ...]:
    """numeric(10) is numeric(10,0)."""
    if name == "numeric" and len(parameters) == 1:
        return (parameters[0], 0)
    return parameters
