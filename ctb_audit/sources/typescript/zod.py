"""zod expressions evaluated to the fields they accept, as far as they are written out.

`z.string().email().optional()` is read from the inside out: what constructs a schema, then each
method on it. Methods that change nothing a table could hold (`refine`, `transform`, `describe`)
are passed over; unknown ones are counted as not understood.
"""

from dataclasses import dataclass, field, replace

from ctb_audit.sources.typescript.declarations import Declared, Library, unwrapped
from ctb_audit.sources.typescript.syntax import Node, Text, children, first, part
from ctb_audit.sources.typescript.zod_constructors import CONSTRUCTORS, ISO
from ctb_audit.sources.typescript.zod_methods import METHODS
from ctb_audit.sources.typescript.zod_schema import UNKNOWN, Call, Schema
from ctb_audit.zod_model import ModelField

MAX_DEPTH = 60
MAX_BASES = 16
MAX_READS = 3_000
"""Schemas read for one: constants that use another twice double with each step."""


@dataclass
class Zod:
    """Evaluates expressions over the files of a library."""

    library: Library
    seen: int = 0
    missed: list[tuple[Node, Text, str]] = field(default_factory=list)
    _open: list[Node] = field(default_factory=list)
    _reads: int = 0

    def may_be(self, found: Declared) -> bool:
        """Whether a constant seems to be a schema; nothing is evaluated yet."""
        return found.node.type == "call_expression" and self._starts_with_zod(found)

    def _starts_with_zod(self, found: Declared) -> bool:
        """Whether the chain of calls begins at `z`, or at a constant whose chain does."""
        for _ in range(MAX_BASES):
            name = found.text.of(_root(found.node))
            if name in self.library.file_of(found.text).zod:
                return True
            other = self.library.constant(name, found.text)
            if other is None or other.node.id == found.node.id:
                return False
            found = other
        return False

    def schema(self, node: Node, text: Text) -> Schema:
        node = unwrapped(node)
        self._reads = self._reads + 1 if self._open else 0
        too_much = len(self._open) > MAX_DEPTH or self._reads > MAX_READS
        if too_much or any(n.id == node.id for n in self._open):
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
        if function.type == "identifier":
            return self._made_by(function, text)
        if function.type != "member_expression":
            return UNKNOWN
        held = part(function, "object")
        named = part(function, "property")
        call = Call(tuple(children(arguments)), text, self)
        name = text.of(named)
        if self._is_zod(held, text):
            return self._made(name, call, in_iso=text.of(held).endswith(".iso"))
        base = self.schema(held, text)
        method = METHODS.get(name)
        return method(base, call) if method is not None else _unknown_method(base, name)

    def _made(self, name: str, call: Call, *, in_iso: bool) -> Schema:
        """`z.name(...)`; of the small edition also `z.extend(schema, {...})`."""
        make = ISO.get(name) if in_iso else CONSTRUCTORS.get(name)
        if make is not None:
            return make(call)
        method = METHODS.get(name)
        if method is None or not call.arguments:
            return UNKNOWN
        return method(call.schema(), replace(call, arguments=call.arguments[1:]))

    def _made_by(self, name: Node, text: Text) -> Schema:
        """`email()` where `const email = () => z.string()`; its arguments are not read."""
        found = self.library.constant(text.of(name), text)
        if found is None or found.node.type != "arrow_function":
            return UNKNOWN
        body = part(found.node, "body")
        if body.type != "statement_block":
            return self.schema(body, found.text)
        returned = [c for r in children(body, "return_statement") for c in children(r)]
        return self.schema(returned[0], found.text) if len(returned) == 1 else UNKNOWN

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
            spread = self._spread(first(node), text)
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


def _root(node: Node) -> Node:
    """What a chain of calls and members begins with."""
    while node.type in ("call_expression", "member_expression"):
        inner = part(node, "function" if node.type == "call_expression" else "object")
        if inner.id == node.id:
            return node
        node = inner
    return node
