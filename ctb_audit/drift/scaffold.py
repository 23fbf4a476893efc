"""A catalog's types, tables and function signatures as DDL: enough to store expressions over them.

Not a dump: columns without constraints, functions without their bodies.
"""

from collections.abc import Iterator

from ctb_audit.model import Argument, Catalog, Column, Function, Name, Table, Type, UserType


def quoted(*names: str | None) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names if name is not None)


def type_sql(type_: Type) -> str:
    """The type as a column's; a user's own is named `schema.name`."""
    if "." not in type_.name or type_.family in ("text", "integer"):
        return str(type_)
    schema, _, name = type_.name.partition(".")
    return quoted(schema, name) + "[]" * type_.dimensions


def statements(catalog: Catalog) -> Iterator[str]:
    """Statements in an order that mostly works; each may fail alone."""
    for extension in catalog.extensions:
        yield f"CREATE EXTENSION IF NOT EXISTS {quoted(extension.name)}"
    for schema in sorted(_schemas(catalog)):
        yield f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}"
    for type_ in sorted(catalog.types, key=lambda t: t.kind != "enum"):
        yield from _user_type(type_)
    for table in (*catalog.tables, *catalog.foreign_tables):
        yield _table(table)
    for function in catalog.functions:
        yield from _function(function)
    for view in catalog.views:
        yield f"CREATE VIEW {quoted(view.schema, view.name)} AS {view.definition.rstrip('; ')}"


def _schemas(catalog: Catalog) -> set[str]:
    found = {t.schema for t in catalog.tables} | {t.schema for t in catalog.types}
    found |= {f.schema for f in catalog.functions} | {v.schema for v in catalog.views}
    return found - {""}


def _user_type(type_: UserType) -> Iterator[str]:
    name = quoted(type_.schema, type_.name)
    if type_.kind == "enum":
        labels = ", ".join("'" + label.replace("'", "''") + "'" for label in type_.labels)
        yield f"CREATE TYPE {name} AS ENUM ({labels})"
    elif type_.kind == "domain" and type_.base is not None:
        yield f"CREATE DOMAIN {name} AS {type_sql(type_.base)}"
    elif type_.kind == "composite":
        yield f"CREATE TYPE {name} AS ({_columns(type_.attributes)})"


def _table(table: Table) -> str:
    return f"CREATE TABLE {quoted(table.schema, table.name)} ({_columns(table.columns)})"


def _columns(columns: tuple[Column, ...]) -> str:
    return ", ".join(f"{quoted(c.name)} {_column_type(c.type)}" for c in columns)


def _column_type(type_: Type) -> str:
    """A serial column is its integer."""
    plain = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
    return plain.get(type_.name) or type_sql(type_)


def _function(function: Function) -> Iterator[str]:
    """A function that computes nothing and has the signature."""
    if function.kind != "function" or function.returns is None:
        return
    name = quoted(function.schema, function.name)
    arguments = ", ".join(_argument(a) for a in function.arguments if a.mode != "table")
    returns = type_sql(function.returns)
    if function.returns_set:
        return
    trigger = "RETURN NULL;"
    yield (
        f"CREATE FUNCTION {name}({arguments}) RETURNS {returns} LANGUAGE plpgsql"
        f" {function.volatility.upper()} AS 'BEGIN {trigger} END'"
    )


def _argument(argument: Argument) -> str:
    name = f"{quoted(argument.name)} " if argument.name else ""
    default = f" DEFAULT {argument.default}" if argument.default else ""
    mode = {"inout": "INOUT ", "out": "OUT ", "variadic": "VARIADIC "}.get(argument.mode, "")
    return f"{mode}{name}{type_sql(argument.type)}{default}"


def relation(name: Name) -> str:
    return quoted(name.schema or "public", name.name)
