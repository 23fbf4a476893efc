"""The JSON Schema of what `codec.encode` writes of a dataclass, made from its fields."""

import dataclasses
import inspect
import types
from typing import Any, Literal, Union, get_args, get_origin

from ctb_audit.codec import ALWAYS, hints_of
from ctb_audit.model import Type

Schema = dict[str, Any]
_SCALARS: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
}


def schema_of(kind: type, *, identifier: str, title: str) -> Schema:
    """A 2020-12 schema; every dataclass below `kind` is one definition in `$defs`."""
    definitions: dict[str, Schema] = {}
    body = _object(kind, definitions)
    properties = {"schema_version": {"type": "string", "pattern": r"^1\."}, **body["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "title": title,
        **body,
        "properties": properties,
        "required": ["schema_version", *body["required"]],
        "$defs": dict(sorted(definitions.items())),
    }


def _object(kind: Any, definitions: dict[str, Schema]) -> Schema:
    hints = hints_of(kind)
    properties: dict[str, Schema] = {}
    required = []
    for field in dataclasses.fields(kind):
        properties[field.name] = _value(hints[field.name], definitions)
        if hints[field.name] in (Type, Type | None):
            properties[field.name + "_parts"] = _value(Type, definitions, whole=True)
        if field.name in ALWAYS or field.default is dataclasses.MISSING is field.default_factory:
            required.append(field.name)
    return {
        "type": "object",
        "description": _first_paragraph(kind),
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


def _first_paragraph(kind: Any) -> str:
    text = inspect.getdoc(kind) or ""
    return "" if text.startswith(f"{kind.__name__}(") else " ".join(text.split("\n\n")[0].split())


def _value(hint: Any, definitions: dict[str, Schema], *, whole: bool = False) -> Schema:
    if hint is Type and not whole:
        return {"type": "string", "description": "The type as the engine formats it."}
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    if dataclasses.is_dataclass(hint):
        return _reference(hint, definitions, _object)
    if hasattr(hint, "_fields"):
        return _reference(hint, definitions, _named)
    return _container(hint, definitions)


def _reference(kind: Any, definitions: dict[str, Schema], make: Any) -> Schema:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        definitions[kind.__name__] = make(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _named(kind: Any, definitions: dict[str, Schema]) -> Schema:
    hints = hints_of(kind)
    return {
        "type": "object",
        "description": _first_paragraph(kind),
        "additionalProperties": False,
        "properties": {name: _value(hints[name], definitions) for name in kind._fields},
        "required": list(kind._fields),
    }


def _container(hint: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        members = [_value(a, definitions) for a in arguments if a is not type(None)]
        if type(None) in arguments:
            members.append({"type": "null"})
        return {"anyOf": members}
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return {"type": "array", "items": _value(arguments[0], definitions)}
    if origin is tuple:
        items = [_value(a, definitions) for a in arguments]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    raise TypeError(f"no schema for {hint}")


if __name__ == "__main__":
    import json

    from ctb_audit.model import Catalog

    made = schema_of(Catalog, identifier="urn:ctb-audit:schema:catalog", title="Catalog")
    print(json.dumps(made, indent=2))
