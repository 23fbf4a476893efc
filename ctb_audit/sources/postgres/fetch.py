"""Runs the catalog queries in one pipeline and hands over their rows."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from ctb_audit.errors import SourceError
from ctb_audit.lean import dataclass
from ctb_audit.sources.postgres import statements as sql

if TYPE_CHECKING:
    import psycopg

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by query (`statements.NEEDS`); `hidden`: query -> the catalog that it may not read."""

    version: int
    schemas: tuple[Row, ...]
    by_query: dict[str, list[Row]]
    more_types: list[Row]
    collations: list[Row]
    formatted: dict[tuple[int, int], str]
    hidden: dict[str, str]

    def __getitem__(self, query: str) -> list[Row]:
        return self.by_query.get(query, [])


def fetch(
    connection: "psycopg.Connection[Row]", source: str, schemas: Collection[str] | None
) -> Rows:
    """All rows that a Catalog is made of; two or three round trips."""
    version = connection.info.server_version
    found, closed = _open_schemas(connection, source, schemas)
    hidden = _hidden(closed, source)
    oids = {"schemas": [row[0] for row in found]}
    queries = {name: text for name, text in sql.statements(version).items() if name not in hidden}
    by_query = _run(connection, [(name, text, oids) for name, text in queries.items()])
    by_query["columns"].sort()  # by relation and number, which stand first
    more = _more_types(connection, by_query)
    collations = _collations(connection, by_query)
    formatted = _formatted(connection, by_query, more)
    return Rows(version, tuple(found), by_query, more, collations, formatted, hidden)


def _run(
    connection: "psycopg.Connection[Row]", queries: "list[tuple[str, str, dict[str, Any]]]"
) -> dict[str, list[Row]]:
    import psycopg

    supported = psycopg.Pipeline.is_supported()
    first = [query for query in queries if query[0] in sql.FIRST]
    others = [query for query in queries if query[0] not in sql.FIRST]
    with connection.pipeline() if supported else nullcontext() as pipeline:
        asked = _asked(connection, first)
        if first and pipeline is not None:
            pipeline.sync()  # the rows of these are unpacked while the server makes the others
        answers = _asked(connection, others)
        found = {name: cursor.fetchall() for name, cursor in (asked | answers).items()}
    return {name: found[name] for name, _, _ in queries}


def _asked(
    connection: "psycopg.Connection[Row]", queries: "list[tuple[str, str, dict[str, Any]]]"
) -> "dict[str, psycopg.Cursor[Row]]":
    cursors = {}
    for name, text, parameters in queries:
        cursors[name] = connection.cursor(binary=True)
        with _unlocked(connection) if name in sql.LOCKING else nullcontext():
            cursors[name].execute(text.encode(), parameters)
    return cursors


@contextmanager
def _unlocked(connection: "psycopg.Connection[Row]") -> Iterator[None]:
    """What is executed inside keeps no lock: those of a subtransaction end with it.

    Read-only subtransactions get no transaction id. In a pipeline the statements are sent, not
    waited for, so an error of the statement between them is the one that is raised.
    """
    connection.execute("SAVEPOINT printing")
    yield
    connection.execute("ROLLBACK TO SAVEPOINT printing")
    connection.execute("RELEASE SAVEPOINT printing")


def _open_schemas(
    connection: "psycopg.Connection[Row]", source: str, names: Collection[str] | None
) -> tuple[list[Row], frozenset[str]]:
    catalogs = {catalog for needed in sql.NEEDS.values() for catalog in needed}
    wanted = None if names is None else sorted(names)
    rows = _run(
        connection,
        [
            ("schemas", sql.SCHEMAS, {"names": wanted}),
            ("closed", sql.CLOSED, {"catalogs": sorted(catalogs.union(sql.BASIC_CATALOGS))}),
        ],
    )
    missing = sorted(set(names or ()) - {row[1] for row in rows["schemas"]})
    if missing:
        raise SourceError(
            source, f"has no schema {', '.join(missing)}", "check the names of the schemas to read"
        )
    return rows["schemas"], frozenset(row[0] for row in rows["closed"])


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


def _more_types(connection: "psycopg.Connection[Row]", rows: dict[str, list[Row]]) -> list[Row]:
    """Types beyond those fetched: row types of tables that columns or functions use."""
    known = {row[0] for row in rows["types"]}
    used = {row[4] for row in rows["columns"]}
    for row in rows.get("functions", ()):
        used.add(row[13])
        used.update(row[15])
        used.update(row[16] or ())
    missing = used - known
    if not missing:
        return []
    query = ("types", sql.MORE_TYPES, {"oids": sorted(missing)})
    return _run(connection, [query])["types"]


def _collations(connection: "psycopg.Connection[Row]", rows: dict[str, list[Row]]) -> list[Row]:
    """Those that columns, types or indexes name: a server with ICU has a thousand."""
    used = {row[10] for row in rows["columns"]}
    used.update(row[7] for row in rows["types"])
    for row in rows.get("indexes", ()):
        used.update(row[10])
    query = ("collations", sql.COLLATIONS, {"oids": sorted(used)})
    return _run(connection, [query])["collations"]


# built-in types whose modifier we read ourselves (types.py)
_READ_HERE = frozenset(
    {
        *("bpchar", "varchar", "numeric", "interval", "bit", "varbit"),
        *("time", "timetz", "timestamp", "timestamptz"),
    }
)


def _formatted(
    connection: "psycopg.Connection[Row]", rows: dict[str, list[Row]], more: list[Row]
) -> dict[tuple[int, int], str]:
    """`format_type` of types of extensions with a modifier, e.g. vector(3)."""
    types = {row[0]: row for row in (*rows["types"], *more)}
    wanted = {(row[4], row[5]) for row in rows["columns"] if row[5] >= 0}
    wanted.update((row[9], row[10]) for row in types.values() if row[10] >= 0)
    foreign = sorted(key for key in wanted if not _read_here(types, key[0]))
    if not foreign:
        return {}
    parameters = {"oids": [o for o, _ in foreign], "modifiers": [m for _, m in foreign]}
    found = _run(connection, [("formatted", sql.FORMATTED_TYPES, parameters)])["formatted"]
    return {(oid, modifier): text for oid, modifier, text in found}


def _read_here(types: dict[int, Row], oid: int) -> bool:
    row = types.get(oid)
    element = types.get(row[6], row) if row else None
    return element is None or (element[2] == "pg_catalog" and element[3] in _READ_HERE)
