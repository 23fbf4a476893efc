"""The shape of a Firestore field, and that of what a zod schema accepts."""

from dataclasses import dataclass, replace

from ctb_audit.model import Column, Type
from ctb_audit.zod_model import FieldType, ModelField

_TYPES: dict[FieldType, tuple[str, str]] = {
    "string": ("string", "text"),
    "enum": ("string", "text"),
    "number": ("number", "number"),
    "integer": ("number", "number"),
    "bigint": ("number", "number"),
    "boolean": ("boolean", "boolean"),
    "date": ("Timestamp", "timestamp"),
    "object": ("map", "struct"),
    "any": ("any", "any"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """`understood` False: some name is defined nowhere, or a construct is not known."""

    type: Type
    nullable: bool = False
    fields: tuple[Column, ...] = ()
    understood: bool = True


def of_model(field: ModelField) -> Shape:
    """The documents that a schema accepts, for `z.infer`."""
    nullable = field.optional or field.nullable
    if field.type == "array":
        item = of_model(field.items[0]) if field.items else Shape(Type("any", "any"))
        listed = replace(item.type, dimensions=item.type.dimensions + 1)
        return Shape(listed, nullable, item.fields, item.understood)
    known = _TYPES.get(field.type)
    if known is None:
        return Shape(Type("any"), nullable, understood=False)
    return Shape(Type(*known), nullable, tuple(map(_column, field.fields)))


def _column(field: ModelField) -> Column:
    shape = of_model(field)
    return Column(
        field.name,
        shape.type,
        nullable=shape.nullable,
        fields=shape.fields,
        location=field.location,
    )
