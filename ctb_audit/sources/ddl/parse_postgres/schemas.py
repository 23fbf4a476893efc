"""CREATE SCHEMA with its elements, and extensions."""

from collections.abc import Callable

from ctb_audit.model import Extension
from ctb_audit.sources.ddl.operations import CreateExtension, CreateSchema, Operation
from ctb_audit.sources.ddl.parse_postgres.indexes import create_index
from ctb_audit.sources.ddl.parse_postgres.names import option_value
from ctb_audit.sources.ddl.parse_postgres.privileges import grant, role_name
from ctb_audit.sources.ddl.parse_postgres.queries import nodes
from ctb_audit.sources.ddl.parse_postgres.sequences import create_sequence
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.tables import create_table
from ctb_audit.sources.ddl.parse_postgres.triggers import create_trigger
from ctb_audit.sources.ddl.parse_postgres.views import create_view

_ELEMENTS: dict[str, Callable[[Node, Source], tuple[Operation, ...]]] = {
    "CreateStmt": create_table,
    "ViewStmt": create_view,
    "IndexStmt": create_index,
    "CreateSeqStmt": create_sequence,
    "CreateTrigStmt": create_trigger,
    "GrantStmt": grant,
}
_CREATED = {"CreateStmt": "relation", "ViewStmt": "view", "CreateSeqStmt": "sequence"}


def create_schema(node: Node, source: Source) -> tuple[Operation, ...]:
    """The schema, then each of its elements as a statement of its own."""
    name = node.get("schemaname") or role_name(node["authrole"])
    elements = node.get("schemaElts")
    if elements is None:
        return (CreateSchema(name, node.get("if_not_exists", False)),)
    _qualify(elements, name)
    operations: list[Operation] = [CreateSchema(name)]
    whole = source.end
    starts = _starts(source)[-len(elements) :]
    for element, start, end in zip(elements, starts, [*starts[1:], whole], strict=True):
        tag, inner = next(iter(element.items()))
        source.start, source.end = start, end
        operations.extend(_ELEMENTS[tag](inner, source))
    return tuple(operations)


def _starts(source: Source) -> list[int]:
    """Where CREATE SCHEMA and its elements start: each with a reserved word, so that nothing
    else at that level can be one.
    """
    words = ("CREATE", "GRANT")
    return [t.start for t in source.tokens() if t.depth == 0 and t.word in words]


def _qualify(elements: list[Node], schema: str) -> None:
    """Give the schema to the objects that the elements create and to every mention of them."""
    created: set[str] = set()
    for element in elements:
        tag, inner = next(iter(element.items()))
        relation = inner.get(_CREATED.get(tag, ""))
        if relation is not None:
            relation.setdefault("schemaname", schema)
            created.add(relation["relname"])
    for key in ("relation", "pktable"):
        for relation in nodes(elements, key):
            relation.setdefault("schemaname", schema)
    for relation in nodes(elements, "RangeVar"):
        if relation["relname"] in created:
            relation.setdefault("schemaname", schema)


def create_extension(node: Node, source: Source) -> tuple[Operation, ...]:
    schema, cascade = None, False
    for wrapped in node.get("options", ()):
        element = wrapped["DefElem"]
        if element["defname"] == "schema":
            schema = option_value(element["arg"])
        cascade = cascade or element["defname"] == "cascade"
    extension = Extension(node["extname"], schema, source.here)
    return (CreateExtension(extension, node.get("if_not_exists", False), cascade),)
