"""What libpg_query's object types are called in operations, and references to objects."""

from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import ObjectKind, ObjectRef
from ctb_audit.sources.ddl.parse_postgres.names import dotted, name_of, relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import read_type

KINDS: dict[str, ObjectKind] = {
    "OBJECT_SCHEMA": "schema",
    "OBJECT_TABLE": "table",
    "OBJECT_FOREIGN_TABLE": "foreign table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_INDEX": "index",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_TYPE": "type",
    "OBJECT_ATTRIBUTE": "type",
    "OBJECT_DOMAIN": "domain",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_AGGREGATE": "aggregate",
    "OBJECT_ROUTINE": "routine",
    "OBJECT_TRIGGER": "trigger",
    "OBJECT_POLICY": "policy",
    "OBJECT_RULE": "rule",
    "OBJECT_EXTENSION": "extension",
    "OBJECT_COLUMN": "column",
    "OBJECT_TABCONSTRAINT": "constraint",
    "OBJECT_DOMCONSTRAINT": "domain constraint",
    "OBJECT_COLLATION": "collation",
}
"""Kinds of objects that operations name; the model holds nothing of the others."""

_PARTS = frozenset({"column", "constraint", "trigger", "policy", "rule"})


def reference(object_type: str, node: Node, source: Source) -> ObjectRef | None:
    """The object that DROP, COMMENT, OWNER or SET SCHEMA names; None where the model has no
    such kind.
    """
    kind = KINDS.get(object_type)
    if kind is None:
        return None
    if kind in _PARTS:
        *owner, part = strings(node["List"]["items"])
        return ObjectRef(kind, dotted(tuple(owner)), part)
    if kind == "domain constraint":
        domain, part_node = node["List"]["items"]
        return ObjectRef(kind, name_of(domain), part_node["String"].get("sval", ""))
    if "ObjectWithArgs" in node:
        return routine_reference(kind, node["ObjectWithArgs"], source)
    return ObjectRef(kind, name_of(node))


def routine_reference(kind: ObjectKind, node: Node, source: Source) -> ObjectRef:
    """A function, procedure or aggregate with the argument types that the statement gives."""
    name = dotted(strings(node["objname"]))
    if node.get("args_unspecified"):
        return ObjectRef(kind, name)
    types = tuple(read_type(a["TypeName"], source) for a in node.get("objargs", ()) if a)
    return ObjectRef(kind, name, arguments=types)


def statement_target(object_type: str, node: Node, source: Source) -> ObjectRef | None:
    """The object of an ALTER statement, which holds it as `relation` or as `object`."""
    if "relation" not in node:
        return reference(object_type, node["object"], source)
    kind = KINDS.get(object_type)
    return None if kind is None else ObjectRef(kind, relation_name(node["relation"]))


def named(kind: ObjectKind, name: str) -> ObjectRef:
    """An object that has no schema."""
    return ObjectRef(kind, Name(None, name))
