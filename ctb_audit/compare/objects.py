"""Views, functions, types, sequences, schemas and extensions of two catalogs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from ctb_audit.compare.change import (
    Aspect,
    Change,
    Located,
    ObjectKind,
    Scope,
    changes_of,
    matched,
    plain,
    whole,
)
from ctb_audit.compare.columns import comment_aspects, compare_columns, same_type
from ctb_audit.compare.keys import compare_constraints, compare_indexes
from ctb_audit.compare.tables import compare_triggers, grants_aspect
from ctb_audit.model import Catalog, Function, Name, Sequence, Type, UserType, View

Item = TypeVar("Item", bound=Located)
Aspects = Callable[[Scope, Item, Item], Iterator[Aspect]]


def compare_objects(scope: Scope, a: Catalog, b: Catalog) -> Iterator[Change]:
    """Everything of two catalogs that is no table."""
    yield from _names(scope, "schema", _schemas(a), _schemas(b))
    extensions = ({e.name: e for e in c.extensions} for c in (a, b))
    yield from _names(scope, "extension", *extensions)
    types = ({Name(t.schema, t.name): t for t in c.types} for c in (a, b))
    yield from _compared(scope, "type", *types, aspects=_type_aspects, inner=_type_parts)
    sequences = ({Name(s.schema, s.name): s for s in c.sequences} for c in (a, b))
    yield from _compared(scope, "sequence", *sequences, aspects=_sequence_aspects)
    functions = ({_signature(f): f for f in c.functions} for c in (a, b))
    yield from _compared(scope, "function", *functions, aspects=_function_aspects)
    views = ({Name(v.schema, v.name): v for v in c.views} for c in (a, b))
    yield from _compared(scope, "view", *views, aspects=_view_aspects, inner=_view_parts)


def _schemas(catalog: Catalog) -> dict[str, Located]:
    """`public` is always there."""
    return {s.name: s for s in catalog.schemas if s.name != "public"}


def _names(
    scope: Scope, kind: ObjectKind, before: Mapping[str, Located], after: Mapping[str, Located]
) -> Iterator[Change]:
    pairs = matched(before, after)
    for name, item in pairs.removed:
        yield whole(scope, kind, name, item, added=False)
    for name, item in pairs.added:
        yield whole(scope, kind, name, item, added=True)


def _compared(
    scope: Scope,
    kind: ObjectKind,
    before: Mapping[Name, Item],
    after: Mapping[Name, Item],
    *,
    aspects: Aspects[Item],
    inner: Callable[[Scope, Item, Item], Iterator[Change]] | None = None,
) -> Iterator[Change]:
    pairs = matched(before, after)
    for name, item in pairs.removed:
        yield whole(_scope(scope, kind, name), kind, str(name), item, added=False)
    for name, item in pairs.added:
        yield whole(_scope(scope, kind, name), kind, str(name), item, added=True)
    for name, a, b in pairs.both:
        own = _scope(scope, kind, name)
        yield from changes_of(own, kind, str(name), (a, b), aspects(own, a, b))
        if inner is not None:
            yield from inner(own, a, b)


def _scope(scope: Scope, kind: ObjectKind, name: Name) -> Scope:
    return replace(scope, table=name) if kind == "view" else scope


def _signature(function: Function) -> Name:
    """The name with the types of the input arguments, by which PostgreSQL tells functions apart."""
    inputs = (a.type for a in function.arguments if a.mode in ("in", "inout", "variadic"))
    return Name(function.schema, f"{function.name}({', '.join(_bare(t) for t in inputs)})")


def _bare(type_: Type) -> str:
    return type_.name.rpartition(".")[2] + "[]" * bool(type_.dimensions)


def _function_aspects(scope: Scope, a: Function, b: Function) -> Iterator[Aspect]:
    for attribute in _FUNCTION_VALUES:
        yield plain(attribute, getattr(a, attribute), getattr(b, attribute))
    same = same_type(a.returns, b.returns) if a.returns and b.returns else a.returns == b.returns
    yield Aspect("returns", a.returns, b.returns, same)
    names = (
        tuple((x.name, x.mode) for x in a.arguments),
        tuple((x.name, x.mode) for x in b.arguments),
    )
    yield plain("arguments", *names)
    yield from _argument_defaults(scope, a, b)
    yield plain("body", _lines(a.body), _lines(b.body))
    yield plain("settings", frozenset(a.settings), frozenset(b.settings))
    yield grants_aspect(a.grants, b.grants)
    yield plain("owner", a.owner, b.owner)
    yield from comment_aspects(scope, a.comment, b.comment)


_FUNCTION_VALUES = (
    "kind",
    "language",
    "returns_set",
    "volatility",
    "security_definer",
    "strict",
    "leakproof",
    "parallel",
)


def _argument_defaults(scope: Scope, a: Function, b: Function) -> Iterator[Aspect]:
    for x, y in zip(a.arguments, b.arguments, strict=False):
        same = scope.decide("argument", x.default, y.default, x.type)
        yield Aspect(f"default of {x.name or 'an argument'}", x.default, y.default, same)


def _lines(body: str) -> str:
    """A body without regard to line ends and spaces at its ends."""
    return "\n".join(line.rstrip() for line in body.splitlines()).strip()


def _type_aspects(scope: Scope, a: UserType, b: UserType) -> Iterator[Aspect]:
    yield plain("kind", a.kind, b.kind)
    yield plain("labels", a.labels, b.labels)
    same = same_type(a.base, b.base) if a.base and b.base else a.base == b.base
    yield Aspect("base", a.base, b.base, same)
    yield plain("nullable", a.nullable, b.nullable)
    default = scope.decide("default", a.default, b.default, a.base)
    yield Aspect("default", a.default, b.default, default)
    yield from comment_aspects(scope, a.comment, b.comment)


def _type_parts(scope: Scope, a: UserType, b: UserType) -> Iterator[Change]:
    own = replace(scope, table=Name(a.schema, a.name), columns={"value": a.base} if a.base else {})
    yield from compare_columns(own, a.attributes, b.attributes)
    yield from compare_constraints(own, a.constraints, b.constraints)


def _sequence_aspects(scope: Scope, a: Sequence, b: Sequence) -> Iterator[Aspect]:
    for attribute in _SEQUENCE_VALUES:
        yield plain(attribute, getattr(a, attribute), getattr(b, attribute))
    yield plain("owned_by", ".".join(a.owned_by or ()), ".".join(b.owned_by or ()))
    yield grants_aspect(a.grants, b.grants)
    yield from comment_aspects(scope, a.comment, b.comment)


_SEQUENCE_VALUES = (
    "type",
    "start",
    "increment",
    "minimum",
    "maximum",
    "cache",
    "cycle",
    "unlogged",
)


def _view_aspects(scope: Scope, a: View, b: View) -> Iterator[Aspect]:
    yield plain("materialized", a.materialized, b.materialized)
    same = scope.decide("view", a.definition, b.definition)
    yield Aspect("definition", a.definition, b.definition, same)
    yield plain("columns", a.columns, b.columns)
    yield plain("check_option", a.check_option, b.check_option)
    yield plain("options", frozenset(a.options), frozenset(b.options))
    yield grants_aspect(a.grants, b.grants)
    yield plain("owner", a.owner, b.owner)
    yield from comment_aspects(scope, a.comment, b.comment)


def _view_parts(scope: Scope, a: View, b: View) -> Iterator[Change]:
    yield from compare_indexes(scope, a.indexes, b.indexes)
    yield from compare_triggers(scope, a.triggers, b.triggers)
