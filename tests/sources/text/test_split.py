import re
import time
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ctb_audit.model import System
from ctb_audit.sources.ddl.lexis import _KINDS, lexis, may_hold_blocks
from ctb_audit.sources.ddl.split import split, tile

GAP = re.compile(r"(?:[\s\ufeff;]|--[^\n]*|/\*.*?\*/|\\;|\\\\|^\\\.\r?$)*", re.S | re.M)


def texts(source: str, dialect: System = "postgresql") -> list[str]:
    return [s.text for s in split(source, dialect=dialect)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'a;b'",
        "SELECT 'it''s; fine'",
        r"SELECT E'a\';b''c;'",
        r"SELECT e'\\'",
        r"SELECT 'a\'",
        'SELECT 1 AS "a;b"',
        'SELECT 1 AS "a""b;"',
        "SELECT $$a;b$$",
        "SELECT $fn$ $$ ; $$ ; $fn$",
        "SELECT $$a$$$$;$$",
        "SELECT a$b$c, $1",
        "SELECT 1 /* a ; /* nested ; */ still ; */ + 1",
        "SELECT 1 -- a ; comment\n + 1",
        "SELECT 3 - 1 / 2",
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)",
        "CREATE /* x */ OR REPLACE\n-- y\nRULE r AS ON INSERT TO t DO (SELECT ';)'; NOTIFY b)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "CREATE /* ; */ FUNCTION f() RETURNS int BEGIN /* ; /* ; */ */ -- ;\n ATOMIC SELECT 1; END",
        "create procedure p() begin atomic select case when a then case b when 1 then 2 end end;"
        " insert into t values ('end;'); end",
        "CREATE FUNCTION f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS $$ SELECT 1; END; $$",
        "CREATE FUNCTION atomic_begin() RETURNS int AS 'SELECT 1;' LANGUAGE sql",
    ],
)
def test_a_semicolon_inside_belongs_to_its_statement(statement: str) -> None:
    assert texts(f"{statement};\nSELECT 'next';") == [statement, "SELECT 'next'"]


def test_a_missing_parenthesis_costs_one_statement() -> None:
    assert texts("CREATE TABLE t (a int; CREATE TABLE u (a int);") == [
        "CREATE TABLE t (a int",
        "CREATE TABLE u (a int)",
    ]


def test_a_body_that_never_ends_does_not_swallow_what_follows() -> None:
    source = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; SELECT 3;"
    assert texts(source)[1:] == ["SELECT 2", "SELECT 3"]


def test_empty_statements_are_left_out() -> None:
    assert texts("\ufeff;; ;SELECT 1;;\r\n;-- nothing\r\nSELECT 2\r\n") == ["SELECT 1", "SELECT 2"]
    assert texts("") == texts("-- only a comment") == []


def test_psql_lines_stand_alone() -> None:
    source = "\\connect shop\n\\set n 'a\\\\b' \\\\ SELECT 1;\n\\i part.sql\r\n\\if :x\nSELECT 2;"
    found = list(split(source))
    assert [(s.kind, s.text) for s in found] == [
        ("psql", "\\connect shop"),
        ("psql", "\\set n 'a\\\\b'"),
        ("sql", "SELECT 1"),
        ("psql", "\\i part.sql"),
        ("psql", "\\if :x"),
        ("sql", "SELECT 2"),
    ]


def test_commands_that_send_end_a_statement() -> None:
    found = list(
        split("SELECT 1 \\gexec\nSELECT 2 \\; SELECT 3;\nSELECT $1 \\bind 4 \\g\nSELECT 5")
    )
    assert [s.text for s in found] == [
        "SELECT 1",
        "\\gexec",
        "SELECT 2",
        "SELECT 3",
        "SELECT $1",
        "\\bind 4 \\g",
        "SELECT 5",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_copy_data_is_data(newline: str) -> None:
    source = newline.join(["COPY t (a) FROM stdin;", "1;'", "\\N", "\\.", "", "SELECT 1;"])
    found = list(split(source))
    assert [(s.kind, s.line) for s in found] == [("sql", 1), ("data", 2), ("sql", 6)]
    assert found[1].text == f"1;'{newline}\\N{newline}"


def test_copy_variants() -> None:
    assert [s.kind for s in split("COPY t FROM stdin;\n\\.\nSELECT 1;")] == ["sql", "sql"]
    assert [s.kind for s in split("\\copy t from stdin\n1\n\\.\nSELECT 1;")] == [
        "psql",
        "data",
        "sql",
    ]
    commented = "COPY t /* ; */ FROM -- ; stdout\n STDIN;\n'\n\\.\nSELECT 1;"
    assert [s.kind for s in split(commented)] == ["sql", "data", "sql"]
    assert [s.kind for s in split("COPY t TO stdout;\nSELECT 1;")] == ["sql", "sql"]
    assert [s.unclosed for s in split("COPY t FROM STDIN;\n1\n2\n")] == ["", "copy data"]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("SELECT 'a; SELECT 2;", "quote"),
        ('SELECT "a; SELECT 2;', "quote"),
        (r"SELECT E'a\'; SELECT 2;", "quote"),
        ("SELECT $a$ ; $b$ ; SELECT 2;", "dollar quote"),
        ("SELECT 1 /* ; /* */ SELECT 2;", "comment"),
        ("/* never", "comment"),
    ],
)
def test_what_nothing_ends_is_named(source: str, what: str) -> None:
    found = list(split(f"SELECT 0; {source}"))
    assert [s.unclosed for s in found] == ["", what]
    assert found[-1].text == source


def test_backslashes_escape_once_the_script_says_so() -> None:
    source = r"SET standard_conforming_strings = off; SELECT 'a\';b'; SELECT 2"
    assert texts(source)[1:] == [r"SELECT 'a\';b'", "SELECT 2"]
    on = source.replace("off;", "off; SET standard_conforming_strings TO on;")
    assert texts(on)[2] == r"SELECT 'a\'"


def test_comments_above_a_statement_are_its_own() -> None:
    source = "-- head\nSELECT 1; -- trailing\n\n-- ctb: a\n/* b */ SELECT 2; SELECT 3;"
    found = list(split(source))
    assert [s.comments for s in found] == ["-- head\n", "\n-- ctb: a\n/* b */ ", ""]
    for statement in found:
        above = source[statement.offset - len(statement.comments) : statement.offset]
        assert not statement.comments or above == statement.comments


def test_positions_count_from_the_place_of_the_text() -> None:
    found = list(split("SELECT 1;\n  SELECT 'é';SELECT 3", start_line=10, start_column=5))
    assert [(s.line, s.column) for s in found] == [(10, 5), (11, 3), (11, 14)]
    assert found[2].locate("a.sql", 7) == ("a.sql", 11, 21)


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("mysql", r"SELECT 'a\';b', " + '"c;d", `e;f`'),
        ("mysql", "SELECT 1 # a ; b\n"),
        ("mysql", "SELECT 5--1"),
        ("mysql", "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END"),
        (
            "mysql",
            "CREATE DEFINER=`r`@`h` PROCEDURE p() BEGIN IF a THEN SET b = CASE c WHEN 1 THEN 2 END;"
            " END IF; WHILE a DO SET a = 0; END WHILE; END",
        ),
        ("mysql", "/*!50003 CREATE TABLE t (a int) */"),
        ("sqlite", "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END"),
        ("sqlite", "SELECT [a;b], `c;d`, 'e;f', \"g;h\", x'00'"),
        ("bigquery", "SELECT '''a';b''', \"\"\"c\";d\"\"\", r'\\';', `p.d;t`, \"x\\\";\""),
        ("bigquery", "SELECT 1 # a ; b\n, ARRAY<INT64>[1, 2][0]"),
        ("bigquery", "CREATE PROCEDURE d.p() BEGIN SELECT 1; IF a THEN SELECT 2; END IF; END"),
    ],
)
def test_other_dialects_quote_otherwise(dialect: System, statement: str) -> None:
    assert texts(f"{statement};\nSELECT 2;", dialect) == [statement.rstrip(), "SELECT 2"]


def test_mysql_delimiters() -> None:
    source = (
        "DELIMITER //\nCREATE TRIGGER t BEGIN SET a = 1; END//\nDELIMITER ;\nSELECT 1; SELECT 2;"
    )
    assert [(s.kind, s.text) for s in split(source, dialect="mysql")] == [
        ("psql", "DELIMITER //"),
        ("sql", "CREATE TRIGGER t BEGIN SET a = 1; END"),
        ("psql", "DELIMITER ;"),
        ("sql", "SELECT 1"),
        ("sql", "SELECT 2"),
    ]
    dollars = "DELIMITER $$\nSELECT '$$', 1; SELECT 2$$ SELECT 3$$"
    assert texts(dollars, "mysql")[1:] == ["SELECT '$$', 1; SELECT 2", "SELECT 3"]


PIECES = st.sampled_from(
    [
        *("'", '"', "$$", "$a$", "$", "E'", "\\", "\\'", ";", "\n", "\r\n", " ", "--", "/*", "*/"),
        *("(", ")", "BEGIN ATOMIC ", " END", " CASE ", "a", "é", "1", "`", "#", "[", "]", "'''"),
        *("CREATE FUNCTION ", "CREATE RULE ", "COPY t FROM stdin;", "\\.\n", "\n\\.\n", "\\i x\n"),
        *("SET standard_conforming_strings = off;", "DELIMITER //\n", "//", "\ufeff", "\\g", "\\;"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@example("COPY t FROM stdin;\n1\n\\.\n")
@example("E'$$'")
@example("COPY t FROM stdin;\\.\n'")
def test_statements_and_gaps_tile_the_text(source: str) -> None:
    position = 0
    for statement in split(source):
        end = statement.offset + len(statement.text)
        assert source[statement.offset : end] == statement.text
        assert GAP.fullmatch(source[position : statement.offset])
        assert statement.line == source.count("\n", 0, statement.offset) + 1
        assert statement.column == statement.offset - source.rfind("\n", 0, statement.offset)
        position = end
    assert GAP.fullmatch(source[position:])


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["mysql", "sqlite", "bigquery"]))
def test_tiles_join_to_the_text_in_every_dialect(source: str, dialect: System) -> None:
    spans = tile(source, dialect=dialect)
    assert "".join(source[a:b] for a, b in spans) == source
    assert all(a < b for a, b in spans)


def seconds(source: str) -> float:
    started = time.process_time()
    count = sum(1 for _ in split(source))
    assert count
    return time.process_time() - started


@pytest.mark.parametrize(
    "unit",
    [
        "CREATE TABLE t (a int, b text DEFAULT 'x');\n-- c\n\n",
        "(1, 'a''b', \"c\"), ",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;\n",
        "CREATE RULE r AS ON INSERT TO t DO (a; b;\n",
        "/* /* ",
        "$a$ $b$ ",
        "E'\\'' ",
        "COPY t FROM stdin;\n1\n",
        "\\set a b\n",
        "'",
    ],
)
def test_time_grows_with_the_length(unit: str) -> None:
    small, large = unit * 2_000, unit * 16_000
    seconds(small)
    assert seconds(large) < 0.05 + 40 * max(seconds(small), 0.0005)


@pytest.mark.parametrize("dialect", get_args(System))
def test_words_that_tell_blocks_are_those_of_their_heads(dialect: System) -> None:
    """A short text without them is not asked for heads."""
    kinds = re.findall(r"\(\?P<kind>([A-Z|]+)\)", lexis(dialect).head.pattern)
    assert [sorted(kind.split("|")) for kind in kinds] == [sorted(_KINDS[dialect])]
    for word in _KINDS[dialect]:
        assert may_hold_blocks(f"create {word.lower()} x", dialect)
    assert not may_hold_blocks("CREATE TABLE t (a int);", dialect)
    assert may_hold_blocks(" " * 100_000, dialect)
