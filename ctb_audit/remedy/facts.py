"""Boolean SQL about the catalog of a server, for the files that verify a migration."""

from ctb_audit.model import Name
from ctb_audit.remedy.quoting import relation
from ctb_audit.semantics.quoting import literal


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


def policy_exists(table: Name, name: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_policy p"
        f" WHERE p.polrelid = {regclass(table)} AND p.polname = {literal(name)})"
    )


def rows_are_secured(table: Name, *, forced: bool) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_class c"
        f" WHERE c.oid = {regclass(table)} AND c.relrowsecurity"
        f"{' AND c.relforcerowsecurity' * forced})"
    )


def comment_is(table: Name, text: str) -> str:
    return f"pg_catalog.obj_description({regclass(table)}, 'pg_class') = {literal(text)}"


def relation_exists(name: Name) -> str:
    return f"{regclass(name)} IS NOT NULL"
