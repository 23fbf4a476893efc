"""What stands in the way of DROP, by what queries and expressions really read."""

import pytest

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

BASE = """
CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x';
CREATE TABLE t (id integer, a text, b text DEFAULT f(1)::text, CHECK (f(id) > 0));
CREATE VIEW narrow AS SELECT x.id, x.a AS b FROM t x;
CREATE VIEW wide AS SELECT * FROM t;
CREATE VIEW over AS SELECT w.a FROM wide w;
"""


def server(sql: str) -> Catalog:
    return replay([read_script(BASE + sql, "a.sql", "postgresql")], mode="server")


def refusals(sql: str) -> list[str]:
    return [p.message for p in server(sql).problems]


def test_a_view_keeps_only_the_columns_that_it_reads() -> None:
    told = "cannot drop column b because view wide depends on it"
    assert refusals("ALTER TABLE t DROP COLUMN b;") == [told]
    assert refusals("DROP VIEW wide CASCADE; ALTER TABLE t DROP COLUMN b;") == []
    assert len(refusals("DROP VIEW wide CASCADE; ALTER TABLE t DROP COLUMN a;")) == 1


def test_a_column_that_a_view_reads_keeps_its_type() -> None:
    told = ["cannot alter type of a column used by a view or rule"]
    assert refusals("ALTER TABLE t ALTER COLUMN a TYPE varchar(9);") == told


def test_stars_are_expanded() -> None:
    views = {v.name: v.columns for v in server("").views}
    assert views["wide"] == ("id", "a", "b")


def test_a_table_made_of_a_view_has_its_columns() -> None:
    made = server("CREATE TABLE fast AS SELECT * FROM wide; ALTER TABLE fast ADD PRIMARY KEY (id);")
    fast = next(t for t in made.tables if t.name == "fast")
    assert [(c.name, c.type.name) for c in fast.columns][:2] == [("id", "integer"), ("a", "text")]
    assert made.problems == ()


def test_a_table_of_an_unknown_shape_may_have_any_column() -> None:
    sql = "CREATE TABLE g AS SELECT * FROM generate_series(1, 3) n; ALTER TABLE g ADD UNIQUE (n);"
    assert refusals(sql) == []


def test_views_in_a_circle_end() -> None:
    sql = "CREATE OR REPLACE VIEW wide AS SELECT * FROM wide; DROP TABLE t CASCADE;"
    assert {v.name for v in server(sql).views} <= {"wide", "over"}


@pytest.mark.parametrize(("cascade", "left"), [("", True), (" CASCADE", False)])
def test_a_function_is_kept_by_the_expressions_that_call_it(cascade: str, left: bool) -> None:
    made = server(f"DROP FUNCTION f(integer){cascade};")
    assert bool(made.functions) is left
    table = made.tables[0]
    assert any(c.kind == "check" for c in table.constraints) is left
    assert any(c.default for c in table.columns) is left


def test_a_table_made_of_what_is_not_there_is_refused() -> None:
    assert refusals("CREATE TABLE n AS SELECT * FROM nowhere;") == [
        'relation "nowhere" does not exist'
    ]
