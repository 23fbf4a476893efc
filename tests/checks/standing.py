"""Tables as they stand on live databases, in DDL, references and registries."""

from dataclasses import replace
from typing import Any

from ctb_audit.model import Catalog, Declaration, Declared, Name, Surface, System
from tests.checks.judging import catalog_of

T = "CREATE TABLE t (id int);"
U = "CREATE TABLE u (id int);"
TRACKER = "CREATE TABLE alembic_version (version_num text);"
REGISTRY = "CREATE SCHEMA ctb; CREATE TABLE ctb.table_registry (table_name text);"


def live(sql: str, **changes: Any) -> Catalog:
    return replace(catalog_of(sql, "live", name="db"), server_version=170000, **changes)


def written(sql: str, surface: Surface = "ddl", system: System = "postgresql") -> Catalog:
    return catalog_of(sql, surface, system)


def plan(catalog: Catalog, name: str = "t", **said_of_it: Any) -> Catalog:
    """The catalog with a declaration of a table, planned if nothing else is said."""
    made = Declaration(**{"source": "section", "status": "Planned", **said_of_it})
    item = Declared("postgresql", Name("public", name), made)
    return replace(catalog, declared=(*catalog.declared, item))


BIGQUERY = written("CREATE TABLE web.events (id INT64);", system="bigquery")
REFERENCE = written(T, "reference")
