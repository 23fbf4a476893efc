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


def _array(call: Call) -> Schema:
    return array_of(call.schema())


def array_of(item: Schema) -> Schema:
    """An array of the schema's values; of what, where that could be read."""
    known = () if item.field.type == "unknown" else (item.field,)
    return Schema(ModelField("", "array", items=known))


def _intersection(call: Call) -> Schema:
    """Both at once: of objects all fields, else the first."""
    first, second = call.schema(), call.schema(1)
    if first.field.type != "object" or second.field.type != "object":
        return first
    fields = {f.name: f for f in (*first.field.fields, *second.field.fields)}
    both = first.having(fields=tuple(fields.values()))
    return Schema(both.field, first.open or second.open)


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
    "int32": _of("integer", minimum="-2147483648", maximum="2147483647"),
    "uint32": _of("integer", minimum="0", maximum="4294967295"),
    "int64": _of("bigint"),
    "uint64": _of("bigint", minimum="0"),
    "nan": _of("number"),
    "float32": _of("number"),
    "float64": _of("number"),
    "bigint": _of("bigint"),
    "boolean": _of("boolean"),
    "stringbool": _of("boolean"),
    "date": _of("date"),
    "datetime": _of("string", format="datetime"),
    "email": _of("string", format="email"),
    "uuid": _of("string", format="uuid"),
    **dict.fromkeys(("uuidv4", "uuidv6", "uuidv7"), _of("string", format="uuid")),
    "guid": _of("string", format="uuid"),
    **dict.fromkeys(("url", "httpUrl"), _of("string", format="url")),
    "any": _of("any"),
    "unknown": _of("any"),
    "custom": _of("any"),
    "instanceof": _of("any"),
    "never": _of("any", optional=True),
    "null": _of("any", nullable=True),
    "undefined": _of("any", nullable=True, optional=True),
    "void": _of("any", nullable=True, optional=True),
    "array": _array,
    "tuple": _of("array"),
    "set": _array,
    "intersection": _intersection,
    **dict.fromkeys(("record", "partialRecord", "looseRecord", "map"), _of("object")),
    **dict.fromkeys(
        (
            *("ipv4", "ipv6", "cidrv4", "cidrv6", "mac", "base64", "base64url", "nanoid", "cuid"),
            *("cuid2", "ulid", "xid", "ksuid", "emoji", "jwt", "e164", "hostname", "hex", "hash"),
            *("stringFormat", "lowercase", "uppercase"),
        ),
        _of("string"),
    ),
    **dict.fromkeys(("promise", "function", "file", "symbol", "codec"), _of("any")),
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

ISO: dict[str, Constructor] = {
    **{name: _of("string", format=name) for name in ("date", "time", "datetime", "duration")}
}
"""What stands in `z.iso`: texts, other than `z.date()`."""
