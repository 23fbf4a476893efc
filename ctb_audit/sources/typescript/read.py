"""TypeScript files read together: their document types, their zod models, what was missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ctb_audit.model import Coverage, Location, Problem
from ctb_audit.semantics.field_names import means
from ctb_audit.sources.typescript.declarations import Declared, File, Library, declarations
from ctb_audit.sources.typescript.inferred import Shape
from ctb_audit.sources.typescript.shapes import Types
from ctb_audit.sources.typescript.syntax import Node, Text, descend, faults, parse
from ctb_audit.sources.typescript.zod import Zod
from ctb_audit.zod_model import Model

EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Document:
    """A type that describes documents, and where it stands."""

    name: str
    shape: Shape
    location: Location


class TypeScript:
    """One file among those read with it. Documents and models are read when they are asked for;
    `coverage` and `problems` count the properties of those that were.
    """

    def __init__(self, file: File, library: Library) -> None:
        self._file = file
        self._types = Types(library)
        self._zod = Zod(library)
        self._asked: dict[str, Document] = {}
        self._models: dict[str, Model | None] = {}

    @property
    def path(self) -> str:
        return self._file.text.path

    @cached_property
    def model_names(self) -> tuple[str, ...]:
        """The constants that seem to be zod schemas."""
        return tuple(c.name for c in self._file.constants.values() if self._zod.may_be(c))

    def model(self, name: str) -> Model | None:
        """The object schema of that name; None for any other schema."""
        if name not in self._models:
            constant = self._file.constants[name]
            schema = self._zod.schema(constant.node, constant.text)
            location = self._file.text.at(constant.node)
            self._models[name] = (
                Model(name, self.path, schema.field.fields, location, open=schema.open)
                if schema.field.type == "object"
                else None
            )
        return self._models[name]

    def model_of(self, table: str) -> Model | None:
        """The model named after the table, else the only one."""
        named = [n for n in self.model_names if means(n, table)]
        models = [m for n in named or self.model_names if (m := self.model(n)) is not None]
        return models[0] if (named and models) or len(models) == 1 else None

    @property
    def type_names(self) -> tuple[str, ...]:
        return tuple(self._file.types)

    def document(self, name: str) -> Document | None:
        """The object type of that name."""
        if name not in self._asked:
            found = self._file.types.get(name)
            if found is None:
                return None
            shape = self._types.declared(found)
            self._asked[name] = Document(name, shape, self._file.text.at(found.node))
        document = self._asked[name]
        return document if document.shape.fields else None

    def main_document(self, collection: str) -> Document | None:
        """The type named after the collection, else the only one that no other type uses."""
        named = [n for n in self._file.types if means(n, collection)]
        for name in named:
            document = self.document(name)
            if document is not None:
                return document
        whole = [n for n in self._file.types if n not in self._used]
        objects = [d for n in whole if (d := self.document(n)) is not None]
        return objects[0] if len(objects) == 1 else None

    @cached_property
    def _used(self) -> frozenset[str]:
        """The types that other types of the file mention."""
        return frozenset(
            name
            for found in self._file.types.values()
            for name in _mentioned(found)
            if name != found.name
        )

    @cached_property
    def collections(self) -> tuple[tuple[str, str], ...]:
        """Collections that the code opens, each with the type it gives their documents or ""."""
        return tuple(dict.fromkeys(_collections(self._file.text)))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was not understood of the documents and models asked for, and syntax errors."""
        missed = [*self._types.missed, *self._zod.missed]
        first = next(faults(self._file.text), None)
        broken = [] if first is None else [(first, self._file.text, "is no TypeScript")]
        return tuple(_problem(node, text, why) for node, text, why in (*broken, *missed))

    @property
    def coverage(self) -> Coverage:
        """Properties by whether their type was understood; a syntax error counts as one missed."""
        missed = len(self._types.missed) + len(self._zod.missed)
        broken = 1 if self._file.text.root.has_error else 0
        seen = self._types.seen + self._zod.seen
        return Coverage(seen + broken, seen - missed)


def read_typescript(text: str, path: str, *, first_line: int = 1, margin: int = 0) -> TypeScript:
    """One text alone. SourceError where tree-sitter is not installed."""
    file = declarations(parse(text, path, first_line=first_line, margin=margin))
    return TypeScript(file, Library([file]))


def read_files(texts: Iterable[tuple[str, str]]) -> Sequence[TypeScript]:
    """Files, as path and text, that may import from each other."""
    files = [declarations(parse(text, path)) for path, text in texts]
    library = Library(files)
    return [TypeScript(file, library) for file in files]


def _mentioned(found: Declared) -> Iterable[str]:
    names = (n for n in descend(found.node) if n.type == "type_identifier")
    return (found.text.of(n) for n in names)


def _collections(text: Text) -> Iterable[tuple[str, str]]:
    """`collection(db, 'users')`, `db.collection('users')`, also `as CollectionReference<User>`."""
    for node in descend(text.root):
        if node.type != "call_expression":
            continue
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if function is None or arguments is None:
            continue
        if text.of(function).rpartition(".")[2] not in ("collection", "collectionGroup"):
            continue
        literal = [text.string(a) for a in arguments.named_children if a.type == "string"]
        if literal and literal[-1]:
            yield literal[-1].rpartition("/")[2], _document_type(node, text)


def _document_type(node: Node, text: Text) -> str:
    """The type argument of a cast or converter directly around the call, "" for none."""
    around = node.parent
    if around is None or around.type not in ("as_expression", "member_expression"):
        return ""
    outer = around.parent if around.type == "member_expression" else around
    if outer is None or outer.type not in ("as_expression", "call_expression"):
        return ""
    arguments = [n for n in descend(outer) if n.type == "type_arguments"]
    names = [n for a in arguments for n in a.named_children if n.type == "type_identifier"]
    return text.of(names[0]) if names else ""


def _problem(node: Node, text: Text, why: str) -> Problem:
    excerpt = text.of(node)[:EXCERPT]
    return Problem("not-understood", f"TypeScript: {why}", (), excerpt, text.at(node))
