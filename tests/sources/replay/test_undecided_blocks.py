"""DO blocks whose branches no catalog decides: said, with the tables concerned, never guessed in
silence; and blocks that are made to keep a reader busy.
"""

import pytest

from ctb_audit.model import Catalog, Name
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.replay.state import Mode

TABLES = "CREATE TABLE t (a int); CREATE TABLE u (a int);\n"
MODES: tuple[Mode, ...] = ("server", "lenient")


def replayed(text: str, mode: Mode = "server") -> Catalog:
    return replay([read_script(TABLES + text, "x.sql", "postgresql")], mode=mode)


def said(catalog: Catalog) -> list[tuple[str, ...]]:
    """The tables of what was not understood."""
    return [
        tuple(sorted(str(name) for name in problem.objects))
        for problem in catalog.problems
        if problem.kind == "not-understood"
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "condition",
    [
        "(SELECT count(*) FROM t) > 5",
        "EXISTS (SELECT FROM pg_roles WHERE rolname = 'app')",
        "EXISTS (SELECT FROM pg_proc WHERE proname = 'now')",
        "EXISTS (SELECT FROM pg_class WHERE reltuples > 5)",
        "current_setting('app.tenant') = 'x'",
        "now() > '2020-01-01'",
        "has_table_privilege('t', 'SELECT')",
        "no_such_variable",
        "a +",
    ],
)
def test_a_condition_that_only_a_run_decides_is_said(condition: str, mode: Mode) -> None:
    catalog = replayed(
        f"DO $$ BEGIN IF {condition} THEN ALTER TABLE t ADD b int; END IF; END $$", mode
    )
    assert said(catalog) == [("public.t",)]
    assert catalog.coverage.not_understood == 1


@pytest.mark.parametrize(
    "body",
    [
        "IF (SELECT a FROM t) = 1 THEN INSERT INTO u VALUES (1); END IF",
        "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN CREATE ROLE app; END IF",
        "FOR r IN SELECT a FROM t LOOP UPDATE u SET a = r.a; END LOOP",
        "EXECUTE 'REFRESH MATERIALIZED VIEW ' || (SELECT max(a) FROM t)",
    ],
)
def test_what_changes_no_schema_is_not_worth_a_word(body: str) -> None:
    catalog = replayed(f"DO $$ DECLARE r record; BEGIN {body}; END $$")
    assert said(catalog) == []
    assert catalog.coverage.not_understood == 0


def test_all_that_follows_an_undecided_return_is_undecided() -> None:
    catalog = replayed(
        "DO $$ BEGIN IF (SELECT count(*) FROM u) > 0 THEN RETURN; END IF; DROP TABLE t; END $$"
    )
    assert said(catalog) == [("public.t",)]


def test_a_variable_that_an_undecided_branch_sets_is_undecided() -> None:
    catalog = replayed(
        "DO $$ DECLARE x int := 1; BEGIN"
        " IF (SELECT count(*) FROM u) > 0 THEN x := 2; END IF;"
        " IF x = 1 THEN ALTER TABLE t ADD b int; END IF; END $$"
    )
    assert said(catalog) == [("public.t",)]


def test_a_loop_over_rows_is_undecided() -> None:
    catalog = replayed(
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT a FROM t LOOP"
        " EXECUTE format('ALTER TABLE u ADD COLUMN c%s int', r.a); END LOOP; END $$"
    )
    assert ("public.u",) in said(catalog)


def test_errors_in_an_undecided_branch_end_nothing() -> None:
    catalog = replayed(
        "DO $$ BEGIN IF (SELECT a FROM t) > 0 THEN DROP TABLE absent; END IF;"
        " ALTER TABLE t ADD b int; END $$"
    )
    table = catalog.tables_by_name["postgresql", Name("public", "t")]
    assert [column.name for column in table.columns] == ["a", "b"]


def test_a_setting_that_the_scripts_write_is_not_taken_for_unset() -> None:
    block = (
        "DO $$ BEGIN IF current_setting('app.x', true) IS NULL THEN ALTER TABLE t ADD b int;"
        " END IF; END $$;"
    )
    assert said(replayed(block)) == []
    assert said(replayed(f"SET app.x = 'y'; {block}")) == [("public.t",)]


@pytest.mark.parametrize(
    "body",
    [
        "LOOP ALTER TABLE t ADD COLUMN IF NOT EXISTS b int; END LOOP",
        "WHILE true LOOP ALTER TABLE t ADD COLUMN IF NOT EXISTS b int; END LOOP",
        "FOR i IN 1..2000000000 LOOP ALTER TABLE t ADD COLUMN IF NOT EXISTS b int; END LOOP",
        "FOR i IN 1..60 LOOP s := s || s; END LOOP; IF s = '' THEN ALTER TABLE t ADD b int; END IF",
        "IF EXISTS (SELECT FROM pg_type a, pg_type b, pg_type c, pg_type d, pg_type e, pg_type f,"
        " pg_type g, pg_type h, pg_type i, pg_type j, pg_type k, pg_type l, pg_type m, pg_type n,"
        " pg_type o, pg_type p, pg_type q, pg_type r, pg_type s, pg_type t WHERE a.typname = '')"
        " THEN ALTER TABLE t ADD b int; END IF",
        "IF " + "(" * 500 + "1 = 2" + ")" * 500 + " OR (SELECT a FROM t) = 1"
        " THEN ALTER TABLE t ADD b int; END IF",
    ],
)
def test_a_block_that_keeps_a_reader_busy_is_given_up(body: str) -> None:
    catalog = replayed(f"DO $$ DECLARE s text := 'xx'; BEGIN {body}; END $$")
    assert ("public.t",) in said(catalog)


@pytest.mark.parametrize(
    "body",
    [
        *(word * 3000 for word in ("BEGIN ", "IF true THEN ", "LOOP ", "CASE WHEN ")),
        *("FOR x IN", "DECLARE", "EXECUTE", "EXCEPTION WHEN", "x :=", "SELECT a INTO", "FOREACH"),
        *("END; END; ;;", "<<"),
    ],
)
def test_a_block_that_is_none_raises_nothing(body: str) -> None:
    catalog = replayed(f"DO $$ {body} $$; DO $$ BEGIN ALTER TABLE t ADD b int; {body} $$")
    assert catalog.tables_by_name["postgresql", Name("public", "t")].column("a")


def test_what_is_missing_after_dynamic_ddl_is_not_known_to_be_missing() -> None:
    made = "DO $$ BEGIN EXECUTE (SELECT string_agg(a::text, ';') FROM t); END $$;"
    rest = "BEGIN; DROP TABLE made; ALTER TABLE t ADD b int; COMMIT;"
    catalog = replayed(made + rest)
    assert [p.kind for p in catalog.problems] == ["not-understood", "not-understood"]
    assert catalog.tables[0].column("b")
    assert replayed(rest).problems[0].kind == "rejected"
