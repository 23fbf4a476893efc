"""Changes applied to the model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ctb_audit.model import Catalog, Name, Table
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import AddColumn, SetDefault, SetNotNull
from ctb_audit.remedy.constraints import AddCheck
from ctb_audit.remedy.indexes import DropIndex
from ctb_audit.remedy.new_tables import CreateTable
from ctb_audit.remedy.routines import CreateFunction

_INHERITED = (AddColumn, SetDefault, SetNotNull, AddCheck)


def applied(catalogs: Sequence[Catalog], changes: Iterable[Change]) -> tuple[Catalog, ...]:
    """The catalogs of the model once the changes are applied."""
    listed = tuple(changes)
    homes = _homes(catalogs)
    return tuple(
        _changed(_with_tables(catalog, listed) if place in homes else catalog, listed)
        for place, catalog in enumerate(catalogs)
    )


def _homes(catalogs: Sequence[Catalog]) -> frozenset[int]:
    """Where a new table shows: the first catalog of the database and of its DDL, else of what
    documents both.
    """
    first: dict[str, int] = {}
    for place, catalog in enumerate(catalogs):
        if any(t.system == "postgresql" for t in catalog.tables):
            first.setdefault(catalog.surface, place)
    real = {place for surface, place in first.items() if surface in ("live", "ddl")}
    return frozenset(real or {place for s, place in first.items() if s == "reference"})


def _with_tables(catalog: Catalog, changes: Iterable[Change]) -> Catalog:
    for change in changes:
        if isinstance(change, CreateTable) and change.table not in _names(catalog):
            catalog = change.within(catalog)
    return catalog


def _names(catalog: Catalog) -> frozenset[Name]:
    return frozenset(t.qualified for t in catalog.tables if t.system == "postgresql")


def _changed(catalog: Catalog, changes: Sequence[Change]) -> Catalog:
    tables = {t.qualified: t for t in catalog.tables if t.system == "postgresql"}
    functions = list(catalog.functions)
    for change in changes:
        if isinstance(change, CreateFunction):
            functions.append(change.function())
            continue
        for name in _affected(change, tables):
            made = change.on(tables[name])
            tables[name] = made if name == change.table else _inherited(tables[name], made)
    return replace(
        catalog,
        tables=tuple(
            tables[t.qualified] if t.system == "postgresql" else t for t in catalog.tables
        ),
        functions=tuple(functions),
    )


def _affected(change: Change, tables: Mapping[Name, Table]) -> Iterable[Name]:
    """The table, and those below it that the server changes with it."""
    if change.table not in tables or isinstance(change, DropIndex | CreateTable):
        return ()
    if not isinstance(change, _INHERITED):
        return (change.table,)
    found, queue = [change.table], [change.table]
    while queue:
        parent = queue.pop()
        below = [
            name
            for name, table in tables.items()
            if (parent in table.inherits or table.partition_of == parent) and name not in found
        ]
        found += below
        queue += below
    return [
        name
        for name in found
        if not (isinstance(change, AddColumn) and tables[name].column(change.column))
    ]


def _inherited(before: Table, after: Table) -> Table:
    """The table below with what is new marked as the parent's."""
    columns = len(before.columns)
    constraints = len(before.constraints)
    return replace(
        after,
        columns=(
            *after.columns[:columns],
            *(replace(c, inherited=True) for c in after.columns[columns:]),
        ),
        constraints=(
            *after.constraints[:constraints],
            *(replace(c, inherited=True) for c in after.constraints[constraints:]),
        ),
    )
