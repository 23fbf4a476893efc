"""`extends`: a standard derived from another one.

A table merges key by key, any other value (a list too) replaces the base's. `remove` lists
dotted keys that are taken out of the base first. `title`, `extends` and `remove` itself are
never inherited. The order of fields is the base's, new ones last.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ctb_audit.errors import ConfigurationError
from ctb_audit.wording import did_you_mean

_OWN = ("title", "extends", "remove")


def derive(base: Mapping[str, Any], child: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The child's table laid over the base's. Raises ConfigurationError for a `remove` that
    names nothing.
    """
    merged = deepcopy({key: value for key, value in base.items() if key not in _OWN})
    for key in child.get("remove", ()):
        _remove(merged, key, place)
    _lay_over(merged, child)
    return merged


def refuse_missing_formats(table: Mapping[str, Any], place: str) -> None:
    """Raises ConfigurationError where the merged standard lacks a format that is asked of it."""
    formats = table.get("formats", {})
    wanted = {"table_heir_id": "formats.table_heir_id"}
    for role, field in table.get("field", {}).items():
        if field.get("format"):
            wanted[field["format"]] = f"field.{role}.format"
    for name, key in wanted.items():
        if name not in formats:
            raise ConfigurationError(
                f"{place}: {key}", f"no format {name}{did_you_mean(name, formats)}"
            )


def _lay_over(base: dict[str, Any], child: Mapping[str, Any]) -> None:
    for key, value in child.items():
        below = base.get(key)
        if isinstance(below, dict) and isinstance(value, Mapping):
            _lay_over(below, value)
        else:
            base[key] = deepcopy(value)


def _remove(table: dict[str, Any], dotted: str, place: str) -> None:
    *path, last = dotted.split(".")
    for part in path:
        below = table.get(part)
        table = below if isinstance(below, dict) else {}
    if last not in table:
        raise ConfigurationError(
            f"{place}: remove", f"the base has no {dotted}{did_you_mean(last, table)}"
        )
    del table[last]
