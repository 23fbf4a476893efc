"""Diagrams of ChartDB, out of a catalog and back."""

import json
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.errors import SourceError
from ctb_audit.model import Catalog, Table
from ctb_audit.report.chartdb import chartdb_json
from ctb_audit.sources.chartdb import read_chartdb
from ctb_audit.sources.load import LoadOptions, load

DDL = """
CREATE TABLE users (id integer PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, tags text[]);
CREATE TABLE notes (
  id integer PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users (id),
  price numeric(10, 2) DEFAULT 0 CHECK (price >= 0)
);
CREATE INDEX notes_user_idx ON notes (user_id);
COMMENT ON TABLE notes IS 'what people write';
"""


def catalog_of(folder: Path, **files: str) -> tuple[Catalog, ...]:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".sql").write_text(text)
    return load([str(folder)], LoadOptions(root=folder))


def told(table: Table) -> dict[str, Any]:
    return {
        "name": str(table.qualified),
        "columns": [(c.name, str(c.type), c.nullable, c.default) for c in table.columns],
        "keys": {
            (c.kind, c.expression or c.columns, c.target)
            for c in table.constraints
            if c.kind != "not null"
        },
        "indexes": [(i.name, [k.column for k in i.keys], i.unique) for i in table.indexes],
        "comment": table.comment,
    }


def test_a_diagram_read_back_holds_the_same_tables(tmp_path: Path) -> None:
    catalogs = catalog_of(tmp_path, schema=DDL)
    text = chartdb_json(catalogs)
    back = read_chartdb(text, "diagram.json")
    assert list(map(told, back.tables)) == list(map(told, catalogs[0].tables))
    assert text == chartdb_json(catalogs)
    assert json.loads(text)["databaseType"] == "postgresql"


def test_a_diagram_is_a_source(tmp_path: Path) -> None:
    text = chartdb_json(catalog_of(tmp_path, schema=DDL))
    file = tmp_path / "diagram.json"
    file.write_text(text)
    (catalog,) = load([str(file)], LoadOptions(root=tmp_path))
    assert [t.name for t in catalog.tables] == ["users", "notes"]
    assert catalog.tables[0].triggers is None


def test_a_relation_drawn_from_the_key_belongs_to_the_other_side() -> None:
    field = {"id": "a", "name": "id", "type": {"id": "int", "name": "int"}, "primaryKey": True}
    key = {"id": "b", "name": "user_id", "type": {"id": "int", "name": "int"}}
    tables = [
        {"id": "u", "name": "users", "fields": [field]},
        {"id": "n", "name": "notes", "fields": [key]},
    ]
    ends = {"sourceTableId": "u", "sourceFieldId": "a", "targetTableId": "n", "targetFieldId": "b"}
    sides = {"sourceCardinality": "one", "targetCardinality": "many"}
    diagram = {"databaseType": "mysql", "tables": tables, "relationships": [{**ends, **sides}]}
    users, notes = read_chartdb(json.dumps(diagram), "d.json").tables
    assert [c.kind for c in users.constraints] == ["primary key"]
    (foreign,) = notes.constraints
    assert (foreign.columns, str(foreign.target)) == (("user_id",), ".users")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "not json",
        '{"databaseType": "oracle"}',
        '{"databaseType": "mysql", "tables": [1]}',
    ],
)
def test_what_is_no_diagram_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="diagram"):
        read_chartdb(text, "d.json")


def test_a_mixed_repository_is_read_whole(tmp_path: Path) -> None:
    catalogs = catalog_of(
        tmp_path,
        neon__schema=DDL,
        d1__schema="CREATE TABLE cache (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID;",
        mysql__schema="CREATE TABLE `old` (`id` int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;",
        bigquery__schema="CREATE TABLE web.hits (at TIMESTAMP, who STRUCT<id STRING>);",
    )
    found = {(t.system, t.name) for c in catalogs for t in c.tables}
    assert found == {
        *(("postgresql", n) for n in ("users", "notes")),
        *(("sqlite", "cache"), ("mysql", "old"), ("bigquery", "hits")),
    }
    assert sum(c.coverage.not_understood for c in catalogs) == 0
    assert json.loads(chartdb_json(catalogs))["databaseType"] == "generic"
