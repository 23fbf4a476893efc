"""CREATE TRIGGER, CREATE RULE, and row-level security policies."""

from typing import Literal

from ctb_audit.model import Policy, Trigger
from ctb_audit.sources.ddl.operations import AlterPolicy, CreatePolicy, CreateTrigger, Operation
from ctb_audit.sources.ddl.parse_postgres.names import listed, relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.privileges import role_name
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_EVENTS = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_TIMINGS: dict[int, Literal["before", "after", "instead of"]] = {
    0: "after",
    2: "before",
    64: "instead of",
}
_COMMANDS: dict[str, Literal["all", "select", "insert", "update", "delete"]] = {
    "all": "all",
    "select": "select",
    "insert": "insert",
    "update": "update",
    "delete": "delete",
}


def create_trigger(node: Node, source: Source) -> tuple[Operation, ...]:
    relation = node["relation"]
    events = node.get("events", 0)
    when = None
    if "whenClause" in node:
        when, _ = source.parenthesized(source.after_word("WHEN", relation["location"]))
    old_table, new_table = _transition_tables(node)
    deferred = node.get("initdeferred", False)
    trigger = Trigger(
        node["trigname"],
        _TIMINGS[node.get("timing", 0)],
        tuple(word for bit, word in _EVENTS if events & bit),
        listed(node["funcname"]),
        strings(node.get("args", ())),
        strings(node.get("columns", ())),
        node.get("row", False),
        when,
        constraint=node.get("isconstraint", False),
        deferrable=node.get("deferrable", False) or deferred,
        initially_deferred=deferred,
        old_table=old_table,
        new_table=new_table,
        location=source.here,
    )
    return (CreateTrigger(relation_name(relation), trigger, node.get("replace", False)),)


def _transition_tables(node: Node) -> tuple[str, str]:
    old = new = ""
    for wrapped in node.get("transitionRels", ()):
        transition = wrapped["TriggerTransition"]
        if transition.get("isNew"):
            new = transition["name"]
        else:
            old = transition["name"]
    return old, new


def create_policy(node: Node, source: Source) -> tuple[Operation, ...]:
    policy = Policy(
        node["policy_name"],
        _COMMANDS[node.get("cmd_name", "all")],
        node.get("permissive", False),
        tuple(role_name(role["RoleSpec"]) for role in node["roles"]),
        _clause("USING", "qual", node, source),
        _clause("CHECK", "with_check", node, source),
        location=source.here,
    )
    return (CreatePolicy(relation_name(node["table"]), policy),)


def alter_policy(node: Node, source: Source) -> tuple[Operation, ...]:
    roles = node.get("roles")
    return (
        AlterPolicy(
            relation_name(node["table"]),
            node["policy_name"],
            None if roles is None else tuple(role_name(role["RoleSpec"]) for role in roles),
            _clause("USING", "qual", node, source),
            _clause("CHECK", "with_check", node, source),
        ),
    )


def _clause(word: str, key: str, node: Node, source: Source) -> str | None:
    if key not in node:
        return None
    text, _ = source.parenthesized(source.after_word(word, node["table"]["location"]))
    return text
