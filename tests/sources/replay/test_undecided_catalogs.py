"""What DO blocks ask of the catalog and no script tells: said, never guessed."""

import pytest

from ctb_audit.model import Catalog, Name
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

BEFORE = """
CREATE TABLE t (a int, b numeric(5, 2), c text DEFAULT 'x');
CREATE TABLE u (a int PRIMARY KEY);
CREATE VIEW seen AS SELECT a FROM t;
CREATE VIEW opened AS SELECT * FROM elsewhere.unknown;
CREATE TYPE shell;
CREATE EXTENSION hstore;
CREATE TABLE odd (pairs hstore, kind shell);
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
CREATE VIEW v1 AS SELECT tablename FROM pg_tables WHERE tablename = 't';
CREATE VIEW v2 AS SELECT tablename FROM v1;
CREATE VIEW v3 AS SELECT tablename FROM v2;
CREATE VIEW v4 AS SELECT tablename FROM v3;
CREATE VIEW v5 AS SELECT tablename FROM v4;
CREATE FUNCTION f1() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f2() RETURNS int LANGUAGE sql AS 'SELECT f1()';
CREATE FUNCTION f3() RETURNS int LANGUAGE sql AS 'SELECT f2()';
CREATE FUNCTION f4() RETURNS int LANGUAGE sql AS 'SELECT f3()';
CREATE FUNCTION f5() RETURNS int LANGUAGE sql AS 'SELECT f4()';
CREATE FUNCTION three(x int) RETURNS int LANGUAGE sql AS 'SELECT 3';
CREATE FUNCTION two(x int) RETURNS int LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION never() RETURNS int LANGUAGE sql AS 'SELECT never()';
CREATE FUNCTION coded() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION twice() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2';
CREATE FUNCTION over() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION over(x int) RETURNS int LANGUAGE sql AS 'SELECT x';
"""


def replayed(text: str) -> Catalog:
    return replay([read_script(BEFORE + text, "x.sql", "postgresql")], mode="lenient")


def has_new_column(condition: str) -> bool | None:
    """Whether the branch ran; None where it is said that nobody knows."""
    catalog = replayed(f"DO $$ BEGIN IF {condition} THEN ALTER TABLE u ADD b int; END IF; END $$")
    if any(Name("public", "u") in problem.objects for problem in catalog.problems):
        return None
    return catalog.tables_by_name["postgresql", Name("public", "u")].column("b") is not None


@pytest.mark.parametrize(
    "condition",
    [
        "EXISTS (SELECT FROM pg_class c LEFT JOIN pg_namespace n ON n.nspname = c.relname)",
        "EXISTS (SELECT FROM pg_tables a RIGHT JOIN pg_tables b USING (tablename))",
        "EXISTS (SELECT FROM pg_tables a FULL JOIN pg_tables b ON a.tablename = b.tablename)",
        "(SELECT count(*) FROM pg_tables GROUP BY schemaname HAVING true) = 1",
        "EXISTS (SELECT tablename FROM pg_tables UNION SELECT viewname FROM pg_views)",
        "(SELECT DISTINCT ON (schemaname) tablename FROM pg_tables WHERE tablename = 't') = 't'",
        "(SELECT tablename FROM pg_tables ORDER BY tablename FETCH FIRST 1 ROWS WITH TIES) = 't'",
        "(SELECT tablename FROM pg_tables ORDER BY tablename LIMIT 1 OFFSET 1) = 'u'",
        "EXISTS (SELECT FROM information_schema.pg_class)",
        "EXISTS (SELECT FROM elsewhere.pg_class)",
        "EXISTS (SELECT FROM pg_catalog.columns)",
        "EXISTS (SELECT FROM pg_user WHERE usename = 'x')",
        "EXISTS (SELECT FROM pg_authid WHERE rolname = 'x')",
        "EXISTS (SELECT FROM information_schema.columns WHERE column_name = 'a'"
        " AND numeric_precision = 5)",
        "EXISTS (SELECT FROM information_schema.columns WHERE table_name = 't'"
        " AND column_default = 'x')",
        "EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'seen'"
        " AND data_type = 'integer')",
        "EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'opened')",
        "EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'opened'::regclass AND attname = 'a')",
        "EXISTS (SELECT FROM opened)",
        "EXISTS (SELECT FROM generate_series(1, 2))",
        "EXISTS (SELECT FROM unnest(ARRAY['a'], ARRAY['b']))",
        "EXISTS (SELECT FROM v5) AND EXISTS (SELECT FROM v5)",
        "(SELECT 1 = 2 OR EXISTS (SELECT FROM pg_class c RIGHT JOIN pg_tables n ON true"
        " WHERE n.tablename = 't'))",
        "EXISTS (SELECT FROM ROWS FROM (unnest(ARRAY['a']), unnest(ARRAY['b'])) x)",
        "EXISTS (SELECT FROM unnest(ARRAY['a']) WITH ORDINALITY)",
        "EXISTS (VALUES (1))",
        "two(1) = 1",
        "three(1) = 3",
        "(SELECT three(1)) = 3",
        "(SELECT f1() WHERE (SELECT a FROM t) = 1) = 1",
        "(SELECT f1() FROM t) = 1",
        "f5() = 1",
        "EXISTS (SELECT FROM v5)",
        "EXISTS (SELECT FROM kept)",
        "never() = 1",
        "coded() = 1",
        "twice() = 1",
        "over() = 1",
        "EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.nspowner = c.relnamespace)",
        "EXISTS (SELECT FROM pg_class c JOIN pg_constraint o ON o.conkey = c.relname)",
        "(SELECT ARRAY[tablename] AS x FROM pg_tables WHERE tablename = 't' ORDER BY x) IS NULL",
        "(SELECT tablename FROM pg_tables) = 't'",
    ],
)
def test_what_no_script_tells_is_said(condition: str) -> None:
    assert has_new_column(condition) is None


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'seen')", True),
        ("EXISTS (SELECT FROM information_schema.columns WHERE table_name = 't')", True),
        (
            "EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'seen'::regclass AND attname = 'a')",
            True,
        ),
        (
            "EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'seen'::regclass AND attname = 'b')",
            False,
        ),
        (
            "EXISTS (SELECT FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'z')",
            False,
        ),
        (
            "EXISTS (SELECT FROM information_schema.columns"
            " WHERE table_name = 't' AND column_name = 'z')",
            False,
        ),
        (
            "EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'odd'"
            " AND column_name = 'pairs' AND data_type = 'USER-DEFINED' AND udt_name = 'hstore')",
            True,
        ),
        (
            "(SELECT count(*) FROM pg_class c JOIN pg_namespace n ON c.relnamespace = n.oid"
            " WHERE c.relname = 't' AND n.nspname = 'public') = 1",
            True,
        ),
        ("f4() = 1 AND f4() = 1 AND f4() = 1", True),
        ("EXISTS (SELECT FROM v4) AND EXISTS (SELECT FROM v4) AND EXISTS (SELECT FROM v4)", True),
        ("(SELECT f1() FROM pg_tables WHERE tablename = 'none') IS NULL", True),
        ("(SELECT f1() WHERE false) IS NULL", True),
        ("EXISTS (SELECT FROM pg_type WHERE typname = 'shell' AND typtype = 'p')", True),
        ("EXISTS (SELECT FROM pg_tables WHERE tablename = 't' ORDER BY now())", True),
        ("EXISTS (SELECT FROM (SELECT 1) s)", True),
        ("(SELECT 1) = 1", True),
    ],
)
def test_what_scripts_tell_is_decided(condition: str, held: bool) -> None:
    assert has_new_column(condition) is held


def test_only_the_role_that_runs_the_scripts_is_known() -> None:
    def tables(role: str) -> tuple[int, int]:
        text = "".join(
            f"DO $$ BEGIN IF EXISTS (SELECT FROM {catalog} WHERE {column} = '{role}') THEN"
            f" CREATE TABLE made_{number} (); END IF; END $$;"
            for number, (catalog, column) in enumerate(_ROLES)
        )
        catalog = replay([read_script(text, "x.sql", "postgresql")], user="deployer")
        return len(catalog.tables), len(catalog.problems)

    assert tables("deployer") == (3, 0)
    assert tables("someone")[1] == len(_ROLES)


_ROLES = (("pg_roles", "rolname"), ("pg_authid", "rolname"), ("pg_user", "usename"))


_FILTERED = {
    "pg_class a JOIN pg_attribute b ON a.oid = b.attrelid": "b.attname = 'a' AND 't1' = relname",
    "pg_class a JOIN pg_attribute b ON b.attrelid = a.oid JOIN pg_namespace n"
    " ON a.relnamespace = n.oid": "b.attname = 'a' AND a.relname = 't1'",
    "pg_attribute b JOIN pg_class a ON a.oid = b.attrelid AND a.relkind = 'r'": "b.attname = 'a'"
    " AND a.relkind = 'r' AND b.attrelid = 't1'::regclass",
    "pg_class a JOIN pg_class b ON a.oid = b.oid": "a.relkind = 'r' AND a.relname::text = 't1'",
    "pg_tables a, pg_class b": "a.tablename = b.relname AND a.tablename = 't1'"
    " AND b.relname = 't1'",
    "pg_class a, pg_class b": "a.relname = 't1' AND 't2' = b.relname",
    "pg_attribute a, pg_attribute b": "a.attrelid = 't1'::regclass AND b.attrelid = 't2'::regclass",
    "pg_tables a, pg_tables b": "a.tablename = 't1' AND b.tablename = 't2'",
    "pg_indexes a, pg_indexes b": "a.tablename = 't1' AND b.tablename = 't2'",
    "pg_policies a, pg_policies b": "a.tablename = 't1' AND b.tablename = 't2'",
    "pg_constraint a, pg_constraint b": "a.conrelid = 't1'::regclass"
    " AND b.conrelid = 't2'::regclass",
    "pg_trigger a, pg_trigger b": "a.tgrelid = 't1'::regclass AND b.tgrelid = 't2'::regclass",
    "pg_index a, pg_index b": "a.indrelid = 't1'::regclass AND b.indrelid = 't2'::regclass",
    "information_schema.columns a, information_schema.columns b": "a.table_name = 't1'"
    " AND b.table_name = 't2'",
    "information_schema.tables a, information_schema.tables b": "a.table_name = 't1'"
    " AND b.table_name = 't2'",
    "information_schema.table_constraints a, information_schema.table_constraints b": "a.table_name"
    " = 't1' AND b.table_name = 't2' AND a.constraint_type = 'PRIMARY KEY'"
    " AND b.constraint_type = 'PRIMARY KEY'",
}
"""Pairs of two certain relations: of a large schema all pairs would be too many to look at."""


def test_relations_that_are_named_are_found_in_a_large_schema() -> None:
    made = "".join(
        f"CREATE TABLE t{n} (a int PRIMARY KEY); CREATE POLICY p ON t{n} USING (true);"
        f" CREATE TRIGGER g AFTER INSERT ON t{n} EXECUTE FUNCTION f();"
        for n in range(450)
    )
    asked = "".join(
        f"DO $$ BEGIN IF (SELECT count(*) FROM {catalogs} WHERE {condition}) = 1"
        f" THEN CREATE TABLE made_{number} (); END IF; END $$;"
        for number, (catalogs, condition) in enumerate(_FILTERED.items())
    )
    function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
    catalog = replay([read_script(function + made + asked, "x.sql", "postgresql")])
    assert [str(problem.message) for problem in catalog.problems] == []
    assert len(catalog.tables) == 450 + len(_FILTERED)
