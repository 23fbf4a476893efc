"""Partition keys and bounds, as PostgreSQL prints them."""

from ctb_audit.semantics.quoting import identifier
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_STRATEGIES = {
    "PARTITION_STRATEGY_RANGE": "RANGE",
    "PARTITION_STRATEGY_LIST": "LIST",
    "PARTITION_STRATEGY_HASH": "HASH",
}


def partition_key(node: Node, source: Source) -> str:
    """The key as `pg_get_partkeydef` gives it for plain columns: `RANGE (created_at)`."""
    strategy = _STRATEGIES[node["strategy"]]
    elements = [element["PartitionElem"] for element in node["partParams"]]
    if all(element.keys() <= {"name", "location"} for element in elements):
        return f"{strategy} ({', '.join(identifier(element['name']) for element in elements)})"
    text, _ = source.parenthesized(node["location"])
    return f"{strategy} ({text})"


def partition_bound(node: Node, source: Source) -> str:
    """`DEFAULT`, or the text from FOR VALUES to its last parenthesis."""
    if node.get("is_default"):
        return "DEFAULT"
    start: int = node["location"]
    _, end = source.parenthesized(start)
    if node["strategy"] == "r":
        _, end = source.parenthesized(end)
    return f"FOR VALUES {source.clean(start, end)}"
