from collections.abc import Callable

import pytest

from ctb_audit.model import Catalog, Grant, Index, IndexKey, Name
from ctb_audit.scratch import ScratchServer

Read = Callable[[str], Catalog]
TRIGGER = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"


def test_triggers_hold_events_columns_conditions_and_state(read: Read) -> None:
    catalog = read(
        TRIGGER + "CREATE TABLE t (a int, b int);"
        "CREATE TRIGGER one BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW"
        " WHEN (NEW.a > 0) EXECUTE FUNCTION f('x', 'it''s');"
        "CREATE TRIGGER two AFTER DELETE ON t REFERENCING OLD TABLE AS gone FOR EACH STATEMENT"
        " EXECUTE FUNCTION f();"
        "CREATE CONSTRAINT TRIGGER zwei AFTER INSERT ON t DEFERRABLE FOR EACH ROW"
        " EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER two"
    )
    one, two, zwei = catalog.tables[0].triggers or ()
    assert (one.timing, one.events, one.columns) == ("before", ("insert", "update"), ("a", "b"))
    assert (one.row, one.when, one.arguments) == (True, "(new.a > 0)", ("x", "it's"))
    assert (one.function, one.enabled) == (Name("public", "f"), "origin")
    assert (two.row, two.old_table, two.enabled) == (False, "gone", "disabled")
    assert (zwei.constraint, zwei.deferrable, zwei.initially_deferred) == (True, True, False)


def test_functions_hold_signature_body_and_settings(read: Read) -> None:
    catalog = read(
        "CREATE TABLE t (a int);"
        "CREATE FUNCTION f(a int, b text DEFAULT 'x', OUT c t, VARIADIC d int[] DEFAULT '{}')"
        " LANGUAGE sql STABLE STRICT SECURITY DEFINER PARALLEL SAFE SET search_path = a, b"
        " AS ' SELECT NULL::public.t ';"
        "CREATE FUNCTION g() RETURNS SETOF int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
        "REVOKE EXECUTE ON FUNCTION g FROM PUBLIC;"
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN END'"
    )
    f, g, p = catalog.functions
    assert [(a.name, a.mode, str(a.type), a.default) for a in f.arguments] == [
        ("a", "in", "integer", None),
        ("b", "in", "text", "'x'::text"),
        ("c", "out", "public.t", None),
        ("d", "variadic", "integer[]", "'{}'::integer[]"),
    ]
    assert (f.body, f.language, f.volatility, f.parallel) == (
        " SELECT NULL::public.t ",
        "sql",
        "stable",
        "safe",
    )
    assert (f.strict, f.security_definer, f.leakproof) == (True, True, False)
    assert f.settings == (("search_path", "a, b"),)
    assert f.grants == (Grant("public", "EXECUTE"),)
    assert (g.body.split(), g.returns_set, g.grants) == (
        ["BEGIN", "ATOMIC", "SELECT", "1;", "END"],
        True,
        (),
    )
    assert (p.kind, p.returns) == ("procedure", None)


def test_views_hold_definition_options_and_indexes(read: Read) -> None:
    catalog = read(
        "CREATE TABLE t (a int, b int); CREATE VIEW v WITH (security_barrier) AS"
        " SELECT a AS x FROM t WHERE b > 0 WITH LOCAL CHECK OPTION;"
        "CREATE MATERIALIZED VIEW m AS SELECT b FROM t; CREATE UNIQUE INDEX mi ON m (b)"
    )
    m, v = catalog.views
    assert (v.columns, v.check_option) == (("x",), "local")
    assert v.options == (("security_barrier", "true"),)
    assert v.definition.startswith("SELECT ")
    assert v.definition.endswith("b > 0)")
    assert m.materialized
    assert m.indexes == (
        Index("mi", (IndexKey("b"),), unique=True, location=m.indexes[0].location),
    )


def test_sequences_tell_only_what_differs_from_the_default(read: Read) -> None:
    catalog = read(
        "CREATE SEQUENCE a; CREATE SEQUENCE b AS smallint INCREMENT -2 MINVALUE -5 CACHE 3 CYCLE;"
        "CREATE TABLE t (x int); CREATE SEQUENCE c OWNED BY t.x"
    )
    a, b, c = catalog.sequences
    assert (a.type, a.start, a.minimum, a.maximum) == ("bigint", 1, None, None)
    assert (b.start, b.increment, b.minimum, b.maximum) == (-1, -2, -5, None)
    assert (b.type, b.cache, b.cycle) == ("smallint", 3, True)
    assert c.owned_by == ("public", "t", "x")
    assert catalog.tables[0].columns[0].serial is None


def test_foreign_tables_stand_apart(read: Read) -> None:
    catalog = read(
        "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;"
        "CREATE FOREIGN TABLE f (a int) SERVER s OPTIONS (table_name 'x')"
    )
    assert catalog.tables == ()
    assert [(t.name, t.kind, t.options) for t in catalog.foreign_tables] == [
        ("f", "foreign", (("table_name", "x"),))
    ]


NEWER: list[tuple[int, str, Callable[[Catalog], object], object]] = [
    (
        15,
        "CREATE TABLE t (a int, UNIQUE NULLS NOT DISTINCT (a))",
        lambda c: c.tables[0].constraints[0].nulls_not_distinct,
        True,
    ),
    (
        15,
        "CREATE TABLE r (a int PRIMARY KEY); CREATE TABLE t (a int, b int REFERENCES r"
        " ON DELETE SET NULL (b))",
        lambda c: c.tables[1].constraints[0].on_delete_columns,
        ("b",),
    ),
    (
        18,
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)",
        lambda c: (c.tables[0].columns[1].generated, c.tables[0].columns[1].generated_kind),
        ("(a + 1)", "virtual"),
    ),
    (
        18,
        "CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0) NOT ENFORCED)",
        lambda c: (c.tables[0].constraints[0].enforced, c.tables[0].constraints[0].validated),
        (False, False),
    ),
    (
        18,
        "CREATE TABLE t (a int NOT NULL, b int); ALTER TABLE t ADD NOT NULL b NOT VALID",
        lambda c: ([x.nullable for x in c.tables[0].columns], c.tables[0].constraints),
        ([False, True], ()),
    ),
    (
        18,
        "CREATE EXTENSION btree_gist;"
        "CREATE TABLE t (b int, a int4range, PRIMARY KEY (b, a WITHOUT OVERLAPS))",
        lambda c: (c.tables[0].constraints[0].period, c.tables[0].constraints[0].kind),
        (True, "primary key"),
    ),
]


@pytest.mark.parametrize("case", NEWER)
def test_newer_syntax_is_read_where_the_server_has_it(
    read: Read, server: ScratchServer, case: tuple[int, str, Callable[[Catalog], object], object]
) -> None:
    major, ddl, look, expected = case
    if server.version[0] < major:
        with pytest.raises(Exception, match="syntax error"):
            read(ddl)
    else:
        assert look(read(ddl)) == expected
