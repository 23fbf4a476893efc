"""Types of zod fields against those of columns, down to the fields of objects and arrays."""

from collections.abc import Iterator

from ctb_audit.model import Column, Type
from ctb_audit.semantics.field_names import folded
from ctb_audit.zod_model import FieldType, ModelField

_ALIKE: dict[FieldType, frozenset[str]] = {
    "string": frozenset(
        {"text", "uuid", "enum", "timestamp", "date", "time", "interval", "network", "xml", "bytes"}
        | {"decimal", "bits", "range", "search", "geometry", "reference", "money"}
    ),
    "enum": frozenset({"text", "enum", "integer"}),
    "number": frozenset({"integer", "decimal", "float", "number", "money", "serial", "timestamp"}),
    "integer": frozenset({"integer", "decimal", "float", "number", "serial", "timestamp"}),
    "bigint": frozenset({"integer", "decimal", "number", "serial"}),
    "boolean": frozenset({"boolean", "integer"}),
    "date": frozenset({"timestamp", "date", "time"}),
    "object": frozenset({"json", "struct", "composite", "range", "geometry", "interval"}),
    "array": frozenset({"json", "array"}),
}
"""Families of columns that hold what a field of the type accepts; others accept nothing of it."""
_OPEN = ("unknown", "domain", "any", "pseudo")
_MOST = {"smallint": 32_767, "integer": 2_147_483_647, "bigint": 9_223_372_036_854_775_807}


def fits(field: ModelField, type_: Type) -> bool:
    """Whether a column of the type holds anything of what the field accepts."""
    if field.type in ("any", "unknown") or type_.family in _OPEN:
        return True
    if type_.family == "json" and not type_.dimensions:
        return True if field.type in ("object", "array") else field.type == "string"
    family = "array" if type_.dimensions else type_.family
    return family in _ALIKE.get(field.type, frozenset())


def inner_faults(field: ModelField, column: Column, type_: Type) -> Iterator[str]:
    """What contradicts inside: the fields of a STRUCT, the elements of an array. What a json column
    holds is nowhere said.
    """
    if type_.dimensions and field.type == "array" and field.items:
        item = field.items[0]
        element = Type(type_.name, type_.family, type_.parameters, type_.dimensions - 1)
        if not fits(item, element):
            yield f"accepts a list of {item.type}, the column is {column.type}"
        else:
            yield from _fields(item, column, "")
    elif not type_.dimensions:
        yield from _fields(field, column, "")


def _fields(field: ModelField, column: Column, path: str) -> Iterator[str]:
    if not column.fields or field.type != "object" or not field.fields:
        return
    own = {folded(f.name): f for f in field.fields}
    for inner in column.fields:
        part = own.pop(folded(inner.name), None)
        name = f"{path}{inner.name}"
        if part is None:
            yield f"has no {name}, which the column has"
        elif not fits(part, inner.type):
            shown = inner.type.spelling or str(inner.type)
            yield f"accepts {part.type} as {name}, the column holds {shown}"
        elif inner.type.dimensions and part.items:
            yield from _fields(part.items[0], inner, f"{name}.")
        else:
            yield from _fields(part, inner, f"{name}.")
    for rest in own.values():
        yield f"has {path}{rest.name}, which the column has not"


def most_of(type_: Type) -> int | None:
    """The largest number of an integer type, None for any other."""
    return None if type_.dimensions else _MOST.get(type_.name)
