"""Fields added to a TypeScript type of documents, or made required, in the file's own style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ctb_audit.model import Column, Location, Type
from ctb_audit.remedy.in_place.edits import Edit
from ctb_audit.sources.typescript.syntax import Text, children, descend, parse, part

TYPES = {
    "text": Type("string", "text", spelling="string"),
    "number": Type("number", "number", spelling="number"),
    "timestamp": Type("Timestamp", "timestamp", spelling="Timestamp"),
}
_DECLARATIONS = ("interface_declaration", "type_alias_declaration")
_BODIES = ("interface_body", "object_type")


@dataclass(frozen=True)
class Shape:
    """The members between the braces of a declaration, in characters of the text."""

    text: str
    start: int
    end: int
    members: tuple[tuple[int, int], ...]
    optional: dict[str, int]


def shape_at(text: str, place: Location) -> Shape | None:
    """The members of the interface or object type that begins at `place`; None for another
    declaration, and where the text has errors.
    """
    tree = parse(text, place.path)
    if tree.root.has_error:
        return None
    nodes = (n for n in descend(tree.root) if n.type in _DECLARATIONS)
    found = next((n for n in nodes if _begins_at(tree, n, place)), None)
    if found is None:
        return None
    body = part(found, "body" if found.type == "interface_declaration" else "value")
    if body.type not in _BODIES:
        return None
    members = children(body, "property_signature", "method_signature", "index_signature")
    optional = {
        tree.of(part(member, "name")): _offset(tree, mark.start_byte)
        for member in members
        for mark in member.children
        if mark.type == "?"
    }
    spans = tuple((_offset(tree, m.start_byte), _offset(tree, m.end_byte)) for m in members)
    start, end = _offset(tree, body.start_byte), _offset(tree, body.end_byte)
    return Shape(text, start, end, spans, optional)


def _begins_at(tree: Text, node: Any, place: Location) -> bool:
    found = tree.at(node)
    return (found.line, found.column) == (place.line, place.column)


def _offset(tree: Text, position: int) -> int:
    return len(tree.data[:position].decode("utf-8", errors="replace"))


def required(shape: Shape, name: str) -> Edit | None:
    """The edit that takes the question mark away; None where the type has no such field."""
    at = shape.optional.get(name)
    return None if at is None else Edit(at, at + 1, "")


def added(shape: Shape, fields: Sequence[Column]) -> tuple[Edit, ...]:
    """Edits that put fields behind the last one."""
    lines = [f"{field.name}: {_spelled(field.type, shape.text)}" for field in fields]
    if not shape.members:
        inner = "".join(f"\n  {line};" for line in lines)
        return (Edit(shape.start + 1, shape.start + 1, f"{inner}\n"),)
    mark, last = _terminator(shape), shape.members[-1][1]
    is_ended = shape.text[last : last + 1] in (";", ",")
    closing = () if is_ended or not mark else (Edit(last, last, mark),)
    if "\n" not in shape.text[shape.start : shape.end]:
        text = "".join(f" {line}{mark}" for line in lines)
        behind = last + is_ended
        return (*closing, Edit(behind, behind, text if is_ended else text.removesuffix(mark)))
    head = _margin(shape)
    behind = _line_end(shape.text, last)
    text = "".join(f"{head}{line}{mark}" for line in lines)
    return (*closing, Edit(behind, behind, text))


def _terminator(shape: Shape) -> str:
    """What ends a member, as most of them are ended; nothing where line ends do."""
    ends = [shape.text[end : end + 1] for _, end in shape.members]
    marks = [end for end in ends if end in (";", ",")]
    is_inline = "\n" not in shape.text[shape.start : shape.end]
    return max(set(marks), key=marks.count) if marks else ";" * is_inline


def _margin(shape: Shape) -> str:
    """The line end and the indentation of the last member that begins a line."""
    heads = []
    for start, _ in shape.members:
        at = shape.text.rfind("\n", 0, start)
        head = shape.text[at + 1 : start]
        if at >= 0 and not head.strip():
            heads.append(("\r\n" if shape.text[at - 1 : at] == "\r" else "\n") + head)
    return heads[-1] if heads else "\n  "


def _line_end(text: str, place: int) -> int:
    """The end of the line where a comment or nothing follows; else the place behind the mark."""
    at = text.find("\n", place)
    at = len(text) if at < 0 else at
    at -= text[at - 1 : at] == "\r"
    rest = text[place:at].lstrip(";, \t")
    is_note = rest.startswith("//") or (rest.startswith("/*") and rest.endswith("*/"))
    behind = place + (text[place : place + 1] in (";", ","))
    return at if not rest or is_note else behind


def _spelled(type_: Type, text: str) -> str:
    """Dates are what the file calls them: Firestore's Timestamp where it is imported."""
    if type_.family != "timestamp":
        return type_.spelling or type_.name
    return "Timestamp" if "Timestamp" in text else "Date"
