"""What queries read and call their columns, and which columns expressions name."""

from typing import TYPE_CHECKING

from ctb_audit.model import Name, System
from ctb_audit.sources.ddl.parse_sqlglot.gate import parse
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread

if TYPE_CHECKING:
    from sqlglot.expressions import Expr, Identifier

_LOWER: frozenset[System] = frozenset(("postgresql", "sqlite"))


def sources(query: str, system: System) -> tuple[Name, ...]:
    """The relations that a query reads, once each, without its own common tables."""
    from sqlglot import exp

    tree = parse(query, system)
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    found: dict[Name, None] = {}
    for table in tree.find_all(exp.Table, bfs=False):
        if isinstance(table.this, exp.Identifier) and (table.db or table.name not in own):
            schema = table.args.get("db")
            found[Name(_fold(schema, system) if schema else None, _fold(table.this, system))] = None
    return tuple(found)


def referenced_columns(expression: str, system: System) -> tuple[str, ...]:
    """The columns that an expression names, once each, in the order of its text."""
    from sqlglot import exp

    tree = parse(f"SELECT {expression}", system)
    names = [c.this for c in tree.find_all(exp.Column) if isinstance(c.this, exp.Identifier)]
    names.sort(key=lambda identifier: int(identifier.meta.get("start", 0)))
    return tuple(dict.fromkeys(_fold(name, system) for name in names))


def output_columns(query: str, system: System) -> tuple[str, ...] | None:
    """The names of a query's columns; None where a star or an unusual expression hides one.

    Raises Misread where PostgreSQL would name a column after a function that sqlglot renamed.
    """
    from sqlglot import exp

    tree = parse(query, system)
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    if not isinstance(tree, exp.Select) or not tree.expressions:
        return None
    names: list[str] = []
    for column in tree.expressions:
        name = _output_name(column, query, system)
        if name is None:
            return None
        names.append(name)
    return tuple(names)


def _output_name(column: "Expr", query: str, system: System) -> str | None:
    from sqlglot import exp

    while isinstance(column, exp.Cast) and isinstance(column.this, exp.Column | exp.Cast):
        column = column.this
    if isinstance(column, exp.Alias):
        return _fold(column.args["alias"], system)
    if isinstance(column, exp.Column):
        return _fold(column.this, system) if isinstance(column.this, exp.Identifier) else None
    while isinstance(column, exp.Window | exp.Filter | exp.WithinGroup):
        column = column.this
    named = isinstance(column, exp.Func) and not isinstance(
        column, exp.Binary | exp.Cast | exp.Case
    )
    return _function_name(column, query) if named and system == "postgresql" else None


def _function_name(function: "Expr", query: str) -> str:
    from sqlglot import exp

    anonymous = isinstance(function, exp.Anonymous)
    name = function.name if anonymous else type(function).__name__
    if isinstance(function, exp.Func) and not anonymous:
        name = function.sql_name()
    if f"{name.lower()}(" not in query.lower():
        raise Misread("the name of a computed column")
    return name.lower()


def _fold(identifier: "Identifier", system: System) -> str:
    text = str(identifier.this)
    return text.lower() if system in _LOWER and not identifier.args.get("quoted") else text
