"""The tree of one SQL expression: small hashable values, free of positions.

The reader (`parse`) has already resolved what is only spelling: BETWEEN, IN, LIKE, `!=`,
EXTRACT, `::` and CAST, `pg_catalog.`, CURRENT_TIMESTAMP. Evaluation and the normal form work
on the same tree.
"""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, Union

from ctb_audit.lean import dataclass
from ctb_audit.model import Type

if TYPE_CHECKING:
    from decimal import Decimal

Value: TypeAlias = Union[str, int, "Decimal", bool, None]


@dataclass(frozen=True, slots=True)
class Const:
    """A literal. `type` is "" for a quoted string whose type its context decides."""

    value: Value
    type: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """A column, variable or parameter: `("new", "heir_id")`, `("status",)`; `*` for a star."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    arg: "Node"
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """`extra` holds what is seldom there: DISTINCT, ORDER BY, FILTER, OVER."""

    name: str
    args: "tuple[Node, ...]" = ()
    extra: Hashable = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """`left` None: a prefix operator."""

    name: str
    left: "Node | None"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Logic:
    """AND or OR over two or more operands, flattened, in the order written."""

    operator: Literal["and", "or"]
    args: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    arg: "Node"


@dataclass(frozen=True, slots=True)
class NullTest:
    arg: "Node"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class BooleanTest:
    """IS [NOT] TRUE, FALSE, UNKNOWN; `test` as `is true`."""

    arg: "Node"
    test: str


@dataclass(frozen=True, slots=True)
class Distinct:
    """IS [NOT] DISTINCT FROM."""

    left: "Node"
    right: "Node"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Quantified:
    """`left operator ANY (array)`, or ALL where `every`."""

    operator: str
    left: "Node"
    array: "Node"
    every: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Row:
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Case:
    subject: "Node | None"
    branches: "tuple[tuple[Node, Node], ...]"
    otherwise: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Access:
    """Subscripts and fields of a value: `parts` are nodes or field names."""

    arg: "Node"
    parts: "tuple[Node | str, ...]"


@dataclass(frozen=True, slots=True)
class Collate:
    arg: "Node"
    collation: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """What has no node of its own (a subquery, XML): its parse tree without positions."""

    what: str
    content: Hashable


Node = (
    Const
    | Ref
    | Cast
    | Call
    | Operator
    | Logic
    | Not
    | NullTest
    | BooleanTest
    | Distinct
    | Quantified
    | Array
    | Row
    | Case
    | Access
    | Collate
    | Opaque
)


def children(node: Node) -> tuple[Node, ...]:
    """The direct operands of a node."""
    found: list[Node] = []
    for name in _PARTS[type(node)]:
        found.extend(_nodes_in(getattr(node, name)))
    return tuple(found)


def _nodes_in(value: object) -> tuple[Node, ...]:
    if isinstance(value, tuple):
        return tuple(node for item in value for node in _nodes_in(item))
    return (value,) if isinstance(value, Node) else ()


_PARTS: Mapping[type, tuple[str, ...]] = {
    Const: (),
    Ref: (),
    Opaque: (),
    Cast: ("arg",),
    Call: ("args",),
    Operator: ("left", "right"),
    Logic: ("args",),
    Not: ("arg",),
    NullTest: ("arg",),
    BooleanTest: ("arg",),
    Distinct: ("left", "right"),
    Quantified: ("left", "array"),
    Array: ("items",),
    Row: ("items",),
    Case: ("subject", "branches", "otherwise"),
    Access: ("arg", "parts"),
    Collate: ("arg",),
}


def walk(node: Node) -> tuple[Node, ...]:
    """The node and everything below it."""
    found = [node]
    for current in found:
        found.extend(children(current))
    return tuple(found)
