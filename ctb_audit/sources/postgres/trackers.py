"""What migration tools wrote down about the migrations that they applied, read only.

A tool is known by the shape of its table, not by the table's name alone: several tools call theirs
`schema_migrations`. Columns that can hold anything (statements, logs, error messages) are not read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ctb_audit.lean import pattern
from ctb_audit.model import AppliedMigration, AppliedState, Catalog, Name, Table, Tracker
from ctb_audit.probe import quoted

if TYPE_CHECKING:
    import psycopg

MOST_ROWS = 20_000
_PLAUSIBLE = pattern(r"[\w.@+:#()/ -]{1,255}")
_STATES: dict[str, AppliedState] = {"a": "applied", "f": "failed", "r": "reverted", "b": "baseline"}


@dataclass(frozen=True, slots=True)
class Tool:
    """`columns` that its table must have, `only`: and no others. `rows` gives name, version (or
    NULL) and state (a, f, r or b) in the order in which they were written; a later row of the same
    name counts. `heads`: a row says where the chain stands, not one step of it.
    """

    name: str
    table: str
    columns: frozenset[str]
    rows: str
    only: bool = False
    beside: str = ""  # a table of this name in the same schema
    schema: str = ""
    heads: bool = False


def _tool(name: str, table: str, columns: str, rows: str, **more: Any) -> Tool:
    return Tool(name, table, frozenset(columns.split()), rows, **more)


_FAILS = "CASE WHEN {} THEN 'f' ELSE 'a' END"
_VERSIONS = "SELECT version::text, version::text, 'a' FROM {table} ORDER BY version"
TOOLS: tuple[Tool, ...] = (
    _tool(
        "supabase",
        "schema_migrations",
        "version name",
        "SELECT concat_ws('_', version, nullif(name, '')), version, 'a' FROM {table}"
        " ORDER BY version",
        schema="supabase_migrations",
    ),
    _tool(
        "ctb",
        "schema_migrations",
        "migration_name success",
        f"SELECT migration_name::text, NULL, {_FAILS.format('success IS FALSE')} FROM {{table}}"
        " ORDER BY migration_name",
    ),
    _tool(
        "ctb",
        "schema_migrations",
        "version applied_at",
        _VERSIONS,
    ),
    _tool(
        "golang-migrate",
        "schema_migrations",
        "version dirty",
        f"SELECT version::text, version::text, {_FAILS.format('dirty')} FROM {{table}}",
        heads=True,
    ),
    _tool("ecto", "schema_migrations", "version inserted_at", _VERSIONS),
    _tool(
        *("rails", "schema_migrations", "version", _VERSIONS),
        only=True,
        beside="ar_internal_metadata",
    ),
    _tool("dbmate", "schema_migrations", "version", _VERSIONS, only=True),
    _tool(
        "flyway",
        "flyway_schema_history",
        "installed_rank version type script success",
        "SELECT script::text, version::text, CASE WHEN NOT success THEN 'f'"
        " WHEN type IN ('BASELINE', 'SCHEMA') THEN 'b'"
        " WHEN type = 'DELETE' OR type LIKE 'UNDO%%' THEN 'r' ELSE 'a' END"
        " FROM {table} ORDER BY installed_rank",
    ),
    _tool(
        "alembic",
        "alembic_version",
        "version_num",
        "SELECT version_num::text, version_num::text, 'a' FROM {table} ORDER BY 1",
        heads=True,
    ),
    _tool(
        "prisma",
        "_prisma_migrations",
        "migration_name started_at finished_at rolled_back_at",
        "SELECT migration_name::text, NULL, CASE WHEN rolled_back_at IS NOT NULL THEN 'r'"
        " WHEN finished_at IS NULL THEN 'f' ELSE 'a' END FROM {table} ORDER BY started_at",
    ),
    _tool(
        "sqitch",
        "changes",
        "change_id change project committed_at",
        "SELECT change::text, NULL, 'a' FROM {table} UNION ALL"
        " SELECT e.change, NULL, 'f' FROM (SELECT DISTINCT ON (change_id) change, event"
        " FROM {schema}.events ORDER BY change_id, committed_at DESC) e WHERE e.event = 'fail'",
        beside="events",
    ),
    _tool(
        "goose",
        "goose_db_version",
        "id version_id is_applied",
        "SELECT version_id::text, version_id::text, CASE WHEN is_applied THEN 'a' ELSE 'r' END"
        " FROM {table} WHERE version_id > 0 ORDER BY id",
    ),
    _tool(
        "sqlx",
        "_sqlx_migrations",
        "version description success",
        f"SELECT version::text, version::text, {_FAILS.format('success IS FALSE')} FROM {{table}}"
        " ORDER BY version",
    ),
    _tool("diesel", "__diesel_schema_migrations", "version run_on", _VERSIONS),
    _tool(
        "knex",
        "knex_migrations",
        "id name batch",
        "SELECT name::text, NULL, 'a' FROM {table} ORDER BY id",
    ),
)
_NAMES = frozenset(tool.table for tool in TOOLS) - {"changes"}


def read_trackers(connection: "psycopg.Connection[Any]", catalog: Catalog) -> tuple[Tracker, ...]:
    """Every tracker among the catalog's tables; one that cannot be read says why."""
    names = {table.qualified for table in catalog.tables}
    found = ((table, _tool_of(table, names)) for table in catalog.tables)
    return tuple(
        _tracker(connection, table, tool)
        for table, tool in found
        if tool is not None or table.name in _NAMES
    )


def _tool_of(table: Table, names: Iterable[Name]) -> Tool | None:
    columns = {column.name for column in table.columns}
    for tool in TOOLS:
        fits = table.name == tool.table and tool.columns <= columns
        exact = not tool.only or tool.columns == columns
        placed = not tool.schema or table.schema == tool.schema
        joined = not tool.beside or Name(table.schema, tool.beside) in names
        if fits and exact and placed and joined:
            return tool
    return None


def _tracker(connection: "psycopg.Connection[Any]", table: Table, tool: Tool | None) -> Tracker:
    import psycopg

    if tool is None:
        return Tracker(table.qualified, problem="its columns are those of no known migration tool")
    place = quoted(table.schema, table.name)
    rows = tool.rows.format(table=place, schema=quoted(table.schema))
    text = f"SELECT * FROM ({rows}) found LIMIT {MOST_ROWS + 1}"
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SELECT set_config('row_security', 'off', true)")
            found = connection.execute(text.replace("%%", "%").encode()).fetchall()
    except psycopg.errors.InsufficientPrivilege:
        problem = "the role may not read it; grant it SELECT"
        return Tracker(table.qualified, tool.name, problem=problem, heads=tool.heads)
    except psycopg.Error as error:
        problem = f"it could not be read (SQLSTATE {error.sqlstate})"
        return Tracker(table.qualified, tool.name, problem=problem, heads=tool.heads)
    if len(found) > MOST_ROWS:
        problem = f"it has more than {MOST_ROWS} rows"
        return Tracker(table.qualified, tool.name, problem=problem, heads=tool.heads)
    return Tracker(table.qualified, tool.name, _applied(found), heads=tool.heads)


def _applied(rows: Iterable[tuple[str | None, str | None, str]]) -> tuple[AppliedMigration, ...]:
    """One for each name: the last row of a name says what became of it."""
    last: dict[str, AppliedMigration] = {}
    for name, version, state in rows:
        shown = name if name and _PLAUSIBLE.fullmatch(name) else "?"
        known = version if version and _PLAUSIBLE.fullmatch(version) else ""
        key = known or shown
        last.pop(key, None)
        last[key] = AppliedMigration(shown, _STATES[state], known)
    return tuple(last.values())
