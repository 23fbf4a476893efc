"""A diagram that ChartDB exported, or what its query of a database answers, as a Catalog.

ChartDB keeps columns, keys, unique columns, indexes, checks and relations; a table's other parts
are unknown (None). What the diagram says twice or not at all is read leniently, since people draw.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ctb_audit.errors import SourceError
from ctb_audit.model import (
    Catalog,
    Column,
    Constraint,
    Coverage,
    Index,
    IndexKey,
    Location,
    Name,
    System,
    Table,
    Type,
    View,
)
from ctb_audit.semantics.types import bigquery_type, mysql_type, postgres_type, sqlite_family
from ctb_audit.sources.chartdb_metadata import diagram_of
from ctb_audit.sources.files import Skipped, read_text, start_of

SYSTEMS: Mapping[str, System] = {
    "postgresql": "postgresql",
    "cockroachdb": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "generic": "postgresql",
}
_SCHEMAS: Mapping[System, str] = {"postgresql": "public", "sqlite": "main"}
_DIAGRAM = ("databaseType", "tables", "relationships")
_METADATA = ("fk_info", "pk_info", "columns", "tables")
_FIRST = ("fk_info", "pk_info", "ordinal_position")
_STEP = "export the diagram again as JSON"


def is_chartdb(text: str) -> bool:
    """Whether a JSON text seems to be a diagram of ChartDB, or the answer of the query that
    ChartDB imports a database by.
    """
    return any(all(f'"{key}"' in text for key in keys) for keys in (_DIAGRAM, _METADATA))


def may_be_chartdb(start: str) -> bool:
    """The same of the beginning of a file: whether to read the rest."""
    if not start.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    return '"databaseType"' in start or any(f'"{key}"' in start for key in _FIRST)


def read_chartdb(text: str, path: str) -> Catalog:
    """The catalog of a diagram or of what ChartDB imports; SourceError where it is neither, or of
    an unknown database.
    """
    try:
        diagram = json.loads(text)
        if "databaseType" not in diagram and "fk_info" in diagram:
            diagram = diagram_of(diagram)
        system = SYSTEMS.get(str(diagram["databaseType"]))
        if system is None:
            raise SourceError(path, f"is a diagram of {diagram['databaseType']}", "export another")
        return _Diagram(diagram, system, path).catalog()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SourceError(path, "is no diagram of ChartDB", _STEP) from None


def discovered(names: Sequence[str], root: Path) -> tuple[tuple[Catalog, ...], tuple[Skipped, ...]]:
    """The diagrams among JSON files, and those that cannot be read; of any other file only the
    beginning is looked at.
    """
    found: list[Catalog] = []
    skipped: list[Skipped] = []
    for name in names:
        if not may_be_chartdb(start_of(root / name)):
            continue
        text = read_text(root / name, name)
        try:
            found += [read_chartdb(text, name)] if is_chartdb(text) else []
        except SourceError as error:
            skipped.append(Skipped(name, error.problem))
    return tuple(found), tuple(skipped)


class _Diagram:
    def __init__(self, diagram: Mapping[str, Any], system: System, path: str) -> None:
        self._system = system
        self._path = path
        drawn = diagram.get("tables") or []
        self._tables: list[Mapping[str, Any]] = [t for t in drawn if not _is_view(t)]
        self._views: list[Mapping[str, Any]] = [t for t in drawn if _is_view(t)]
        self._names = {t["id"]: self._name(t) for t in drawn}
        self._fields = {f["id"]: f["name"] for t in drawn for f in t.get("fields") or []}
        self._relations: list[Mapping[str, Any]] = diagram.get("relationships") or []

    def catalog(self) -> Catalog:
        tables = tuple(map(self._table, self._tables))
        views = tuple(map(self._view, self._views))
        count = len(tables) + len(views)
        return Catalog(
            source=self._path, tables=tables, views=views, coverage=Coverage(count, count)
        )

    def _name(self, table: Mapping[str, Any]) -> Name:
        schema = table.get("schema") or _SCHEMAS.get(self._system, "")
        return Name(str(schema), str(table["name"]))

    def _table(self, table: Mapping[str, Any]) -> Table:
        name = self._name(table)
        location = Location(f"{self._path}")
        return Table(
            system=self._system,
            schema=name.schema or "",
            name=name.name,
            columns=tuple(self._column(f) for f in table.get("fields") or []),
            constraints=(*self._keys(table), *self._checks(table), *self._foreign(table)),
            indexes=tuple(self._indexes(table)),
            triggers=None,
            policies=None,
            row_level_security=None,
            comment=table.get("comments") or None,
            grants=None,
            location=location,
            drawn=True,
        )

    def _view(self, table: Mapping[str, Any]) -> View:
        name = self._name(table)
        columns = tuple(str(f["name"]) for f in table.get("fields") or [])
        return View(
            *(name.schema or "", name.name, ""),
            columns=columns,
            materialized=bool(table.get("isMaterializedView")),
            system=self._system,
        )

    def _column(self, field: Mapping[str, Any]) -> Column:
        return Column(
            name=str(field["name"]),
            type=self._type(field),
            nullable=bool(field.get("nullable", True)),
            default=field.get("default") or None,
            comment=field.get("comments") or None,
        )

    def _type(self, field: Mapping[str, Any]) -> Type:
        kind = field["type"]
        spelling = str(kind["name"] if isinstance(kind, dict) else kind).lower()
        bare = spelling.removesuffix("[]")
        length = str(field.get("characterMaximumLength") or "")
        sizes = [field.get("precision"), field.get("scale")]
        numbers = [int(n) for n in sizes if isinstance(n, int)]
        parameters = (int(length),) if length.isdigit() else tuple(numbers)
        dimensions = int(bare != spelling or bool(field.get("isArray")))
        name, family = _known(self._system, bare)
        return Type(name, family, parameters, dimensions, spelling)

    def _keys(self, table: Mapping[str, Any]) -> Iterator[Constraint]:
        fields = table.get("fields") or []
        key = tuple(str(f["name"]) for f in fields if f.get("primaryKey"))
        if key:
            yield Constraint("primary key", columns=key)
        indexed = {tuple(i.columns) for i in self._unique_indexes(table)}
        for field in fields:
            columns = (str(field["name"]),)
            if field.get("unique") and columns != key and columns not in indexed:
                yield Constraint("unique", columns=columns)

    def _checks(self, table: Mapping[str, Any]) -> Iterator[Constraint]:
        for check in table.get("checkConstraints") or []:
            yield Constraint("check", expression=str(check["expression"]))

    def _foreign(self, table: Mapping[str, Any]) -> Iterator[Constraint]:
        """Relations drawn from the table; one drawn the other way round starts at its key."""
        for relation in self._relations:
            ends = _ends(relation)
            if ends[0][0] == table["id"] and ends[1][0] in self._names:
                yield Constraint(
                    "foreign key",
                    name=str(relation.get("name") or ""),
                    columns=(self._fields[ends[0][1]],),
                    target=self._names[ends[1][0]],
                    target_columns=(self._fields[ends[1][1]],),
                )

    def _unique_indexes(self, table: Mapping[str, Any]) -> Iterator[Constraint]:
        for index in table.get("indexes") or []:
            if index.get("unique") and not index.get("isPrimaryKey"):
                yield Constraint("unique", columns=self._columns_of(index))

    def _indexes(self, table: Mapping[str, Any]) -> Iterator[Index]:
        for index in table.get("indexes") or []:
            if not index.get("isPrimaryKey"):
                keys = tuple(IndexKey(column) for column in self._columns_of(index))
                if not keys:
                    continue  # of fields that the table does not have
                method = str(index.get("type") or "btree").replace("b_tree", "btree")
                yield Index(str(index["name"]), keys, method, bool(index.get("unique")))

    def _columns_of(self, index: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(self._fields[i] for i in index.get("fieldIds") or [] if i in self._fields)


def _is_view(table: Mapping[str, Any]) -> bool:
    return bool(table.get("isView") or table.get("isMaterializedView"))


def _ends(relation: Mapping[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Table and field that refer, then those referred to: the side of one is the key's."""
    source = (relation["sourceTableId"], relation["sourceFieldId"])
    target = (relation["targetTableId"], relation["targetFieldId"])
    reversed_ = (relation.get("sourceCardinality"), relation.get("targetCardinality"))
    return (target, source) if reversed_ == ("one", "many") else (source, target)


def _known(system: System, name: str) -> tuple[str, str]:
    if system == "postgresql":
        return postgres_type(name) or (name, "unknown")
    if system == "bigquery":
        return bigquery_type(name) or (name, "unknown")
    if system == "mysql":
        return name, mysql_type(name) or "unknown"
    return name, sqlite_family(name)
