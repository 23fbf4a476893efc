"""Methods of a schema: `.optional()`, `.max(255)`, `.extend({...})`."""

from collections.abc import Callable
from dataclasses import replace

from ctb_audit.sources.typescript.zod_constructors import array_of, object_of
from ctb_audit.sources.typescript.zod_schema import Call, Schema, either
from ctb_audit.zod_model import ModelField

Method = Callable[[Schema, Call], Schema]


def _same(base: Schema, call: Call) -> Schema:
    return base


def _with(**values: object) -> Method:
    return lambda base, call: base.having(**values)


def _least(base: Schema, call: Call) -> Schema:
    if base.field.type in ("string", "array"):
        return base.having(shortest=call.count())
    return base.having(minimum=call.number())


def _most(base: Schema, call: Call) -> Schema:
    if base.field.type in ("string", "array"):
        return base.having(longest=call.count())
    return base.having(maximum=call.number())


def _length(base: Schema, call: Call) -> Schema:
    return base.having(shortest=call.count(), longest=call.count())


def _regex(base: Schema, call: Call) -> Schema:
    pattern = call.arguments[0] if call.arguments else None
    if pattern is None or pattern.type != "regex":
        return base
    parts = {c.type: call.text.of(c) for c in pattern.named_children}
    return base.having(pattern=parts.get("regex_pattern", ""), flags=parts.get("regex_flags", ""))


def _extend(base: Schema, call: Call) -> Schema:
    other = object_of(call)
    return _joined(base, other)


def _merge(base: Schema, call: Call) -> Schema:
    return _joined(base, call.schema())


def _joined(base: Schema, other: Schema) -> Schema:
    fields = {f.name: f for f in (*base.field.fields, *other.field.fields)}
    is_open = base.open or other.open or other.field.type != "object"
    return replace(base.having(fields=tuple(fields.values())), open=is_open)


def _pick(base: Schema, call: Call) -> Schema:
    keys = call.keys()
    return base.having(fields=tuple(f for f in base.field.fields if f.name in keys))


def _omit(base: Schema, call: Call) -> Schema:
    keys = call.keys()
    return base.having(fields=tuple(f for f in base.field.fields if f.name not in keys))


def _partial(base: Schema, call: Call) -> Schema:
    keys = call.keys()
    return base.having(
        fields=tuple(
            replace(f, optional=True) if not keys or f.name in keys else f
            for f in base.field.fields
        )
    )


def _required(base: Schema, call: Call) -> Schema:
    keys = call.keys()
    return base.having(
        fields=tuple(
            replace(f, optional=False) if not keys or f.name in keys else f
            for f in base.field.fields
        )
    )


def _keys(base: Schema) -> Schema:
    names = tuple(f.name for f in base.field.fields)
    return Schema(ModelField("", "enum", values=None if base.open else names))


def _chosen(base: Schema, names: tuple[str, ...] | None, *, keep: bool) -> Schema:
    """Some of the values of an enum."""
    values = base.field.values
    if values is None or names is None:
        return base.having(values=None)
    return base.having(values=tuple(v for v in values if (v in names) == keep))


METHODS: dict[str, Method] = {
    "optional": _with(optional=True),
    "nonoptional": _with(optional=False),
    "unwrap": _with(optional=False, nullable=False),
    "exactOptional": _with(optional=True),
    "nullable": _with(nullable=True),
    "nullish": _with(optional=True, nullable=True),
    "default": _with(optional=True, default=True),
    "prefault": _with(optional=True, default=True),
    "catch": _with(optional=True, default=True),
    "min": _least,
    "gte": _least,
    "max": _most,
    "lte": _most,
    "gt": lambda base, call: base.having(above=call.number()),
    "lt": lambda base, call: base.having(below=call.number()),
    "length": _length,
    "nonempty": _with(shortest=1),
    "positive": _with(above="0"),
    "negative": _with(below="0"),
    "nonnegative": _with(minimum="0"),
    "nonpositive": _with(maximum="0"),
    "int": _with(type="integer"),
    "safe": _same,
    "email": _with(format="email"),
    "uuid": _with(format="uuid"),
    "guid": _with(format="uuid"),
    "url": _with(format="url"),
    "datetime": _with(format="datetime"),
    "date": _with(format="date"),
    "regex": _regex,
    "extend": _extend,
    "safeExtend": _extend,
    "augment": _extend,
    "merge": _merge,
    "and": _merge,
    "pick": _pick,
    "omit": _omit,
    "partial": _partial,
    "deepPartial": _partial,
    "required": _required,
    "array": lambda base, call: array_of(base),
    "keyof": lambda base, call: _keys(base),
    "extract": lambda base, call: _chosen(base, call.strings(), keep=True),
    "exclude": lambda base, call: _chosen(base, call.strings(), keep=False),
    "or": lambda base, call: either([base, call.schema()]),
    **dict.fromkeys(
        (
            *("refine", "superRefine", "transform", "pipe", "describe", "brand", "readonly"),
            *("meta", "register", "check", "overwrite", "strict", "strip", "passthrough"),
            *("loose", "catchall", "trim", "toLowerCase", "toUpperCase", "normalize"),
            *("multipleOf", "step", "finite", "startsWith", "endsWith", "includes", "cuid"),
            *("cuid2", "ulid", "nanoid", "ip", "ipv4", "ipv6", "cidr", "base64", "base64url"),
            *("jwt", "emoji", "time", "duration", "openapi", "clone"),
        ),
        _same,
    ),
}
