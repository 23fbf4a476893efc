"""zod expressions evaluated to the fields they accept, as far as they are written out.

`z.string().email().optional()` is read from the inside out: what constructs a schema, then each
method on it. Methods that change nothing a table could hold (`refine`, `transform`, `describe`)
are passed over; unknown ones are counted as not understood.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ctb_audit.sources.typescript.declarations import Declared, Library, unwrapped
from ctb_audit.sources.typescript.syntax import Node, Text, children, part
from ctb_audit.zod_model import FieldType, ModelField

MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Schema:
    """What an expression accepts; `open`: of an object, some fields could not be read."""

    field: ModelField
    open: bool = False

    def having(self, **values: object) -> "Schema":
        return replace(self, field=replace(self.field, **values))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Call:
    """A method's arguments, and the reader and text they are evaluated with."""

    arguments: tuple[Node, ...]
    text: Text
    reader: "Zod"

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


@dataclass
class Zod:
    """Evaluates expressions over the files of a library."""

    library: Library
    seen: int = 0
    missed: list[tuple[Node, Text, str]] = field(default_factory=list)
    _open: list[Node] = field(default_factory=list)

    def is_object(self, found: Declared) -> Schema | None:
        """The schema of a constant if it is an object's."""
        if found.node.type != "call_expression" or not self._starts_with_zod(found):
            return None
        schema = self.schema(found.node, found.text)
        return schema if schema.field.type == "object" else None

    def _starts_with_zod(self, found: Declared) -> bool:
        """Whether the chain of calls begins at `z` or at another constant of the library."""
        root = found.node
        while root.type in ("call_expression", "member_expression"):
            root = part(root, "function" if root.type == "call_expression" else "object")
        name = found.text.of(root)
        if name in self.library.file_of(found.text).zod:
            return True
        other = self.library.constant(name, found.text)
        return other is not None and other.node.id != found.node.id and len(self._open) < 8

    def schema(self, node: Node, text: Text) -> Schema:
        node = unwrapped(node)
        if len(self._open) > MAX_DEPTH or any(n.id == node.id for n in self._open):
            return Schema(ModelField("", "any"))
        self._open.append(node)
        try:
            return self._schema(node, text)
        finally:
            self._open.pop()

    def _schema(self, node: Node, text: Text) -> Schema:
        if node.type == "call_expression":
            return self._call(node, text)
        if node.type == "identifier":
            found = self.library.constant(text.of(node), text)
            return UNKNOWN if found is None else self.schema(found.node, found.text)
        if node.type == "member_expression":
            return self._member(node, text)
        if node.type == "arrow_function":  # z.lazy(() => schema)
            return self.schema(part(node, "body"), text)
        return UNKNOWN

    def _call(self, node: Node, text: Text) -> Schema:
        function = part(node, "function")
        arguments = part(node, "arguments")
        if function.type != "member_expression":
            return UNKNOWN
        held = part(function, "object")
        named = part(function, "property")
        call = Call(tuple(children(arguments)), text, self)
        name = text.of(named)
        if self._is_zod(held, text):
            make = CONSTRUCTORS.get(name)
            return UNKNOWN if make is None else make(call)
        base = self.schema(held, text)
        method = METHODS.get(name)
        return method(base, call) if method is not None else _unknown_method(base, name)

    def _is_zod(self, node: Node, text: Text) -> bool:
        """`z`, or `z.coerce`, `z.iso` in which the same constructors stand."""
        if node.type == "member_expression":
            inner = part(node, "object")
            name = part(node, "property")
            return text.of(name) in ("coerce", "iso") and self._is_zod(inner, text)
        return node.type == "identifier" and text.of(node) in self.library.file_of(text).zod

    def _member(self, node: Node, text: Text) -> Schema:
        """`Base.shape.email`, `Status.enum`, `List.element`."""
        held = part(node, "object")
        name = text.of(part(node, "property"))
        if name == "shape":
            return self.schema(held, text)
        if held.type == "member_expression" and text.of(held).endswith(".shape"):
            base = self.schema(held, text)
            found = next((f for f in base.field.fields if f.name == name), None)
            return UNKNOWN if found is None else Schema(replace(found, name=""))
        return UNKNOWN

    def object(self, node: Node, text: Text) -> Schema:
        """The fields of `{ key: schema, ...Base.shape }`."""
        if node.type != "object":
            node = unwrapped(node)
        if node.type == "identifier":
            found = self.library.constant(text.of(node), text)
            if found is None:
                return Schema(ModelField("", "object"), open=True)
            node, text = found.node, found.text
        if node.type != "object":
            return self._spread(node, text)
        fields: dict[str, ModelField] = {}
        is_open = False
        for item in children(node):
            found_fields, part_open = self._part(item, text)
            is_open = is_open or part_open
            fields.update((f.name, f) for f in found_fields)
        return Schema(ModelField("", "object", fields=tuple(fields.values())), is_open)

    def _part(self, node: Node, text: Text) -> tuple[tuple[ModelField, ...], bool]:
        if node.type == "spread_element":
            spread = self._spread(children(node)[0], text)
            return spread.field.fields, spread.open or spread.field.type != "object"
        if node.type == "shorthand_property_identifier":
            return (self._field(node, text.of(node), node, text),), False
        if node.type != "pair":
            return (), True
        key = part(node, "key")
        value = part(node, "value")
        name = text.string(key)
        if name is None:
            name = text.of(key)
        if key.type == "computed_property_name":
            return (), True
        return (self._field(key, name, value, text),), False

    def _spread(self, node: Node, text: Text) -> Schema:
        node = unwrapped(node)
        if node.type == "identifier":
            found = self.library.constant(text.of(node), text)
            if found is not None and found.node.type == "object":
                return self.object(found.node, found.text)
        schema = self.schema(node, text)
        return schema if schema.field.type == "object" else replace(schema, open=True)

    def _field(self, key: Node, name: str, value: Node, text: Text) -> ModelField:
        self.seen += 1
        if value.type == "shorthand_property_identifier":
            found = self.library.constant(name, text)
            schema = UNKNOWN if found is None else self.schema(found.node, found.text)
        else:
            schema = self.schema(value, text)
        if schema.field.type == "unknown":
            shown = text.of(value)[:80]
            self.missed.append((key, text, f"the schema {shown} is not understood"))
        return replace(schema.field, name=name, location=text.at(key))

    def strings(self, node: Node, text: Text) -> tuple[str, ...] | None:
        """The strings of an array or of an object of constants; None where they are not shown."""
        node = unwrapped(node)
        if node.type == "identifier":
            found = self.library.constant(text.of(node), text)
            if found is not None:
                return self._strings_of(found.node, found.text)
            declared = self.library.type_of(text.of(node), text)
            return None if declared is None else _enum_values(declared)
        return self._strings_of(node, text)

    def _strings_of(self, node: Node, text: Text) -> tuple[str, ...] | None:
        if node.type == "array":
            found = [text.string(c) for c in children(node)]
        elif node.type == "object":
            values = (part(pair, "value") for pair in children(node, "pair"))
            found = [text.string(value) for value in values]
        else:
            return None
        known = tuple(value for value in found if value is not None)
        return known if found and len(known) == len(found) else None


def _enum_values(found: Declared) -> tuple[str, ...] | None:
    if found.node.type != "enum_declaration":
        return None
    body = part(found.node, "body")
    values = [children(a)[-1] for a in children(body, "enum_assignment")]
    texts = [found.text.string(v) for v in values]
    known = tuple(value for value in texts if value is not None)
    return known if texts and len(known) == len(texts) else None


def _unknown_method(base: Schema, name: str) -> Schema:
    return base if name.startswith("_") else UNKNOWN


# ---- what constructs a schema ------------------------------------------------------------------

Constructor = Callable[[Call], Schema]
Method = Callable[[Schema, Call], Schema]


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


def _object(call: Call) -> Schema:
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
    return _either(members)


def _either(members: list[Schema]) -> Schema:
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
    "object": _object,
    "strictObject": _object,
    "looseObject": _object,
    "lazy": _wrapped,
    "preprocess": _preprocess,
    "union": _union,
    "discriminatedUnion": _union,
    "optional": lambda call: _wrapped(call).having(optional=True),
    "nullable": lambda call: _wrapped(call).having(nullable=True),
    "nullish": lambda call: _wrapped(call).having(nullable=True, optional=True),
}


# ---- methods -------------------------------------------------------------------------------------


def _same(base: Schema, call: Call) -> Schema:
    return base


def _with(**values: object) -> Method:
    return lambda base, call: base.having(**values)


def _least(base: Schema, call: Call) -> Schema:
    if base.field.type == "string":
        return base.having(shortest=call.count())
    return base.having(minimum=call.number())


def _most(base: Schema, call: Call) -> Schema:
    if base.field.type == "string":
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
    other = _object(call)
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


METHODS: dict[str, Method] = {
    "optional": _with(optional=True),
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
    "array": _with(type="array", fields=(), values=None),
    "or": lambda base, call: _either([base, call.schema()]),
    **dict.fromkeys(
        (
            *("refine", "superRefine", "transform", "pipe", "describe", "brand", "readonly"),
            *("meta", "register", "check", "overwrite", "strict", "strip", "passthrough"),
            *("loose", "catchall", "trim", "toLowerCase", "toUpperCase", "normalize"),
            *("multipleOf", "step", "finite", "startsWith", "endsWith", "includes", "cuid"),
            *("cuid2", "ulid", "nanoid", "ip", "ipv4", "ipv6", "cidr", "base64", "base64url"),
            *("jwt", "emoji", "time", "duration", "openapi", "unwrap", "clone", "openapi"),
        ),
        _same,
    ),
}
