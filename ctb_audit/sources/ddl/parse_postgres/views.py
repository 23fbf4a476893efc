"""CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS, SELECT INTO."""

import re

from ctb_audit.lean import pattern
from ctb_audit.model import View
from ctb_audit.sources.ddl.operations import CreateTableAs, CreateView, Operation
from ctb_audit.sources.ddl.parse_postgres.names import options, relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.queries import output_columns, relations
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_CHECK_OPTION = pattern(
    r"(?<!\s)\s++with\s++(?:(?:local|cascaded)\s++)?check\s++option\s*+\Z", re.I
)
_WITH_DATA = pattern(r"(?<!\s)\s++with\s++(?:no\s++)?data\s*+\Z", re.I)
_CHECK_OPTIONS = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}


def create_view(node: Node, source: Source) -> tuple[Operation, ...]:
    relation = node["view"]
    name = relation_name(relation)
    definition = _after_as(relation, source)
    check_option = _CHECK_OPTIONS.get(node.get("withCheckOption", ""), "")
    if check_option:
        definition = _CHECK_OPTION.sub("", definition)
    recursive = relation["location"] >= 0 and _is_recursive(source, relation["location"])
    view = View(
        name.schema or "",
        name.name,
        definition,
        strings(node["aliases"]) if "aliases" in node else output_columns(node["query"]),
        recursive=recursive,
        check_option=check_option,
        options=options(node.get("options", ())),
        location=source.here,
    )
    sources = tuple(s for s in relations(node["query"]) if not recursive or s != name)
    temporary = relation["relpersistence"] == "t"
    replace = node.get("replace", False)
    return (CreateView(view, name, replace, False, temporary, sources),)


def _is_recursive(source: Source, end: int) -> bool:
    return any(token.word == "RECURSIVE" for token in source.tokens(source.start, end))


def _after_as(relation: Node, source: Source) -> str:
    start = source.after_word("AS", relation["location"])
    return source.clean(start, source.end)


def create_table_as(node: Node, source: Source) -> tuple[Operation, ...]:
    into = node["into"]
    name = relation_name(into["rel"])
    query = _WITH_DATA.sub("", _after_as(into["rel"], source))
    names = into.get("colNames")
    columns = strings(names) if names else output_columns(node["query"])
    exists = node.get("if_not_exists", False)
    if node["objtype"] == "OBJECT_MATVIEW":
        view = View(
            name.schema or "",
            name.name,
            query,
            columns,
            materialized=True,
            options=options(into.get("options", ())),
            location=source.here,
        )
        return (CreateView(view, name, if_not_exists=exists, sources=relations(node["query"])),)
    temporary = into["rel"]["relpersistence"] == "t"
    return (CreateTableAs(name, query, columns, exists, temporary),)


def select_into(node: Node, source: Source) -> tuple[Operation, ...]:
    relation = node["intoClause"]["rel"]
    end = _name_end(source, relation["location"])
    start = next(t.start for t in source.tokens() if t.depth == 0 and t.word == "INTO")
    query = f"{source.clean(source.start, start)} {source.clean(end, source.end)}".strip()
    columns = output_columns({"SelectStmt": node})
    temporary = relation["relpersistence"] == "t"
    return (CreateTableAs(relation_name(relation), query, columns, temporary=temporary),)


def _name_end(source: Source, start: int) -> int:
    """The offset after the qualified name that starts here."""
    end, after_dot = start, True
    for token in source.tokens(start):
        if not after_dot and token.text != ".":
            break
        after_dot = token.text == "."
        end = token.end
    return end
