import pytest

from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import (
    CreateTable,
    Include,
    NotUnderstood,
    Script,
    SetSearchPath,
)
from ctb_audit.sources.ddl.read import read_script

TABLE = "CREATE TABLE t (a integer);"


def read(text: str, start_line: int = 1) -> Script:
    return read_script(text, "a.sql", "postgresql", start_line=start_line)


def verdicts(text: str) -> list[str]:
    return [e.verdict for e in read(text).effects]


def reasons(text: str) -> list[str]:
    return [
        o.problem.message
        for e in read(text).effects
        for o in e.operations
        if isinstance(o, NotUnderstood)
    ]


def test_a_statement_becomes_its_operations_with_its_place() -> None:
    (effect,) = read(f"\n  {TABLE}", start_line=10).effects
    (operation,) = effect.operations
    assert isinstance(operation, CreateTable)
    assert operation.name == Name(None, "t")
    assert effect.location == ("a.sql", 11, 3)
    assert effect.excerpt.startswith("CREATE TABLE t")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES ('CREATE TABLE u (a int)')",
        "UPDATE t SET a = 1",
        "delete from t",
        "COPY t TO stdout",
        "COPY t FROM stdin;\n1\n2\n\\.\n",
        "SELECT count(*) FROM t",
        "SELECT pg_catalog.setval('s', 1, true)",
        "SELECT create_hypertable('t', 'a')",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "(SELECT 1) UNION (SELECT 2)",
        "SET statement_timeout = 0",
        "SET LOCAL lock_timeout = '5s'",
        "ANALYZE t",
        "REFRESH MATERIALIZED VIEW v",
    ],
)
def test_rows_and_sessions_are_irrelevant(statement: str) -> None:
    assert verdicts(statement + ";") == ["irrelevant"]


def test_irrelevance_is_told_without_a_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    import pgparse

    monkeypatch.setattr(pgparse, "parse", lambda text: pytest.fail(f"parsed {text}"))
    assert verdicts("INSERT INTO t VALUES (1); SET client_encoding = 'UTF8';") == [
        "irrelevant",
        "irrelevant",
    ]


def test_a_missing_semicolon_hides_no_table() -> None:
    assert verdicts(f"INSERT INTO t VALUES (1)\n{TABLE}") == ["not understood"]


def test_psql_lines_that_matter_are_operations() -> None:
    effects = read("\\i 'sub dir/a.sql'\n\\ir b.sql\n\\connect shop\n\\echo hello\n").effects
    assert [e.operations for e in effects] == [
        (Include("sub dir/a.sql"),),
        (Include("b.sql", relative=True),),
        (SetSearchPath(None),),
    ]
    assert {e.verdict for e in effects} == {"understood"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT 'DROP TABLE t' \\gexec\n", "gexec"),
        ("\\! psql -f more.sql\n", "shell"),
        ("\\q\nCREATE TABLE t (a int);", "psql stops here"),
        ("\\frobnicate\n", "no command of psql"),
        ("\\endif\n", "without \\if"),
        ("COPY t FROM stdin;\n1\n", "ends this data"),
        ("SELECT AddGeometryColumn('places', 'at', 4326, 'POINT', 2);", "AddGeometryColumn"),
        ("CREATE TABLE {{ schema }}.t (a int);", "template"),
        ("CREATE TABLE ${schema}.t (a int);", "template"),
        ("CREATE TABLE :schema.t (a int);", "psql variable schema"),
        ("CREATE TABLE :\"schema\".t (a int DEFAULT ':x');", "psql variable schema"),
    ],
)
def test_what_cannot_be_seen_is_not_understood(text: str, reason: str) -> None:
    (found,) = reasons(text)
    assert reason in found


def test_a_variable_that_the_script_sets_has_its_value() -> None:
    script = read(
        "\\set app 'shq'\n\\set note 'it''s'\nCREATE TABLE :app.t (a text DEFAULT :'note',"
        " b text DEFAULT ':app', c text DEFAULT 'x'::text);\nCREATE TABLE :\"app\".u (a int);"
    )
    tables = [o for e in script.effects for o in e.operations if isinstance(o, CreateTable)]
    assert [t.name for t in tables] == [Name("shq", "t"), Name("shq", "u")]
    assert [c.default for c in tables[0].table.columns] == ["'it''s'", "':app'", "'x'::text"]


def test_conditions_of_psql_choose_what_is_read() -> None:
    text = (
        "\\set fast on\n\\if :fast\nCREATE TABLE a (x int);\n\\elif true\nCREATE TABLE b (x int);\n"
        "\\else\nCREATE TABLE c (x int);\n\\if maybe\nCREATE TABLE d (x int);\n\\endif\n\\endif\n"
        "\\if :unknown\nCREATE TABLE e (x int);\nSELECT 1;\n\\else\nCREATE TABLE f (x int);\n"
    )
    script = read(text)
    assert [e.verdict for e in script.effects] == [
        "understood",
        "not understood",
        "irrelevant",
        "not understood",
    ]
    lost = [
        o.problem.objects
        for e in script.effects
        for o in e.operations
        if isinstance(o, NotUnderstood)
    ]
    assert lost == [(Name(None, "e"),), (Name(None, "f"),)]


def test_annotations_reach_the_statement_below() -> None:
    script = read(
        f"-- ctb: enforcement=STRICT\n\\echo x\n{TABLE}\n"
        f"-- ctb: ignore[a-b] owner=o until=2030-01-01 reason=r\n{TABLE}"
    )
    first, second = script.effects
    assert [d.level for d in first.declarations] == ["STRICT"]
    assert [w.rule for w in second.waivers] == ["a-b"]
    assert not first.waivers and not second.declarations and not script.mistakes


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"{TABLE} -- ctb: orbt=1", 1, 29),
        (f"{TABLE}\n-- ctb: orbt=1\n", 2, 1),
        (f"{TABLE}\n-- ctb: orbt=1\n\\echo end\n", 2, 4),
        ("CREATE TABLE t (\n a int, -- ctb: orbt=1\n b int);", 2, 9),
        (f"-- ctb: orbit=1\n{TABLE}", 1, 4),
    ],
)
def test_annotations_that_do_nothing_are_mistakes(text: str, line: int, column: int) -> None:
    (mistake,) = read(text).mistakes
    assert mistake.location == ("a.sql", line, column)
