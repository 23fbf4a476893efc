"""Ids of rows and of tables, verdict by verdict (STANDARD sections 1 and 2)."""

from dataclasses import replace

import pytest

from ctb_audit.model import Catalog, Declaration, Name, System
from ctb_audit.probe import MonthUse, Probe, Sample
from ctb_audit.standard import RegistryColumn, TrackingField
from tests.checks.judging import at, catalog_of, said

EXHAUSTED = "exhausted-identifier-space"
ROOM = "heir_id is unique and its format gives 100 ids a month, system and mode"
PATTERN = r"^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$"
TABLE = "CREATE TABLE orders (id integer PRIMARY KEY,\nheir_id varchar(50) UNIQUE);"


def rows_of(count: int | None, sql: str = TABLE) -> Catalog:
    catalog = catalog_of(sql, "live")
    return replace(catalog, tables=(replace(catalog.tables[0], row_estimate=count),))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (None, f"INFO postgresql live public.orders, line 2: {ROOM}"),
        (-1, f"INFO postgresql live public.orders, line 2: {ROOM}"),
        (0, "pass public.orders"),
        (100, "pass public.orders"),
        (
            101,
            f"HIGH postgresql live public.orders, line 2: {ROOM}; the table has about 101 rows",
        ),
    ],
)
def test_room_by_the_estimated_rows(rows: int | None, expected: str) -> None:
    assert said(EXHAUSTED, rows_of(rows)) == [expected]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("id integer", "not applicable public.orders: the column is missing"),
        ("heir_id text", "not applicable public.orders: heir_id is not unique"),
    ],
)
def test_ids_that_do_not_run_out(column: str, expected: str) -> None:
    assert said(EXHAUSTED, catalog_of(f"CREATE TABLE orders ({column});")) == [expected]


def test_a_standard_whose_ids_do_not_run_out() -> None:
    for capacity in (0, -1):
        assert said(EXHAUSTED, rows_of(1_000), capacity=capacity) == [
            "not applicable public.orders: the ids do not run out"
        ]
    assert said(EXHAUSTED, rows_of(2), capacity=1)[0].startswith("HIGH ")


def probe_of(pattern: str = PATTERN, digits: str = "2", path: str = "a.sql") -> Probe:
    ending = f"[0-9]{{{digits}}}$"
    return Probe(path, Name("public", "orders"), "months", "heir_id", (pattern, ending))


def asked(*months: tuple[str, int], whole: bool = True, share: float = 1.0) -> list[str]:
    used = tuple(MonthUse(month, count, count) for month, count in months)
    sample = Sample(sum(u.total for u in used), whole, share, months=used)
    return said(EXHAUSTED, rows_of(1_000), facts={probe_of(): sample})


HIGH = f"HIGH postgresql live public.orders, line 2: {ROOM}; in "
INFO = f"INFO postgresql live public.orders, line 2: {ROOM}; "
FULL = "one system and mode has used "


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ([], "pass public.orders"),
        ([("2026-09", 99)], "pass public.orders"),
        ([("2026-09", 100)], f"{HIGH}2026-09 {FULL}100"),
        (
            [("2026-08", 120), ("2026-09", 110), ("2026-10", 7)],
            f"{HIGH}2026-09 and 1 months before {FULL}110",
        ),
        (
            [("2026-07", 101), ("2026-08", 120), ("2026-09", 110)],
            f"{HIGH}2026-09 and 2 months before {FULL}110",
        ),
        (
            [("2026-10", 84), ("2026-11", 80)],
            f"{INFO}2026-10 used 84 of one system and mode, "
            "and at the present rate 2026-11 runs out",
        ),
    ],
)
def test_room_by_the_counts_of_months(months: list[tuple[str, int]], expected: str) -> None:
    assert asked(*months) == [expected]


def test_a_part_of_the_table_proves_only_what_it_shows() -> None:
    assert asked(("2026-09", 3), whole=False, share=0.25) == [
        "unknown INFO postgresql public.orders: no month is full in the first 25% of the table"
    ]
    assert asked(("2026-09", 100), whole=False, share=0.25) == [f"{HIGH}2026-09 {FULL}100"]


@pytest.mark.parametrize(
    ("pattern", "digits", "capacity"),
    [(r"^H-\d{3}$", "3", 1_000), ("^H-[0-9]{2}$", "2", 100), ("^H-[0-9]{3}$", "3", 1_000)],
)
def test_rows_are_asked_about_by_the_counter_of_the_format(
    pattern: str, digits: str, capacity: int
) -> None:
    month = MonthUse("2026-09", capacity, capacity)
    facts = {probe_of(pattern, digits): Sample(months=(month,))}
    found = said(
        EXHAUSTED,
        rows_of(1),
        facts=facts,
        capacity=capacity,
        formats={"heir_id": pattern},
    )
    room = ROOM.replace("100", str(capacity))
    assert found == [
        f"HIGH postgresql live public.orders, line 2: {room}; in 2026-09 {FULL}{capacity}"
    ]


@pytest.mark.parametrize(
    ("pattern", "capacity"),
    [(r"^H-\d{2}$", 1_000), (r"^H-\d{2}-X$", 100), (r"^H-\d+$", 100), (r"^H-\d{22}$", 100)],
)
def test_a_format_without_such_a_counter_is_judged_by_the_estimate(
    pattern: str, capacity: int
) -> None:
    formats = {"heir_id": pattern}
    found = said(EXHAUSTED, rows_of(50), facts={}, capacity=capacity, formats=formats)
    assert found == ["pass public.orders"]


def test_rows_are_asked_about_on_live_text_columns_alone() -> None:
    number = TABLE.replace("varchar(50)", "integer")
    assert said(EXHAUSTED, rows_of(50, number), facts={}) == ["pass public.orders"]
    assert said(EXHAUSTED, catalog_of(TABLE), facts={}) == [
        f"INFO postgresql ddl public.orders, line 2: {ROOM}"
    ]
    nowhere = rows_of(50)
    nowhere = replace(nowhere, tables=(replace(nowhere.tables[0], location=None),))
    assert said(EXHAUSTED, nowhere, facts={}) == ["pass public.orders"]


def test_rows_that_nobody_could_ask_about() -> None:
    fault = {probe_of(): Sample(fault="permission denied")}
    assert said(EXHAUSTED, rows_of(1), facts=fault) == [
        "unknown INFO postgresql public.orders: permission denied"
    ]
    assert said(EXHAUSTED, rows_of(1), facts={}) == []


# ---- unique ids ----------------------------------------------------------------------------------

UNIQUE = "non-unique-heir-id"


@pytest.mark.parametrize(
    ("table", "standard", "expected"),
    [
        ("orders (id int)", "ctb-1.0", "not applicable public.orders: the column is missing"),
        ("orders (heir_id text UNIQUE)", "ctb-1.0", "pass public.orders"),
        (
            "orders (id int,\nheir_id text)",
            "ctb-1.0",
            "HIGH postgresql ddl public.orders, line 2: heir_id is not unique",
        ),
        (
            "call_logs (unique_id text)",
            "ctb-1.3",
            "not applicable public.call_logs: ids may repeat in this table",
        ),
        (
            "calls (unique_id text)",
            "ctb-1.3",
            "HIGH postgresql ddl public.calls, line 1: unique_id is not unique",
        ),
        ("calls (unique_id text PRIMARY KEY)", "ctb-1.3", "pass public.calls"),
    ],
)
def test_ids_are_unique(table: str, standard: str, expected: str) -> None:
    assert said(UNIQUE, catalog_of(f"CREATE TABLE {table};"), standard=standard) == [expected]


def test_a_standard_that_lets_ids_repeat() -> None:
    repeated = TrackingField("heir_id", {"*": ("heir_id",)}, {"*": ("text",)}, "text")
    catalog = catalog_of("CREATE TABLE orders (heir_id text);")
    assert said(UNIQUE, catalog, fields=(repeated,)) == [
        "not applicable public.orders: ids may repeat in this table"
    ]


# ---- ids of tables -------------------------------------------------------------------------------


def tables(*notes: str, system: System = "postgresql") -> Catalog:
    """Tables a, b, ... each with an annotation, "" for none."""
    type_ = "integer" if system == "postgresql" else "INT64"
    lines = [
        (f"-- ctb: {note}\n" if note else "\n") + f"CREATE TABLE s.{name} (id {type_});\n"
        for name, note in zip("abc", notes, strict=False)
    ]
    schema = "CREATE SCHEMA s;\n" if system == "postgresql" else ""
    return catalog_of(schema + "".join(lines), system=system)


NEON = r"^BART-SHQ-[A-Z0-9]+(?:-[A-Z0-9]+)*-V[0-9]+$"
NOTHING = "not applicable s.a: no table id is declared, or the system has none"


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("", NOTHING),
        ("table=BART-SHQ-A-V1", "pass s.a"),
        (
            "table=BART-BQ-A-V1",
            "MEDIUM postgresql ddl s.a, line 3: "
            "BART-BQ-A-V1 is an id of bigquery, the table is in postgresql",
        ),
        ("table=BART-A", f"MEDIUM postgresql ddl s.a, line 3: BART-A does not match {NEON}"),
    ],
)
def test_the_shape_of_a_table_id(note: str, expected: str) -> None:
    ids = {"postgresql": NEON, "bigquery": "^BART-BQ-.*$"}
    assert said("invalid-table-id", tables(note), table_ids=ids) == [expected]


def test_a_system_without_table_ids() -> None:
    assert said("invalid-table-id", tables("table=X"), table_ids={"bigquery": "^Y$"}) == [NOTHING]


def test_a_table_with_several_ids() -> None:
    ids = {"postgresql": "^BART-.*$"}
    first, second = tables("table=A"), tables("table=BART-B")
    third = tables("table=C")
    found = said("invalid-table-id", first, second, third, table_ids=ids)
    assert found == [
        "MEDIUM postgresql ddl s.a, line 3: A does not match ^BART-.*$; C does not match ^BART-.*$"
    ]


def test_two_tables_with_one_id() -> None:
    catalog = tables("table=A", "table=A", "table=A")
    told = "A is declared by {} too"
    assert said("duplicate-table-id", catalog) == [
        f"HIGH postgresql ddl s.a, line 3: {told.format('s.b, s.c')}",
        f"HIGH postgresql ddl s.b, line 5: {told.format('s.a, s.c')}",
        f"HIGH postgresql ddl s.c, line 7: {told.format('s.a, s.b')}",
    ]
    assert said("duplicate-table-id", tables("table=A", "", "table=B")) == [
        "pass s.a",
        "not applicable s.b: no table id is declared",
        "pass s.c",
    ]


def test_two_ids_that_others_have_too() -> None:
    first, second = tables("table=A", "table=A"), tables("table=B", "", "table=B")
    assert said("duplicate-table-id", first, second)[0] == (
        "HIGH postgresql ddl s.a, line 3: A is declared by s.b too; B is declared by s.c too"
    )


HEIR = r"^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$"
DIFFERS = f"does not match {HEIR}"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], "not applicable s.a: no HEIR id is declared"),
        (["HEIR-2025-12-A-B-01"], "pass s.a"),
        (["HEIR-2025-13-A-B-01"], f"LOW postgresql ddl s.a, line 7: HEIR-2025-13-A-B-01 {DIFFERS}"),
        (
            ["HEIR-2025-12-A-B-01", "HEIR-1", "HEIR-2", "HEIR-1"],
            f"LOW postgresql ddl s.a, line 8: HEIR-1, HEIR-2 {DIFFERS}",
        ),
    ],
)
def test_ids_that_are_declared_for_a_table(ids: list[str], expected: str) -> None:
    declared = tuple(
        Declaration("section", heir_id=text, location=at(7 + n)) for n, text in enumerate(ids)
    )
    catalog = tables("")
    noted = replace(catalog, tables=(replace(catalog.tables[0], declarations=declared),))
    values = HEIR.replace(r"-\d{2}-", "-(0[1-9]|1[0-2])-")
    formats = {"table_heir_id": HEIR, "table_heir_id_value": values}
    assert said("invalid-documented-id", noted, formats=formats) == [expected]


def test_a_standard_without_a_format_of_ids_accepts_any() -> None:
    catalog = tables("heir=HEIR-2025-10-A-B-01")
    assert said("invalid-documented-id", catalog, formats={}) == ["pass s.a"]


# ---- the registry of row ids ---------------------------------------------------------------------

REGISTRY = (
    "unique_id text NOT NULL UNIQUE, entity_type text {}, schema_version text DEFAULT 'HEIR/1.0'"
)
ASKED = (
    RegistryColumn("entity_type", unique=True),
    RegistryColumn("schema_version", nullable=True, default="HEIR/1.0"),
    RegistryColumn("unique_id", unique=True),
)


def registry(columns: str, name: str = "ids", asked: str = "ids") -> list[str]:
    catalog = catalog_of(f"CREATE TABLE {name} ({columns});")
    return said(
        "missing-id-registry",
        catalog,
        standard="ctb-1.3",
        registry_columns=ASKED,
        id_registry=asked,
    )


FAULT = "HIGH postgresql ddl public.ids, line 1: "


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (REGISTRY.format("NOT NULL UNIQUE"), "pass public.ids"),
        (REGISTRY.format("NOT NULL"), f"{FAULT}entity_type is not unique"),
        (REGISTRY.format("UNIQUE"), f"{FAULT}entity_type accepts NULL"),
        (
            REGISTRY.format("NOT NULL UNIQUE").replace("/1.0", "/2.0"),
            f"{FAULT}schema_version does not default to 'HEIR/1.0'",
        ),
        ("id integer", f"{FAULT}entity_type is missing; schema_version is missing"),
    ],
)
def test_the_columns_of_the_registry(columns: str, expected: str) -> None:
    assert registry(columns) == [expected]


def test_the_registry_by_its_name() -> None:
    fine = REGISTRY.format("NOT NULL UNIQUE")
    assert registry(fine, asked="public.ids") == ["pass public.ids"]
    assert registry(fine, asked="") == ["not applicable public.ids: the table is not the registry"]
    assert registry(fine, name="names") == [
        "HIGH postgresql ddl ids (no table): no table ids registers the row ids of 1 tables",
        "not applicable public.names: the table is not the registry",
    ]


def test_tables_that_need_no_registry() -> None:
    rule = "missing-id-registry"
    exempt = catalog_of("CREATE TABLE schema_migrations (version text);")
    assert said(rule, exempt, standard="ctb-1.3") == []
    cloud = catalog_of("CREATE TABLE d.events (id INT64);", system="bigquery")
    assert not any(line.startswith("HIGH") for line in said(rule, cloud, standard="ctb-1.3"))
    both = said(rule, cloud, exempt, catalog_of("CREATE TABLE t (id int);"), standard="ctb-1.3")
    assert both[0] == (
        "HIGH postgresql ddl ids (no table): no table ids registers the row ids of 1 tables"
    )
