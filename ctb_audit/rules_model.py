"""Firestore security rules as a tree, part of `Catalog`.

Plain values: what `ctb_audit.sources.firestore_rules` read, nothing decided yet
(`ctb_audit.semantics.firestore` decides what a rule grants).
"""

from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.names import Location

Operation = Literal["get", "list", "create", "update", "delete"]
OPERATIONS: tuple[Operation, ...] = ("get", "list", "create", "update", "delete")
WIDER: dict[str, tuple[Operation, ...]] = {
    "read": ("get", "list"),
    "write": ("create", "update", "delete"),
}
"""What `allow read` and `allow write` stand for."""

NodeKind = Literal[
    "constant",  # text: true, false, null
    "number",
    "string",  # text: its value
    "name",
    "member",  # operands[0] . text
    "index",  # operands[0] [ operands[1] ], or a range of two
    "call",  # operands[0] is what is called, the others are arguments
    "unary",  # text: ! or -
    "binary",  # text: the operator; && and || may have more than two operands
    "ternary",
    "list",
    "map",  # operands: key, value, key, value, ...
    "path",  # operands: segments, strings or bound expressions
]


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a condition; `line` and `column` count from 1 in the file of its rule."""

    kind: NodeKind
    text: str = ""
    operands: "tuple[Node, ...]" = ()
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Binding:
    """`let name = value;` in a function."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class RuleFunction:
    name: str
    parameters: tuple[str, ...]
    result: Node
    location: Location
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Allow:
    """`operations` as written, `read` and `write` included. `condition` None: unconditional."""

    operations: tuple[str, ...]
    location: Location
    condition: Node | None = None

    @property
    def covers(self) -> tuple[Operation, ...]:
        """The operations that it stands for."""
        found = {o for word in self.operations for o in WIDER.get(word, (word,))}
        return tuple(o for o in OPERATIONS if o in found)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a path: a literal name, `{name}` or, over several parts, `{name=**}`."""

    kind: Literal["literal", "wildcard", "recursive"]
    name: str

    def __str__(self) -> str:
        shape = {"literal": "{}", "wildcard": "{{{}}}", "recursive": "{{{}=**}}"}
        return shape[self.kind].format(self.name)


@dataclass(frozen=True, slots=True)
class Match:
    """`match /path { ... }`; nested paths continue the one around them."""

    segments: tuple[Segment, ...]
    location: Location
    allows: tuple[Allow, ...] = ()
    functions: tuple[RuleFunction, ...] = ()
    matches: "tuple[Match, ...]" = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """One rules file or code block. `version` "1" where it declares none, as the service takes it.

    `partial`: a fragment without `service`, whose paths count from the documents' root.
    `broken`: part of it could not be read, so that what is missing proves nothing.
    """

    path: str
    version: str = "1"
    matches: tuple[Match, ...] = ()
    functions: tuple[RuleFunction, ...] = ()
    partial: bool = False
    broken: bool = False
