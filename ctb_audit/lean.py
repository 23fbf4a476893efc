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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import FrozenInstanceError
from functools import cache, lru_cache
from importlib import import_module
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from ctb_audit.constructors import CONSTRUCTORS

__all__ = [
    "dataclass",
    "field_values",
    "importer",
    "pattern",
    "placed_fields",
    "rebuilt",
    "shared",
    "twin",
]

_C = TypeVar("_C", bound=type)
_MISSING = dataclasses.MISSING
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
        "__dataclass_fields__": _Fields(own, defaults, options),
        "__dataclass_params__": _PARAMETERS[frozen],
        "__match_args__": () if options.get("kw_only") else _merged(inherited, placed),
    }
    for name, method in (_FROZEN if frozen else _MUTABLE).items():
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


class _Parameters:
    """What the standard decorator asks of a base."""

    def __init__(self, frozen: bool) -> None:
        self.frozen = frozen


_PARAMETERS = {frozen: _Parameters(frozen) for frozen in (False, True)}


class _Fields:
    """`__dataclass_fields__`, made by the standard decorator when somebody looks."""

    def __init__(
        self, own: dict[str, Any], defaults: dict[str, Any], options: dict[str, bool]
    ) -> None:
        self.own = own
        self.defaults = defaults
        self.keywords = options.get("kw_only", False)
        self._found: dict[str, Any] | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner

    def __get__(self, value: object, owner: type) -> dict[str, Any]:
        if self._found is None:
            body = {"__doc__": "-", "__annotations__": self.own, **self.defaults}
            bare = type(self._owner.__name__, (), body)
            bare = dataclasses.dataclass(
                init=False, repr=False, eq=False, match_args=False, kw_only=self.keywords
            )(bare)
            bases = reversed(self._owner.__mro__[1:-1])
            inherited = (f for b in bases for f in dataclasses.fields(b))
            self._found = {f.name: f for f in (*inherited, *dataclasses.fields(bare))}
        return self._found


class _Part(NamedTuple):
    """What the methods of a class need to know of a field: a tenth of the price of a Field."""

    name: str
    init: bool
    default: Any
    factory: Any
    keyword: bool
    compare: bool
    hash: bool | None


def _parts(owner: type) -> list[_Part]:
    found: dict[str, _Part] = {}
    for base in reversed(owner.__mro__[:-1]):
        fields: _Fields = vars(base)["__dataclass_fields__"]
        for name in fields.own:
            found[name] = _part(name, fields.defaults.get(name, _MISSING), fields.keywords)
    return list(found.values())


def _part(name: str, default: Any, keyword: bool) -> _Part:
    if not isinstance(default, dataclasses.Field):
        return _Part(name, True, default, _MISSING, keyword, True, None)
    if default.kw_only is not _MISSING:
        keyword = default.kw_only
    return _Part(
        name,
        default.init,
        default.default,
        default.default_factory,
        keyword,
        default.compare,
        default.hash,
    )


# ---- methods -----------------------------------------------------------------------------------


class _Late:
    """A method that `make` makes for each class when it is first called there; before, all classes
    share this one.
    """

    def __init__(self, name: str, make: Callable[[type], Any]) -> None:
        self.__name__ = name
        self._make = make

    def __get__(self, value: object, owner: type | None = None) -> Any:
        name = self.__name__
        classes = (owner or type(value)).__mro__
        holder = next(cls for cls in classes if vars(cls).get(name) is self)
        found = self._make(holder)
        setattr(holder, name, found)
        return found.__get__(value, owner)


def _constructor(owner: type) -> Any:
    """`__new__`: fills a value of a twin without `_refused` and makes it one of the class."""
    parts = _parts(owner)
    placed = [part for part in parts if part.init and not part.keyword]
    named = [part for part in parts if part.init and part.keyword]
    taken = [part.name for part in (*placed, *named)]
    code = _filling_of(len(taken)).replace(
        co_name="__new__",
        co_qualname=f"{owner.__qualname__}.__new__",
        co_argcount=1 + len(placed),
        co_kwonlyargcount=len(named),
        co_varnames=("cls", *taken, "self"),
        co_names=("_twin", *taken, "__class__"),
    )
    made = FunctionType(code, {"_twin": _twin(owner)}, "__new__")
    made.__defaults__ = tuple(_default(part) for part in placed if not _is_required(part))
    made.__kwdefaults__ = {part.name: _default(part) for part in named if not _is_required(part)}
    return staticmethod(_completed(made, parts))


@cache
def _filling_of(count: int) -> CodeType:
    """The code of a constructor of so many fields, for all classes that have as many: `replace`
    puts it under their names.
    """
    if count < len(CONSTRUCTORS):
        return CONSTRUCTORS[count].__code__
    made: dict[str, Any] = {}
    exec(constructor_text(count), made)
    code: CodeType = made[f"of_{count}"].__code__
    return code


def constructor_text(count: int) -> str:
    """One line of `ctb_audit.constructors`."""
    names = [f"_{number}" for number in range(count)]
    filled = "".join(f"self.{name} = {name}; " for name in names)
    head = f"def of_{count}({', '.join(['cls', *names])})"
    return f"{head}: self = _twin(); {filled}self.__class__ = cls; return self"


def _completed(make: Callable[..., Any], parts: list[_Part]) -> Callable[..., Any]:
    """A constructor whose values have fields of their own: new lists, what no argument gives."""
    own = [part for part in parts if part.factory is not _MISSING or not part.init]
    if not own:
        return make
    fill = object.__setattr__

    def __new__(cls: type, /, *values: Any, **named: Any) -> Any:
        made = make(cls, *values, **named)
        for name, init, default, factory, *_ in own:
            if not init or getattr(made, name) is _ABSENT:
                given = default if factory is _MISSING else factory()
                if given is not _MISSING:
                    fill(made, name, given)
        return made

    return __new__


def _default(part: _Part) -> Any:
    """What the constructor takes where no argument is given."""
    return part.default if part.factory is _MISSING else _ABSENT


@cache
def _twin(owner: type) -> type:
    slots = {"__slots__": vars(owner)["__slots__"]} if "__slots__" in vars(owner) else {}
    unfrozen = {"__setattr__": object.__setattr__, "__new__": object.__new__}
    return type(owner.__name__, owner.__bases__, {**slots, **unfrozen, "_lean": True})


def _initialiser(owner: type) -> Any:
    names: dict[str, Any] = {}
    lines = list(_filling(owner, names)) or ["pass"]
    return _compiled("__init__", f"self{_arguments(owner)}", lines, names)


def _arguments(owner: type) -> str:
    """The parameters after the first, with defaults by name."""
    placed, named = "", ""
    for field in _parts(owner):
        if not field.init:
            continue
        default = "" if _is_required(field) else f"=_{field.name}"
        if field.keyword:
            named += f", {field.name}{default}"
        else:
            placed += f", {field.name}{default}"
    return placed + (f", *{named}" if named else "")


def _is_required(field: _Part) -> bool:
    return field.default is _MISSING and field.factory is _MISSING


def _filling(owner: type, names: dict[str, Any]) -> list[str]:
    """The assignments to `self`; puts the defaults that they and the parameters use in `names`."""
    lines = []
    for field in _parts(owner):
        name, value = field.name, field.name if field.init else f"_{field.name}"
        if field.factory is not _MISSING:
            names[f"_{name}"], names[f"_make_{name}"] = _ABSENT, field.factory
            made = f"_make_{name}()"
            value = f"{made} if {name} is _{name} else {name}" if field.init else made
        elif field.default is not _MISSING:
            names[f"_{name}"] = field.default
        elif not field.init:
            continue
        lines.append(f"self.{name} = {value}")
    return lines


_ABSENT = object()


def _equality(owner: type) -> Any:
    values = field_values(part.name for part in _parts(owner) if part.compare)

    def __eq__(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    return __eq__


def _hashing(owner: type) -> Any:
    parts = _parts(owner)
    values = field_values(p.name for p in parts if (p.compare if p.hash is None else p.hash))
    return lambda self: hash(values(self))


def field_values(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the tuple of a value's fields."""
    match tuple(names):
        case ():
            return lambda value: ()
        case (name,):
            return lambda value: (getattr(value, name),)
        case several:
            return attrgetter(*several)


def _compiled(name: str, arguments: str, lines: list[str], names: dict[str, Any]) -> Any:
    """A function of the text, which is made of the names of fields alone."""
    text = f"def {name}({arguments}):\n" + "".join(f"    {line}\n" for line in lines)
    exec(text, names)
    return names[name]


def _shown(self: Any) -> str:
    parts = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _refused(self: Any, name: str, value: object = None) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _reduction(owner: type) -> Any:
    """`__reduce__`: by the constructor where that takes every field by its place."""
    names = placed_fields(owner)
    if not names and _parts(owner):
        return _reduced
    values = field_values(names)
    return lambda self: (self.__class__, values(self))


def _reduced(self: Any) -> tuple[Any, ...]:
    names = [part.name for part in _parts(type(self))]
    return rebuilt, (type(self), {n: getattr(self, n) for n in names if hasattr(self, n)})


def shared(cls: _C) -> _C:
    """The frozen class, which makes one value of equal arguments as long as it remembers them: most
    verdicts are alike, and making one takes three times as long as finding it.
    """
    if "_lean" in vars(cls):
        made: Any = cls
        made.__new__ = staticmethod(lru_cache(maxsize=4096)(made.__new__))
    return cls


def placed_fields(cls: type) -> list[str]:
    """The names of a class's fields where this module made it and its constructor takes all of
    them by their place; else none.
    """
    parts = _parts(cls) if "_lean" in vars(cls) else []
    return [p.name for p in parts] if all(p.init and not p.keyword for p in parts) else []


_SHARED = {"__eq__": _Late("__eq__", _equality), "__repr__": _shown}
_MUTABLE: Mapping[str, Any] = {
    **_SHARED,
    "__init__": _Late("__init__", _initialiser),
    "__hash__": None,
}
_FROZEN: Mapping[str, Any] = {
    **_SHARED,
    "__new__": _Late("__new__", _constructor),
    "__hash__": _Late("__hash__", _hashing),
    "__setattr__": _refused,
    "__delattr__": _refused,
    "__reduce__": _Late("__reduce__", _reduction),
}


# ---- for other modules -------------------------------------------------------------------------


def twin(cls: type) -> type | None:
    """The mutable class whose value, once it is filled, becomes one of the frozen `cls`; None for
    a class that this module did not make, or whose values are mutable.
    """
    frozen = "_lean" in vars(cls) and vars(cls)["__dataclass_params__"].frozen
    return _twin(cls) if frozen else None


def rebuilt(cls: type, values: dict[str, Any]) -> Any:
    """A value read back from a pickle or copied, whatever its constructor takes."""
    made = _twin(cls)()
    for name, value in values.items():
        setattr(made, name, value)
    made.__class__ = cls
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
    from re import compile as pattern
else:
    dataclass, pattern = _lean, _Pattern
