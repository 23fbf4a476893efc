"""What ChartDB imports of a database (the answer of its query), as the diagram it makes of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_VIEWS = re.compile(r"view", re.IGNORECASE)
_VERSIONS = (
    (re.compile(r"postgres|cockroach", re.IGNORECASE), "postgresql"),
    (re.compile(r"mariadb", re.IGNORECASE), "mysql"),
    (re.compile(r"^3\.\d"), "sqlite"),
    (re.compile(r"^[5-9]\.\d"), "mysql"),
)


def diagram_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The diagram, names in place of ids. Raises as a wrong diagram does."""
    columns = _by_table(metadata["columns"])
    keys = {(*_key(row), str(row["column"]).strip()) for row in metadata["pk_info"]}
    indexes = _by_table(metadata.get("indexes") or [])
    checks = _by_table(metadata.get("check_constraints") or [])
    tables = [
        {
            "id": _id(*key),
            "name": row["table"],
            "schema": row.get("schema") or None,
            "comments": row.get("comment") or None,
            "isView": _VIEWS.search(str(row.get("type") or "")) is not None,
            "fields": list(_fields(columns.get(key, ()), keys)),
            "indexes": list(_indexes(indexes.get(key, ()), _primary(key, keys))),
            "checkConstraints": [{"expression": c["expression"]} for c in checks.get(key, ())],
        }
        for row in metadata["tables"]
        for key in (_key(row),)
    ]
    relations = [_relation(row) for row in metadata["fk_info"]]
    return {
        "databaseType": _database(metadata),
        "tables": tables,
        "relationships": list(filter(None, relations)),
    }


def _database(metadata: Mapping[str, Any]) -> str:
    """The query says no kind of database; its version does, or the shape of its schemas."""
    version = str(metadata.get("version") or "")
    for pattern, kind in _VERSIONS:
        if pattern.search(version):
            return kind
    schemas = {row.get("schema") for row in metadata["tables"]}
    return "sql_server" if "dbo" in schemas else "postgresql"


def _key(row: Row) -> tuple[str, str]:
    return str(row.get("schema") or ""), str(row["table"])


def _id(*parts: str) -> str:
    return "\0".join(parts)


def _by_table(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _primary(table: tuple[str, str], keys: set[tuple[str, str, str]]) -> frozenset[str]:
    return frozenset(column for schema, name, column in keys if (schema, name) == table)


def _fields(columns: Sequence[Row], keys: set[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
    """Each once, in their order."""
    ordered = sorted(columns, key=lambda row: row.get("ordinal_position") or 0)
    for column in {row["name"]: row for row in ordered}.values():
        sizes = column.get("precision") or {}
        length = column.get("character_maximum_length")
        yield {
            "id": _id(*_key(column), column["name"]),
            "name": column["name"],
            "type": column["type"],
            "primaryKey": (*_key(column), column["name"]) in keys,
            "nullable": bool(column.get("nullable", True)),
            "default": column.get("default") or None,
            "comments": column.get("comment") or None,
            "characterMaximumLength": "" if length in (None, "null") else str(length),
            "precision": sizes.get("precision"),
            "scale": sizes.get("scale"),
        }


def _indexes(rows: Sequence[Row], primary: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Rows of one index put together; the one behind the primary key is implied by it."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(str(row["name"]), []).append(row)
    for name, parts in grouped.items():
        ordered = sorted(parts, key=lambda row: row.get("column_position") or 0)
        columns = [str(row["column"]) for row in ordered]
        unique = bool(parts[0].get("unique"))
        yield {
            "name": name,
            "unique": unique,
            "isPrimaryKey": unique and frozenset(columns) == primary,
            "type": str(parts[0].get("index_type") or "btree").lower(),
            "fieldIds": [_id(*_key(parts[0]), column) for column in columns],
        }


def _relation(row: Row) -> dict[str, Any] | None:
    if not row.get("reference_table") or not row.get("reference_column"):
        return None
    target = (str(row.get("reference_schema") or row.get("schema") or ""), row["reference_table"])
    return {
        "name": row.get("foreign_key_name"),
        "sourceTableId": _id(*_key(row)),
        "sourceFieldId": _id(*_key(row), row["column"]),
        "targetTableId": _id(*target),
        "targetFieldId": _id(*target, row["reference_column"]),
        "sourceCardinality": "many",
        "targetCardinality": "one",
    }
