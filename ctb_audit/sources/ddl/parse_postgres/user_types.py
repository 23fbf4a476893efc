"""Types, domains, enums and ranges."""

from dataclasses import replace
from typing import Literal

from ctb_audit.model import Constraint, UserType
from ctb_audit.sources.ddl.operations import (
    AddConstraint,
    AlterColumn,
    AlterConstraint,
    AlterDomain,
    AlterEnum,
    CreateType,
    DropConstraint,
    Operation,
)
from ctb_audit.sources.ddl.parse_postgres.columns import default_text, read_column
from ctb_audit.sources.ddl.parse_postgres.constraints import read_constraint
from ctb_audit.sources.ddl.parse_postgres.names import listed, relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import read_type


def create_composite(node: Node, source: Source) -> tuple[Operation, ...]:
    name = relation_name(node["typevar"])
    attributes = tuple(
        read_column(wrapped["ColumnDef"], source).column for wrapped in node.get("coldeflist", ())
    )
    location = source.here
    created = UserType(
        name.schema or "", name.name, "composite", attributes=attributes, location=location
    )
    return (CreateType(created, name),)


def create_enum(node: Node, source: Source) -> tuple[Operation, ...]:
    name = listed(node["typeName"])
    labels = strings(node.get("vals", ()))
    created = UserType(name.schema or "", name.name, "enum", labels, location=source.here)
    return (CreateType(created, name),)


def create_range(node: Node, source: Source) -> tuple[Operation, ...]:
    name = listed(node["typeName"])
    base = None
    for wrapped in node["params"]:
        element = wrapped["DefElem"]
        if element["defname"] == "subtype":
            base = read_type(element["arg"]["TypeName"], source)
    created = UserType(name.schema or "", name.name, "range", base=base, location=source.here)
    return (CreateType(created, name),)


def create_base_type(node: Node, source: Source) -> tuple[Operation, ...]:
    name = listed(node["defnames"])
    kind: Literal["base", "shell"] = "base" if node.get("definition") else "shell"
    created = UserType(name.schema or "", name.name, kind, location=source.here)
    return (CreateType(created, name),)


def create_domain(node: Node, source: Source) -> tuple[Operation, ...]:
    name = listed(node["domainname"])
    nullable, default = True, None
    checks: list[Constraint] = []
    nodes = node.get("constraints", [])
    for position, wrapped in enumerate(nodes):
        constraint = wrapped["Constraint"]
        kind = constraint["contype"]
        if kind == "CONSTR_NOTNULL":
            nullable = False
        elif kind == "CONSTR_DEFAULT":
            default = default_text(constraint, nodes, position, node, source)
        else:
            read = read_constraint(constraint, source)
            checks.extend(() if read is None else (_of_domain(read),))
    created = UserType(
        name.schema or "",
        name.name,
        "domain",
        base=read_type(node["typeName"], source),
        nullable=nullable,
        default=default,
        constraints=tuple(checks),
        collation=listed(node["collClause"]["collname"]) if "collClause" in node else None,
        location=source.here,
    )
    return (CreateType(created, name),)


def _of_domain(constraint: Constraint) -> Constraint:
    """A domain's check has no columns: VALUE is not one."""
    return replace(constraint, columns=())


def alter_domain(node: Node, source: Source) -> tuple[Operation, ...]:
    action = _domain_action(node, source)
    return () if action is None else (AlterDomain(listed(node["typeName"]), action),)


def _domain_action(
    node: Node, source: Source
) -> AlterColumn | AddConstraint | DropConstraint | AlterConstraint | None:
    subtype = node["subtype"]
    if subtype == "T":
        return _domain_default(node, source)
    if subtype in "NO":
        return AlterColumn("", "drop not null" if subtype == "N" else "set not null")
    if subtype == "C":
        constraint = node["def"]["Constraint"]
        if constraint["contype"] == "CONSTR_NOTNULL":
            return AlterColumn("", "set not null")
        read = read_constraint(constraint, source)
        return None if read is None else AddConstraint(_of_domain(read))
    if subtype == "X":
        cascade = node.get("behavior") == "DROP_CASCADE"
        return DropConstraint(node["name"], node.get("missing_ok", False), cascade)
    return AlterConstraint(node["name"], validate=True)


def _domain_default(node: Node, source: Source) -> AlterColumn:
    if "def" not in node:
        return AlterColumn("", "drop default")
    text = source.clean(source.after_word("DEFAULT", source.start), source.end)
    return AlterColumn("", "set default", text)


def alter_enum(node: Node, source: Source) -> tuple[Operation, ...]:
    neighbour = node.get("newValNeighbor", "")
    after = node.get("newValIsAfter", False)
    return (
        AlterEnum(
            listed(node["typeName"]),
            node["newVal"],
            node.get("oldVal", ""),
            "" if after else neighbour,
            neighbour if after else "",
            node.get("skipIfNewValExists", False),
        ),
    )
