"""One text for every spelling of an expression, and what an expression reads."""

from collections.abc import Iterator

from ctb_audit.rules_model import Node
from ctb_audit.semantics.firestore.scope import UNKNOWN

UID = "request.auth.uid"
CLAIMS = "request.auth.token"
STORED = "resource.data"
INCOMING = "request.resource.data"
_NOT_IDENTITY = ("email_verified", "firebase", "sign_in_provider", "iat", "exp", "auth_time")


def text_of(node: Node) -> str:
    """The canonical text; equal texts mean equal values."""
    if node.kind == "string":
        return repr(node.text)
    if not node.operands and node.kind not in ("list", "map", "path"):
        return node.text
    head, *rest = map(text_of, node.operands) if node.operands else ("",)
    if node.kind == "member":
        return f"{head}.{node.text}"
    if node.kind == "binary":
        return f"({f' {node.text} '.join((head, *rest))})"
    mark = node.kind if node.kind != "unary" else node.text
    return f"{mark}({','.join((head, *rest))})"


def is_at(node: Node, place: str) -> bool:
    """Whether the node is the name or member that `place` writes with dots."""
    return _is_at(node, place.split("."))


def _is_at(node: Node, parts: list[str]) -> bool:
    for part in reversed(parts[1:]):
        if node.kind != "member" or node.text != part:
            return False
        node = node.operands[0]
    return node.kind == "name" and node.text == parts[0]


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    todo = [node]
    while todo:
        found = todo.pop()
        yield found
        todo.extend(found.operands)


def reads(node: Node, place: str) -> bool:
    """Whether a value below `place` (`request.auth`, `resource`, ..) is read: fails on null."""
    return any(n.kind in ("member", "index") and is_at(n.operands[0], place) for n in walk(node))


def fields(node: Node, place: str) -> tuple[str, ...]:
    """The fields of the data at `place` that are read."""
    return tuple(
        dict.fromkeys(
            n.text for n in walk(node) if n.kind == "member" and is_at(n.operands[0], place)
        )
    )


def field_of(node: Node, place: str) -> str | None:
    """The field that the node is, nothing else around it; `author.uid` of one in a map."""
    names: list[str] = []
    while node.kind == "member":
        names.append(node.text)
        node = node.operands[0]
        if is_at(node, place):
            return ".".join(reversed(names))
    return None


def mentions(node: Node, place: str) -> bool:
    """Whether `place` itself stands in the expression, read or not."""
    return any(is_at(n, place) for n in walk(node))


def holds_identity(node: Node) -> bool:
    """Whether it depends on who is signed in, not only on being so."""
    return any(_is_identity(n) for n in walk(node))


def _is_identity(node: Node) -> bool:
    if node.kind != "member":
        return False
    claim = is_at(node.operands[0], CLAIMS) and node.text not in _NOT_IDENTITY
    return claim or is_at(node, UID)


def unknown_call(node: Node) -> str:
    """The name of the first function that nothing defines, "" for none."""
    for found in walk(node):
        if found.kind == "call" and found.text.startswith(UNKNOWN):
            return found.text.removeprefix(UNKNOWN)
    return ""


def method_of(node: Node) -> tuple[Node, str, tuple[Node, ...]] | None:
    """Object, name and arguments of a method call."""
    if node.kind == "call" and node.operands[0].kind == "member":
        called = node.operands[0]
        return called.operands[0], called.text, node.operands[1:]
    return None


def strings_of(node: Node) -> frozenset[str] | None:
    """The strings of a list or set of constants, of sums of such; None where it is not known."""
    if node.kind == "list":
        texts = [o.text for o in node.operands if o.kind == "string"]
        return frozenset(texts) if len(texts) == len(node.operands) else None
    if node.kind == "binary" and node.text == "+":
        parts = [strings_of(o) for o in node.operands]
        known = [p for p in parts if p is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    method = method_of(node)
    if method is None:
        return None
    held, name, arguments = method
    if name == "toSet" and not arguments:
        return strings_of(held)
    if name in ("concat", "union") and len(arguments) == 1:
        left, right = strings_of(held), strings_of(arguments[0])
        return None if left is None or right is None else left | right
    return None
