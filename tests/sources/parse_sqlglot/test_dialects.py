"""BigQuery, SQLite and MySQL."""

from typing import TypeVar

import pytest

from ctb_audit.model import Column, Constraint, IndexKey, Name, System, Table, Type
from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    Comment,
    CreateIndex,
    CreateTable,
    CreateView,
    Drop,
    DropConstraint,
    Operation,
    Rename,
)
from ctb_audit.sources.ddl.parse_sqlglot import read_statement
from ctb_audit.sources.ddl.statement import Statement

_Kind = TypeVar("_Kind")


def _read(text: str, system: System) -> tuple[Operation, ...]:
    effect = read_statement(Statement(text, 0, 1, 1), "x.sql", system)
    assert effect.verdict == "understood", effect.operations
    return effect.operations


def _one(text: str, system: System, kind: type[_Kind]) -> _Kind:
    (operation,) = _read(text, system)
    assert isinstance(operation, kind)
    return operation


def _table(text: str, system: System) -> Table:
    return _one(text, system, CreateTable).table


def _types(table: Table) -> dict[str, str]:
    return {c.name: str(c.type) for c in table.columns}


def test_bigquery_names_drop_the_project() -> None:
    for text in ("`p.d.t`", "p.d.t", "my-project-1.d.t", "`my-project`.d.t", "`p.d`.t"):
        made = _one(f"CREATE TABLE {text} (a INT64)", "bigquery", CreateTable)
        assert made.name == Name("d", "t")


def test_bigquery_columns() -> None:
    table = _table(
        "CREATE TABLE d.Events (\n"
        "  eventId STRING(36) NOT NULL OPTIONS(description='the id'),\n"
        "  amount NUMERIC(10, 2), big BIGNUMERIC, ok BOOL, n INT64 DEFAULT 4, m INTEGER,\n"
        "  at TIMESTAMP DEFAULT CURRENT_TIMESTAMP() NOT NULL, d DATETIME, r RANGE<DATE>,\n"
        "  tags ARRAY<STRING>, j JSON\n)",
        "bigquery",
    )
    assert table.name == "Events"
    assert _types(table) == {
        "eventId": "STRING(36)",
        "amount": "NUMERIC(10,2)",
        "big": "BIGNUMERIC",
        "ok": "BOOL",
        "n": "INT64",
        "m": "INT64",
        "at": "TIMESTAMP",
        "d": "DATETIME",
        "r": "RANGE<DATE>",
        "tags": "STRING[]",
        "j": "JSON",
    }
    first = table.columns[0]
    assert (first.nullable, first.comment) == (False, "the id")
    assert first.location is not None
    assert (first.location.line, first.location.column) == (2, 3)
    assert table.column("n") == Column(
        "n",
        Type("INT64", "integer", spelling="INT64"),
        default="4",
        location=table.columns[4].location,
    )
    at = table.column("at")
    assert at is not None
    assert (at.default, at.nullable) == ("CURRENT_TIMESTAMP()", False)


def test_bigquery_structs_are_fields() -> None:
    table = _table(
        "CREATE TABLE d.t (s STRUCT<a INT64 NOT NULL, "
        "b ARRAY<STRUCT<c STRING OPTIONS(description='x')>>>)",
        "bigquery",
    )
    (column,) = table.columns
    assert (column.type.name, column.type.family) == ("STRUCT", "struct")
    assert [(f.name, f.nullable, f.type.dimensions) for f in column.fields] == [
        ("a", False, 0),
        ("b", True, 1),
    ]
    assert column.fields[1].fields[0].comment == "x"


def test_bigquery_keys_are_not_enforced() -> None:
    table = _table(
        "CREATE TABLE d.t (a INT64, PRIMARY KEY (a) NOT ENFORCED, "
        "CONSTRAINT fk FOREIGN KEY (a) REFERENCES p.d.o (id) NOT ENFORCED)",
        "bigquery",
    )
    assert [(c.kind, c.name, c.enforced, c.target) for c in table.constraints] == [
        ("primary key", "", False, None),
        ("foreign key", "fk", False, Name("d", "o")),
    ]


def test_bigquery_partition_cluster_and_options() -> None:
    table = _table(
        "CREATE TABLE d.t (ts TIMESTAMP, a STRING) PARTITION BY DATE(ts) CLUSTER BY a, ts "
        "OPTIONS(description='all events', require_partition_filter=true)",
        "bigquery",
    )
    assert table.partition_by == "DATE(ts)"
    assert table.comment == "all events"
    assert table.options == (("cluster_by", "a, ts"), ("require_partition_filter", "true"))


def test_bigquery_replaces_tables() -> None:
    drop, create = _read("CREATE OR REPLACE TABLE d.t (a INT64)", "bigquery")
    assert isinstance(drop, Drop)
    assert drop.if_exists
    assert isinstance(create, CreateTable)


def test_bigquery_alter_and_view() -> None:
    altered = _one(
        "ALTER TABLE d.t ADD COLUMN a STRING, ADD COLUMN b INT64", "bigquery", AlterTable
    )
    assert [a.column.name for a in altered.actions if isinstance(a, AddColumn)] == ["a", "b"]
    view = _one("CREATE OR REPLACE VIEW d.v AS SELECT a FROM `p.d.t`", "bigquery", CreateView)
    assert (view.replace, view.view.columns, view.sources) == (True, ("a",), (Name("d", "t"),))


def test_sqlite_columns_and_constraints() -> None:
    table = _table(
        "CREATE TABLE IF NOT EXISTS Users (\n"
        "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
        "  email TEXT NOT NULL UNIQUE COLLATE NOCASE,\n"
        "  [at] TEXT DEFAULT (datetime('now')), price DECIMAL(10,2), extra,\n"
        "  org INTEGER REFERENCES orgs(id) ON DELETE CASCADE,\n"
        "  CHECK (price > 0), UNIQUE (email, org) ON CONFLICT REPLACE\n)",
        "sqlite",
    )
    assert table.name == "users"
    assert [c.name for c in table.columns] == ["id", "email", "at", "price", "extra", "org"]
    assert [c.type.family for c in table.columns] == [
        "integer",
        "text",
        "text",
        "decimal",
        "unknown",
        "integer",
    ]
    assert table.columns[0].identity == "by default"
    assert table.columns[2].default == "(datetime('now'))"
    assert [(c.kind, c.columns) for c in table.constraints] == [
        ("primary key", ("id",)),
        ("unique", ("email",)),
        ("foreign key", ("org",)),
        ("check", ("price",)),
        ("unique", ("email", "org")),
    ]


@pytest.mark.parametrize("tail", ["STRICT", "WITHOUT ROWID", "STRICT, WITHOUT ROWID"])
def test_sqlite_table_options(tail: str) -> None:
    assert _types(_table(f"CREATE TABLE t (a INT PRIMARY KEY) {tail}", "sqlite")) == {"a": "int"}


def test_sqlite_rename_without_the_word_column() -> None:
    renamed = _one("ALTER TABLE t RENAME a TO b", "sqlite", Rename)
    assert (renamed.target.kind, renamed.target.part, renamed.to) == ("column", "a", "b")


DUMP = """CREATE TABLE `orders` (
  `id` int(11) unsigned NOT NULL AUTO_INCREMENT,
  `state` enum('open','closed') CHARACTER SET utf8mb4 DEFAULT 'open' COMMENT 'where it stands',
  `at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `note` varchar(40) COLLATE utf8mb4_bin DEFAULT NULL,
  `user_id` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq` (`state`,`at`),
  KEY `by_note` (`note`(10) DESC) USING BTREE,
  FULLTEXT KEY `words` (`note`),
  INDEX (`user_id`),
  CONSTRAINT `fk` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='what was bought'"""


def test_mysql_dump() -> None:
    table = _table(DUMP, "mysql")
    assert _types(table) == {
        "id": "int unsigned",
        "state": "enum('open','closed')",
        "at": "timestamp",
        "note": "varchar(40)",
        "user_id": "bigint",
    }
    assert table.columns[0].identity == "by default"
    assert (table.columns[1].comment, table.columns[1].default) == ("where it stands", "'open'")
    assert table.columns[2].default == "CURRENT_TIMESTAMP"
    assert table.comment == "what was bought"
    assert [(c.kind, c.name, c.columns) for c in table.constraints] == [
        ("primary key", "", ("id",)),
        ("unique", "uq", ("state", "at")),
        ("foreign key", "fk", ("user_id",)),
    ]
    assert [(i.name, i.method, i.keys) for i in table.indexes] == [
        ("by_note", "btree", (IndexKey("note", descending=True),)),
        ("words", "fulltext", (IndexKey("note"),)),
        ("user_id", "btree", (IndexKey("user_id"),)),
    ]


def test_mysql_alter() -> None:
    first, second = _read(
        "ALTER TABLE t ADD COLUMN a INT NOT NULL AFTER b, ADD UNIQUE KEY u (a), "
        "ADD INDEX i (b), DROP FOREIGN KEY f",
        "mysql",
    )
    assert isinstance(first, AlterTable)
    assert [type(a) for a in first.actions] == [AddColumn, AddConstraint, DropConstraint]
    assert first.actions[1] == AddConstraint(
        Constraint("unique", "u", ("a",), location=first.actions[1].constraint.location)  # type: ignore[union-attr]
    )
    assert isinstance(second, CreateIndex)
    assert second.index.name == "i"


def test_mysql_modify_states_the_whole_column() -> None:
    altered = _one("ALTER TABLE t MODIFY COLUMN a VARCHAR(9) NOT NULL", "mysql", AlterTable)
    changes = [a.change for a in altered.actions if isinstance(a, AlterColumn)]
    assert changes == ["type", "drop default", "set not null"]


def test_mysql_index_statements() -> None:
    index = _one("CREATE UNIQUE INDEX i ON t (a(4), b)", "mysql", CreateIndex)
    assert (index.index.unique, len(index.index.keys)) == (True, 2)
    assert _one("DROP INDEX i ON t", "mysql", Drop).targets[0].name == Name(None, "i")


def test_postgresql_comment_and_escapes() -> None:
    comment = _one("COMMENT ON COLUMN a.b.c IS 'it''s'", "postgresql", Comment)
    assert (comment.target.name, comment.target.part, comment.text) == (Name("a", "b"), "c", "it's")


def test_mysql_names_inline_indexes_by_their_first_column() -> None:
    text = "CREATE TABLE t (a int, b nvarchar(9), KEY (a, b), INDEX (a), KEY named (b), KEY (b))"
    table = _table(text, "mysql")
    assert [i.name for i in table.indexes] == ["a", "a_2", "named", "b"]
    assert table.columns[1].type.family == "text"


@pytest.mark.parametrize(
    "text",
    ["CREATE DATABASE x", "DROP DATABASE IF EXISTS x", "GRANT ALL ON *.* TO 'a'@'%'"],
)
def test_mysql_databases_and_accounts_hold_no_table(text: str) -> None:
    assert read_statement(Statement(text, 0, 1, 1), "x.sql", "mysql").verdict == "irrelevant"
    assert read_statement(Statement(text, 0, 1, 1), "x.sql", "sqlite").verdict == "not understood"
