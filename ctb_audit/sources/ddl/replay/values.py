"""Changed copies of frozen values, several times faster than `dataclasses.replace`."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["replace"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value: T, /, **changes: Any) -> T:
        """A copy with some fields changed; all fields must be arguments of the constructor."""
        kind = type(value)
        getter, places = _plan(kind)
        arguments = list(getter(value))
        for name, changed in changes.items():
            arguments[places[name]] = changed
        return kind(*arguments)


@cache
def _plan(kind: Any) -> tuple[Callable[[object], tuple[Any, ...]], dict[str, int]]:
    names = tuple(field.name for field in fields(kind))
    return attrgetter(*names), {name: place for place, name in enumerate(names)}
