"""zod schemas as plain values, part of `Catalog`: what an application accepts of a table's rows."""

from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.names import Location, Name, System

FieldType = Literal[
    "string",
    "number",
    "integer",
    "bigint",
    "boolean",
    "date",
    "enum",
    "object",
    "array",
    "any",
    "unknown",  # not understood
]


@dataclass(frozen=True, slots=True)
class ModelField:
    """One key of `z.object({...})`.

    `optional` may be left out, `nullable` may be null. `values` of an enum or literals, None for no
    list. `pattern` is the source of a regular expression, `flags` its flags. Bounds are numbers in
    text, "" for none; `above`, `below` exclude their own value. Lengths count characters. `fields`
    are those of an object, `items` holds the one schema of an array's elements.
    """

    name: str
    type: FieldType
    location: Location | None = None
    optional: bool = False
    nullable: bool = False
    default: bool = False
    values: tuple[str, ...] | None = None
    pattern: str = ""
    flags: str = ""
    format: str = ""  # email, uuid, url, datetime, date
    shortest: int | None = None
    longest: int | None = None
    minimum: str = ""
    maximum: str = ""
    above: str = ""
    below: str = ""
    fields: "tuple[ModelField, ...]" = ()
    items: "tuple[ModelField, ...]" = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A zod object schema. `table` is the one that a document or the configuration ties it to,
    None where its name and path decide. `open`: it includes fields that nobody could read, so that
    a field it lacks proves nothing.
    """

    name: str
    path: str
    fields: tuple[ModelField, ...]
    location: Location
    system: System | None = None
    table: Name | None = None
    open: bool = False

    def field(self, name: str) -> ModelField | None:
        return next((f for f in self.fields if f.name == name), None)
