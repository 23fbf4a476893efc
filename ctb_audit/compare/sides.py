"""The sources of a comparison as sides: one catalog each, and the pairs that are compared."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TypeVar

from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog, Function, Name, Surface, System

TITLES: Mapping[Surface, str] = {
    "live": "the live database",
    "ddl": "the DDL",
    "reference": "the reference",
    "registry": "the table registry",
}
ORDER: tuple[Surface, ...] = ("live", "ddl", "reference", "registry")
T = TypeVar("T")
Key = tuple[System, Name]


@dataclass(frozen=True)
class Side:
    """One side of a comparison. `label` is its part of a finding's identity, `title` what messages
    call it; `whole`: a table that it lacks is missing in it.
    """

    label: str
    title: str
    catalog: Catalog
    whole: bool = True

    @property
    def surface(self) -> Surface:
        return self.catalog.surface


def explicit_sides(sources: Sequence[Sequence[Catalog]]) -> tuple[Side, ...]:
    """A side for each surface of each source, in the order of the sources."""
    merged = [
        merge(alike) for catalogs in sources for alike in _by_surface(catalogs).values() if alike
    ]
    return _labelled([(catalog, True) for catalog in merged])


def implied_sides(catalogs: Sequence[Catalog]) -> tuple[Side, ...]:
    """The sides of an audit: every live database, and DDL and references by what they define.

    Folders of different tables are one side; a second definition of a table stands on a side
    of its own, which is not asked for the tables that it does not define.
    """
    found: list[tuple[Catalog, bool]] = []
    for surface, alike in sorted(_by_surface(catalogs).items(), key=lambda i: ORDER.index(i[0])):
        if surface == "live":
            found += [(catalog, True) for catalog in alike]
        else:
            groups = _disjoint(alike)
            found += [(merge(group), place == 0) for place, group in enumerate(groups)]
    return _labelled(found)


def pairs(sides: Iterable[Side]) -> tuple[tuple[Side, Side], ...]:
    """Which sides are compared object by object; a registry holds names only."""
    return tuple(combinations([side for side in sides if side.surface != "registry"], 2))


def systems_of(catalog: Catalog) -> frozenset[System]:
    """The systems whose tables the catalog could hold."""
    found: set[System] = {table.system for table in catalog.tables}
    if catalog.server_version is not None:
        found.add("postgresql")
    return frozenset(found)


def _by_surface(catalogs: Iterable[Catalog]) -> dict[Surface, list[Catalog]]:
    found: dict[Surface, list[Catalog]] = {}
    for catalog in catalogs:
        found.setdefault(catalog.surface, []).append(catalog)
    return found


def _labelled(found: Sequence[tuple[Catalog, bool]]) -> tuple[Side, ...]:
    surfaces = [catalog.surface for catalog, _ in found]
    sides = []
    for place, (catalog, whole) in enumerate(found):
        number = surfaces[: place + 1].count(catalog.surface)
        alone = surfaces.count(catalog.surface) == 1
        title = TITLES[catalog.surface] if alone else f"{TITLES[catalog.surface]} {catalog.source}"
        label = catalog.surface if number == 1 else f"{catalog.surface}{number}"
        sides.append(Side(label, title, catalog, whole))
    return tuple(sides)


def _disjoint(catalogs: Sequence[Catalog]) -> list[list[Catalog]]:
    """Groups in which no table is defined twice, as few as taking each first fit gives."""
    groups: list[tuple[set[Key], list[Catalog]]] = []
    for catalog in catalogs:
        names = set(catalog.tables_by_name)
        group = next((g for g in groups if not g[0] & names), None)
        if group is None:
            groups.append((names, [catalog]))
        else:
            group[0].update(names)
            group[1].append(catalog)
    return [group for _, group in groups]


def merge(catalogs: Sequence[Catalog]) -> Catalog:
    """One catalog of several of one surface; the first definition of an object stays."""
    first = catalogs[0]
    if len(catalogs) == 1:
        return first
    return replace(
        first,
        source=_told(list(dict.fromkeys(c.source for c in catalogs if c.source))),
        tables=_first((t for c in catalogs for t in c.tables), lambda t: (t.system, t.qualified)),
        foreign_tables=_first(
            (t for c in catalogs for t in c.foreign_tables), lambda t: (t.system, t.qualified)
        ),
        views=_first((v for c in catalogs for v in c.views), lambda v: (v.schema, v.name)),
        functions=_first((f for c in catalogs for f in c.functions), _signature),
        types=_first((t for c in catalogs for t in c.types), lambda t: (t.schema, t.name)),
        sequences=_first((s for c in catalogs for s in c.sequences), lambda s: (s.schema, s.name)),
        extensions=_first((e for c in catalogs for e in c.extensions), lambda e: e.name),
        schemas=_first((s for c in catalogs for s in c.schemas), lambda s: s.name),
        problems=tuple(p for c in catalogs for p in c.problems),
        declared=tuple(d for c in catalogs for d in c.declared),
    )


def _signature(function: Function) -> Hashable:
    return function.schema, function.name, tuple(str(a.type) for a in function.arguments)


def _first(items: Iterable[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    found: dict[Hashable, T] = {}
    for item in items:
        found.setdefault(key(item), item)
    return tuple(found.values())


def _told(sources: Sequence[str]) -> str:
    """Several sources as one title: the first, and how many more."""
    first, *others = sources or [""]
    return f"{first} and {len(others)} more" if others else first
