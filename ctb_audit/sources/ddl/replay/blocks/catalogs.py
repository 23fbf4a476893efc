"""The catalogs that a query may name; one that is not listed is not known."""

from collections.abc import Mapping

from ctb_audit.model import Name
from ctb_audit.sources.ddl.replay.blocks.information_schema import VIEWS
from ctb_audit.sources.ddl.replay.blocks.pg_catalog import CATALOGS, Rows
from ctb_audit.sources.ddl.replay.blocks.values import Undecided
from ctb_audit.sources.ddl.replay.state import State

NAMED_BY: Mapping[str, str] = {
    "pg_class": "relname",
    "pg_attribute": "attrelid",
    "pg_tables": "tablename",
    "pg_indexes": "tablename",
    "pg_policies": "tablename",
    "pg_constraint": "conrelid",
    "pg_trigger": "tgrelid",
    "pg_index": "indrelid",
    "columns": "table_name",
    "tables": "table_name",
    "table_constraints": "table_name",
}
"""The column in which each has the name of a relation, or its number."""


def rows(state: State, schema: str | None, name: str, only: str | None) -> Rows:
    """The rows of a catalog; `only`: those of the relation of this name.

    Raises Undecided for any other relation: what rows it holds, only a run would tell.
    """
    known = VIEWS if schema == "information_schema" else CATALOGS
    found = known.get(name) if schema in (None, "pg_catalog", "information_schema") else None
    if found is None or (schema is None and state.find(Name(None, name)) is not None):
        raise Undecided
    return found(state, only)
