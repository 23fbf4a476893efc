"""Frozen dataclasses to plain JSON values and back, compiled once for each class.

Fields that hold their default are left out, except those that a reader looks for first
(`ALWAYS`). Reading executes nothing and refuses what does not fit (`CodecError`).
A member of a union of dataclasses carries the class's name under "is".
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from ctb_audit.lean import pattern
from ctb_audit.model import Type
from ctb_audit.semantics.types import family_of

T = TypeVar("T")
Coder = Callable[[Any], Any]

ALWAYS = frozenset(
    {"name", "schema", "system", "type", "nullable", "default", "columns", "kind", "surface"}
    | {"constraints", "indexes", "triggers", "policies", "tables", "comment", "location", "views"}
    | {"functions", "types"}
)
_PARTS = "_parts"  # beside a type's text: the fields that the text does not tell
_TYPE = pattern(
    r"(?P<name>.*?)(?: ?\((?P<parameters>\d+(?:,\d+)*)\))?"
    r"(?P<tail> with(?:out)? time zone)?(?P<array>(?:\[\])*)"
)


class CodecError(ValueError):
    """A value that does not fit the class that it should be read as."""


def encode(value: object) -> Any:
    """The JSON value of a frozen dataclass."""
    return _encoder(typing.cast(Any, type(value)))(value)


def decode(kind: type[T], value: Any) -> T:
    """The dataclass of a JSON value that `encode` wrote; CodecError where it does not fit."""
    try:
        return typing.cast(T, _decoder(typing.cast(Any, kind))(value))
    except CodecError:
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise CodecError(f"not a {kind.__name__}: {error}") from error


def hints_of(kind: Any) -> dict[str, Any]:
    """The types of a class's fields, also of those that a catalog seldom has and the model names
    without importing them.
    """
    from ctb_audit.document_model import Document
    from ctb_audit.rules_model import Rules
    from ctb_audit.zod_model import Model

    return typing.get_type_hints(kind, localns={c.__name__: c for c in (Document, Rules, Model)})


def _same(value: Any) -> Any:
    return value


# ---- types: one readable string where it says everything ------------------------------------


def _type_from_text(text: str) -> Type:
    match = _TYPE.fullmatch(text)
    if match is None:
        raise CodecError(f"not a type: {text!r}")
    name = match["name"] + (match["tail"] or "")
    parameters = tuple(map(int, match["parameters"].split(","))) if match["parameters"] else ()
    family = family_of("postgresql", name)
    return Type(name, family, parameters, len(match["array"]) // 2, text)


def _type_parts(value: Type) -> dict[str, Any]:
    """The fields of a type that its text does not tell; {} where it tells all."""
    if _type_from_text(str(value)) == value:
        return {}
    return {
        f.name: getattr(value, f.name)
        for f in dataclasses.fields(Type)
        if getattr(value, f.name) != f.default
    }


def _encode_type(value: Type) -> Any:
    return _type_parts(value) or str(value)


def _decode_type(value: Any) -> Type:
    if isinstance(value, str):
        return _type_from_text(value)
    return Type(**{**value, "parameters": tuple(value.get("parameters", ()))})


# ---- encoding ----------------------------------------------------------------------------------


@cache
def _encoder(kind: Any) -> Coder:
    if kind is Type:
        return _encode_type
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _object_encoder(kind)
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_encoder(kind)
    return _container_encoder(kind)


def _object_encoder(kind: type) -> Coder:
    hints = hints_of(kind)
    plan: list[tuple[str, Any, bool, bool, Coder]] = []

    def run(value: Any) -> dict[str, Any]:
        if not plan:
            plan.extend(
                (
                    f.name,
                    _default(f),
                    f.name in ALWAYS,
                    _is_type(hints[f.name]),
                    _encoder(hints[f.name]),
                )
                for f in dataclasses.fields(kind)
            )
        found: dict[str, Any] = {}
        for name, default, always, typed, coder in plan:
            item = getattr(value, name)
            if always or item != default:
                if typed and item is not None:
                    _put_type(found, name, item)
                else:
                    found[name] = coder(item)
        return found

    return run


def _is_type(hint: Any) -> bool:
    return hint in (Type, Type | None)


def _put_type(found: dict[str, Any], name: str, value: Type) -> None:
    found[name] = str(value)
    parts = _type_parts(value)
    if parts:
        found[name + _PARTS] = parts


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _named_encoder(kind: Any) -> Coder:
    hints = hints_of(kind)
    plan = [(name, _encoder(hints[name])) for name in kind._fields]
    return lambda value: {
        name: coder(item) for (name, coder), item in zip(plan, value, strict=True)
    }


def _container_encoder(kind: Any) -> Coder:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_encoder(arguments)
    if origin is tuple:
        return _tuple_encoder(arguments)
    if origin is frozenset:
        return sorted
    return _same


def _tuple_encoder(arguments: tuple[Any, ...]) -> Coder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _encoder(arguments[0])
        return list if item is _same else lambda value: [item(v) for v in value]
    coders = [_encoder(a) for a in arguments]
    return lambda value: [c(v) for c, v in zip(coders, value, strict=True)]


def _union_encoder(arguments: tuple[Any, ...]) -> Coder:
    members = [a for a in arguments if a is not type(None)]
    if len(members) == 1:
        inner = _encoder(members[0])
        return inner if inner is _same else lambda v: None if v is None else inner(v)
    tagged = {m: _encoder(m) for m in members if _structured(m)}

    def run(value: Any) -> Any:
        coder = tagged.get(type(value))
        return value if coder is None else {"is": type(value).__name__, "value": coder(value)}

    return run if tagged else _same


def _structured(kind: Any) -> bool:
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"))


# ---- decoding ----------------------------------------------------------------------------------


@cache
def _decoder(kind: Any) -> Coder:
    if kind is Type:
        return _decode_type
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _object_decoder(kind)
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_decoder(kind)
    return _container_decoder(kind)


def _object_decoder(kind: type) -> Coder:
    hints = hints_of(kind)
    coders: dict[str, Coder] = {}
    typed: list[str] = []

    def run(value: Any) -> Any:
        if not coders:
            coders.update((f.name, _decoder(hints[f.name])) for f in dataclasses.fields(kind))
            typed.extend(name for name in coders if _is_type(hints[name]))
        for name in typed:
            if name + _PARTS in value:
                value = {**value, name: value[name + _PARTS]}
                del value[name + _PARTS]
        return kind(**{name: coders[name](item) for name, item in value.items()})

    return run


def _named_decoder(kind: Any) -> Coder:
    hints = hints_of(kind)
    coders = {name: _decoder(hints[name]) for name in kind._fields}
    return lambda value: kind(**{name: coders[name](item) for name, item in value.items()})


def _container_decoder(kind: Any) -> Coder:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_decoder(arguments)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if origin is frozenset:
        return frozenset
    if origin is Literal:
        return _literal_decoder(arguments)
    if kind in (str, int, bool, float):
        return _scalar_decoder(kind)
    return _same


def _scalar_decoder(kind: type) -> Coder:
    def run(value: Any) -> Any:
        if type(value) is not kind:
            raise CodecError(f"{value!r:.60} is not a {kind.__name__}")
        return value

    return run


def _literal_decoder(arguments: tuple[Any, ...]) -> Coder:
    allowed = frozenset(arguments)

    def run(value: Any) -> Any:
        if value not in allowed:
            raise CodecError(f"{value!r:.60} is none of {', '.join(map(repr, sorted(allowed)))}")
        return value

    return run


def _tuple_decoder(arguments: tuple[Any, ...]) -> Coder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
        return lambda value: tuple(map(item, _listed(value)))
    coders = [_decoder(a) for a in arguments]

    def run(value: Any) -> Any:
        if len(_listed(value)) != len(coders):
            raise CodecError(f"{value!r:.60} has not {len(coders)} items")
        return tuple(c(v) for c, v in zip(coders, value, strict=True))

    return run


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise CodecError(f"{value!r:.60} is not a list")
    return value


def _union_decoder(arguments: tuple[Any, ...]) -> Coder:
    members = [a for a in arguments if a is not type(None)]
    if len(members) == 1:
        inner = _decoder(members[0])
        return inner if inner is _same else lambda v: None if v is None else inner(v)
    tagged = {m.__name__: _decoder(m) for m in members if _structured(m)}
    plain = tuple(m for m in members if m in (str, int, bool, float))

    def run(value: Any) -> Any:
        if isinstance(value, dict):
            return tagged[value["is"]](value["value"])
        if value is not None and type(value) not in plain:
            raise CodecError(f"{value!r:.60} fits no member of the union")
        return value

    return run
