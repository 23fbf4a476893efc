"""Changed copies of frozen values, ten times faster than `dataclasses.replace`."""

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from ctb_audit.lean import twin

__all__ = ["replace"]

T = TypeVar("T")
_Copier = Callable[[Any, dict[str, Any]], Any]
_COPIERS: dict[tuple[Any, ...], _Copier] = {}
"""By the class and the names of what changes."""

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value: T, /, **changes: Any) -> T:
        """A copy with some fields changed; all fields must be arguments of the constructor."""
        key = (value.__class__, *changes)
        copier = _COPIERS.get(key)
        if copier is None:
            copier = _COPIERS[key] = _copier(value.__class__, changes)
        return copier(value, changes)


def _copier(kind: Any, changed: dict[str, Any]) -> _Copier:
    """A function of a value and its new fields, made of the names of fields alone."""
    names = [field.name for field in fields(kind)]
    unknown = [name for name in changed if name not in names]
    if unknown:
        raise TypeError(f"{kind.__name__} has no field {unknown[0]}")
    values = {n: f"changes[{n!r}]" if n in changed else f"value.{n}" for n in names}
    filled = twin(kind)
    if filled is None:
        lines = [f"return kind({', '.join(values.values())})"]
    else:  # as its constructor does, without handing thirty values to it
        lines = [f"copied.{name} = {text}" for name, text in values.items()]
        lines = ["copied = filled()", *lines, "copied.__class__ = kind", "return copied"]
    made: dict[str, Any] = {"kind": kind, "filled": filled}
    exec(f"def copy(value, changes): {'; '.join(lines)}", made)
    copier: _Copier = made["copy"]
    return copier
