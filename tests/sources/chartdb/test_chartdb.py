"""Diagrams of ChartDB, out of a catalog and back."""

import json
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.compare import compare
from ctb_audit.errors import SourceError
from ctb_audit.model import Catalog, Table
from ctb_audit.report.chartdb import chartdb_json
from ctb_audit.sources.chartdb import read_chartdb
from ctb_audit.sources.load import LoadOptions, load, load_all

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


METADATA = {
    "fk_info": [
        {
            **{"schema": "public", "table": "notes", "column": "user_id", "fk_def": ""},
            **{"foreign_key_name": "notes_user", "reference_table": "users"},
            **{"reference_schema": "public", "reference_column": "id"},
        }
    ],
    "pk_info": [{"schema": "public", "table": t, "column": "id"} for t in ("users", "notes")],
    "columns": [
        {
            **{"schema": "public", "table": table, "name": name, "type": type_},
            **{"ordinal_position": place, "nullable": null},
            **extra,
        }
        for table, name, type_, place, null, extra in (
            ("notes", "user_id", "integer", 2, False, {}),
            ("notes", "id", "integer", 1, False, {}),
            ("notes", "price", "numeric", 3, True, {"precision": {"precision": 10, "scale": 2}}),
            ("users", "id", "integer", 1, False, {}),
            ("users", "email", "character varying", 2, 0, {"character_maximum_length": "255"}),
        )
    ],
    "indexes": [
        {
            **{"schema": "public", "table": "users", "name": name, "column": column},
            **{"index_type": "btree", "unique": True, "direction": "asc", "column_position": 1},
        }
        for name, column in (("users_pkey", "id"), ("users_email_key", "email"))
    ],
    "tables": [
        {"schema": "public", "table": table, "rows": 0, "type": "BASE TABLE", "engine": ""}
        for table in ("users", "notes")
    ],
    "views": [],
    "check_constraints": [{"schema": "public", "table": "notes", "expression": "price >= 0"}],
    "database_name": "app",
    "version": "",
}


def test_what_chartdb_imports_is_read_as_the_diagram_it_makes() -> None:
    users, notes = read_chartdb(json.dumps(METADATA), "app.json").tables
    assert [(c.name, str(c.type), c.nullable) for c in users.columns] == [
        ("id", "integer", False),
        ("email", "character varying(255)", False),
    ]
    assert [i.name for i in users.indexes] == ["users_email_key"]
    assert [c.name for c in notes.columns] == ["id", "user_id", "price"]
    assert {(c.kind, c.columns, str(c.target)) for c in notes.constraints} == {
        ("primary key", ("id",), "None"),
        ("check", (), "None"),
        ("foreign key", ("user_id",), "public.users"),
    }


VERSIONS = {"PostgreSQL 16.2": "postgresql", "": "postgresql", "3.45.1": "sqlite"}


@pytest.mark.parametrize(
    ("version", "system"),
    [*VERSIONS.items(), ("8.0.36", "mysql"), ("10.11.6-MariaDB", "mysql")],
)
def test_the_version_tells_which_database_it_was(version: str, system: str) -> None:
    found = read_chartdb(json.dumps({**METADATA, "version": version}), "app.json")
    assert {t.system for t in found.tables} == {system}


@pytest.mark.parametrize("imported", [False, True])
def test_discovery_finds_a_diagram_by_what_it_holds(tmp_path: Path, imported: bool) -> None:
    text = json.dumps(METADATA) if imported else chartdb_json(catalog_of(tmp_path, schema=DDL))
    (tmp_path / "schema.sql").unlink(missing_ok=True)
    for folder in ("design", "node_modules/pkg"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "model.json").write_text(text)
    (tmp_path / "package.json").write_text('{"name": "app"}')
    (tmp_path / "broken.json").write_text('{"databaseType": "mysql", "tables": [], "relationships"')
    loaded = load_all([str(tmp_path)], LoadOptions(root=tmp_path))
    assert [c.source for c in loaded.catalogs] == ["design/model.json"]
    assert {s.path: s.reason for s in loaded.skipped} == {
        "broken.json": "is no diagram of ChartDB",
        "node_modules": "folder of installed packages",
    }


def test_large_json_is_not_read_for_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(DDL)
    (tmp_path / "rows.json").write_text('{"rows": [' + "1, " * 100_000 + '1], "databaseType": 1}')
    (tmp_path / "list.json").write_text('[{"databaseType": "mysql", "tables": []}]')
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere.json")
    loaded = load_all([str(tmp_path)], LoadOptions(root=tmp_path))
    assert [len(c.tables) for c in loaded.catalogs] == [2]


RICH = """
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE, name text, UNIQUE (name, email));
CREATE TABLE notes (
  id integer PRIMARY KEY,
  user_id integer CONSTRAINT owner REFERENCES users ON DELETE CASCADE,
  at timestamptz DEFAULT now()
);
CREATE INDEX late ON notes (at DESC) WHERE user_id IS NOT NULL;
CREATE INDEX lowered ON users (lower(email));
CREATE VIEW recent AS SELECT id FROM notes;
"""


def test_a_diagram_of_the_same_ddl_is_no_difference(tmp_path: Path) -> None:
    (ddl,) = catalog_of(tmp_path, schema=RICH)
    drawn = read_chartdb(chartdb_json([ddl]), "d.json")
    assert compare(ddl, drawn) == ()
    assert compare(drawn, ddl) == ()


def test_what_a_diagram_does_show_must_be_so(tmp_path: Path) -> None:
    (ddl,) = catalog_of(tmp_path, schema=RICH)
    other = RICH.replace("name text,", "name text NOT NULL,").replace("CONSTRAINT owner REF", "REF")
    (changed,) = catalog_of(
        tmp_path, schema=other.replace("REFERENCES users ON DELETE CASCADE", "")
    )
    found = compare(ddl, read_chartdb(chartdb_json([changed]), "d.json"))
    assert {(c.object_kind, c.kind, c.object) for c in found} == {
        ("column", "changed", "name"),
        ("constraint", "removed", "foreign key user_id"),
    }
