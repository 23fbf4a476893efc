"""Changed copies of frozen values, ten times faster than `dataclasses.replace`."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from ctb_audit.lean import twin

__all__ = ["replace"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value: T, /, **changes: Any) -> T:
        """A copy with some fields changed; all fields must be arguments of the constructor."""
        return _copier(type(value), tuple(changes))(value, *changes.values())


@cache
def _copier(kind: Any, changed: tuple[str, ...]) -> Callable[..., Any]:
    """A function of a value and its new fields, made of the names of fields alone."""
    names = [field.name for field in fields(kind)]
    unknown = [name for name in changed if name not in names]
    if unknown:
        raise TypeError(f"{kind.__name__} has no field {unknown[0]}")
    new = {name: f"_{place}" for place, name in enumerate(changed)}
    values = {name: new.get(name, f"value.{name}") for name in names}
    filled = twin(kind)
    if filled is None:
        lines = [f"return kind({', '.join(values.values())})"]
    else:  # as its constructor does, without handing thirty values to it
        lines = [f"copied.{name} = {text}" for name, text in values.items()]
        lines = ["copied = filled()", *lines, "copied.__class__ = kind", "return copied"]
    made: dict[str, Any] = {"kind": kind, "filled": filled}
    exec(f"def copy({', '.join(('value', *new.values()))}): {'; '.join(lines)}", made)
    copier: Callable[..., Any] = made["copy"]
    return copier
