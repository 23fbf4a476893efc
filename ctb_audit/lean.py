"""What makes modules load fast: a `dataclass` whose methods are made when they are first used,
functions that are imported when they are first called, regular expressions that are compiled when
they are first used (140 of them take 40 ms on the way of one audit).

The standard decorator writes and compiles six methods for each class where its module is imported,
0.3 to 0.5 ms a class, and the way of one audit passes 200 classes. This one makes the constructor
with the first value, `__eq__` and `__hash__` with the first comparison, and shares the others.
A frozen value is filled while it is still of a mutable twin and then changes its class, which takes
a third of the time of `object.__setattr__` for each field.

`fields`, `replace`, `asdict`, `match`, copies and pickles work as ever, and type checkers see the
standard decorator. What this one does not know (`order`, a metaclass, `__post_init__`) it hands on.
"""

import dataclasses
import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from ctb_audit.lean_methods import FROZEN, MUTABLE, PARAMETERS, Fields

__all__ = ["dataclass", "importer", "pattern"]

_OPTIONS = frozenset({"frozen", "slots", "kw_only"})
_DEFERRED = sys.version_info >= (3, 14)
"""Annotations are evaluated late there; the standard decorator knows how."""


def importer(package: str) -> Callable[[str], Callable[..., Any]]:
    """`late("module.name")`: a function of the package, imported when it is first called."""

    def late(place: str) -> Callable[..., Any]:
        module, _, name = place.rpartition(".")

        found: Callable[..., Any] | None = None

        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal found
            if found is None:
                found = getattr(import_module(f"{package}.{module}"), name)
            return found(*arguments, **named)

        call.__name__ = name
        return call

    return late


class _Pattern:
    """Stands for a regular expression until something is asked of it."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(self._text, self._flags), name)
        vars(self)[name] = found
        return found


def _lean(cls: Any = None, /, **options: bool) -> Any:
    if cls is None:
        return lambda found: _lean(found, **options)
    if _DEFERRED or not _is_plain(cls, options):
        return dataclasses.dataclass(**options)(cls)
    return _made(cls, options.get("frozen", False), options.get("slots", False), options)


def _is_plain(cls: type, options: dict[str, bool]) -> bool:
    return (
        _OPTIONS.issuperset(options)
        and type(cls) is type
        and all(base is object or "_lean" in vars(base) for base in cls.__bases__)
        and not hasattr(cls, "__post_init__")
    )


def _made(cls: type, frozen: bool, slots: bool, options: dict[str, bool]) -> type:
    body = dict(vars(cls))
    own = body.get("__annotations__", {})
    if any([_is_class_wide(annotation) for annotation in own.values()]):
        own = {name: kind for name, kind in own.items() if not _is_class_wide(kind)}
    defaults = {name: body.pop(name) for name in own if name in body}
    special = {n: d for n, d in defaults.items() if isinstance(d, dataclasses.Field)}
    if not slots:
        body |= defaults
        for name, default in special.items():
            if default.default is dataclasses.MISSING:
                del body[name]
            else:
                body[name] = default.default
    inherited = getattr(cls, "__match_args__", ()) if cls.__bases__ != (object,) else ()
    placed = [n for n in own if n not in special or special[n].init]
    body |= {
        "_lean": True,
        "__dataclass_fields__": Fields(own, defaults, options),
        "__dataclass_params__": PARAMETERS[frozen],
        "__match_args__": () if options.get("kw_only") else _merged(inherited, placed),
    }
    for name, method in (FROZEN if frozen else MUTABLE).items():
        if body.get(name) is None:
            body[name] = method
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    if slots:
        body["__slots__"] = tuple([name for name in own if name not in inherited])
    made = type(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _is_class_wide(annotation: Any) -> bool:
    kind = annotation.__class__
    if kind is str:
        return "ClassVar" in annotation
    return annotation is ClassVar or (kind is _ALIAS and annotation.__origin__ is ClassVar)


_ALIAS = type(ClassVar[int])


def _merged(inherited: tuple[str, ...], own: list[str]) -> tuple[str, ...]:
    """The names that a constructor and a pattern take by position."""
    return tuple(dict.fromkeys((*inherited, *own)) if inherited else own)


if TYPE_CHECKING:
    from dataclasses import dataclass
    from re import compile as pattern
else:
    dataclass, pattern = _lean, _Pattern
