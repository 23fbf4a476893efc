"""Views that read what is not there, and what their queries may read."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.model import Name, Problem
from tests.checks.judging import catalog_of, said

TABLES = """CREATE TABLE t (id int, a text);
CREATE SCHEMA shq; CREATE TABLE shq.s (id int, b text);
CREATE FOREIGN TABLE far (id int, c text) SERVER there;
CREATE VIEW seen AS SELECT 1 AS one;
"""


def fault(query: str, view: str = "VIEW v", tables: str = TABLES) -> str:
    lines = said("broken-view", catalog_of(f"{tables}CREATE {view} AS {query};"))
    start = "MEDIUM postgresql ddl public.v (no table), line 5: "
    assert all(line.startswith(start) for line in lines) and len(lines) <= 1
    return lines[0].removeprefix(start) if lines else ""


def lacks(*names: str) -> str:
    return f"it reads {', '.join(names)}, which nothing creates"


def absent(*columns: str) -> str:
    return f"it reads {', '.join(columns)}, and there is no such column"


QUERIES: list[tuple[str, str]] = [
    ("SELECT x.id, x.a FROM t x", ""),
    ("SELECT x.b FROM t x", absent("x.b")),
    ("SELECT x.b, x.c, x.b FROM t x", absent("x.b", "x.c")),
    ("SELECT t.b FROM t", absent("t.b")),
    ("SELECT s.b FROM shq.s", ""),
    ("SELECT s.a FROM shq.s", absent("s.a")),
    ("SELECT far.c FROM far", ""),
    ("SELECT far.d FROM far", absent("far.d")),
    ("SELECT seen.anything FROM seen", ""),
    ("SELECT b FROM t", ""),
    ("SELECT public.t.b FROM t", ""),
    ("SELECT x.* FROM t x", ""),
    ("SELECT 1 FROM gone", lacks("gone")),
    ("SELECT 1 FROM gone g, away", lacks("away", "gone")),
    ("SELECT g.b FROM gone g, t", lacks("gone")),
    ("SELECT 1 FROM shq.t", lacks("shq.t")),
    ("SELECT 1 FROM nowhere.t", lacks("nowhere.t")),
    ("SELECT 1 FROM s", ""),
    ("SELECT 1 FROM pg_class, pg_catalog.pg_type, information_schema.tables, pg_toast.x", ""),
    ("SELECT 1 FROM pg_catalogs.x", lacks("pg_catalogs.x")),
    ("SELECT id FROM t WHERE a IN (SELECT y.b FROM t y)", absent("y.b")),
    ("SELECT id FROM t UNION SELECT z.b FROM t z", absent("z.b")),
    ("WITH w AS (SELECT id AS b FROM t) SELECT w.b FROM w", ""),
    ("WITH w AS (SELECT id FROM gone) SELECT w.id FROM w", lacks("gone")),
    ("WITH t AS (SELECT 1 AS b) SELECT t.b FROM t", ""),
    ("WITH t AS (SELECT 1 AS b) SELECT x.b FROM t x", ""),
    ("SELECT x.b FROM (SELECT id AS b FROM t) x", ""),
    ("SELECT t.b FROM (SELECT id AS b FROM t) t", ""),
    ("SELECT f.n FROM t, LATERAL generate_series(1, 2) f (n)", ""),
    ("SELECT t.n FROM t, generate_series(1, 2) t (n)", ""),
    ("SELECT s.b FROM t AS s (id, b)", ""),
    ("SELECT t.b FROM (t JOIN seen ON true) t", ""),
    ("SELECT t.b FROM t, xmltable('/r' PASSING '<r/>' COLUMNS b text) t", ""),
    ("SELECT x.b FROM t x, (SELECT 1 FROM shq.s x) y", ""),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_what_a_query_reads(query: str, expected: str) -> None:
    assert fault(query) == expected


def test_columns_of_the_server() -> None:
    names = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid")
    assert fault("SELECT {} FROM t".format(", ".join(f"t.{n}" for n in names))) == ""


def test_a_name_in_two_schemas_is_not_judged_by_columns() -> None:
    two = TABLES.replace("CREATE VIEW", "CREATE TABLE shq.t (id int); CREATE VIEW")
    assert fault("SELECT x.b FROM t x", tables=two) == ""


def test_a_recursive_view_reads_itself() -> None:
    query = "SELECT 1 UNION ALL SELECT n + 1 FROM v"
    assert fault(query, "RECURSIVE VIEW v (n)") == ""
    assert fault("SELECT t.b FROM t", "VIEW v (n)") == absent("t.b")


def test_a_statement_that_nobody_understood_may_have_made_it() -> None:
    catalog = catalog_of("CREATE VIEW v AS SELECT x.b FROM gone x;")

    def told(kind: Any, *names: Name) -> list[str]:
        problem = Problem(kind, "odd", names)
        return said("broken-view", replace(catalog, problems=(problem,)))

    for name in (Name(None, "gone"), Name("public", "gone")):
        assert told("not-understood", name) == []
        assert len(told("rejected", name)) == 1
    assert len(told("not-understood", Name("public", "others"))) == 1
    qualified = catalog_of("CREATE VIEW v AS SELECT x.b FROM shq.gone x;")
    problem = Problem("not-understood", "odd", (Name("shq", "gone"),))
    assert said("broken-view", replace(qualified, problems=(problem,))) == []


def test_which_views_are_judged() -> None:
    sql = "CREATE VIEW v AS SELECT 1 FROM gone;"
    told = "it reads gone, which nothing creates"
    written, live = catalog_of(sql), catalog_of(sql, "live")
    documented = catalog_of(sql, "reference")
    assert said("broken-view", live, catalog_of("SELECT 1;"), written, documented) == [
        f"MEDIUM postgresql ddl public.v (no table), line 1: {told}",
        f"MEDIUM postgresql reference public.v (no table), line 1: {told}",
    ]
    (view,) = written.views
    other = replace(written, views=(replace(view, system="bigquery"),))
    unread = replace(written, views=(replace(view, definition="SELECT FROM FROM"),))
    assert said("broken-view", other) == said("broken-view", unread) == []
