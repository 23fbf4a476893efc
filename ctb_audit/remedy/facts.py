"""Boolean SQL about the catalog of a server, for the files that verify a migration."""

from ctb_audit.model import Name
from ctb_audit.remedy.quoting import literal, relation


def regclass(name: Name) -> str:
    """The relation's oid, NULL where there is none."""
    return f"pg_catalog.to_regclass({literal(relation(name))})"


def column_exists(table: Name, column: str) -> str:
    return _attribute(table, column, "true")


def column_is_required(table: Name, column: str) -> str:
    return _attribute(table, column, "a.attnotnull")


def column_has_default(table: Name, column: str) -> str:
    return _attribute(table, column, "a.atthasdef")


def _attribute(table: Name, column: str, also: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_attribute a"
        f" WHERE a.attrelid = {regclass(table)} AND a.attname = {literal(column)}"
        f" AND NOT a.attisdropped AND {also})"
    )


def constraint_holds(table: Name, name: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_constraint c"
        f" WHERE c.conrelid = {regclass(table)} AND c.conname = {literal(name)}"
        " AND c.convalidated)"
    )


def index_holds(index: Name) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_index i"
        f" WHERE i.indexrelid = {regclass(index)} AND i.indisvalid)"
    )


def trigger_fires(table: Name, name: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_trigger t"
        f" WHERE t.tgrelid = {regclass(table)} AND t.tgname = {literal(name)}"
        " AND t.tgenabled IN ('O', 'A'))"
    )
