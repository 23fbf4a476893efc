"""Constraint nodes as model constraints."""

from collections.abc import Callable
from typing import Literal

from ctb_audit.model import Constraint, ConstraintKind
from ctb_audit.sources.ddl.parse_postgres.indexes import exclusion_keys
from ctb_audit.sources.ddl.parse_postgres.names import relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.queries import referenced_columns
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_MATCHES: dict[str, Literal["simple", "full", "partial"]] = {
    "s": "simple",
    "f": "full",
    "p": "partial",
}
KEYS: dict[str, ConstraintKind] = {"CONSTR_PRIMARY": "primary key", "CONSTR_UNIQUE": "unique"}


def read_constraint(
    node: Node, source: Source, column: str | None = None, attributes: frozenset[str] = frozenset()
) -> Constraint | None:
    """The constraint of a Constraint node, None for kinds that are a column's property.

    `column` is the column that a column constraint belongs to; `attributes` are the
    CONSTR_ATTR_ nodes that follow it there.
    """
    reader = _READERS.get(node["contype"])
    return None if reader is None else reader(node, source, column, attributes)


def _key(node: Node, source: Source, column: str | None, attributes: frozenset[str]) -> Constraint:
    deferrable, deferred = timing(node, attributes)
    return Constraint(
        KEYS[node["contype"]],
        node.get("conname", ""),
        strings(node["keys"]) if "keys" in node else ((column,) if column else ()),
        deferrable=deferrable,
        initially_deferred=deferred,
        nulls_not_distinct=node.get("nulls_not_distinct", False),
        include=strings(node.get("including", ())),
        using_index=node.get("indexname", ""),
        period=node.get("ctb_period", False),
        location=source.at(node["location"]),
    )


def _foreign_key(
    node: Node, source: Source, column: str | None, attributes: frozenset[str]
) -> Constraint:
    deferrable, deferred = timing(node, attributes)
    return Constraint(
        "foreign key",
        node.get("conname", ""),
        (column,) if column else strings(node["fk_attrs"]),
        target=relation_name(node["pktable"]),
        target_columns=strings(node.get("pk_attrs", ())),
        match=_MATCHES[node.get("fk_matchtype", "s")],
        on_delete=_ACTIONS[node.get("fk_del_action", "a")],
        on_update=_ACTIONS[node.get("fk_upd_action", "a")],
        on_delete_columns=strings(node.get("fk_del_set_cols", ())),
        deferrable=deferrable,
        initially_deferred=deferred,
        validated=_is_validated(node),
        enforced=node.get("ctb_enforced", True),
        period=node.get("ctb_period", False),
        location=source.at(node["location"]),
    )


def _check(
    node: Node, source: Source, column: str | None, attributes: frozenset[str]
) -> Constraint:
    if "ctb_not_null" in node:
        return _not_null(node, source)
    expression, _ = source.parenthesized(node["location"])
    return Constraint(
        "check",
        node.get("conname", ""),
        referenced_columns(node["raw_expr"]),
        expression,
        validated=_is_validated(node),
        enforced=node.get("ctb_enforced", True),
        no_inherit=node.get("is_no_inherit", False),
        location=source.at(node["location"]),
    )


def _is_validated(node: Node) -> bool:
    """A constraint that is not enforced is not validated either."""
    return not node.get("skip_validation", False) and bool(node.get("ctb_enforced", True))


def _not_null(node: Node, source: Source) -> Constraint:
    """NOT NULL as a constraint of the table, which only PostgreSQL 18 has."""
    return Constraint(
        "not null",
        node.get("conname", ""),
        (node["ctb_not_null"],),
        validated=_is_validated(node),
        no_inherit=node.get("is_no_inherit", False),
        location=source.at(node["location"]),
    )


def _exclusion(
    node: Node, source: Source, column: str | None, attributes: frozenset[str]
) -> Constraint:
    deferrable, deferred = timing(node, attributes)
    elements, operators, after = exclusion_keys(node, source)
    predicate = None
    if "where_clause" in node:
        predicate, _ = source.parenthesized(source.after_word("WHERE", after))
    return Constraint(
        "exclusion",
        node.get("conname", ""),
        columns=tuple(key.column for key in elements if key.column is not None),
        deferrable=deferrable,
        initially_deferred=deferred,
        include=strings(node.get("including", ())),
        method=node.get("access_method", "btree"),
        elements=elements,
        operators=operators,
        predicate=predicate,
        location=source.at(node["location"]),
    )


def timing(node: Node, attributes: frozenset[str]) -> tuple[bool, bool]:
    """(deferrable, initially deferred); INITIALLY DEFERRED implies DEFERRABLE."""
    deferred = node.get("initdeferred", False) or "CONSTR_ATTR_DEFERRED" in attributes
    deferrable = node.get("deferrable", False) or "CONSTR_ATTR_DEFERRABLE" in attributes
    return bool(deferrable or deferred), bool(deferred)


_Reader = Callable[[Node, Source, str | None, frozenset[str]], Constraint]
_READERS: dict[str, _Reader] = {
    "CONSTR_PRIMARY": _key,
    "CONSTR_UNIQUE": _key,
    "CONSTR_FOREIGN": _foreign_key,
    "CONSTR_CHECK": _check,
    "CONSTR_EXCLUSION": _exclusion,
}
