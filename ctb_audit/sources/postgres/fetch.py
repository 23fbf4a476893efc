"""Asks the catalogs and hands over their rows."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ctb_audit.errors import SourceError
from ctb_audit.sources.postgres import statements as sql
from ctb_audit.sources.postgres.answers import Answers, Query, Row

if TYPE_CHECKING:
    import psycopg

C_COLLATION, DEFAULT_COLLATION = 950, 100


class Rows:
    """Rows by query (`statements.NEEDS`), which are waited for when they are looked up.

    `hidden`: query -> the catalog that it may not read. What is beside the queries of NEEDS is
    what columns, types and functions refer to.
    """

    def __init__(
        self, answers: Answers, version: int, schemas: list[Row], hidden: dict[str, str]
    ) -> None:
        self.version = version
        self.schemas = schemas
        self.hidden = hidden
        self._answers = answers
        answers["columns"].sort()  # by relation and number, which stand first
        answers.now(_references(answers))
        self.more_types = answers["more types"]
        self.formatted = {(oid, modifier): text for oid, modifier, text in answers["formatted"]}
        self.collations = answers["collations"]

    def __getitem__(self, query: str) -> list[Row]:
        return self._answers[query]

    def forget(self, query: str) -> None:
        """Free rows, which takes its time, while the server makes others."""
        self._answers.forget(query)

    def collations_of(self, oids: Collection[int]) -> list[Row]:
        """The collations with these oids; asked only where there are some."""
        if not oids:
            return []
        self._answers.now([_collations("more collations", oids)])
        return self._answers["more collations"]


@contextmanager
def fetching(
    connection: "psycopg.Connection[Row]", source: str, schemas: Collection[str] | None
) -> Iterator[Rows]:
    """All rows that a Catalog is made of, to be looked up inside only."""
    version = connection.info.server_version
    found, closed = _open_schemas(connection, source, schemas)
    hidden = _hidden(closed, source)
    oids = {"schemas": [row[0] for row in found]}
    batches = [
        [
            Query(name, text, oids, name in sql.LOCKING)
            for name, text in batch.items()
            if sql.PART_OF.get(name, name) not in hidden
        ]
        for batch in sql.batches(version)
    ]
    with Answers(connection, batches) as answers:
        yield Rows(answers, version, found, hidden)


def _open_schemas(
    connection: "psycopg.Connection[Row]", source: str, names: Collection[str] | None
) -> tuple[list[Row], frozenset[str]]:
    catalogs = {catalog for needed in sql.NEEDS.values() for catalog in needed}
    wanted = None if names is None else sorted(names)
    first = [
        Query("schemas", sql.SCHEMAS, {"names": wanted}),
        Query("closed", sql.CLOSED, {"catalogs": sorted(catalogs.union(sql.BASIC_CATALOGS))}),
    ]
    with Answers(connection, [first]) as answers:
        found, closed = answers["schemas"], answers["closed"]
    missing = sorted(set(names or ()) - {row[1] for row in found})
    if missing:
        raise SourceError(
            source, f"has no schema {', '.join(missing)}", "check the names of the schemas to read"
        )
    return found, frozenset(row[0] for row in closed)


def _hidden(closed: frozenset[str], source: str) -> dict[str, str]:
    hidden = {
        query: next(catalog for catalog in catalogs if catalog in closed)
        for query, catalogs in sql.NEEDS.items()
        if closed.intersection(catalogs)
    }
    basic = closed.intersection(sql.BASIC_CATALOGS)
    if basic or sql.REQUIRED.intersection(hidden):
        names = sorted(basic.union(hidden.values()))
        raise SourceError(
            source,
            f"the role may not read {', '.join(names)}",
            "grant it SELECT on them, or use another role",
        )
    return hidden


def _references(answers: Answers) -> Iterator[Query]:
    """What is asked because columns, types or functions refer to it."""
    columns, types = answers["columns"], answers["types"]
    known = {row[0]: row for row in types}
    missing = _used_types(columns, answers["functions"]) - known.keys()
    if missing:
        yield Query("more types", sql.MORE_TYPES, {"oids": sorted(missing)})
    used = {row[10] for row in columns}.union(row[7] for row in types)
    yield _collations("collations", used | {C_COLLATION, DEFAULT_COLLATION})
    wanted = {(row[4], row[5]) for row in columns if row[5] >= 0}
    wanted.update((row[9], row[10]) for row in types if row[10] >= 0)
    foreign = sorted(key for key in wanted if not _read_here(known, key[0]))
    if foreign:
        parameters = {"oids": [o for o, _ in foreign], "modifiers": [m for _, m in foreign]}
        yield Query("formatted", sql.FORMATTED_TYPES, parameters)


def _used_types(columns: list[Row], functions: list[Row]) -> set[int]:
    """Types that may lie beyond those fetched: row types of tables, and arrays of them."""
    used = {row[4] for row in columns}
    for row in functions:
        used.add(row[13])
        used.update(row[15])
        used.update(row[16] or ())
    return used


def _collations(name: str, oids: Collection[int]) -> Query:
    """Those that something names: a server with ICU has a thousand."""
    return Query(name, sql.COLLATIONS, {"oids": sorted(oids)})


# built-in types whose modifier we read ourselves (types.py)
_READ_HERE = frozenset(
    {
        *("bpchar", "varchar", "numeric", "interval", "bit", "varbit"),
        *("time", "timetz", "timestamp", "timestamptz"),
    }
)


def _read_here(types: dict[int, Row], oid: int) -> bool:
    row = types.get(oid)
    element = types.get(row[6], row) if row else None
    return element is None or (element[2] == "pg_catalog" and element[3] in _READ_HERE)
