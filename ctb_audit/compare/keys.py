"""Constraints and indexes of two tables: matched by name, else by what they are."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from ctb_audit.compare.change import (
    Aspect,
    Change,
    Locations,
    Matched,
    ObjectKind,
    Scope,
    Verdict,
    changes_of,
    matched,
    plain,
    whole,
)
from ctb_audit.compare.columns import comment_aspects
from ctb_audit.model import Constraint, Index, IndexKey, Name
from ctb_audit.semantics.expressions import normalize
from ctb_audit.semantics.parse import Unreadable

Item = TypeVar("Item", Constraint, Index)


def compare_constraints(
    scope: Scope, before: Sequence[Constraint], after: Sequence[Constraint]
) -> Iterator[Change]:
    """NOT NULL is a property of the column: PostgreSQL 18 names it, earlier ones do not."""
    a = {c.name: c for c in before if c.kind != "not null"}
    b = {c.name: c for c in after if c.kind != "not null"}
    yield from _compared(
        scope, "constraint", matched(a, b), _constraint_content, constraint_aspects
    )


def compare_indexes(
    scope: Scope, before: Sequence[Index], after: Sequence[Index]
) -> Iterator[Change]:
    """An index that a document only intends is outside the comparison."""
    a = {i.name: i for i in before if not i.intended}
    b = {i.name: i for i in after if not i.intended}
    yield from _compared(scope, "index", matched(a, b), _index_content, index_aspects)


def _compared(
    scope: Scope,
    kind: ObjectKind,
    pairs: Matched[str, Item],
    content: Callable[[Scope, Item], Hashable],
    aspects: Callable[[Scope, Item, Item], Iterator[Aspect]],
) -> Iterator[Change]:
    for name, a, b in pairs.both:
        yield from changes_of(scope, kind, name, (a, b), aspects(scope, a, b))
    free: dict[Hashable, list[tuple[str, Item]]] = {}
    for name, item in pairs.added:
        free.setdefault(content(scope, item), []).append((name, item))
    for name, item in pairs.removed:
        alike = free.get(content(scope, item))
        if not alike:
            yield whole(scope, kind, name, item, added=False)
            continue
        new_name, new = alike.pop(0)
        yield _renamed(scope, kind, (name, new_name), (item, new))
        yield from changes_of(scope, kind, new_name, (item, new), aspects(scope, item, new))
    for rest in free.values():
        for name, item in rest:
            yield whole(scope, kind, name, item, added=True)


def _renamed(
    scope: Scope, kind: ObjectKind, names: tuple[str, str], pair: tuple[Item, Item]
) -> Change:
    return Change(
        "changed",
        kind,
        names[0],
        scope.table,
        "name",
        *names,
        locations=Locations(pair[0].location, pair[1].location),
        system=scope.system,
        minor=True,
    )


def _normal(scope: Scope, text: str | None) -> Hashable:
    if text is None:
        return None
    columns = scope.columns or {}
    try:
        return normalize(text, columns)
    except Unreadable:
        return " ".join(text.split())


def _constraint_content(scope: Scope, c: Constraint) -> Hashable:
    keys = tuple(_key(scope, key) for key in c.elements)
    expression = _normal(scope, c.expression)
    columns = () if c.kind == "check" else c.columns
    return c.kind, columns, expression, c.target, c.target_columns, keys, c.operators


def _index_content(scope: Scope, index: Index) -> Hashable:
    keys = tuple(_key(scope, key) for key in index.keys)
    predicate = _normal(scope, index.predicate)
    return index.method, index.unique, keys, predicate, index.include, index.nulls_not_distinct


def _key(scope: Scope, key: IndexKey) -> Hashable:
    nulls = key.descending if key.nulls_first is None else key.nulls_first
    collation = "" if key.collation is None else key.collation.name
    expression = _normal(scope, key.expression)
    return key.column, expression, collation, operator_class(key), key.descending, nulls


_DEFAULT_CLASSES = frozenset(
    f"{name}_ops"
    for name in (
        *("text", "varchar", "bpchar", "int2", "int4", "int8", "numeric", "float4", "float8"),
        *("timestamp", "timestamptz", "date", "time", "timetz", "interval", "bool", "uuid"),
        *("jsonb", "array", "inet", "cidr", "enum", "bytea", "name", "oid", "tsvector", "range"),
    )
)


def operator_class(key: IndexKey) -> str:
    """The operator class, "" for the default one of its type."""
    name = "" if key.opclass is None else key.opclass.name
    return "" if name in _DEFAULT_CLASSES else name


def constraint_aspects(scope: Scope, a: Constraint, b: Constraint) -> Iterator[Aspect]:
    for attribute in _CONSTRAINT_VALUES:
        yield plain(attribute, getattr(a, attribute), getattr(b, attribute))
    if not a.kind == b.kind == "check":  # the expression tells which columns it reads
        yield plain("columns", a.columns, b.columns)
    yield Aspect("target", a.target, b.target, _same_target(a.target, b.target))
    check = scope.decide("check", a.expression, b.expression)
    yield Aspect("expression", a.expression, b.expression, check)
    predicate = scope.decide("predicate", a.predicate, b.predicate)
    yield Aspect("predicate", a.predicate, b.predicate, predicate)
    yield Aspect("elements", a.elements, b.elements, _same_keys(scope, a.elements, b.elements))
    yield from comment_aspects(scope, a.comment, b.comment)


_CONSTRAINT_VALUES = (
    "kind",
    "target_columns",
    "match",
    "on_delete",
    "on_update",
    "on_delete_columns",
    "deferrable",
    "initially_deferred",
    "validated",
    "enforced",
    "no_inherit",
    "nulls_not_distinct",
    "period",
    "include",
    "operators",
)


def _same_target(a: Name | None, b: Name | None) -> bool:
    if a is None or b is None or None in (a.schema, b.schema):
        return (a and a.name) == (b and b.name)
    return a == b


def _same_keys(scope: Scope, a: tuple[IndexKey, ...], b: tuple[IndexKey, ...]) -> Verdict:
    if len(a) != len(b):
        return False
    outcomes: set[Verdict] = {_same_key(scope, x, y) for x, y in zip(a, b, strict=True)}
    if outcomes <= {"equal", True}:
        return True
    return "undecided" if "undecided" in outcomes and "different" not in outcomes else False


def _same_key(scope: Scope, a: IndexKey, b: IndexKey) -> Verdict:
    if _key(scope, a) == _key(scope, b):
        return "equal"
    if a.expression is None or b.expression is None:
        return "different"
    bare = [k[:1] + k[2:] for k in (_key(scope, a), _key(scope, b)) if isinstance(k, tuple)]
    return "different" if bare[0] != bare[1] else scope.decide("key", a.expression, b.expression)


def index_aspects(scope: Scope, a: Index, b: Index) -> Iterator[Aspect]:
    for attribute in ("method", "unique", "include", "nulls_not_distinct", "valid"):
        yield plain(attribute, getattr(a, attribute), getattr(b, attribute))
    yield Aspect("keys", _spelled(a.keys), _spelled(b.keys), _same_keys(scope, a.keys, b.keys))
    predicate = scope.decide("predicate", a.predicate, b.predicate)
    yield Aspect("predicate", a.predicate, b.predicate, predicate)
    yield plain("options", frozenset(a.options), frozenset(b.options))
    yield from comment_aspects(scope, a.comment, b.comment)


def _spelled(keys: tuple[IndexKey, ...]) -> tuple[str, ...]:
    return tuple(
        " ".join(
            part
            for part in (
                key.column or f"({key.expression})",
                operator_class(key),
                "DESC" if key.descending else "",
                _NULLS[key.nulls_first],
            )
            if part
        )
        for key in keys
    )


_NULLS: Mapping[bool | None, str] = {None: "", True: "NULLS FIRST", False: "NULLS LAST"}
