"""When two spellings of an expression are one thing (DESIGN: equality).

The answer is `equal`, `different`, or `undecided` where neither can be shown.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from ctb_audit.model import Type
from ctb_audit.semantics.conversions import coerced, settled, type_name
from ctb_audit.semantics.inline import mapped
from ctb_audit.semantics.literals import is_canonical
from ctb_audit.semantics.normal import normal
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.signatures import RETURNS
from ctb_audit.semantics.tree import Call, Cast, Const, Node, Opaque, Ref, walk
from ctb_audit.semantics.views import same_query

__all__ = ["Equality", "Kind", "equal", "normalize", "parse_expression"]

Equality = Literal["equal", "different", "undecided"]
Kind = Literal[
    "check", "default", "generated", "predicate", "key", "policy", "when", "argument", "view"
]
Columns = Mapping[str, Type]


def normalize(sql: str, columns: Columns, target: Type | None = None) -> Hashable:
    """The normal form of an expression; `target`: the column type of a default.

    Raises Unreadable where PostgreSQL's grammar rejects the text or is missing.
    """
    return _normalize(sql, tuple(sorted(columns.items())), target)


@lru_cache(maxsize=4096)
def _normalize(sql: str, columns: tuple[tuple[str, Type], ...], target: Type | None) -> Node:
    node = parse_expression(sql)
    if target is None:
        return settled(normal(node, dict(columns)))
    name = type_name(target)
    if target.family != "domain":
        return settled(coerced(normal(node, dict(columns)), name))
    while isinstance(node, Cast) and _last(node.type.name) == _last(name):
        node = node.arg
    return settled(normal(node, dict(columns)))


def _last(name: str) -> str:
    """A name without its schema."""
    return name.rpartition(".")[2]


def equal(
    a: str | None,
    b: str | None,
    *,
    columns: Columns,
    kind: Kind,
    target: Type | None = None,
) -> Equality:
    """Whether two texts mean the same expression; None is the absence of one.

    `columns` of the table; of a domain its base type as `value`. `target`: a default's column type.
    """
    if a == b:
        return "equal"
    if a is None or b is None:
        return "equal" if kind == "default" and _is_null(a or b) else "different"
    if kind == "view":
        return "equal" if same_query(a, b) else "undecided"
    try:
        left, right = (_relevant(text, columns, target) for text in (a, b))
    except Unreadable:
        return "undecided"
    return _compared(left, right, columns)


def _is_null(text: str | None) -> bool:
    """DEFAULT NULL is no default."""
    try:
        return text is None or normalize(text, {}) == Const(None)
    except Unreadable:
        return False


def _relevant(text: str, columns: Columns, target: Type | None) -> Node:
    """The normal form, computed with the columns that the text names only."""
    names = {part.path[-1] for part in walk(parse_expression(text)) if isinstance(part, Ref)}
    known = tuple((name, columns[name]) for name in sorted(names & columns.keys()))
    return _normalize(text, known, target)


def _compared(left: Node, right: Node, columns: Columns) -> Equality:
    if left == right:
        return "equal"
    bare_left, bare_right = unqualified(left), unqualified(right)
    if bare_left == bare_right and (bare_left == left or bare_right == right):
        return "equal"
    if _columns_of(left) != _columns_of(right):
        return "different"
    decided = is_understood(left, columns) and is_understood(right, columns)
    return "different" if decided else "undecided"


def _columns_of(node: Node) -> frozenset[str] | None:
    parts = walk(node)
    if any(isinstance(part, Opaque) for part in parts):
        return None
    return frozenset(part.path[-1] for part in parts if isinstance(part, Ref))


def unqualified(node: Node) -> Node:
    """Without the schemas of functions, types and sequences."""
    node = mapped(node, unqualified)
    match node:
        case Call(name, _, _):
            return replace(node, name=_last(name))
        case Cast(_, type_):
            return replace(node, type=replace(type_, name=_last(type_.name)))
        case Const(str(value), "regclass"):
            return Const(_last(value), "regclass")
        case Const(_, type_) if "." in type_:
            return replace(node, type=_last(type_))
    return node


def is_understood(node: Node, columns: Columns) -> bool:
    """Whether everything about an expression is modelled, so that unequal means different."""
    return all(_is_known(part, columns) for part in walk(node))


_PLAIN = RETURNS.keys() | {"coalesce", "greatest", "least", "nullif", "timezone", "date_trunc"}


def _is_known(part: Node, columns: Columns) -> bool:
    match part:
        case Opaque():
            return False
        case Call(name, _, extra):
            return name in _PLAIN and extra == ()
        case Ref(path):
            return path[-1] in columns and columns[path[-1]].family not in ("domain", "unknown")
        case Cast(_, type_):
            return type_.family not in ("unknown", "interval", "enum", "domain")
        case Const():
            return is_canonical(part)
    return True
