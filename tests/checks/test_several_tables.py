"""Tables beside each other: of two systems, on two surfaces, guarded by one function."""

from dataclasses import replace
from itertools import pairwise

import pytest

from ctb_audit.model import Catalog, Column, Name, Problem, System, Table, Type
from ctb_audit.standard import TrackingField
from tests.checks.judging import at, catalog_of, document_of, said, table_note

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


def test_domains_over_domains_are_followed() -> None:
    domains = "CREATE DOMAIN d0 AS text;\n" + "".join(
        f"CREATE DOMAIN d{n} AS d{n - 1};\n" for n in range(1, 12)
    )
    email = f"{domains}{STRICT}CREATE TABLE t (email d{{}});"
    assert said("unenforced-email-format", catalog_of(email.format(7))) == [
        "MEDIUM postgresql ddl public.t [email], line 14: email: '' is accepted"
    ]


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
