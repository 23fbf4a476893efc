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
        "(SELECT DISTINCT ON (schemaname) tablename FROM pg_tables) = 't'",
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
        "EXISTS (VALUES (1))",
        "two(1) = 1",
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
        ("EXISTS (SELECT FROM (SELECT 1) s)", True),
        ("(SELECT 1) = 1", True),
    ],
)
def test_what_scripts_tell_is_decided(condition: str, held: bool) -> None:
    assert has_new_column(condition) is held
