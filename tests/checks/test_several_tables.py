"""Tables beside each other: of two systems, on two surfaces, guarded by one function."""

from dataclasses import replace
from itertools import pairwise

import pytest

from ctb_audit.checks.drifts import drift_of
from ctb_audit.compare import explicit_sides
from ctb_audit.model import Catalog, Column, Grant, Name, Problem, System, Table, Type
from ctb_audit.rulebook import load_standard
from ctb_audit.standard import TrackingField
from ctb_audit.subjects import build_project
from tests.checks.judging import TODAY, at, catalog_of, document_of, said, table_note

CROSS = "cross-system-type"
MINE = "CREATE TABLE users (id integer, code text, tags text[], seen timestamp, data jsonb);"


def crossed(columns: str, table: str = "users") -> list[str]:
    """A BigQuery table beside `users` of PostgreSQL; only what is said of it."""
    cloud = catalog_of(f"CREATE TABLE d.{table} ({columns});", system="bigquery", name="b.sql")
    found = said(CROSS, catalog_of(MINE), cloud)
    return [line for line in found if "public.users" not in line.partition(":")[0]]


NOBODY = "not applicable d.{}: no other system has a field of the same meaning"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("id INT64", ["pass d.users [id]"]),
        ("id FLOAT64", ["pass d.users [id]"]),
        ("seen DATE", ["pass d.users [seen]"]),
        ("data STRUCT<a INT64>", ["pass d.users [data]"]),
        ("data JSON", ["pass d.users [data]"]),
        ("tags ARRAY<STRING>", ["pass d.users [tags]"]),
        (
            "tags STRING",
            [
                "LOW bigquery ddl d.users [tags], line 1: "
                "tags is STRING, public.users.tags of postgresql is text[]"
            ],
        ),
        (
            "id STRING, code INT64",
            [
                "LOW bigquery ddl d.users [id], line 1: "
                "id is STRING, public.users.id of postgresql is integer",
                "LOW bigquery ddl d.users [code], line 1: "
                "code is INT64, public.users.code of postgresql is text",
            ],
        ),
        ("other STRING", [NOBODY.format("users")]),
    ],
)
def test_one_field_in_two_systems(columns: str, expected: list[str]) -> None:
    assert crossed(columns) == expected


def test_a_key_of_a_table_that_another_system_holds() -> None:
    assert crossed("user_id STRING", "events") == [
        "LOW bigquery ddl d.events [user_id], line 1: "
        "user_id is STRING, public.users.id of postgresql is integer"
    ]
    assert crossed("user_id INT64", "events") == ["pass d.events [user_id]"]
    assert crossed("userid STRING", "events") == [NOBODY.format("events")]


def typed(system: System, family: str, dimensions: int = 0) -> Catalog:
    column = Column("x", Type(f"a {family}", family, dimensions=dimensions))
    table = Table(system, "s", "things", columns=(column,))
    return Catalog(surface="ddl", tables=(table,))


def agree(first: str, second: str, dimensions: tuple[int, int] = (0, 0)) -> bool:
    left = typed("postgresql", first, dimensions[0])
    found = said(CROSS, left, typed("bigquery", second, dimensions[1]))
    assert len(found) == 2
    return "pass s.things [x]" in found


ALIKE = (
    ("integer", "decimal", "float", "number", "serial", "money"),
    ("text", "uuid", "enum", "xml", "network"),
    ("timestamp", "date"),
    ("json", "struct", "composite"),
    ("boolean",),
    ("time",),
)


@pytest.mark.parametrize("families", ALIKE)
def test_families_that_mean_the_same(families: tuple[str, ...]) -> None:
    first = families[0]
    assert all(agree(first, family) for family in families)
    others = [family for group in ALIKE for family in group if group is not families]
    assert not any(agree(first, family) for family in others)
    assert agree(first, first, (1, 2)) and not agree(first, first, (0, 1))


@pytest.mark.parametrize("family", ["unknown", "any", "domain", "pseudo"])
def test_families_that_may_be_anything(family: str) -> None:
    assert agree(family, "integer") and agree("text", family)
    assert agree(family, "integer", (1, 1))


def test_the_later_system_is_judged_against_an_earlier_one() -> None:
    order: tuple[System, ...] = ("firestore", "bigquery", "sqlite", "mysql", "postgresql")
    families = ("boolean", "integer", "text", "json", "date")
    catalogs = [typed(s, f) for s, f in zip(order, families, strict=True)]
    nothing = "not applicable s.things: no other system has a field of the same meaning"
    found = said(CROSS, *catalogs)
    assert sorted(found) == sorted(
        [
            "LOW firestore ddl s.things [x]: x is a boolean, s.things.x of bigquery is a integer",
            "LOW bigquery ddl s.things [x]: x is a integer, s.things.x of sqlite is a text",
            "LOW sqlite ddl s.things [x]: x is a text, s.things.x of mysql is a json",
            "LOW mysql ddl s.things [x]: x is a json, s.things.x of postgresql is a date",
            nothing,
        ]
    )
    for later, earlier in pairwise(zip(order, families, strict=True)):
        both = said(CROSS, typed(*later), typed(*earlier))
        assert [line.split()[1] for line in both if line.startswith("LOW")] == [later[0]]
        assert len(both) == 2


def test_one_system_alone() -> None:
    assert said(CROSS, catalog_of(MINE)) == ["not applicable public.users: there is one system"]


def test_types_that_nobody_knows_agree_with_any() -> None:
    unknown = "CREATE DOMAIN code AS elsewhere; CREATE TABLE users (id elsewhere, code code);"
    cloud = catalog_of("CREATE TABLE d.users (id STRING, code STRING);", system="bigquery")
    found = said(CROSS, catalog_of(unknown), cloud)
    assert [line for line in found if "d.users" in line] == [
        "pass d.users [id]",
        "pass d.users [code]",
    ]


# ---- guards that tables share --------------------------------------------------------------------

STRICT = "-- ctb: enforcement=STRICT\n"
PATTERN = r"'^PRC-[A-Z]+-\d{10}(\d{3})?$'"
RAISES = f"IF NEW.process_id !~ {PATTERN} THEN RAISE EXCEPTION 'bad'; END IF;"
FUNCTION = (
    "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$;\n"
)
TRIGGER = (
    "CREATE TRIGGER guard_{0} BEFORE INSERT OR UPDATE ON {0} FOR EACH ROW EXECUTE FUNCTION {1}();\n"
)
TABLE = STRICT + "CREATE TABLE {} (process_id text, note text{});\n"
RULE = "unenforced-process-format"


def guarded(functions: str, **tables: str) -> list[str]:
    """Tables by name, each with the function of its trigger and more columns after a comma."""
    sql = functions
    for name, text in tables.items():
        function, _, columns = text.partition(",")
        sql += TABLE.format(name, f", {columns}" if columns else "")
        sql += TRIGGER.format(name, function) if function else ""
    return [line.partition(": ")[0] for line in said(RULE, catalog_of(sql))]


FAILS = "MEDIUM postgresql ddl public.{}, line {}"


def test_tables_share_what_their_triggers_hold() -> None:
    found = guarded(FUNCTION.format("f", RAISES), a="f", b="f", c="")
    assert found == [FAILS.format("c", 9), "pass public.a", "pass public.b"]


def test_a_trigger_that_asks_for_the_table_s_name_holds_for_that_table() -> None:
    for name in ("TG_TABLE_NAME", "tg_relname"):
        body = RAISES.replace("IF ", f"IF {name} = 'a' AND ")
        assert "pass public.b" not in guarded(FUNCTION.format("f", body), a="f", b="f")
        assert "pass public.a" in guarded(FUNCTION.format("f", body), a="f", b="f")
        assert "pass public.a" in guarded(FUNCTION.format("f", body), b="f", a="f")


def test_triggers_of_two_functions_are_two_guards() -> None:
    functions = FUNCTION.format("f", RAISES) + FUNCTION.format("g", "NEW.note := 'x';")
    assert guarded(functions, a="f", b="g")[-1] == "pass public.a"
    assert guarded(functions, b="g", a="f")[-1] == "pass public.a"
    assert len(guarded(functions, a="f", b="g")) == 2


def test_a_trigger_whose_function_nobody_defines_may_hold_anything() -> None:
    sql = TABLE.format("a", "") + TRIGGER.format("a", "elsewhere")
    assert said(RULE, catalog_of(sql)) == [
        "unknown MEDIUM postgresql public.a: "
        "the function public.elsewhere of trigger guard_a is not defined"
    ]


def test_doubts_name_the_trigger_of_their_own_table() -> None:
    sql = "".join(TABLE.format(n, "") + TRIGGER.format(n, "elsewhere") for n in "ab")
    told = "the function public.elsewhere of trigger"
    assert said(RULE, catalog_of(sql)) == [
        f"unknown MEDIUM postgresql public.{n}: {told} guard_{n} is not defined" for n in "ab"
    ]


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_foreign_key_to_a_list_of_values_guards_its_own_table(names: str) -> None:
    keys = {"a": " REFERENCES levels", "b": ""}
    sql = "CREATE TABLE levels (name text PRIMARY KEY);\n" + "".join(
        f"{STRICT}CREATE TABLE {n} (enforcement_level text{keys[n]});\n" for n in names
    )
    found = said("unenforced-documented-values", catalog_of(sql))
    assert "pass public.a [enforcement_level]" in found
    assert "pass public.b [enforcement_level]" not in found


def test_domains_over_domains_are_followed() -> None:
    domains = "CREATE DOMAIN d0 AS text;\n" + "".join(
        f"CREATE DOMAIN d{n} AS d{n - 1};\n" for n in range(1, 12)
    )
    email = f"{domains}{STRICT}CREATE TABLE t (email d{{}});"
    assert said("unenforced-email-format", catalog_of(email.format(7))) == [
        "MEDIUM postgresql ddl public.t [email], line 14: email: '' is accepted"
    ]
    assert said("unenforced-email-format", catalog_of(email.format(8))) == []


# ---- tracking columns of some tables -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "table", "expected"),
    [
        ("entity", "calls", "HIGH postgresql ddl public.calls [origin], line 1: {}"),
        ("entity", "call_logs", ""),
        ("log", "call_logs", "HIGH postgresql ddl public.call_logs [origin], line 1: {}"),
        ("log", "calls", ""),
    ],
)
def test_a_column_that_only_some_tables_need(kind: str, table: str, expected: str) -> None:
    origin = TrackingField("origin", {"*": ("origin",)}, {"*": ("text",)}, "text", tables=(kind,))
    found = said(
        "missing-tracking-column", catalog_of(f"CREATE TABLE {table} (id int);"), fields=(origin,)
    )
    told = "origin (text) is missing"
    optional = replace(origin, required=False)
    unasked = said(
        "missing-tracking-column",
        catalog_of(f"CREATE TABLE {table} (id int);"),
        fields=(optional,),
    )
    assert not any(line.startswith("HIGH") for line in unasked)
    assert [line for line in found if "origin" in line][:1] == [expected.format(told)] * bool(
        expected
    )


# ---- indexes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "verdict"),
    [
        ("(created_at)", "pass"),
        ("USING brin (created_at)", "pass"),
        ("USING brin (id, created_at)", "pass"),
        ("USING brin (created_at) WHERE id > 0", "LOW"),
        ("(id, created_at)", "LOW"),
        ("(id)", "LOW"),
    ],
)
def test_what_serves_a_time(index: str, verdict: str) -> None:
    sql = f"CREATE TABLE t (id int,\ncreated_at timestamp); CREATE INDEX i ON t {index};"
    expected = {
        "pass": "pass public.t [created_at]",
        "LOW": "LOW postgresql ddl public.t [created_at], line 2: no index starts with created_at",
    }
    assert said("unindexed-timestamp", catalog_of(sql)) == [expected[verdict]]


# ---- drift ---------------------------------------------------------------------------------------

ORDERS = "CREATE TABLE orders (id integer NOT NULL, note text{});"


def drifted(rules: str, ddl: str, *others: Catalog) -> list[str]:
    return said(rules, catalog_of(ddl), *others)


def test_a_document_that_leaves_out_a_column() -> None:
    note = table_note("orders")
    assert drifted(
        "column-drift", ORDERS.format(", x int"), document_of(note, sql=ORDERS.format(""))
    ) == [
        "HIGH postgresql ddl public.orders [ddl-reference,x] [x], line 1: column x is in the DDL "
        "and not in the reference"
    ]


def test_a_column_that_only_the_document_says_is_never_null() -> None:
    document = document_of(table_note("orders"), sql=ORDERS.format(""))
    loose = ORDERS.format("").replace(" NOT NULL", "")
    assert drifted("column-drift", loose, document) == [
        "HIGH postgresql ddl public.orders [ddl-reference,id] [id], line 1: "
        "column id: nullable is yes in the DDL and no in the reference"
    ]


def test_a_document_need_not_repeat_indexes() -> None:
    index = f"{ORDERS.format('')} CREATE INDEX i ON orders (note);"
    document = document_of(table_note("orders"), sql=ORDERS.format(""))
    assert drifted("index-drift", index, document) == ["pass public.orders [ddl-reference]"]
    shown = document_of(table_note("orders"), sql=index)
    (found,) = drifted("index-drift", ORDERS.format(""), shown)
    assert found.startswith("MEDIUM postgresql ddl public.orders [ddl-reference,")


def doubted(*problems: Problem, sql: str = ORDERS.format(", x int")) -> list[str]:
    live = replace(catalog_of(sql, "live"), problems=problems)
    return drifted("column-drift", ORDERS.format(""), live)


PROBLEM = Problem("not-understood", "a cast", (Name("public", "orders"),), location=at(7, "a.sql"))
TOLD = "a statement that names it was not understood"
UNKNOWN = f"unknown HIGH postgresql public.orders [live-ddl,x]: {TOLD}"


def test_a_statement_that_nobody_understood_leaves_differences_open() -> None:
    assert doubted(PROBLEM) == [f"{UNKNOWN} (a.sql:7): a cast"]
    assert doubted(replace(PROBLEM, location=None)) == [f"{UNKNOWN}: a cast"]
    assert doubted(replace(PROBLEM, objects=(Name(None, "orders"),))) == [
        f"{UNKNOWN} (a.sql:7): a cast"
    ]
    assert doubted(PROBLEM, replace(PROBLEM, message="another"))[0].endswith(": a cast")


def test_other_problems_leave_nothing_open() -> None:
    fails = (
        "HIGH postgresql live public.orders [live-ddl,x] [x], line 1: "
        "column x is in the live database and not in the DDL"
    )
    assert doubted(replace(PROBLEM, kind="hidden")) == [fails]
    assert doubted(replace(PROBLEM, objects=(Name("public", "others"),))) == [fails]
    assert doubted() == [fails]
    assert doubted(PROBLEM, sql=ORDERS.format("")) == ["pass public.orders [live-ddl]"]


TRAITS = """
CREATE TABLE orders (id integer, note text);
COMMENT ON TABLE orders IS 'what customers want';
COMMENT ON COLUMN orders.note IS 'in their words';
CREATE VIEW all_orders AS SELECT id FROM orders;
COMMENT ON VIEW all_orders IS 'every one';
"""


def test_comments_owners_and_grants_are_no_drift() -> None:
    plain = "".join(line for line in TRAITS.splitlines(True) if "COMMENT" not in line)
    here, there = catalog_of(TRAITS, "live"), catalog_of(plain)
    owned = replace(
        here,
        tables=tuple(
            replace(t, owner="bob", grants=(Grant("public", "select"),)) for t in here.tables
        ),
        views=tuple(replace(v, owner="bob") for v in here.views),
    )
    others = replace(there, tables=tuple(replace(t, owner="eve") for t in there.tables))
    rules = "column-drift table-traits-drift view-drift object-drift"
    assert said(rules, owned, others) == ["pass public.orders [live-ddl]"] * 2


BESIDE = """
CREATE SCHEMA apart;
CREATE EXTENSION pgcrypto;
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('a');
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE orders (id integer NOT NULL, note text);
CREATE INDEX i ON orders (note);
CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON orders USING (true);
CREATE VIEW v AS SELECT id FROM orders;
"""
EVERY_DRIFT = "column-drift index-drift trigger-drift policy-drift view-drift object-drift"


def test_a_document_need_not_repeat_what_stands_beside_columns() -> None:
    note = document_of(table_note("orders"), sql=ORDERS.format(""))
    for surface in ("ddl", "live"):
        found = said(EVERY_DRIFT, catalog_of(BESIDE, surface), note)
        assert found == [f"pass public.orders [{surface}-reference]"] * 4


def test_what_a_document_states_must_be_so() -> None:
    shown = document_of(table_note("orders"), sql=BESIDE)
    found = said(EVERY_DRIFT, catalog_of(ORDERS.format("")), shown)
    told = [line.rpartition(": ")[2] for line in found if line.startswith(("HIGH", "MEDIUM"))]
    assert sorted(told) == [
        f"{thing} is in the reference and not in the DDL"
        for thing in (
            *("extension pgcrypto", "function public.f()", "index i", "policy p", "schema apart"),
            *("sequence public.numbers", "trigger t", "type public.mood", "view public.v"),
        )
    ]


@pytest.mark.parametrize(
    ("rule_id", "table"),
    [
        ("policy-drift", f"{ORDERS.format('')} ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"),
        ("table-traits-drift", ORDERS.format("").replace("TABLE", "UNLOGGED TABLE")),
        ("table-traits-drift", ORDERS.format("").replace(";", " PARTITION BY LIST (id);")),
    ],
)
def test_traits_that_a_document_does_not_mention(rule_id: str, table: str) -> None:
    plain, note = ORDERS.format(""), table_note("orders")
    silent = said(rule_id, catalog_of(table), document_of(note, sql=plain))
    assert silent == ["pass public.orders [ddl-reference]"]
    stating, *_ = said(rule_id, catalog_of(plain), document_of(note, sql=table))
    assert stating.startswith("MEDIUM postgresql ddl public.orders [ddl-reference,")
    found, *_ = said(rule_id, catalog_of(table, "live"), catalog_of(plain))
    assert found.startswith("MEDIUM postgresql live public.orders [live-ddl,")


def sided(rules: str, *catalogs: Catalog) -> list[str]:
    """As `ctb drift A B` compares them, in the order in which they are named."""
    return said(rules, *catalogs, sides=explicit_sides([(c,) for c in catalogs]))


def test_a_document_that_is_named_first_need_not_repeat_more() -> None:
    note = document_of(table_note("orders"), sql=ORDERS.format(""))
    assert (
        sided(EVERY_DRIFT, note, catalog_of(BESIDE)) == ["pass public.orders [ddl-reference]"] * 4
    )


def test_two_documents_are_no_drift() -> None:
    other = document_of(table_note("orders"), sql=ORDERS.format(", x int"), path="e.md")
    note = document_of(table_note("orders"), sql=ORDERS.format(""))
    assert sided("column-drift", note, other) == [
        "not applicable public.orders: fewer than two sources define the table"
    ]


def test_a_project_is_compared_once() -> None:
    catalogs = [catalog_of(ORDERS.format(""), surface) for surface in ("live", "ddl")]
    project = build_project(catalogs, load_standard("ctb-1.0"), today=TODAY)
    assert drift_of(project) is drift_of(project)
