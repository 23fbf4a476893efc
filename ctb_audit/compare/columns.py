"""Columns of two tables."""

from collections.abc import Iterator
from dataclasses import replace

from ctb_audit.compare.change import (
    Aspect,
    Change,
    Scope,
    Verdict,
    changes_of,
    matched,
    plain,
    whole,
)
from ctb_audit.model import Column, Name, Type
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.tree import Call, Cast, Const
from ctb_audit.semantics.types import without_serial


def compare_columns(
    scope: Scope, before: tuple[Column, ...], after: tuple[Column, ...]
) -> Iterator[Change]:
    """Added, removed and changed columns; their order does not count."""
    pairs = matched({c.name: c for c in before}, {c.name: c for c in after})
    for name, column in pairs.removed:
        yield whole(scope, "column", name, column, added=False)
    for name, column in pairs.added:
        yield whole(scope, "column", name, column, added=True)
    for name, a, b in pairs.both:
        yield from changes_of(scope, "column", name, (a, b), column_aspects(scope, a, b))
        yield from compare_columns(scope, a.fields, b.fields)


def column_aspects(scope: Scope, a: Column, b: Column) -> Iterator[Aspect]:
    yield Aspect("type", a.type, b.type, _type_verdict(a.type, b.type))
    yield plain("nullable", a.nullable, b.nullable)
    yield _default(scope, a, b)
    yield plain("identity", a.identity, b.identity)
    generated = scope.decide("generated", a.generated, b.generated)
    yield Aspect("generated", a.generated, b.generated, generated)
    yield plain("generated_kind", a.generated_kind, b.generated_kind)
    yield plain("collation", _collation(a.collation), _collation(b.collation))
    yield from comment_aspects(scope, a.comment, b.comment)


def comment_aspects(scope: Scope, a: str | None, b: str | None) -> Iterator[Aspect]:
    """Comments, where both sources can hold them."""
    if scope.comments:
        yield plain("comment", a or "", b or "")


def _type_verdict(a: Type, b: Type) -> Verdict:
    """A type that nothing states (a column of CREATE TABLE AS) can be any."""
    return "undecided" if "unknown" in (a.name, b.name) else same_type(a, b)


def same_type(a: Type, b: Type) -> bool:
    """Whether two types are one; a user-defined one may lack its schema."""
    return same_name(a.name, b.name) and _shape(a) == _shape(b)


def same_name(a: str, b: str) -> bool:
    left, right = (without_serial(Type(name)).name for name in (a, b))
    if left == right:
        return True
    qualified = "." in left and "." in right
    return not qualified and left.rpartition(".")[2] == right.rpartition(".")[2]


def _shape(type_: Type) -> tuple[object, ...]:
    """numeric(5) is numeric(5,0), char is char(1); PostgreSQL ignores how many dimensions."""
    parameters = type_.parameters
    if type_.name == "numeric" and len(parameters) == 1:
        parameters = (parameters[0], 0)
    if type_.name == "character" and not parameters:
        parameters = (1,)
    return parameters, bool(type_.dimensions), type_.qualifier


def _collation(name: Name | None) -> str:
    return "" if name is None or name.name == "default" else name.name


def _default(scope: Scope, a: Column, b: Column) -> Aspect:
    """A serial and the nextval of its sequence are one default."""
    left, right = _default_text(a), _default_text(b)
    if a.serial is not None or b.serial is not None:
        sequences = sequence_of(left), sequence_of(right)
        known = None not in sequences and sequences[0] == sequences[1]
        if known or (a.serial is not None and b.serial is not None):
            return Aspect("default", left, right, True)
    target = replace(without_serial(a.type), spelling="")
    same = scope.decide("default", left, right, target)
    return Aspect("default", left, right, same)


def _default_text(column: Column) -> str | None:
    if column.default is not None or column.serial is None:
        return column.default
    return f"nextval('{column.serial}'::regclass)"


def sequence_of(default: str | None) -> str | None:
    """The sequence of `nextval('s.t_id_seq'::regclass)`, without its schema."""
    try:
        node = parse_expression(default) if default else None
    except Unreadable:
        return None
    if not isinstance(node, Call) or node.name != "nextval" or len(node.args) != 1:
        return None
    arg = node.args[0]
    while isinstance(arg, Cast):
        arg = arg.arg
    if isinstance(arg, Const) and isinstance(arg.value, str):
        return arg.value.replace('"', "").rpartition(".")[2]
    return None
