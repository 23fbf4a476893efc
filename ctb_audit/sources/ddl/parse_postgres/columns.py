"""ColumnDef nodes: a column and the constraints written with it."""

from dataclasses import field
from typing import Literal, NamedTuple

from ctb_audit.lean import dataclass
from ctb_audit.model import Column, Constraint, Name
from ctb_audit.sources.ddl.parse_postgres.constraints import read_constraint
from ctb_audit.sources.ddl.parse_postgres.names import listed
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import UNTYPED, read_type

Identity = Literal["", "always", "by default"]
IDENTITIES: dict[str, Identity] = {"a": "always", "d": "by default"}


@dataclass(slots=True)
class _Parts:
    nullable: bool = True
    default: str | None = None
    identity: Identity = ""
    generated: str | None = None
    generated_kind: Literal["", "stored", "virtual"] = ""
    not_null_name: str = ""
    constraints: list[Constraint] = field(default_factory=list)


class ColumnDefinition(NamedTuple):
    """A column, its constraints in the order written, and the name of its NOT NULL."""

    column: Column
    constraints: tuple[Constraint, ...] = ()
    not_null_name: str = ""


def read_column(node: Node, source: Source) -> ColumnDefinition:
    name = node["colname"]
    type_ = read_type(node["typeName"], source) if "typeName" in node else UNTYPED
    location = source.at(node["location"])
    nodes = node.get("constraints")
    collation = _collation(node)
    if nodes is None:
        return ColumnDefinition(Column(name, type_, collation=collation, location=location))
    if len(nodes) == 1 and nodes[0]["Constraint"]["contype"] == "CONSTR_NOTNULL":
        column = Column(name, type_, False, collation=collation, location=location)
        return ColumnDefinition(column, (), nodes[0]["Constraint"].get("conname", ""))
    parts = _read_parts(node, nodes, source)
    column = Column(
        name,
        type_,
        parts.nullable,
        parts.default,
        parts.identity,
        parts.generated,
        parts.generated_kind,
        collation=collation,
        location=location,
    )
    return ColumnDefinition(column, tuple(parts.constraints), parts.not_null_name)


def _collation(node: Node) -> Name | None:
    clause = node.get("collClause")
    return None if clause is None else listed(clause["collname"])


def _read_parts(node: Node, nodes: list[Node], source: Source) -> _Parts:
    parts = _Parts()
    for position, wrapped in enumerate(nodes):
        constraint = wrapped["Constraint"]
        kind = constraint["contype"]
        if kind == "CONSTR_NOTNULL":
            parts.nullable = False
            parts.not_null_name = constraint.get("conname", "")
        elif kind == "CONSTR_DEFAULT":
            parts.default = default_text(constraint, nodes, position, node, source)
        elif kind == "CONSTR_IDENTITY":
            parts.identity = IDENTITIES[constraint["generated_when"]]
            parts.nullable = False
        elif kind == "CONSTR_GENERATED":
            parts.generated, _ = source.parenthesized(constraint["location"])
            parts.generated_kind = "virtual" if "ctb_virtual" in constraint else "stored"
        else:
            attributes = _attributes(nodes, position)
            read = read_constraint(constraint, source, node["colname"], attributes)
            if read is not None:
                parts.constraints.append(read)
    return parts


def _attributes(nodes: list[Node], position: int) -> frozenset[str]:
    """The kinds of the CONSTR_ATTR_ nodes that directly follow a constraint."""
    found: list[str] = []
    for wrapped in nodes[position + 1 :]:
        kind = wrapped["Constraint"]["contype"]
        if not kind.startswith("CONSTR_ATTR_"):
            break
        found.append(kind)
    return frozenset(found)


def default_text(
    constraint: Node, nodes: list[Node], position: int, owner: Node, source: Source
) -> str:
    """The text after DEFAULT, up to whatever follows it in the definition.

    `nodes` are all constraints of the column or domain `owner`, this one at `position`.
    """
    start: int = constraint["location"]
    if "conname" in constraint:
        start = source.after_word("DEFAULT", start)
    else:
        start += len("DEFAULT")
    end = -1
    if position + 1 < len(nodes):
        end = nodes[position + 1]["Constraint"]["location"]
    if "collClause" in owner:
        collation = owner["collClause"]["location"]
        if collation > start and (end < 0 or collation < end):
            end = collation
    return source.clean(start, source.item_end(start) if end < 0 else end)
