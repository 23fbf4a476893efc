"""The methods of `lean`'s classes, each made when it is first called, and what other modules ask of
such classes.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import FrozenInstanceError
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from ctb_audit.constructors import CONSTRUCTORS

__all__ = [
    "FROZEN",
    "MUTABLE",
    "PARAMETERS",
    "Fields",
    "compiled",
    "constructor_text",
    "field_values",
    "placed_fields",
    "rebuilt",
    "twin",
]

_MISSING = dataclasses.MISSING


class _Parameters:
    """What the standard decorator asks of a base."""

    def __init__(self, frozen: bool) -> None:
        self.frozen = frozen


PARAMETERS = {frozen: _Parameters(frozen) for frozen in (False, True)}


class Fields:
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
        fields: Fields = vars(base)["__dataclass_fields__"]
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
    return compiled("__init__", f"self{_arguments(owner)}", lines, names)


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


def compiled(name: str, arguments: str, lines: list[str], names: dict[str, Any]) -> Any:
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


def placed_fields(cls: type) -> list[str]:
    """The names of a class's fields where this module made it and its constructor takes all of
    them by their place; else none.
    """
    parts = _parts(cls) if "_lean" in vars(cls) else []
    return [p.name for p in parts] if all(p.init and not p.keyword for p in parts) else []


_SHARED = {"__eq__": _Late("__eq__", _equality), "__repr__": _shown}
MUTABLE: Mapping[str, Any] = {
    **_SHARED,
    "__init__": _Late("__init__", _initialiser),
    "__hash__": None,
}
FROZEN: Mapping[str, Any] = {
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
