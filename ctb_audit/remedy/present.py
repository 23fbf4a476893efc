"""The one PostgreSQL schema that the audited sources describe, and back from a scratch server."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from ctb_audit.model import Catalog, Name, Surface, Table

_RANK: tuple[Surface, ...] = ("live", "ddl", "reference")
T = TypeVar("T")


def present_catalog(catalogs: Sequence[Catalog]) -> Catalog:
    """Every object once, from the surface that the audit judges it on. What only a document has is
    not present where a database or its DDL is among the sources.
    """
    shown = _RANK[:-1] if is_built(catalogs) else _RANK
    ranked = sorted((c for c in catalogs if c.surface in shown), key=_rank)
    tables = [t for c in ranked for t in c.tables if t.system == "postgresql"]
    return Catalog(
        surface="live",
        source="scratch",
        tables=_first(tables, lambda t: t.qualified),
        views=_first(
            (v for c in ranked for v in c.views if v.system == "postgresql"),
            lambda v: (v.schema, v.name),
        ),
        functions=_first(
            (f for c in ranked for f in c.functions),
            lambda f: (f.schema, f.name, tuple(str(a.type) for a in f.arguments)),
        ),
        types=_first((t for c in ranked for t in c.types), lambda t: (t.schema, t.name)),
        sequences=_first((s for c in ranked for s in c.sequences), lambda s: (s.schema, s.name)),
        extensions=_first((e for c in ranked for e in c.extensions), lambda e: e.name),
        schemas=_first((s for c in ranked for s in c.schemas), lambda s: s.name),
    )


def is_built(catalogs: Iterable[Catalog]) -> bool:
    """Whether a database or its DDL is among the sources, besides documents."""
    return any(
        c.surface in ("live", "ddl") and any(t.system == "postgresql" for t in c.tables)
        for c in catalogs
    )


def _first(items: Iterable[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    found: dict[Hashable, T] = {}
    for item in items:
        found.setdefault(key(item), item)
    return tuple(found.values())


def carry(loaded: Catalog, catalogs: Sequence[Catalog]) -> tuple[Catalog, ...]:
    """The catalogs with the tables that the audit judges taken from the server: declarations,
    waivers and surfaces stay, so that both are judged alike.
    """
    there = {t.qualified: t for t in loaded.tables}
    made: dict[int, Catalog] = {}
    for place in sorted(range(len(catalogs)), key=lambda n: _rank(catalogs[n])):
        made[place] = _carried(catalogs[place], loaded, there)
    return tuple(made[place] for place in range(len(catalogs)))


def _rank(catalog: Catalog) -> int:
    return _RANK.index(catalog.surface) if catalog.surface in _RANK else len(_RANK)


def _carried(catalog: Catalog, loaded: Catalog, there: dict[Name, Table]) -> Catalog:
    """Takes the catalog's own tables out of `there`: each is judged once."""
    if catalog.surface not in _RANK:
        return catalog
    found = {
        t.qualified: there.pop(t.qualified)
        for t in catalog.tables
        if t.system == "postgresql" and t.qualified in there
    }
    if not found:
        return catalog
    tables = tuple(
        _told(found[t.qualified], t) if t.system == "postgresql" and t.qualified in found else t
        for t in catalog.tables
    )
    return replace(
        catalog,
        tables=tables,
        functions=loaded.functions,
        types=loaded.types,
        views=loaded.views,
    )


def _told(now: Table, before: Table) -> Table:
    """What the server holds, and what the source says of it."""
    return replace(
        now,
        declarations=before.declarations,
        waivers=before.waivers,
        location=before.location,
        comment=before.comment,
        row_estimate=before.row_estimate,
    )
