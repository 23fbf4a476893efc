"""DROP, RENAME, SET SCHEMA, OWNER and COMMENT, of every kind of object."""

from ctb_audit.sources.ddl.operations import (
    Comment,
    Drop,
    ObjectRef,
    Operation,
    Rename,
    SetOwner,
    SetSchema,
)
from ctb_audit.sources.ddl.parse_postgres.kinds import (
    KINDS,
    named,
    reference,
    statement_target,
)
from ctb_audit.sources.ddl.parse_postgres.names import relation_name
from ctb_audit.sources.ddl.parse_postgres.privileges import role_name
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source


def drop(node: Node, source: Source) -> tuple[Operation, ...]:
    kind = node["removeType"]
    targets = tuple(
        target
        for target in (reference(kind, wrapped, source) for wrapped in node["objects"])
        if target is not None
    )
    if not targets:
        return ()
    cascade = node.get("behavior") == "DROP_CASCADE"
    return (Drop(targets, node.get("missing_ok", False), cascade),)


def rename(node: Node, source: Source) -> tuple[Operation, ...]:
    target = _renamed(node, source)
    if target is None:
        return ()
    only = target.kind == "column" and not node["relation"].get("inh", False)
    return (Rename(target, node["newname"], _missing(node), only),)


def _missing(node: Node) -> bool:
    return bool(node.get("missing_ok", False))


def _renamed(node: Node, source: Source) -> ObjectRef | None:
    kind = KINDS.get(node["renameType"])
    if kind is None:
        return None
    if kind == "schema":
        return named(kind, node["subname"])
    if "relation" in node:
        return ObjectRef(kind, relation_name(node["relation"]), node.get("subname", ""))
    if kind == "domain constraint":
        domain = reference("OBJECT_DOMAIN", node["object"], source)
        return None if domain is None else ObjectRef(kind, domain.name, node["subname"])
    return reference(node["renameType"], node["object"], source)


def set_schema(node: Node, source: Source) -> tuple[Operation, ...]:
    target = statement_target(node["objectType"], node, source)
    return () if target is None else (SetSchema(target, node["newschema"], _missing(node)),)


def set_owner(node: Node, source: Source) -> tuple[Operation, ...]:
    target = statement_target(node["objectType"], node, source)
    return () if target is None else (SetOwner(target, role_name(node["newowner"])),)


def comment(node: Node, source: Source) -> tuple[Operation, ...]:
    target = reference(node["objtype"], node["object"], source)
    return () if target is None else (Comment(target, node.get("comment")),)
