"""CREATE INDEX, and the keys that exclusion constraints share with it."""

from ctb_audit.model import Index, IndexKey
from ctb_audit.sources.ddl.operations import CreateIndex, Operation
from ctb_audit.sources.ddl.parse_postgres.names import (
    listed,
    option_value,
    options,
    relation_name,
    string,
    strings,
)
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.statement import Statement

_NULLS = {"SORTBY_NULLS_FIRST": True, "SORTBY_NULLS_LAST": False}


def create_index(node: Node, source: Source) -> tuple[Operation, ...]:
    elements = node["indexParams"]
    keys: tuple[IndexKey, ...]
    after = -1
    if any("expr" in element["IndexElem"] for element in elements):
        spans, after = source.items(source.opening(_after_relation(node, source)))
        keys = tuple(
            _key(element["IndexElem"], source, span)
            for element, span in zip(elements, spans, strict=True)
        )
    else:
        keys = tuple(_key(element["IndexElem"], source, None) for element in elements)
    index = Index(
        node.get("idxname", ""),
        keys,
        node.get("accessMethod", "btree"),
        node.get("unique", False),
        tuple(e["IndexElem"].get("name", "") for e in node.get("indexIncludingParams", ())),
        _predicate(node, source, after),
        node.get("nulls_not_distinct", False),
        options=options(node.get("options", ())),
        location=source.here,
    )
    return (
        CreateIndex(
            relation_name(node["relation"]),
            index,
            node.get("if_not_exists", False),
            not node["relation"].get("inh", False),
        ),
    )


def _after_relation(node: Node, source: Source) -> int:
    location: int = node["relation"]["location"]
    return location


def _predicate(node: Node, source: Source, after: int) -> str | None:
    if "whereClause" not in node:
        return None
    start = after if after >= 0 else _after_relation(node, source)
    return source.clean(source.after_word("WHERE", start), source.end)


def _key(element: Node, source: Source, span: tuple[int, int] | None) -> IndexKey:
    """COLLATE around all of an expression is the key's own, as the server takes it."""
    column, collation = element.get("name"), element.get("collation")
    expression = None if span is None or "expr" not in element else key_expression(source, *span)
    collate = element.get("expr", {}).get("CollateClause")
    if collate is not None and expression is not None:
        collation = collation or collate["collname"]
        expression = _without_collate(expression)
        fields = collate["arg"].get("ColumnRef", {}).get("fields", ())
        if len(fields) == 1:
            column, expression = string(fields[0]), None
    return IndexKey(
        column,
        expression,
        None if collation is None else listed(collation),
        listed(element["opclass"]) if "opclass" in element else None,
        element["ordering"] == "SORTBY_DESC",
        _NULLS.get(element["nulls_ordering"]),
    )


def _without_collate(expression: str) -> str:
    text = Source(Statement(expression, 0, 1, 1), "")
    outermost = [t for t in text.tokens() if t.depth == 0 and t.word == "COLLATE"]
    return text.clean(0, outermost[-1].start)


def key_expression(source: Source, start: int, end: int) -> str:
    """The expression at the start of an index key: `(expression)` without its own
    parentheses, or a function call whole.
    """
    tokens = source.tokens(start, end)
    first = next(tokens)
    if first.text == "(":
        return source.clean(first.end, source.closing(first.start))
    last, following = first, next(tokens, None)
    while following is not None and following.text == ".":
        last = next(tokens)
        following = next(tokens, None)
    if following is not None and following.text == "(":
        return source.clean(first.start, source.closing(following.start) + 1)
    return source.clean(first.start, last.end)


def exclusion_keys(node: Node, source: Source) -> tuple[tuple[IndexKey, ...], tuple[str, ...], int]:
    """The elements and operators of an exclusion constraint, and the offset after them."""
    spans, after = source.items(source.opening(node["location"]))
    keys: list[IndexKey] = []
    operators: list[str] = []
    for pair, span in zip(node["exclusions"], spans, strict=True):
        element, operator = pair["List"]["items"]
        keys.append(_key(element["IndexElem"], source, span))
        operators.append(_operator(operator))
    return tuple(keys), tuple(operators), after


def _operator(node: Node) -> str:
    if "List" in node:
        return ".".join(strings(node["List"]["items"]))
    return option_value(node)
