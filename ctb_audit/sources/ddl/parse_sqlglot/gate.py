"""What sqlglot's own grammar makes of a statement, held against what the tokens say.

sqlglot does not refuse what it does not know: it returns a Command, or a tree that means
something else. A statement passes here only if the tree is of the kind that was read and holds
as many parts.
"""

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from ctb_audit.lean import pattern
from ctb_audit.model import System
from ctb_audit.sources.ddl.operations import (
    AlterTable,
    Comment,
    CreateIndex,
    CreateSchema,
    CreateTable,
    CreateTableAs,
    CreateView,
    Drop,
    Operation,
    Rename,
    SetSearchPath,
    Transaction,
)
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

_SQLITE_TAIL = pattern(r"\)\s*+(?:(?:STRICT|WITHOUT\s++ROWID)\s*+(?:,\s*+)?)++\Z", re.IGNORECASE)
_DIALECTS: dict[System, str] = {"postgresql": "postgres"}
_TREES: dict[type, str] = {  # kinds of sqlglot's trees
    CreateTable: "Create",
    CreateTableAs: "Create",
    CreateIndex: "Create Alter",
    CreateView: "Create",
    CreateSchema: "Create",
    AlterTable: "Alter",
    Rename: "Alter",
    Drop: "Drop",
    Comment: "Comment Alter",  # BigQuery's SET OPTIONS (description = ...)
}


@cache
def _silence() -> None:
    """Sqlglot logs a warning for each Command; what it could not read is reported by us."""
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL + 1)


def parse(text: str, system: System) -> "Expr":
    """Sqlglot's one tree of a statement; raises Misread where it has none."""
    import sqlglot

    _silence()
    try:
        trees = sqlglot.parse(text, read=_DIALECTS.get(system, system))
    except RecursionError:
        raise Misread("nested too deep") from None
    except Exception as error:  # compiled sqlglot raises TypeError where pure raises ParseError
        reason = str(error).partition("\n")[0][:100]
        raise Misread(f"sqlglot rejects it: {reason}") from None
    if len(trees) != 1 or trees[0] is None:
        raise Misread("sqlglot sees another number of statements")
    return trees[0]


def agree(text: str, system: System, operations: tuple[Operation, ...]) -> None:
    """Raise Misread unless sqlglot reads the same kind of statement with as many parts."""
    if all(isinstance(operation, SetSearchPath | Transaction) for operation in operations):
        return
    tree = parse(_SQLITE_TAIL.sub(")", text) if system == "sqlite" else text, system)
    kind = type(tree).__name__
    if kind == "Command":
        raise Misread("sqlglot does not model it")
    main = operations[-1] if _replaces(operations) else operations[0]
    if kind not in _TREES[type(main)].split():
        raise Misread(f"sqlglot reads a {kind}")
    _same_parts(tree, main, operations)


def _replaces(operations: tuple[Operation, ...]) -> bool:
    """CREATE OR REPLACE TABLE is a drop and a creation."""
    return len(operations) > 1 and isinstance(operations[0], Drop)


def _same_parts(tree: "Expr", main: Operation, operations: tuple[Operation, ...]) -> None:
    match main:
        case CreateTable() as made:
            _same_columns(tree, made)
        case AlterTable() | CreateIndex() if tree.args.get("actions"):
            _same_actions(tree, operations)
        case Drop(targets=targets):
            named = tree.args.get("tables") or ([tree.this] if tree.this else [])
            if len(named) != len(targets):
                raise Misread(f"sqlglot sees {len(named)} targets")
        case Rename(to=to):
            if to.lower() not in _names(tree):
                raise Misread("sqlglot renames something else")
        case _:
            pass


def _same_columns(tree: "Expr", made: CreateTable) -> None:
    from sqlglot import exp

    elements = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    columns = [e for e in elements if isinstance(e, exp.ColumnDef | exp.Identifier)]
    names = [str(column.name).lower() for column in columns]
    for index in made.table.indexes:
        if index.intended:  # sqlglot, too, takes `INDEX ix (a)` for a column
            word = "index" if "index" in names else "key"
            names.remove(word)
    if names != [column.name.lower() for column in made.table.columns]:
        raise Misread("sqlglot sees other columns")


def _same_actions(tree: "Expr", operations: tuple[Operation, ...]) -> None:
    """MODIFY is three actions of ours and one of sqlglot's, and so on: only more is a loss."""
    count = sum(len(o.actions) if isinstance(o, AlterTable) else 1 for o in operations)
    if count < len(tree.args["actions"]):
        raise Misread("sqlglot sees more actions")


def _names(tree: "Expr") -> frozenset[str]:
    from sqlglot import exp

    return frozenset(found.name.lower() for found in tree.find_all(exp.Identifier))
