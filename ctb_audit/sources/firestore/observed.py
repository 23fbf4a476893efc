"""Fields and types as sampled documents show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ctb_audit.model import Column, Location, Type

MAX_DEPTH = 6
_KINDS: tuple[tuple[type, str, str], ...] = (
    (bool, "boolean", "boolean"),
    (int, "number", "number"),
    (float, "number", "number"),
    (str, "string", "text"),
    (datetime, "Timestamp", "timestamp"),
    (bytes, "bytes", "bytes"),
)
_NAMED = {
    "GeoPoint": ("GeoPoint", "geometry"),
    "DocumentReference": ("reference", "reference"),
    "Vector": ("vector", "array"),
}


@dataclass
class Observed:
    """The fields of documents, or of the maps in one of their fields."""

    documents: int = 0
    fields: dict[str, "ObservedField"] = field(default_factory=dict)

    def add(self, values: Mapping[str, Any], depth: int = 0) -> None:
        self.documents += 1
        for name, value in values.items():
            self.fields.setdefault(name, ObservedField()).add(value, depth)

    def columns(self, location: Location) -> tuple[Column, ...]:
        """A field that some document lacks is nullable."""
        return tuple(
            Column(
                name=name,
                type=found.type,
                nullable=found.nulls > 0 or found.present < self.documents,
                fields=found.inner.columns(location) if found.inner else (),
                location=location,
            )
            for name, found in sorted(self.fields.items())
        )


@dataclass
class ObservedField:
    present: int = 0
    nulls: int = 0
    types: dict[Type, None] = field(default_factory=dict)
    inner: Observed | None = None

    def add(self, value: Any, depth: int) -> None:
        self.present += 1
        if value is None:
            self.nulls += 1
            return
        self.types[_type_of(value)] = None
        if isinstance(value, dict) and depth < MAX_DEPTH:
            self.inner = self.inner or Observed()
            self.inner.add(value, depth + 1)

    @property
    def type(self) -> Type:
        """The one type, or `any` with all of them as its spelling."""
        if len(self.types) == 1:
            return next(iter(self.types))
        return Type("any", "any", spelling=" | ".join(sorted(map(str, self.types))))


def _type_of(value: Any) -> Type:
    if isinstance(value, dict):
        return Type("map", "struct")
    if isinstance(value, list):
        items = {_type_of(item) for item in value}
        item = next(iter(items)) if len(items) == 1 else Type("any", "any")
        return Type(item.name, item.family, dimensions=item.dimensions + 1)
    for kind, name, family in _KINDS:
        if isinstance(value, kind):
            return Type(name, family)
    known, family = _NAMED.get(type(value).__name__, ("any", "any"))
    return Type(known, family)
