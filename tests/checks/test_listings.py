"""Lists that mean to be whole, and the levels that several sources give a table."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import DocumentTable, Listing, SystemNote
from ctb_audit.model import Catalog, Declaration, Declared, Name, System
from tests.checks.judging import at, catalog_of, document_of, said, table_note

START = "LOW postgresql reference d.md (no table) ["


def key(name: str, system: System = "postgresql") -> tuple[System, Name]:
    return system, Name("public", name)


def listing(*names: str, kind: str = "summary", line: int = 20) -> Listing:
    title = {"summary": "Tables", "levels": "the lists of levels"}[kind]
    return Listing(kind, title, tuple(map(key, names)), at(line))  # type: ignore[arg-type]


def levelled(catalog: Catalog, *names: str, source: str = "section") -> Catalog:
    declared = tuple(
        Declared(*key(name), Declaration(source, level="STRICT"))  # type: ignore[arg-type]
        for name in names
    )
    return replace(catalog, declared=(*catalog.declared, *declared))


def faults(catalog: Catalog) -> list[str]:
    found = said("incomplete-listing", catalog)
    assert all(line.startswith(START) for line in found)
    return [line.removeprefix(START) for line in found]


NOTES = (table_note("users", 3), table_note("orders", 9))


def test_tables_that_no_list_of_levels_names() -> None:
    lists = (listing("users", kind="levels"), listing("tags", kind="levels", line=30))
    document = document_of(*NOTES, table_note("tags"), listings=lists)
    assert faults(levelled(document, "users", "orders", "tags")) == [
        "public.orders], line 20: the lists of levels do not name public.orders"
    ]
    assert faults(levelled(document, "users")) == []
    assert faults(levelled(document, "orders", source="summary")) == []
    silent = Declared(*key("orders"), Declaration("section", table_id="BART-SHQ-ORDERS-V1"))
    assert faults(replace(document, declared=(silent,))) == []


def test_a_table_without_a_section_need_not_be_on_a_list_of_levels() -> None:
    mentioned = (NOTES[0], replace(NOTES[1], section=False))
    document = document_of(*mentioned, listings=(listing("users", kind="levels"),))
    assert faults(levelled(document, "users", "orders")) == []


def test_no_lists_leave_out_nothing() -> None:
    assert faults(levelled(document_of(*NOTES), "users", "orders")) == []
    summary = document_of(*NOTES, listings=(listing("users", "orders"),))
    assert faults(levelled(summary, "users", "orders")) == []


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (("users", "orders"), []),
        (("users",), ["public.orders], line 20: 'Tables' does not list public.orders"]),
        (
            ("users", "orders", "tags", "more"),
            [
                "public.tags], line 20: 'Tables' lists public.tags, and no section describes it",
                "public.more], line 20: 'Tables' lists public.more, and no section describes it",
            ],
        ),
        (
            ("tags",),
            [
                "public.orders], line 20: 'Tables' does not list public.orders",
                "public.users], line 20: 'Tables' does not list public.users",
                "public.tags], line 20: 'Tables' lists public.tags, and no section describes it",
            ],
        ),
    ],
)
def test_a_summary_lists_what_is_described(listed: tuple[str, ...], expected: list[str]) -> None:
    assert faults(document_of(*NOTES, listings=(listing(*listed),))) == expected


def test_several_summaries_are_one_list() -> None:
    two = (listing("users"), listing("orders", "tags", line=40))
    assert faults(document_of(*NOTES, listings=two)) == [
        "public.tags], line 40: 'Tables' lists public.tags, and no section describes it"
    ]


def test_a_summary_is_of_the_systems_that_it_lists() -> None:
    collection = DocumentTable("firestore", Name("default", "drafts"), "collection", at(12))
    document = document_of(*NOTES, collection, listings=(listing("users", "orders"),))
    assert faults(document) == []
    both = Listing("summary", "All", (key("users"), ("firestore", Name("default", "x"))), at(20))
    assert faults(document_of(*NOTES, collection, listings=(both,))) == [
        "default.drafts], line 20: 'All' does not list default.drafts",
        "public.orders], line 20: 'All' does not list public.orders",
        "default.x], line 20: 'All' lists default.x, and no section describes it",
    ]


def test_a_document_without_sections_is_a_summary_alone() -> None:
    mentioned = replace(NOTES[0], section=False)
    assert faults(document_of(mentioned, listings=(listing("users"),))) == []
    assert faults(document_of(listings=(listing("users"),))) == []
    purposes = Listing("purposes", "Why", (key("tags"),), at(9))
    assert faults(document_of(*NOTES, listings=(purposes,))) == []


def test_systems_that_are_listed_and_not_described() -> None:
    systems = (
        SystemNote("postgresql", "Neon", at(4)),
        SystemNote("firestore", "Firebase", at(5)),
        SystemNote("bigquery", "BigQuery (IMO)", at(6)),
    )
    told = "is listed as active, and no table or collection of it is described"
    assert faults(document_of(*NOTES, systems=systems)) == [
        f"firestore], line 5: Firebase {told}",
        f"bigquery], line 6: BigQuery (IMO) {told}",
    ]


# ---- levels --------------------------------------------------------------------------------------

ORDERS = "CREATE TABLE orders (id integer);"
STRICT = f"-- ctb: enforcement=STRICT\n{ORDERS}"


def levels(
    *declarations: Declaration, sql: str = ORDERS, rule: str = "conflicting-level"
) -> list[str]:
    declared = tuple(Declared(*key("orders"), d) for d in declarations)
    document = replace(document_of(table_note("orders")), declared=declared)
    return said(rule, *([catalog_of(sql)] if sql else []), document)


def declaration(source: str, level: str | None, line: int = 5) -> Declaration:
    return Declaration(source, level=level, location=at(line))  # type: ignore[arg-type]


SECTION = declaration("section", "STANDARD")
SUMMARY = declaration("summary", "RELAXED", 6)
LISTED = declaration("levels", "NONE", 7)
WORDS = {
    "section": "STANDARD in its section of the reference",
    "summary": "RELAXED in the reference's summary table",
    "levels": "NONE in the reference's list of levels",
}


@pytest.mark.parametrize(
    ("sql", "declarations", "expected"),
    [
        (ORDERS, (), "not applicable public.orders: no source gives the table a level"),
        (ORDERS, (SECTION,), "pass public.orders"),
        (ORDERS, (SECTION, replace(SECTION, source="levels")), "pass public.orders"),
        (
            ORDERS,
            (LISTED, SUMMARY, SECTION),
            "MEDIUM postgresql ddl public.orders, line 5: "
            f"{WORDS['section']}, but {WORDS['summary']}, {WORDS['levels']}",
        ),
        (
            ORDERS,
            (SECTION, SUMMARY, replace(SUMMARY, location=at(9))),
            "MEDIUM postgresql ddl public.orders, line 5: "
            f"{WORDS['section']}, but {WORDS['summary']}",
        ),
        (
            STRICT,
            (SECTION,),
            "MEDIUM postgresql ddl public.orders, line 1: "
            f"STRICT in its annotation, but {WORDS['section']}",
        ),
        (
            f"{ORDERS} COMMENT ON TABLE orders IS 'ctb: enforcement=STRICT';",
            (SECTION,),
            "MEDIUM postgresql ddl public.orders, line 1: "
            f"STRICT in its comment, but {WORDS['section']}",
        ),
    ],
)
def test_levels_of_several_sources(
    sql: str, declarations: tuple[Declaration, ...], expected: str
) -> None:
    assert levels(*declarations, sql=sql) == [expected]


def test_the_levels_of_a_table_that_no_source_defines() -> None:
    assert levels(LISTED, SUMMARY, SECTION, sql="") == [
        "MEDIUM postgresql reference public.orders (no table), line 5: "
        f"{WORDS['section']}, but {WORDS['summary']}, {WORDS['levels']}"
    ]
    assert levels(LISTED, replace(LISTED, source="section", location=at(2)), sql="") == []
    assert levels(declaration("section", None), SUMMARY, LISTED, sql="") == [
        "MEDIUM postgresql reference public.orders (no table), line 6: "
        f"{WORDS['summary']}, but {WORDS['levels']}"
    ]


def test_a_snapshot_may_hold_what_a_configuration_said() -> None:
    configured = declaration("configuration", "STRICT", 0)
    assert levels(SECTION, configured, sql="") == [
        "MEDIUM postgresql reference public.orders (no table), no line: "
        f"STRICT in the configuration, but {WORDS['section']}"
    ]


def test_levels_are_of_one_table() -> None:
    other = Declared("postgresql", Name("public", "others"), LISTED)
    alien = Declared("firestore", Name("public", "orders"), SUMMARY)
    mine = Declared("postgresql", Name("public", "orders"), SECTION)
    document = replace(document_of(), declared=(other, alien, mine))
    assert said("conflicting-level", document) == []


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (
            "",
            [
                f"not applicable public.{name}: no source declares levels, the default applies"
                for name in ("orders", "tags")
            ],
        ),
        (
            "-- ctb: enforcement=STRICT\n",
            [
                "MEDIUM postgresql ddl public.tags, line 3: "
                "no source gives it a level; judged as STANDARD",
                "pass public.orders",
            ],
        ),
    ],
)
def test_a_table_without_a_level(declared: str, expected: list[str]) -> None:
    catalog = catalog_of(f"{declared}{ORDERS}\nCREATE TABLE tags (id integer);")
    assert said("unknown-level", catalog) == expected
