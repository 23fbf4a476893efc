"""What a zod expression accepts, and what a call in it is evaluated with."""

from dataclasses import dataclass, replace
from typing import Protocol

from ctb_audit.sources.typescript.syntax import Node, Text, children, part
from ctb_audit.zod_model import FieldType, ModelField


@dataclass(frozen=True, slots=True)
class Schema:
    """What an expression accepts; `open`: of an object, some fields could not be read."""

    field: ModelField
    open: bool = False

    def having(self, **values: object) -> "Schema":
        return replace(self, field=replace(self.field, **values))  # type: ignore[arg-type]


class Reader(Protocol):
    """Evaluates what a call's arguments hold (`zod.Zod`)."""

    def schema(self, node: Node, text: Text) -> Schema: ...

    def object(self, node: Node, text: Text) -> Schema: ...

    def strings(self, node: Node, text: Text) -> tuple[str, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Call:
    """A method's arguments, and the reader and text they are evaluated with."""

    arguments: tuple[Node, ...]
    text: Text
    reader: "Reader"

    def number(self) -> str:
        """The first argument as a number in text, "" for anything else."""
        if not self.arguments:
            return ""
        value = self.text.of(self.arguments[0]).replace("_", "")
        return value if value.lstrip("-").replace(".", "", 1).isdigit() else ""

    def count(self) -> int | None:
        number = self.number()
        return int(number) if number.isdigit() else None

    def schema(self, position: int = 0) -> Schema:
        if len(self.arguments) <= position:
            return UNKNOWN
        return self.reader.schema(self.arguments[position], self.text)

    def strings(self) -> tuple[str, ...] | None:
        return self.reader.strings(self.arguments[0], self.text) if self.arguments else None

    def keys(self) -> frozenset[str]:
        """The keys of an object argument, `{ id: true }`."""
        first = self.arguments[0] if self.arguments else None
        if first is None or first.type != "object":
            return frozenset()
        pairs = children(first, "pair")
        names = [part(pair, "key") for pair in pairs]
        return frozenset(self.text.string(n) or self.text.of(n) for n in names)


UNKNOWN = Schema(ModelField("", "unknown"))


def either(members: list[Schema]) -> Schema:
    real = [m for m in members if not (m.field.type == "any" and m.field.nullable)]
    nullable = any(m.field.nullable for m in members)
    optional = any(m.field.optional for m in members)
    types = {m.field.type for m in real}
    if len(types) != 1:
        known: FieldType = "unknown" if "unknown" in types else "any"
        return Schema(ModelField("", known, nullable=nullable, optional=optional))
    if len(real) == 1:
        return real[0].having(nullable=nullable, optional=optional)
    lists = [m.field.values for m in real]
    values = None if None in lists else tuple(v for found in lists if found for v in found)
    only: FieldType = next(iter(types))
    return Schema(ModelField("", only, nullable=nullable, optional=optional, values=values))
