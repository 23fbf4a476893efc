"""Types, sequences, extensions and schemas."""

from collections.abc import Mapping
from typing import Literal

from ctb_audit.model import Column, Extension, Name, Schema, Sequence, UserType
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.fetch import Rows
from ctb_audit.sources.postgres.keys import Keys
from ctb_audit.sources.postgres.naming import Directory

_KINDS: Mapping[str, Literal["enum", "composite", "domain", "range", "base"]] = {
    "e": "enum",
    "c": "composite",
    "d": "domain",
    "r": "range",
    "b": "base",
}
_BITS: Mapping[str, int] = {"smallint": 15, "integer": 31, "bigint": 63}
_STANDARD_COMMENT = "standard public schema"  # every new database has it


def read_types(
    rows: Rows, directory: Directory, keys: Keys, columns: Mapping[int, tuple[Column, ...]]
) -> list[UserType]:
    found = []
    for row in rows["types"]:
        array, ours = row[6], row[15]
        if row[1] in directory.schemas and ours and not array and row[4] in _KINDS:
            found.append(_type(row, directory, keys, columns))
    return found


def _type(
    row: Row, directory: Directory, keys: Keys, columns: Mapping[int, tuple[Column, ...]]
) -> UserType:
    oid, kind, base = row[0], _KINDS[row[4]], row[9] or row[14]
    types = directory.types
    return UserType(
        row[2],
        row[3],
        kind if row[5] else "shell",
        tuple(row[13] or ()),
        columns.get(row[8], ()) if kind == "composite" else (),
        types.type(base, row[10]) if base else None,
        not row[11],
        row[12],
        tuple(keys.of_domains.get(oid, ())),
        directory.collation(row[7], types.collation(base)) if kind == "domain" else None,
        directory.comment("pg_type", oid),
        directory.location,
    )


def serial_columns(rows: Rows, directory: Directory) -> dict[tuple[int, int], Name]:
    """The sequence behind a column, by (table, number): owned by it and in its default."""
    return {
        (row[14], row[15]): Name(directory.schemas[row[1]], row[2])
        for row in rows["sequences"]
        if row[13] == "a" and row[19]
    }


def read_sequences(rows: Rows, directory: Directory) -> list[Sequence]:
    """Sequences of their own and of serial columns; an identity column implies its own."""
    return [_sequence(row, directory) for row in rows["sequences"] if row[13] != "i"]


def _sequence(row: Row, directory: Directory) -> Sequence:
    type_ = str(directory.types.type(row[6]))
    increment, maximum, minimum = row[8], row[9], row[10]
    largest = 2 ** _BITS.get(type_, 63)
    usual = (1, largest - 1) if increment > 0 else (-largest, -1)
    return Sequence(
        directory.schemas[row[1]],
        row[2],
        type_,
        row[7],
        increment,
        None if minimum == usual[0] else minimum,
        None if maximum == usual[1] else maximum,
        row[11],
        row[12],
        (row[16], row[17], row[18]) if row[13] == "a" else None,
        row[3],
        directory.comment("pg_class", row[0]),
        directory.grants(row[5], row[4]),
        directory.location,
    )


def read_extensions(rows: Rows, directory: Directory) -> list[Extension]:
    return [Extension(name, schema, directory.location) for name, schema in rows["extensions"]]


def read_schemas(rows: Rows, directory: Directory) -> list[Schema]:
    return [_schema(row, directory) for row in rows.schemas if not row[4]]


def _schema(row: Row, directory: Directory) -> Schema:
    comment = directory.comment("pg_namespace", row[0])
    standard = row[1] == "public" and comment == _STANDARD_COMMENT
    grants = directory.grants(row[3], row[2])
    return Schema(row[1], None if standard else comment, grants, directory.location)
