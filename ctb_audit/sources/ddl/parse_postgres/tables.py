"""CREATE TABLE, CREATE FOREIGN TABLE, CREATE TABLE AS."""

from dataclasses import field, replace

from ctb_audit.lean import dataclass
from ctb_audit.model import Column, Constraint, Name, Table, TableKind
from ctb_audit.sources.ddl.operations import CreateTable, Like, Operation
from ctb_audit.sources.ddl.parse_postgres.columns import read_column
from ctb_audit.sources.ddl.parse_postgres.constraints import read_constraint
from ctb_audit.sources.ddl.parse_postgres.inline_indexes import InlineIndex, inline_index
from ctb_audit.sources.ddl.parse_postgres.names import listed, options, relation_name
from ctb_audit.sources.ddl.parse_postgres.partitions import partition_bound, partition_key
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_LIKE_OPTIONS = (
    (1 << 0, "comments"),
    (1 << 1, "compression"),
    (1 << 2, "constraints"),
    (1 << 3, "defaults"),
    (1 << 4, "generated"),
    (1 << 5, "identity"),
    (1 << 6, "indexes"),
    (1 << 7, "statistics"),
    (1 << 8, "storage"),
)


@dataclass(slots=True)
class _Elements:
    columns: list[Column] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    indexes: list[InlineIndex] = field(default_factory=list)
    likes: list[Like] = field(default_factory=list)
    not_null_names: list[tuple[str, str]] = field(default_factory=list)


def create_table(node: Node, source: Source) -> tuple[Operation, ...]:
    return _create(node, source, _kind(node), options(node.get("options", ())))


def create_foreign_table(node: Node, source: Source) -> tuple[Operation, ...]:
    settings = (("server", node["servername"]), *options(node.get("options", ())))
    return _create(node["base"], source, "foreign", settings)


def _kind(node: Node) -> TableKind:
    if "partspec" in node:
        return "partitioned"
    return "partition" if "partbound" in node else "ordinary"


def _create(
    node: Node, source: Source, kind: TableKind, settings: tuple[tuple[str, str], ...]
) -> tuple[Operation, ...]:
    relation = node["relation"]
    name = relation_name(relation)
    elements = _read_elements(node.get("tableElts", ()), source)
    constraints = elements.constraints
    if kind != "foreign":
        constraints = [valid_when_new(c) for c in constraints]
    parents = tuple(relation_name(p["RangeVar"]) for p in node.get("inhRelations", ()))
    bound = node.get("partbound")
    table = Table(
        "postgresql",
        name.schema or "",
        name.name,
        tuple(elements.columns),
        tuple(constraints),
        tuple(inline.index for inline in elements.indexes),
        kind=kind,
        inherits=() if bound else parents,
        partition_of=parents[0] if bound else None,
        partition_by=partition_key(node["partspec"], source) if "partspec" in node else None,
        partition_bound=partition_bound(bound, source) if bound else None,
        unlogged=relation["relpersistence"] == "u",
        options=settings,
        location=source.here,
    )
    problems = (inline.problem(source, name) for inline in elements.indexes)
    created = CreateTable(
        table,
        name,
        node.get("if_not_exists", False),
        relation["relpersistence"] == "t",
        tuple(elements.likes),
        _of_type(node),
        tuple(elements.not_null_names),
    )
    return (created, *problems)


def _of_type(node: Node) -> Name | None:
    return listed(node["ofTypename"]["names"]) if "ofTypename" in node else None


def valid_when_new(constraint: Constraint) -> Constraint:
    """A new table is empty: the server takes NOT VALID there as valid."""
    if constraint.validated or not constraint.enforced:
        return constraint
    return replace(constraint, validated=True)


def _read_elements(nodes: list[Node], source: Source) -> _Elements:
    elements = _Elements()
    for wrapped in nodes:
        tag, node = next(iter(wrapped.items()))
        if tag == "ColumnDef":
            index = inline_index(node, source)
            if index is not None:
                elements.indexes.append(index)
                continue
            definition = read_column(node, source)
            elements.columns.append(definition.column)
            elements.constraints.extend(definition.constraints)
            if definition.not_null_name:
                elements.not_null_names.append((definition.column.name, definition.not_null_name))
        elif tag == "Constraint":
            _read_table_constraint(node, source, elements)
        else:
            elements.likes.append(_like(node, len(elements.columns)))
    return elements


def _read_table_constraint(node: Node, source: Source, elements: _Elements) -> None:
    constraint = read_constraint(node, source)
    if constraint is None:
        return
    if constraint.kind != "not null":
        elements.constraints.append(constraint)
        return
    name = constraint.columns[0]
    elements.columns = [
        replace(column, nullable=False) if column.name == name else column
        for column in elements.columns
    ]
    if constraint.name:
        elements.not_null_names.append((name, constraint.name))


def _like(node: Node, position: int) -> Like:
    bits = node.get("options", 0)
    including = frozenset(word for bit, word in _LIKE_OPTIONS if bits & bit)
    return Like(relation_name(node["relation"]), including, position)
