"""The organisation's table registry: its rows as a catalog of names (STANDARD section 8, B).

Its columns are told by their names, as registries of several teams call them. It is read as the
catalog is: read-only, with a timeout, and without any lock beyond ACCESS SHARE.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ctb_audit.model import (
    Catalog,
    Column,
    Declaration,
    Location,
    Name,
    Problem,
    System,
    Table,
)
from ctb_audit.sources.postgres.connect import display_url, session

if TYPE_CHECKING:
    import psycopg

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("table_name", "tablename", "table", "name", "qualified_name", "full_name"),
    "schema": ("table_schema", "schema_name", "schemaname", "schema"),
    "system": ("system", "database_system", "database", "platform"),
    "table_id": ("table_id", "barton_id", "bart_id", "bid", "unique_id"),
    "level": ("enforcement_level", "enforcement", "level"),
    "status": ("status", "table_status", "state"),
}
_SYSTEMS: Mapping[str, System] = {
    **dict.fromkeys(("neon", "shq", "postgres", "postgresql", "neon postgresql"), "postgresql"),
    **dict.fromkeys(("firestore", "fire", "firebase"), "firestore"),
    **dict.fromkeys(("bigquery", "bq"), "bigquery"),
}
_RETIRED = ("retired", "dropped", "deleted", "archived", "inactive", "deprecated")


def find_registry(catalog: Catalog, name: str) -> Table | None:
    """The table that `schema.name`, or `name` in any schema, means in a live catalog."""
    schema, _, bare = name.rpartition(".")
    found = [t for t in catalog.tables if t.name == bare and schema in ("", t.schema)]
    return found[0] if len(found) == 1 else None


def read_registry(
    url: str, registry: Table, *, timeout_s: float = 60.0, source_name: str | None = None
) -> Catalog | Problem:
    """The registered tables of a live PostgreSQL; they have names and declarations alone.

    A registry that the role may not read, or without a column of names, is a Problem "hidden".
    Raises SourceError as `read_live` does.
    """
    import psycopg

    source = source_name or display_url(url)
    place = Location(f"{source} {registry.qualified}")
    roles = _roles(registry)
    if "name" not in roles:
        known = ", ".join(_COLUMNS["name"])
        return Problem(
            "hidden", f"the registry has no column of table names ({known})", location=place
        )
    with session(url, source, timeout_s=timeout_s, connect_timeout_s=10) as connection:
        try:
            with connection.transaction():
                rows = _rows(connection, registry.qualified, roles)
        except psycopg.errors.InsufficientPrivilege:
            step = f"grant it SELECT on {registry.qualified}"
            message = f"the role may not read the table registry; {step}"
            return Problem("hidden", message, location=place)
    tables = {(t.system, t.qualified): t for t in _tables(rows, place)}
    return Catalog(surface="registry", source=place.path, tables=tuple(tables.values()))


def _roles(registry: Table) -> dict[str, Column]:
    """What each column is, by its name; the first name that fits wins."""
    by_name = {column.name.lower(): column for column in registry.columns}
    found = {}
    for role, names in _COLUMNS.items():
        column = next((by_name[name] for name in names if name in by_name), None)
        if column is not None:
            found[role] = column
    return found


def _rows(
    connection: "psycopg.Connection[tuple[Any, ...]]", name: Name, roles: Mapping[str, Column]
) -> list[dict[str, str]]:
    from psycopg import sql

    columns = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(column.name)) for column in roles.values()
    )
    query = sql.SQL("SELECT {} FROM {}").format(
        columns, sql.Identifier(name.schema or "public", name.name)
    )
    rows = connection.execute(query).fetchall()
    return [
        {role: (value or "").strip() for role, value in zip(roles, row, strict=True)}
        for row in rows
    ]


def _tables(rows: list[dict[str, str]], place: Location) -> Iterator[Table]:
    for row in rows:
        schema, _, name = row["name"].rpartition(".")
        system = _SYSTEMS.get(row.get("system", "").lower(), "postgresql")
        status = row.get("status", "")
        if not name or status.lower() in _RETIRED:
            continue
        default = "public" if system == "postgresql" else "default"
        declaration = Declaration(
            source="summary",
            table_id=row.get("table_id") or None,
            level=row.get("level") or None,
            status=status or None,
            location=place,
        )
        yield Table(
            system,
            row.get("schema") or schema or default,
            name,
            declarations=(declaration,),
            location=place,
        )
