"""What constructs a schema: `z.string()`, `z.object({...})`, `z.enum([...])`."""

from collections.abc import Callable

from ctb_audit.sources.typescript.declarations import unwrapped
from ctb_audit.sources.typescript.syntax import children
from ctb_audit.sources.typescript.zod_schema import UNKNOWN, Call, Schema, either
from ctb_audit.zod_model import FieldType, ModelField

Constructor = Callable[[Call], Schema]


def _of(type_: FieldType, **values: object) -> Constructor:
    return lambda call: Schema(ModelField("", type_)).having(**values)


def _enum(call: Call) -> Schema:
    return Schema(ModelField("", "enum", values=call.strings()))


def _literal(call: Call) -> Schema:
    first = unwrapped(call.arguments[0]) if call.arguments else None
    if first is None:
        return UNKNOWN
    word = call.text.string(first)
    if word is not None:
        return Schema(ModelField("", "enum", values=(word,)))
    if first.type == "array":
        return _enum(call)
    kinds: dict[str, FieldType] = {"number": "number", "true": "boolean", "false": "boolean"}
    if first.type in ("null", "undefined"):
        return Schema(ModelField("", "any", nullable=True))
    return Schema(ModelField("", kinds.get(first.type, "any")))


def object_of(call: Call) -> Schema:
    if not call.arguments:
        return Schema(ModelField("", "object"))
    return call.reader.object(call.arguments[0], call.text)


def _wrapped(call: Call) -> Schema:
    """`z.optional(schema)` and the like."""
    return call.schema()


def _preprocess(call: Call) -> Schema:
    return call.schema(1)


def _union(call: Call) -> Schema:
    """One of several: equal types keep their type, strings their values; null is nullable."""
    listed = call.arguments[-1] if call.arguments else None
    if listed is None or listed.type != "array":
        return UNKNOWN
    members = [call.reader.schema(c, call.text) for c in children(listed)]
    return either(members)


CONSTRUCTORS: dict[str, Constructor] = {
    "string": _of("string"),
    "number": _of("number"),
    "int": _of("integer"),
    "int32": _of("integer"),
    "float32": _of("number"),
    "float64": _of("number"),
    "bigint": _of("bigint"),
    "boolean": _of("boolean"),
    "stringbool": _of("boolean"),
    "date": _of("date"),
    "datetime": _of("string", format="datetime"),
    "email": _of("string", format="email"),
    "uuid": _of("string", format="uuid"),
    "uuidv4": _of("string", format="uuid"),
    "guid": _of("string", format="uuid"),
    "url": _of("string", format="url"),
    "any": _of("any"),
    "unknown": _of("any"),
    "custom": _of("any"),
    "instanceof": _of("any"),
    "never": _of("any", optional=True),
    "null": _of("any", nullable=True),
    "undefined": _of("any", nullable=True, optional=True),
    "void": _of("any", nullable=True, optional=True),
    "array": _of("array"),
    "tuple": _of("array"),
    "set": _of("array"),
    "record": _of("object"),
    "map": _of("object"),
    "json": _of("any"),
    "templateLiteral": _of("string"),
    "enum": _enum,
    "nativeEnum": _enum,
    "literal": _literal,
    "object": object_of,
    "strictObject": object_of,
    "looseObject": object_of,
    "lazy": _wrapped,
    "preprocess": _preprocess,
    "union": _union,
    "discriminatedUnion": _union,
    "optional": lambda call: _wrapped(call).having(optional=True),
    "nullable": lambda call: _wrapped(call).having(nullable=True),
    "nullish": lambda call: _wrapped(call).having(nullable=True, optional=True),
}
