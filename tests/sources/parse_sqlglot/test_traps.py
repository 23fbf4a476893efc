"""What sqlglot takes without a word and gets wrong must end as not understood, with the reason."""

import logging

import pytest

from ctb_audit.model import Name, System
from ctb_audit.sources.ddl.operations import NotUnderstood, StatementEffect
from ctb_audit.sources.ddl.parse_sqlglot import read_statement
from ctb_audit.sources.ddl.statement import Statement


def _read(text: str, system: System = "postgresql") -> StatementEffect:
    return read_statement(Statement(text, 0, 7, 3), "x.sql", system)


def _reason(effect: StatementEffect) -> str:
    (operation,) = effect.operations
    assert isinstance(operation, NotUnderstood)
    assert effect.verdict == "not understood"
    assert operation.problem.kind == "not-understood"
    return operation.problem.message


@pytest.mark.parametrize(
    "text",
    [
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE POLICY p ON t USING (true)",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t OWNER TO joe",
        "ALTER TABLE t VALIDATE CONSTRAINT c",
        "ALTER TABLE t ADD COLUMN a int, ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t RENAME a TO b",
        "CREATE SCHEMA s CREATE TABLE t (a int)",
        "CREATE INDEX i ON ONLY t (a)",
        "CREATE TABLE a (id int) CREATE TABLE b (id int)",
        "CREATE TABLE a (id int)\nCREATE INDEX i ON a (id)",
        "CREATE TABLE t (a int, INDEX (a))",
        "CREATE TABLE t (a int, INDEX ix (a DESC))",
        "CREATE TABLE t (select int)",
        "CREATE TABLE t (a interval(p 3))",
        "CREATE TABLE t (a int",
        "CREATE TABLE t (a int))",
        "CREATE TABLE t (a int b)",
        "DO $$ BEGIN END $$",
        "CREATE EXTENSION x",
        "CREATE DOMAIN d AS text",
        "SELECT 1 INTO t",
        "nonsense",
        "+",
        "",
    ],
)
def test_trap_is_not_understood(text: str) -> None:
    assert _reason(_read(text))


def test_deep_nesting_is_not_understood() -> None:
    text = "CREATE TABLE t (a int CHECK (" + "(" * 3000 + "a" + ")" * 3000 + "))"
    assert _reason(_read(text))


def test_reason_names_the_place_and_the_tables() -> None:
    effect = _read("ALTER TABLE app.t ENABLE ROW LEVEL SECURITY")
    (operation,) = effect.operations
    assert isinstance(operation, NotUnderstood)
    assert operation.problem.objects == (Name("app", "t"),)
    assert (effect.location.path, effect.location.line, effect.location.column) == ("x.sql", 7, 3)
    assert operation.problem.excerpt.startswith("ALTER TABLE app.t")


def test_text_cut_inside_a_quote_is_not_understood() -> None:
    statement = Statement("SELECT 'a", 0, 1, 1, unclosed="quote")
    assert "quote" in _reason(read_statement(statement, "x.sql", "postgresql"))


def test_sqlglot_stays_silent(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert _reason(_read("CREATE TABLE a (id int) CREATE TABLE b (id int)"))
        assert _reason(_read("CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA"))
    assert [r for r in caplog.records if r.name.startswith("sqlglot")] == []


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("CREATE VIRTUAL TABLE f USING fts5(a)", "sqlite"),
        ("CREATE TABLE t LIKE u", "mysql"),
        ("RENAME TABLE a TO b", "mysql"),
        ("USE shop", "mysql"),
        ("CREATE FULLTEXT INDEX i ON t (a)", "mysql"),
        ("CREATE TABLE t (a TEXT UNIQUE ON CONFLICT IGNORE)", "sqlite"),
        ("ALTER TABLE t DROP PRIMARY KEY", "mysql"),
        ("ALTER TABLE t CHANGE a b INT", "mysql"),
        ("CREATE EXTERNAL TABLE d.t (a INT64) OPTIONS (uris = ['x'])", "bigquery"),
        ("CREATE SNAPSHOT TABLE d.t CLONE d.u", "bigquery"),
        ("ALTER TABLE d.t ALTER COLUMN a SET OPTIONS (description = 'x')", "bigquery"),
    ],
)
def test_what_other_dialects_do_not_show_is_not_understood(text: str, system: System) -> None:
    assert _reason(_read(text, system))


@pytest.mark.parametrize("text", ["SELECT 1", "INSERT INTO t VALUES (1)", "SET timezone = 'utc'"])
def test_data_and_settings_are_irrelevant(text: str) -> None:
    effect = _read(text)
    assert (effect.verdict, effect.operations) == ("irrelevant", ())
