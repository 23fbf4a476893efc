"""A TypeScript type as a Firestore field: its type, whether it may be absent, and its fields."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ctb_audit.model import Column, Type
from ctb_audit.sources.typescript.declarations import Declared, Library
from ctb_audit.sources.typescript.inferred import Shape, of_model
from ctb_audit.sources.typescript.syntax import Node, Text, children, first, part
from ctb_audit.sources.typescript.zod import Zod

MAX_DEPTH = 12
"""Of names that lead to names."""

MAX_READS = 10_000
"""Types read for one: names that use another twice double with each step."""

DEEPEST = 40
"""Of types written in one another; Firestore itself keeps 20 levels of a document."""


_PLAIN: dict[str, tuple[str, str]] = {
    "string": ("string", "text"),
    "number": ("number", "number"),
    "bigint": ("number", "number"),
    "boolean": ("boolean", "boolean"),
    "Boolean": ("boolean", "boolean"),
    "String": ("string", "text"),
    "Number": ("number", "number"),
    "Timestamp": ("Timestamp", "timestamp"),
    "Date": ("Timestamp", "timestamp"),
    "GeoPoint": ("GeoPoint", "geometry"),
    "Bytes": ("bytes", "bytes"),
    "Blob": ("bytes", "bytes"),
    "Uint8Array": ("bytes", "bytes"),
    "Buffer": ("bytes", "bytes"),
    "DocumentReference": ("reference", "reference"),
    "any": ("any", "any"),
    "unknown": ("any", "any"),
    "object": ("map", "struct"),
    "Record": ("map", "struct"),
    "DocumentData": ("map", "struct"),
    "Map": ("map", "struct"),
    "URL": ("string", "text"),
    "VectorValue": ("vector", "array"),
}
_INFERRED = frozenset({"infer", "output", "input", "TypeOf"})
_ABSENT = frozenset({"null", "undefined", "void", "never"})
_WRITES = frozenset({"FieldValue", "ServerTimestamp"})
_ARRAYS = frozenset({"Array", "ReadonlyArray", "Set", "ReadonlySet"})
_LITERALS = {"string": "string", "number": "number", "true": "boolean", "false": "boolean"}


@dataclass
class Types:
    """Reads types; `missed` collects the properties whose type was not understood, with why."""

    library: Library
    seen: int = 0
    missed: list[tuple[Node, Text, str]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _depth: int = 0
    _reads: int = 0

    def shape(self, node: Node, text: Text) -> Shape:
        """The shape of a type node."""
        reader = _READERS.get(node.type)
        self._reads = self._reads + 1 if self._open else 0
        if reader is None or self._depth > DEEPEST or self._reads > MAX_READS:
            return Shape(Type("any", spelling=text.of(node)[:80]), understood=False)
        self._depth += 1
        try:
            return reader(self, node, text)
        finally:
            self._depth -= 1

    def declared(self, found: Declared) -> Shape:
        """The shape of an interface, class, alias or enum; of itself inside itself, any."""
        if found.name in self._open or len(self._open) > MAX_DEPTH:
            return self._named("any", found.name)
        self._open.append(found.name)
        try:
            return self._declaration(found)
        finally:
            self._open.pop()

    def _declaration(self, found: Declared) -> Shape:
        node, text = found.node, found.text
        if node.type == "enum_declaration":
            return self._enum(node, found.name)
        if node.type == "type_alias_declaration":
            value = part(node, "value")
            return self.shape(value, text)
        inherited: tuple[Column, ...] = ()
        understood = True
        for clause in children(node, "extends_type_clause", "class_heritage"):
            for base in children(clause):
                shape = self.shape(base, text)
                understood = understood and shape.understood
                inherited = _merged(inherited, shape.fields)
        body = part(node, "body")
        own = self._properties(body, text)
        return Shape(Type("map", "struct", spelling=found.name), False, _merged(inherited, own))

    def _enum(self, node: Node, name: str) -> Shape:
        body = part(node, "body")
        values = [c for a in children(body, "enum_assignment") for c in children(a)[1:]]
        words = bool(values) and all(v.type == "string" for v in values)
        return self._named("string" if words else "number", name)

    def _named(self, name: str, spelling: str, *, understood: bool = True) -> Shape:
        known, family = _PLAIN[name]
        return Shape(Type(known, family, spelling=spelling), understood=understood)

    # ---- kinds of nodes -------------------------------------------------------------------------

    def _name(self, node: Node, text: Text) -> Shape:
        spelling = text.of(node)
        name = spelling.rpartition(".")[2]
        own = self.library.type_of(name, text)
        if own is not None:
            return replace_spelling(self.declared(own), spelling)
        if name in _PLAIN:
            return self._named(name, spelling)
        if name in _ABSENT:
            return Shape(Type("null", "null", spelling=spelling), nullable=True)
        if name in _WRITES:
            return Shape(Type("any", "sentinel", spelling=spelling))
        if name in _ARRAYS:
            return _array(self._named("any", spelling))
        return Shape(Type("any", spelling=spelling), understood=False)

    def _literal(self, node: Node, text: Text) -> Shape:
        inner = children(node)
        kind = inner[0].type if inner else ""
        if kind in ("null", "undefined"):
            return Shape(Type("null", "null", spelling=kind), nullable=True)
        if kind == "unary_expression":
            kind = "number"
        return self._named(_LITERALS.get(kind, "any"), text.of(node))

    def _union(self, node: Node, text: Text) -> Shape:
        members = [self.shape(n, text) for n in _flat(node, "union_type")]
        nullable = any(m.nullable for m in members)
        real = [m for m in members if m.type.family not in ("null", "sentinel")]
        understood = all(m.understood for m in members)
        spelling = text.of(node)
        if not real:
            return Shape(Type("any", "any", spelling=spelling), nullable, understood=understood)
        same = len({(m.type.family, m.type.dimensions) for m in real}) == 1
        chosen = real[0].type if same else Type("any", "any")
        fields = real[0].fields if len(real) == 1 else ()
        return Shape(replace(chosen, spelling=spelling), nullable, fields, understood)

    def _intersection(self, node: Node, text: Text) -> Shape:
        members = [self.shape(n, text) for n in _flat(node, "intersection_type")]
        fields: tuple[Column, ...] = ()
        first_type = members[0].type if members else Type("any", "any")
        for member in members:
            fields = _merged(fields, member.fields)
        chosen = Type("map", "struct", spelling=text.of(node)) if fields else first_type
        return Shape(chosen, False, fields, all(m.understood for m in members))

    def _array(self, node: Node, text: Text) -> Shape:
        inner = children(node)
        return _array(self.shape(inner[0], text)) if inner else self._named("any", text.of(node))

    def _tuple(self, node: Node, text: Text) -> Shape:
        return _array(self._named("any", text.of(node)))

    def _object(self, node: Node, text: Text) -> Shape:
        fields = self._properties(node, text)
        return Shape(Type("map", "struct", spelling="object"), False, fields)

    def _inner(self, node: Node, text: Text) -> Shape:
        inner = children(node)
        return self.shape(inner[-1], text) if inner else self._named("any", text.of(node))

    def _function(self, node: Node, text: Text) -> Shape:
        """No document holds a function: the property is none of its fields."""
        return Shape(Type("function", "function", spelling=text.of(node)))

    def _text(self, node: Node, text: Text) -> Shape:
        return self._named("string", text.of(node))

    def _lookup(self, node: Node, text: Text) -> Shape:
        """`Order['status']`, or `(typeof STATUSES)[number]`."""
        base, key = [*children(node), None, None][:2]
        if base is None or key is None:
            return Shape(Type("any", spelling=text.of(node)), understood=False)
        if "typeof" in text.of(base):
            return self._named("string", text.of(node))
        wanted = text.of(key).strip("'\"")
        column = next((c for c in self.shape(base, text).fields if c.name == wanted), None)
        if column is None:
            return Shape(Type("any", spelling=text.of(node)), understood=False)
        return Shape(column.type, column.nullable, column.fields)

    def _generic(self, node: Node, text: Text) -> Shape:
        head, *rest = children(node) or [node]
        name = text.of(head).rpartition(".")[2]
        arguments = children(rest[0]) if rest else []
        if name in _ARRAYS:
            return _array(self.shape(arguments[0], text)) if arguments else self._name(head, text)
        if name in _INFERRED and arguments:
            return self._inferred(arguments[0], text)
        helper = _HELPERS.get(name)
        if helper is not None and arguments:
            return helper(self, arguments, text)
        return replace_spelling(self._name(head, text), text.of(node))

    def _inferred(self, query: Node, text: Text) -> Shape:
        """`z.infer<typeof UserSchema>`."""
        names = children(query)
        found = self.library.constant(text.of(names[-1]), text) if names else None
        if found is None:
            return Shape(Type("any", spelling=text.of(query)), understood=False)
        return of_model(Zod(self.library).schema(found.node, found.text).field)

    # ---- fields ---------------------------------------------------------------------------------

    def _properties(self, body: Node, text: Text) -> tuple[Column, ...]:
        kinds = ("property_signature", "public_field_definition")
        found = (self._property(node, text) for node in children(body, *kinds))
        return tuple(column for column in found if column.type.family != "function")

    def _property(self, node: Node, text: Text) -> Column:
        name = part(node, "name")
        annotation = node.child_by_field_name("type")
        self.seen += 1
        written = text.string(name) or text.of(name)
        if annotation is None:
            shape = Shape(Type("any", "any"))
        else:
            shape = self.shape(first(annotation), text)
        if not shape.understood:
            self.missed.append((node, text, f"the type {shape.type.spelling} is defined nowhere"))
        optional = any(c.type == "?" for c in node.children)
        return Column(
            name=written,
            type=shape.type,
            nullable=optional or shape.nullable,
            fields=shape.fields,
            location=text.at(node),
        )

    # ---- Partial, Pick and the like -------------------------------------------------------------

    def _partial(self, arguments: list[Node], text: Text) -> Shape:
        return _with_nullable(self.shape(arguments[0], text), True)

    def _required(self, arguments: list[Node], text: Text) -> Shape:
        return _with_nullable(self.shape(arguments[0], text), False)

    def _same(self, arguments: list[Node], text: Text) -> Shape:
        return self.shape(arguments[0], text)

    def _pick(self, arguments: list[Node], text: Text) -> Shape:
        names = _words(arguments[1:], text)
        return _only(self.shape(arguments[0], text), lambda name: name in names)

    def _omit(self, arguments: list[Node], text: Text) -> Shape:
        names = _words(arguments[1:], text)
        return _only(self.shape(arguments[0], text), lambda name: name not in names)

    def _map(self, arguments: list[Node], text: Text) -> Shape:
        return Shape(Type("map", "struct", spelling="Record"))


Reader = Callable[[Types, Node, Text], Shape]
Helper = Callable[[Types, list[Node], Text], Shape]
_READERS: dict[str, Reader] = {
    "predefined_type": Types._name,
    "type_identifier": Types._name,
    "identifier": Types._name,
    "nested_type_identifier": Types._name,
    "member_expression": Types._name,
    "extends_clause": Types._inner,
    "literal_type": Types._literal,
    "template_literal_type": Types._text,
    "union_type": Types._union,
    "intersection_type": Types._intersection,
    "array_type": Types._array,
    "tuple_type": Types._tuple,
    "object_type": Types._object,
    "readonly_type": Types._inner,
    "parenthesized_type": Types._inner,
    "index_type_query": Types._text,
    "function_type": Types._function,
    "lookup_type": Types._lookup,
    "generic_type": Types._generic,
}
_HELPERS: dict[str, Helper] = {
    "Partial": Types._partial,
    "Required": Types._required,
    "Readonly": Types._same,
    "NonNullable": Types._required,
    "WithFieldValue": Types._same,
    "PartialWithFieldValue": Types._partial,
    "Pick": Types._pick,
    "Omit": Types._omit,
    "Record": Types._map,
    "Map": Types._map,
}


def replace_spelling(shape: Shape, spelling: str) -> Shape:
    return replace(shape, type=replace(shape.type, spelling=spelling))


def _array(item: Shape) -> Shape:
    type_ = replace(item.type, dimensions=item.type.dimensions + 1)
    return Shape(type_, False, item.fields, item.understood)


def _flat(node: Node, kind: str) -> list[Node]:
    """The members of nested unions or intersections, in order."""
    found: list[Node] = []
    todo = [node]
    while todo:
        current = todo.pop()
        if current.type == kind:
            todo.extend(reversed(children(current)))
        else:
            found.append(current)
    return found


def _merged(first: tuple[Column, ...], second: tuple[Column, ...]) -> tuple[Column, ...]:
    """Both, what is declared again as the second says."""
    return tuple({c.name: c for c in (*first, *second)}.values())


def _with_nullable(shape: Shape, nullable: bool) -> Shape:
    return replace(shape, fields=tuple(replace(c, nullable=nullable) for c in shape.fields))


def _only(shape: Shape, keeps: Callable[[str], bool]) -> Shape:
    return replace(shape, fields=tuple(c for c in shape.fields if keeps(c.name)))


def _words(nodes: Iterable[Node], text: Text) -> frozenset[str]:
    """The strings of a union of literals."""
    flat = [member for node in nodes for member in _flat(node, "union_type")]
    return frozenset(text.of(member).strip("'\"") for member in flat)
