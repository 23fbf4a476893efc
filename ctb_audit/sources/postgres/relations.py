"""Tables, foreign tables and views with their columns."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import Column, Grant, Index, Name, Policy, Table, TableKind, Trigger, View
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.fetch import DEFAULT_COLLATION, Rows
from ctb_audit.sources.postgres.keys import Keys
from ctb_audit.sources.postgres.naming import Directory, options
from ctb_audit.sources.postgres.usertypes import serial_columns

_IDENTITIES: Mapping[str, Literal["", "always", "by default"]] = {
    "a": "always",
    "d": "by default",
}
_GENERATED: Mapping[str, Literal["", "stored", "virtual"]] = {"s": "stored", "v": "virtual"}
_KINDS: Mapping[str, TableKind] = {"r": "ordinary", "p": "partitioned", "f": "foreign"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to relations, by their oid. None: this role may not read it."""

    keys: Keys
    triggers: Mapping[int, list[Trigger]] | None
    policies: Mapping[int, list[Policy]] | None
    columns: Mapping[int, tuple[Column, ...]]
    column_grants: Mapping[int, list[tuple[list[str], str]]]
    parents: Mapping[int, list[Name]]


def column_collations(rows: Rows) -> dict[tuple[int, int], int]:
    """Collations of columns that are not the database's default."""
    return {
        (row[0], row[1]): row[10]
        for row in rows["columns"]
        if row[10] not in (0, DEFAULT_COLLATION)
    }


def read_columns(rows: Rows, directory: Directory) -> dict[int, tuple[Column, ...]]:
    """Columns by their relation's oid. Equal columns of many tables are one value."""
    found: dict[int, list[Column]] = defaultdict(list)
    made: dict[Row, Column] = {}
    comments, serials = directory.column_comments(), serial_columns(rows, directory)
    unproven = set(rows["unproven"])
    unlike = comments.keys() | serials.keys() | unproven
    for row in rows["columns"]:
        key, traits = row[:2], row[3:]
        if key in unlike:
            told, serial = comments.get(key), serials.get(key)
            column = _column(traits, directory, told, serial, weak=key in unproven)
        else:
            shared = made.get(traits)
            column = shared or made.setdefault(traits, _column(traits, directory))
        found[row[0]].append(column)
    return {relation: tuple(columns) for relation, columns in found.items()}


def _column(
    traits: Row,
    directory: Directory,
    comment: str | None = None,
    serial: Name | None = None,
    *,
    weak: bool = False,
) -> Column:
    """`weak`: NOT NULL does not hold for all rows yet."""
    name, type_, modifier, not_null, identity, generated, inherited, collation, text = traits
    kind = _GENERATED.get(generated, "")
    return Column(
        name,
        directory.types.type(type_, modifier),
        weak or not not_null,
        None if kind else text,
        _IDENTITIES.get(identity, ""),
        text if kind else None,
        kind,
        serial,
        directory.collation(collation, directory.types.collation(type_)),
        inherited,
        comment,
        location=directory.location,
    )


def column_grants(rows: Rows) -> dict[int, list[tuple[list[str], str]]]:
    """(acl, column) of columns with privileges of their own, by the relation's oid."""
    found: dict[int, list[tuple[list[str], str]]] = defaultdict(list)
    for row in rows["columns"]:
        if row[2] is not None:
            found[row[0]].append((row[2], row[3]))
    return found


def parents(rows: Rows) -> dict[int, list[Name]]:
    found: dict[int, list[Name]] = defaultdict(list)
    for child, schema, name in rows["inheritance"]:
        found[child].append(Name(schema, name))
    return found


def read_tables(rows: Rows, directory: Directory, parts: Parts) -> list[Table]:
    return [_table(row, directory, parts) for row in rows["relations"] if row[3] in _KINDS]


def _table(row: Row, directory: Directory, parts: Parts) -> Table:
    oid, owner, is_partition = row[0], row[8], row[5]
    above = parts.parents.get(oid, [])
    kind: TableKind = _KINDS[row[3]]
    if is_partition and kind != "foreign":
        kind = "partition"
    return Table(
        "postgresql",
        directory.schemas[row[1]],
        row[2],
        parts.columns.get(oid, ()),
        tuple(parts.keys.constraints.get(oid, ())),
        tuple(parts.keys.indexes.get(oid, ())),
        None if parts.triggers is None else tuple(parts.triggers.get(oid, ())),
        None if parts.policies is None else tuple(parts.policies.get(oid, ())),
        kind,
        row[6],
        row[7],
        () if is_partition else tuple(above),
        above[0] if is_partition and above else None,
        row[13],
        row[14],
        row[4],
        options((row[10], ""), (row[11], "toast."), (row[16], "")),
        directory.comment("pg_class", oid),
        directory.roles.get(owner),
        _grants(row, directory, parts),
        row[12] if row[12] >= 0 else None,
        location=directory.location,
    )


def _grants(row: Row, directory: Directory, parts: Parts) -> tuple[Grant, ...]:
    grants = directory.grants(row[9], row[8])
    for acl, column in parts.column_grants.get(row[0], ()):
        grants += directory.column_grants(acl, row[8], column)
    return grants


def read_views(rows: Rows, directory: Directory, parts: Parts) -> list[View]:
    return [_view(row, directory, parts) for row in rows["relations"] if row[3] in "vm"]


def _view(row: Row, directory: Directory, parts: Parts) -> View:
    oid = row[0]
    settings = dict(options((row[10], ""), (row[11], "toast.")))
    indexes: list[Index] = parts.keys.indexes.get(oid, [])
    return View(
        directory.schemas[row[1]],
        row[2],
        (row[15] or "").strip().removesuffix(";"),
        tuple(column.name for column in parts.columns.get(oid, ())),
        row[3] == "m",
        check_option=settings.pop("check_option", ""),
        options=tuple(settings.items()),
        indexes=tuple(indexes),
        triggers=tuple((parts.triggers or {}).get(oid, ())),
        comment=directory.comment("pg_class", oid),
        owner=directory.roles.get(row[8]),
        grants=_grants(row, directory, parts),
        location=directory.location,
    )
