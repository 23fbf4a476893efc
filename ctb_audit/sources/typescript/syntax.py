"""A TypeScript text as a tree-sitter tree, with places in the document that holds it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ctb_audit.errors import SourceError
from ctb_audit.names import Location

Node = Any
"""A node of the tree: `tree_sitter.Node`, which only the parser's own import would show."""

MAX_DEPTH = 200
"""Of the tree, which only a hostile text exceeds."""


@lru_cache(maxsize=1)
def _parser() -> Any:
    try:
        import tree_sitter
        import tree_sitter_typescript
    except ImportError:
        raise SourceError(
            "TypeScript",
            "cannot be read without tree-sitter",
            "pip install tree-sitter tree-sitter-typescript",
        ) from None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_typescript.language_typescript()))


@dataclass(frozen=True, slots=True)
class Text:
    """A parsed text. `first_line`, `margin`: where it stands, and what precedes each line."""

    data: bytes
    lines: tuple[bytes, ...]
    path: str
    root: Node
    first_line: int = 1
    margin: int = 0

    def at(self, node: Node) -> Location:
        row, column = node.start_point
        before = self.lines[row][:column].decode("utf-8", errors="replace")
        return Location(self.path, row + self.first_line, len(before) + 1 + self.margin)

    def of(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", errors="replace")

    def string(self, node: Node) -> str | None:
        """The value of a string literal; None for anything else."""
        if node.type not in ("string", "template_string"):
            return None
        if any(c.type == "template_substitution" for c in node.named_children):
            return None
        return self.of(node)[1:-1]


def parse(text: str, path: str, *, first_line: int = 1, margin: int = 0) -> Text:
    """SourceError where the parser is not installed."""
    data = text.encode("utf-8", errors="replace")
    root = _parser().parse(data).root_node
    return Text(data, tuple(data.split(b"\n")), path, root, first_line, margin)


def children(node: Node, *kinds: str) -> list[Node]:
    """The named children, comments left out, of these kinds or of any."""
    named = (c for c in node.named_children if c.type != "comment")
    return [c for c in named if not kinds or c.type in kinds]


def first(node: Node) -> Node:
    """The first of the children; the node itself where a broken text holds none."""
    return next(iter(children(node)), node)


def part(node: Node, name: str) -> Node:
    """The child in a field; the node itself where a broken text lacks it."""
    found = node.child_by_field_name(name)
    return node if found is None else found


def descend(node: Node) -> Iterator[Node]:
    """The node and all below it, `MAX_DEPTH` deep, in the order of the text."""
    todo = [(node, 0)]
    while todo:
        found, depth = todo.pop()
        yield found
        if depth < MAX_DEPTH:
            todo.extend((child, depth + 1) for child in reversed(found.named_children))


def faults(text: Text) -> Iterator[Node]:
    """Where the text could not be parsed; one for each place."""
    if text.root.has_error:
        yield from (n for n in descend(text.root) if n.is_error or n.is_missing)
