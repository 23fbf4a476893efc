"""What expressions of DO blocks leave to a run: each is said, with the table concerned, and the
statement of its branch is applied as if it ran; and where the limits of a block lie.
"""

import pytest

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

TABLES = """CREATE TABLE t (a int); CREATE TABLE u (a int);
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION p() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
"""


def replayed(text: str, version: int = 18, user: str | None = "postgres") -> Catalog:
    script = read_script(TABLES + text, "x.sql", "postgresql")
    return replay([script], mode="server", server_version=version, user=user)


def columns(catalog: Catalog, table: str = "t") -> list[str]:
    return [c.name for one in catalog.tables if one.name == table for c in one.columns]


def said(catalog: Catalog) -> list[tuple[str, str]]:
    """Kind and tables of each problem."""
    return [(p.kind, ", ".join(map(str, p.objects))) for p in catalog.problems]


def block(body: str) -> str:
    return f"DO $$ DECLARE r record; s text; n int; BEGIN {body}; END $$;"


def either(condition: str) -> str:
    return block(
        f"IF {condition} THEN ALTER TABLE t ADD yes int; ELSE ALTER TABLE t ADD no int; END IF"
    )


@pytest.mark.parametrize(
    "condition",
    [
        *("5 BETWEEN 1 AND 9", "2 * 3 = 6", "1.5 > 1", "'a' < 'b'", "-n > 1", "n > 1 AND r.x"),
        *("'abc'::varchar(2) = 'ab'", "'2020-01-01'::date > 'epoch'", "'maybe'::boolean"),
        *("1::boolean", "'x'::int = 1", "'1.5'::int = 1", "1 = 'x'", "'x' = 1", "'maybe'"),
        *("'pg_class'::regclass IS NULL", "to_regclass('pg_class') IS NULL", "2", "'t'::regclass"),
        *("to_regclass('pg_catalog.pg_class') IS NULL", "to_regclass(5) IS NULL"),
        *("to_regclass('information_schema.tables') IS NULL", "to_regrole('x') IS NULL"),
        *("'missing'::regtype IS NULL", "'x'::regproc IS NULL", "'missing'::regnamespace IS NULL"),
        *(
            "to_regtype('citext') IS NULL",
            "'t'::regclass = 5",
            "'t'::regclass || '' = 'u' || now()",
        ),
        *("ARRAY[1] = ARRAY[1]", "ARRAY['a'] || 'b' IS NULL", "'{\"a b\"}'::text[] IS NULL"),
        *("'{{a},{b}}'::text[] IS NULL", "5 = ANY (5)", "5 > ANY (ARRAY[1])", "5 = ALL (ARRAY[5])"),
        *("'a' LIKE 'a' ESCAPE 'x'", "'a' SIMILAR TO 'a'", "'a' = now()", "true = 'maybe'"),
        *("quote_nullable(NULL) = ''", "format('%L', NULL) = ''", "format('%5s', 'a') = ''"),
        *("format('%s') = ''", "format('%3$s', 'a') = ''", "format('%x', 'a') = ''"),
        *("regexp_replace('ab', 'a.', '') = ''", "regexp_replace('ab', 'a', 'b', 'g') = ''"),
        *("regexp_replace('ab', 'a', '\\1') = ''", "lower(ARRAY['a']) = ''", "lower(n) = r.x"),
        *("current_setting('app.x') = ''", "current_setting('work_mem', true) = ''"),
        *("current_setting('app.x', false) = ''", "current_setting(n::text || r.x) = ''"),
        *("pg_table_is_visible(5)", "pg_table_is_visible(NULL)", "current_date > 'epoch'"),
        *("(SELECT x FROM unnest(ARRAY[1, 2]) AS x) = 1", "f(1) = 1", "p() = 1", "now() = now()"),
        *("(SELECT count(DISTINCT x) FROM unnest(ARRAY[1]) AS x) = 1", "row(1) = row(1)"),
        *("(SELECT max(x) FROM unnest(ARRAY['a']) AS x) = 'a'", "(SELECT sum(1)) = 1"),
        *("(SELECT string_agg(x, r.y) FROM unnest(ARRAY['a']) AS x) = 'a'", "no_variable"),
        *("(SELECT count(*) FILTER (WHERE x = 1) FROM unnest(ARRAY[1]) AS x) = 1", "r.one = 1"),
        *("'a' ~ '('", "(SELECT string_agg(x, NULL) FROM unnest(ARRAY['a']) AS x) = 'a'"),
        *("NOT (now() > 'epoch')", "now() > 'epoch' AND true", "now() > 'epoch' OR false"),
        *(
            "(now() > 'epoch') IS NULL",
            "(now() > 'epoch') IS TRUE",
            "coalesce(now(), NULL) IS NULL",
        ),
        *("CASE WHEN now() > 'epoch' THEN true ELSE true END", "s || r.x = ''", "1 = ANY (r.x)"),
    ],
)
def test_what_an_expression_leaves_open_is_said(condition: str) -> None:
    catalog = replayed(either(condition))
    assert ("not-understood", "public.t") in said(catalog)
    assert columns(catalog) == ["a", "yes", "no"]


@pytest.mark.parametrize(
    "condition",
    [
        "to_regclass('a b') IS NULL",
        "to_regclass('') IS NULL",
        "to_regtype('a..b') IS NULL",
    ],
)
def test_what_is_no_name_is_an_error_before_16(condition: str) -> None:
    assert columns(replayed(either(condition), 16)) == ["a", "yes"]
    assert columns(replayed(either(condition), 15)) == ["a"]
    assert said(replayed(either(condition), 15))[0][0] == "rejected"


@pytest.mark.parametrize("condition", ["'a b'::regclass IS NULL", "''::regclass IS NULL"])
def test_a_cast_of_what_is_no_name_is_an_error(condition: str) -> None:
    assert said(replayed(either(condition))) == [("rejected", "")]


@pytest.mark.parametrize("text", ["a", "a,b", "a{b}", ""])
def test_a_cast_of_what_is_no_array_is_an_error(text: str) -> None:
    catalog = replayed(either(f"'{text}'::text[] IS NULL"))
    assert columns(catalog) == ["a"]
    assert said(catalog) == [("rejected", "")]


def test_the_version_is_the_server_s() -> None:
    for version in (15, 18):
        condition = f"current_setting('server_version_num')::int = {version}0000"
        assert columns(replayed(either(condition), version)) == ["a", "yes"]


@pytest.mark.parametrize("word", ["current_user", "session_user", "current_role"])
def test_the_user_is_known_where_it_is_given(word: str) -> None:
    assert columns(replayed(either(f"{word} = 'app'"), user="app")) == ["a", "yes"]
    assert columns(replayed(either(f"{word} = 'app'"), user="x")) == ["a", "no"]
    assert columns(replayed(either(f"{word} = 'app'"), user=None)) == ["a", "yes", "no"]


def test_an_extension_may_bring_any_type() -> None:
    condition = either("to_regtype('odd') IS NULL")
    assert columns(replayed(condition)) == ["a", "yes"]
    assert columns(replayed("CREATE EXTENSION hstore;" + condition)) == ["a", "yes", "no"]


@pytest.mark.parametrize(
    ("body", "tables"),
    [
        ("EXECUTE 'ALTER TABLE t ADD b int' || r.x", "t"),
        ("EXECUTE format('ALTER TABLE u ADD %I int', r.x)", "u"),
        (
            "n := 1; EXECUTE 'CREATE TABLE ' || r.x INTO n; IF n = 1 THEN DROP TABLE u; END IF",
            "public.u",
        ),
        (
            "n := 1; IF r.x THEN IF n = 1 THEN n := 2; END IF; END IF;"
            " IF n = 1 THEN DROP TABLE u; END IF",
            "public.u",
        ),
        ("IF r.x THEN PERFORM 1; END IF; IF FOUND THEN DROP TABLE u; END IF", "public.u"),
        ("IF r.x THEN SELECT 1 INTO n; END IF; IF n = 1 THEN DROP TABLE u; END IF", "public.u"),
        ("FOR n IN 1..10 BY 2 LOOP ALTER TABLE t ADD b int; END LOOP", "public.t"),
        ("FOR n IN 1..r.x LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("FOR n IN 1..NULL LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("FOR n IN NULL..1 LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("FOR n IN NULL..NULL LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("FOR n IN 'a'..'b' LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        (
            "IF r.x THEN EXECUTE 'DROP TABLE t' || now(); ALTER TABLE u ADD b int; END IF",
            "public.t, public.u",
        ),
        ("FOR n IN r.x..1 LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("FOREACH s IN ARRAY r.x LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("WHILE r.x LOOP ALTER TABLE u ADD b int; EXIT; END LOOP; ", "public.u"),
        ("FOR r IN EXECUTE s || r.x LOOP ALTER TABLE u ADD b int; END LOOP", "public.u"),
        ("SELECT a INTO n FROM t; IF n = 1 THEN ALTER TABLE u ADD b int; END IF", "public.u"),
        ("PERFORM a FROM t; IF FOUND THEN ALTER TABLE u ADD b int; END IF", "public.u"),
        ("UPDATE t SET a = 1; IF FOUND THEN ALTER TABLE u ADD b int; END IF", "public.u"),
        ("EXECUTE 'SELECT a FROM t' INTO n; IF n = 1 THEN DROP TABLE u; END IF", "public.u"),
        ("s := r.x; IF s = '' THEN ALTER TABLE u ADD b int; END IF", "public.u"),
        ("r.x := 1; IF r.x = 1 THEN ALTER TABLE u ADD b int; END IF", "public.u"),
        ("IF r.x THEN n := 1; END IF; IF n = 1 THEN DROP TABLE u; END IF", "public.u"),
        ("IF r.x THEN RETURN; END IF; ALTER TABLE u ADD b int", "public.u"),
        ("IF r.x THEN EXECUTE 'ALTER TABLE u ADD ' || 'b int'; END IF", "public.u"),
        (
            "LOOP IF r.x THEN EXIT; END IF; ALTER TABLE u ADD b int; EXIT; END LOOP",
            "public.u",
        ),
    ],
)
def test_a_step_that_is_not_known_is_said(body: str, tables: str) -> None:
    found = said(replayed(block(body)))
    assert ("not-understood", tables) in found
    assert {kind for kind, _ in found} == {"not-understood"}


def test_an_error_whose_condition_is_not_known_may_be_caught() -> None:
    body = (
        "BEGIN ALTER TABLE t ADD b int; EXECUTE NULL::text;"
        " EXCEPTION WHEN {} THEN ALTER TABLE u ADD b int; END"
    )
    unsure = replayed(block(body.format("undefined_table")))
    assert said(unsure) == [("not-understood", "public.t")]
    assert (columns(unsure), columns(unsure, "u")) == (["a"], ["a", "b"])
    assert said(replayed(block(body.format("others")))) == []


def test_what_is_said_stands_at_the_place_of_the_block() -> None:
    catalog = replayed("\n\n  " + block(f"IF r.x > '{'x' * 200}' THEN DROP TABLE u; END IF"))
    (problem,) = catalog.problems
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == (6, 3)
    assert problem.excerpt.startswith("DO $$ DECLARE r record;")
    assert problem.message == (f"a DO block: whether r.x > '{'x' * 113}... is not known here")


def test_after_an_undecided_branch_errors_are_errors_again() -> None:
    unsure = "IF r.x THEN ALTER TABLE t ADD b int; DROP TABLE absent; END IF; "
    assert columns(replayed(block(unsure + "ALTER TABLE t ADD c int"))) == ["a", "b", "c"]
    assert said(replayed(block(unsure + "DROP TABLE absent")))[-1] == ("rejected", "public.absent")


def test_a_statement_that_fails_in_an_undecided_branch_does_nothing() -> None:
    unsure = "IF r.x THEN ALTER TABLE t ADD b int, ADD a int; END IF"
    assert columns(replayed(block(unsure))) == ["a"]


def test_a_block_that_runs_whole_is_understood() -> None:
    for body, lost in (
        ("EXECUTE 'ALTER TABLE t ADD b ' || 'int'", 0),
        ("EXECUTE 'ALTER TABLE t ADD b ' || r.x", 1),
        ("IF n IS NULL THEN ALTER TABLE t ADD b int; END IF", 0),
        ("IF r.x THEN ALTER TABLE t ADD b int; END IF", 1),
        ("EXECUTE 'DO ' || quote_literal('BEGIN EXECUTE now(); END')", 1),
    ):
        assert replayed(block(body)).coverage.not_understood == lost, body


def turns(number: int) -> str:
    """A loop of one step each, after which a table is made."""
    return block(f"n := 0; FOR i IN 1..{number} LOOP n := n + 1; END LOOP; CREATE TABLE made ()")


def test_a_long_loop_is_run_and_a_longer_one_given_up() -> None:
    decided = "IF n = {} THEN ALTER TABLE t ADD yes int; ELSE ALTER TABLE t ADD no int; END IF"
    for number, expected in ((4900, ["a", "yes"]), (6000, ["a", "yes", "no"])):
        body = f"n := 0; FOR i IN 1..{number} LOOP n := n + 1; END LOOP; {decided.format(number)}"
        assert columns(replayed(block(body))) == expected
    assert any(table.name == "made" for table in replayed(turns(6000)).tables)


@pytest.mark.parametrize(("depth", "expected"), [(4, ["a", "yes"]), (5, ["a", "yes", "no"])])
def test_blocks_in_blocks_are_run_to_a_depth(depth: int, expected: list[str]) -> None:
    text = "IF false THEN ALTER TABLE t ADD no int; ELSE ALTER TABLE t ADD yes int; END IF"
    for level in range(depth):
        text = f"EXECUTE $x{level}$DO $y{level}$ BEGIN {text}; END $y{level}$ $x{level}$"
    assert sorted(columns(replayed(block(text)))) == sorted(expected)
