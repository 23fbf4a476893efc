"""Triggers and row-level security policies."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Literal

from ctb_audit.model import Name, Policy, Trigger
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.decompiled import condition
from ctb_audit.sources.postgres.fetch import Rows
from ctb_audit.sources.postgres.naming import Directory

_ROW, _BEFORE, _INSTEAD = 1, 2, 64  # bits of tgtype
_EVENTS = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_STATES: Mapping[str, Literal["origin", "disabled", "replica", "always"]] = {
    "O": "origin",
    "D": "disabled",
    "R": "replica",
    "A": "always",
}
_COMMANDS: Mapping[str, Literal["all", "select", "insert", "update", "delete"]] = {
    "*": "all",
    "r": "select",
    "a": "insert",
    "w": "update",
    "d": "delete",
}


def read_triggers(rows: Rows, directory: Directory) -> dict[int, list[Trigger]]:
    """Triggers by their table's oid, in the order of their names (the order they fire in)."""
    found: dict[int, list[Trigger]] = defaultdict(list)
    for row in sorted(rows["triggers"], key=lambda r: r[2]):
        found[row[1]].append(_trigger(row, directory))
    return found


def _trigger(row: Row, directory: Directory) -> Trigger:
    bits = row[3]
    return Trigger(
        row[2],
        _timing(bits),
        tuple([event for bit, event in _EVENTS if bits & bit]),
        Name(row[13], row[14]),
        _arguments(row[9]),
        directory.names(row[1], row[10]),
        bool(bits & _ROW),
        condition(row[15]) if row[15] else None,
        _STATES[row[4]],
        row[6],
        row[7],
        row[8],
        row[11] or "",
        row[12] or "",
        row[5],
        directory.comment("pg_trigger", row[0]),
        directory.location,
    )


def _timing(bits: int) -> Literal["before", "after", "instead of"]:
    if bits & _BEFORE:
        return "before"
    return "instead of" if bits & _INSTEAD else "after"


def _arguments(raw: bytes) -> tuple[str, ...]:
    """tgargs: each argument ends with a zero byte."""
    return tuple(part.decode(errors="replace") for part in raw.split(b"\0")[:-1])


def read_policies(rows: Rows, directory: Directory) -> dict[int, list[Policy]]:
    """Policies by their table's oid, in the order of their names."""
    found: dict[int, list[Policy]] = defaultdict(list)
    for oid, table, name, command, permissive, roles, using, check in sorted(
        rows["policies"], key=lambda r: r[2]
    ):
        policy = Policy(
            name,
            _COMMANDS[command],
            permissive,
            tuple(sorted(directory.roles.get(role, "public") for role in roles)),
            using,
            check,
            directory.comment("pg_policy", oid),
            directory.location,
        )
        found[table].append(policy)
    return found
