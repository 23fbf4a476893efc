"""One read of a live server: connect, fetch, build."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ctb_audit.collector import collector_paused, until_exit
from ctb_audit.model import (
    Catalog,
    Extension,
    Function,
    Location,
    Problem,
    Schema,
    Sequence,
    Table,
    UserType,
    View,
)
from ctb_audit.sources.postgres import relations, usertypes
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.connect import display_url, session
from ctb_audit.sources.postgres.fetch import Rows, fetching
from ctb_audit.sources.postgres.keys import read_keys
from ctb_audit.sources.postgres.naming import Directory
from ctb_audit.sources.postgres.routines import read_functions
from ctb_audit.sources.postgres.trackers import read_trackers
from ctb_audit.sources.postgres.triggers import read_policies, read_triggers

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T", Table, View, Function, UserType, Sequence)


def read_live(
    url: str,
    *,
    schemas: Collection[str] | None = None,
    timeout_s: float = 60.0,
    connect_timeout_s: int = 10,
    source_name: str | None = None,
) -> Catalog:
    """The catalog of a live PostgreSQL, 14 to 18, at one moment (STANDARD sections 8 and 9).

    `schemas`: only these; all of the users' own by default. `timeout_s` bounds each query.
    `source_name` stands in messages and locations, else the URL without password and query.
    Raises SourceError: unknown host, wrong password, no TLS to a remote host, server too old,
    timeout, connection cut, no schema of that name. No message holds a secret.
    """
    source = source_name or display_url(url)
    with session(
        url, source, timeout_s=timeout_s, connect_timeout_s=connect_timeout_s
    ) as connection:
        return read_session(connection, source, schemas)


def read_session(
    connection: "psycopg.Connection[Row]", source: str, schemas: Collection[str] | None = None
) -> Catalog:
    """The catalog as `connection` sees it; its search_path must be empty."""
    with collector_paused(), fetching(connection, source, schemas) as rows:
        catalog = build(rows, source)
    until_exit(rows)
    return replace(catalog, trackers=read_trackers(connection, catalog))


def build(rows: Rows, source: str) -> Catalog:
    """A catalog of rows. What the server is asked last is looked up last."""
    directory = Directory(rows, source)
    columns = relations.read_columns(rows, directory)
    column_grants, collations = relations.column_grants(rows), relations.column_collations(rows)
    rows.forget("columns")
    functions = _sorted(read_functions(rows, directory))
    sequences = _sorted(usertypes.read_sequences(rows, directory))
    keys = read_keys(rows, directory, collations)
    parts = relations.Parts(
        keys,
        None if "triggers" in rows.hidden else read_triggers(rows, directory),
        None if "policies" in rows.hidden else read_policies(rows, directory),
        columns,
        column_grants,
        relations.parents(rows),
    )
    tables = _sorted(relations.read_tables(rows, directory, parts))
    return Catalog(
        surface="live",
        source=source,
        tables=tuple([table for table in tables if table.kind != "foreign"]),
        foreign_tables=tuple([table for table in tables if table.kind == "foreign"]),
        views=_sorted(relations.read_views(rows, directory, parts)),
        functions=functions,
        types=_sorted(usertypes.read_types(rows, directory, keys, columns)),
        sequences=sequences,
        extensions=_named(usertypes.read_extensions(rows, directory)),
        schemas=_named(usertypes.read_schemas(rows, directory)),
        problems=tuple(_problems(rows, directory.location)),
        server_version=rows.version,
    )


def _sorted(found: Iterable[T]) -> tuple[T, ...]:
    """By name; overloaded functions by the text of their arguments."""
    return tuple(sorted(found, key=lambda o: (o.schema, o.name, _signature(o))))


def _signature(found: object) -> str:
    return ",".join(str(a.type) for a in found.arguments) if isinstance(found, Function) else ""


N = TypeVar("N", Extension, Schema)


def _named(found: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(found, key=lambda o: o.name))


def _problems(rows: Rows, location: Location) -> Iterable[Problem]:
    for query, catalog in sorted(rows.hidden.items()):
        yield Problem(
            "hidden",
            f"the role may not read {catalog}: {query} are not in the model;"
            f" grant it SELECT on pg_catalog.{catalog}",
            location=location,
        )
