"""What files declare at their top level, and names resolved over several of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import basename, splitext

from ctb_audit.sources.typescript.syntax import Node, Text, children, first

_TYPES = ("interface_declaration", "type_alias_declaration", "enum_declaration")
_CLASSES = ("class_declaration", "abstract_class_declaration")
_WRAPPERS = ("as_expression", "satisfies_expression", "parenthesized_expression")


@dataclass(frozen=True, slots=True)
class Declared:
    """A named type or constant; `node` is the declaration, or the constant's value."""

    name: str
    node: Node
    text: Text


@dataclass
class File:
    """One file's declarations by name, and the module of each import."""

    text: Text
    types: dict[str, Declared] = field(default_factory=dict)
    constants: dict[str, Declared] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> module, own name
    zod: set[str] = field(default_factory=set)


def declarations(text: Text) -> File:
    found = File(text)
    for node in _statements(text.root):
        if node.type in (*_TYPES, *_CLASSES):
            _add_type(found, node)
        elif node.type in ("lexical_declaration", "variable_declaration"):
            _add_constants(found, node)
        elif node.type == "import_statement":
            _add_imports(found, node)
    found.zod = {name for name, (module, _) in found.imports.items() if _is_zod(module)}
    if not found.zod and "z" not in found.imports:
        found.zod = {"z"}
    return found


def _is_zod(module: str) -> bool:
    return module in ("zod", "zod/v3", "zod/v4", "zod/v4-mini", "zod/mini") or module.endswith(
        ("/zod", ":zod")
    )


def _statements(root: Node) -> Iterator[Node]:
    for node in root.named_children:
        if node.type in ("export_statement", "ambient_declaration"):
            yield from children(node)
        elif node.type in ("expression_statement", "internal_module", "module"):
            for body in children(node, "statement_block", "internal_module"):
                yield from _statements(body)
        else:
            yield node


def _add_type(found: File, node: Node) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        word = found.text.of(name)
        found.types.setdefault(word, Declared(word, node, found.text))


def _add_constants(found: File, node: Node) -> None:
    for declarator in children(node, "variable_declarator"):
        name = declarator.child_by_field_name("name")
        value = declarator.child_by_field_name("value")
        if name is not None and value is not None and name.type == "identifier":
            word = found.text.of(name)
            found.constants[word] = Declared(word, unwrapped(value), found.text)


def _add_imports(found: File, node: Node) -> None:
    source = node.child_by_field_name("source")
    module = found.text.string(source) if source is not None else None
    if module is None:
        return
    for clause in children(node, "import_clause"):
        for part in children(clause):
            if part.type == "identifier":
                found.imports[found.text.of(part)] = (module, "default")
            elif part.type == "namespace_import":
                found.imports[found.text.of(first(part))] = (module, "*")
            for item in children(part, "import_specifier"):
                names = [found.text.of(n) for n in children(item) or [item]]
                found.imports[names[-1]] = (module, names[0])


def unwrapped(node: Node) -> Node:
    """Without `as const`, `satisfies T` and parentheses."""
    while node.type in _WRAPPERS and children(node):
        node = first(node)
    return node


class Library:
    """Names over all files that are read together."""

    def __init__(self, files: Iterable[File]) -> None:
        self.files = tuple(files)
        self._by_path = {f.text.path: f for f in self.files}

    def type_of(self, name: str, text: Text) -> Declared | None:
        return self._find(name, text, "types")

    def constant(self, name: str, text: Text) -> Declared | None:
        return self._find(name, text, "constants")

    def file_of(self, text: Text) -> File:
        return self._by_path[text.path]

    def _find(self, name: str, text: Text, kind: str) -> Declared | None:
        own = self._by_path[text.path]
        here: Declared | None = getattr(own, kind).get(name)
        if here is not None:
            return here
        module, original = own.imports.get(name, ("", name))
        if original == "default":
            original = name
        holding = [f for f in self.files if f is not own and original in getattr(f, kind)]
        stem = basename(module)
        named = [f for f in holding if splitext(basename(f.text.path))[0] == stem]
        found = named or [f for f in holding if _is_own(module) or _lies_at(f.text.path, module)]
        found_here: Declared | None = getattr(found[0], kind)[original] if found else None
        return found_here


def _is_own(module: str) -> bool:
    """Whether an import names a file of the project, and no package."""
    return module.startswith((".", "@/", "~/", "src/"))


def _lies_at(path: str, module: str) -> bool:
    """Whether a path from the project's base (`models/user`) means the file or a folder of it."""
    return "/" in module and f"/{module}/" in f"/{splitext(path)[0]}/"
