"""What a table's documentation must hold (STANDARD section 6), chapter by chapter."""

from dataclasses import replace

import pytest

from ctb_audit.checks.chapters import CHAPTERS
from ctb_audit.checks.documented import is_placeholder
from ctb_audit.document_model import (
    Access,
    ChapterNote,
    DocumentTable,
    Fact,
    Process,
    SourceFile,
    ValueRule,
)
from ctb_audit.model import Catalog, Declaration, Declared, Name
from tests.checks.judging import at, catalog_of, document_of, said, table_note

ORDERS = "CREATE TABLE orders (id integer PRIMARY KEY);"
WHOLE_ENTRY = table_note(
    "orders",
    3,
    defined=True,
    sources=(SourceFile("schema", "db/orders.sql", at(4)),),
    processes=(Process("PRC-ORDER-PLACE", "", at(5)),),
)
DECLARED = Declaration("section", table_id="BART-SHQ-ORDERS-V1", level="STRICT", purpose="Sales")


def declared(catalog: Catalog, declaration: Declaration, table: str = "orders") -> Catalog:
    item = Declared("postgresql", Name("public", table), declaration)
    return replace(catalog, declared=(*catalog.declared, item))


def faults(table: DocumentTable, standard: str, declaration: Declaration = DECLARED) -> list[str]:
    """The findings of `missing-chapter`; every other chapter passes."""
    found = said(
        "missing-chapter",
        catalog_of(ORDERS),
        declared(document_of(table), declaration),
        standard=standard,
    )
    failed = [line for line in found if not line.startswith("pass ")]
    passed = [line for line in found if line.startswith("pass ")]
    assert len(failed) + len(passed) == len(CHAPTERS)
    assert all("MEDIUM postgresql ddl public.orders [" in line for line in failed)
    assert all(", line 3: " in line for line in failed)
    return [line.partition(": ")[2] for line in failed]


ENTRIES = {
    "a whole entry": (WHOLE_ENTRY, DECLARED, []),
    "no structure": (
        replace(WHOLE_ENTRY, defined=False),
        DECLARED,
        ["Structure: no schema definition"],
    ),
    "no files": (replace(WHOLE_ENTRY, sources=()), DECLARED, ["Traceability: no source files"]),
    "no id": (WHOLE_ENTRY, replace(DECLARED, table_id=None), ["Traceability: no table id"]),
    "neither id nor files": (
        replace(WHOLE_ENTRY, sources=()),
        replace(DECLARED, table_id=None),
        ["Traceability: no table id, no source files"],
    ),
    "no purpose": (WHOLE_ENTRY, replace(DECLARED, purpose=None), ["Purpose: no purpose"]),
    "a chapter in place of a purpose": (
        replace(WHOLE_ENTRY, chapters=(ChapterNote("P", at(8)),)),
        replace(DECLARED, purpose=None),
        [],
    ),
    "an empty chapter is no purpose": (
        replace(WHOLE_ENTRY, chapters=(ChapterNote("P", at(8), empty=True),)),
        replace(DECLARED, purpose=None),
        ["Purpose: no purpose"],
    ),
    "no level": (
        WHOLE_ENTRY,
        replace(DECLARED, level=None),
        ["Enforcement: neither a level nor validation rules"],
    ),
    "rules in place of a level": (
        replace(WHOLE_ENTRY, rules=(ValueRule("positive", "id", "Id must be positive", at(6)),)),
        replace(DECLARED, level=None),
        [],
    ),
    "no process": (
        replace(WHOLE_ENTRY, processes=()),
        DECLARED,
        ["Dependencies: no linked process"],
    ),
    "no process of a table that is not STAMPED": (
        replace(WHOLE_ENTRY, processes=(), stamped=False),
        DECLARED,
        [],
    ),
    "no process of a STAMPED table": (
        replace(WHOLE_ENTRY, processes=(), stamped=True),
        DECLARED,
        ["Dependencies: no linked process"],
    ),
}


@pytest.mark.parametrize(("table", "declaration", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_an_entry_of_ctb_1_0(
    table: DocumentTable, declaration: Declaration, expected: list[str]
) -> None:
    assert faults(table, "ctb-1.0", declaration) == expected


def facts(*keys: str) -> tuple[Fact, ...]:
    return tuple(Fact(key, "something", at(9)) for key in keys)


FULL = tuple(ChapterNote(letter, at(8)) for letter in CHAPTERS)
ACCESS = tuple(Access(kind, "Support", at(9)) for kind in ("read", "write", "delete"))
WHOLE = table_note(
    "orders",
    3,
    defined=True,
    chapters=FULL,
    facts=facts("table id", "created", "last modified", "author", "purpose"),
    sources=(SourceFile("migration", "db/001_orders.sql", at(4)),),
    access=ACCESS,
)


def without(letter: str, *, empty: bool = False) -> tuple[ChapterNote, ...]:
    """All chapters but one, which is left out or empty."""
    kept = tuple(c for c in FULL if c.letter != letter)
    gone = next(c for c in FULL if c.letter == letter)
    return (*kept, replace(gone, empty=True)) if empty else kept


CHAPTERS_OF_1_3 = {
    "all seven": (WHOLE, []),
    "structure shown in place of a chapter": (replace(WHOLE, chapters=without("S")), []),
    "a structure without columns": (
        replace(WHOLE, defined=False),
        ["Structure: no columns and types"],
    ),
    "access named without a chapter": (replace(WHOLE, chapters=without("A")), []),
    "access that is not all named": (
        replace(WHOLE, access=ACCESS[:1]),
        ["Authentication & authorization: no access named for write, delete"],
    ),
    "access to delete alone": (
        replace(WHOLE, access=ACCESS[2:]),
        ["Authentication & authorization: no access named for read, write"],
    ),
    "no traces": (
        replace(WHOLE, facts=facts("purpose"), sources=()),
        [
            "Traceability: no table id, no creation date, no last-modified date, no author,"
            " no migration file"
        ],
    ),
    "a file that is no migration": (
        replace(WHOLE, sources=(SourceFile("model", "a.ts", at(4)),)),
        ["Traceability: no migration file"],
    ),
    "no enforcement": (
        replace(WHOLE, chapters=without("E")),
        ["Enforcement: there is no such chapter"],
    ),
    "an empty migration": (
        replace(WHOLE, chapters=without("M", empty=True)),
        ["Migration: the chapter is empty"],
    ),
    "no purpose in so many words": (
        replace(WHOLE, facts=facts("table id", "created", "last modified", "author")),
        [],
    ),
    "a purpose that is none": (
        replace(WHOLE, facts=(*WHOLE.facts[:-1], Fact("purpose", "TBD", at(9)))),
        ["Purpose: the purpose 'TBD' is a placeholder"],
    ),
}


@pytest.mark.parametrize(("table", "expected"), CHAPTERS_OF_1_3.values(), ids=CHAPTERS_OF_1_3)
def test_the_chapters_of_ctb_1_3(table: DocumentTable, expected: list[str]) -> None:
    assert faults(table, "ctb-1.3") == expected


@pytest.mark.parametrize("key", ["barton id", "bart id", "table id", "barton"])
def test_a_table_id_has_several_names(key: str) -> None:
    known = facts(key, "created", "last modified", "author", "purpose")
    assert faults(replace(WHOLE, facts=known), "ctb-1.3") == []


@pytest.mark.parametrize(
    "key", ["created", "creation date", "created on", "date created", "created at"]
)
def test_a_creation_date_has_several_names(key: str) -> None:
    known = facts("table id", key, "last modified", "author", "purpose")
    assert faults(replace(WHOLE, facts=known), "ctb-1.3") == []


@pytest.mark.parametrize(
    "key", ["last modified", "last modified date", "modified", "last updated", "updated"]
)
def test_a_date_of_change_has_several_names(key: str) -> None:
    known = facts("table id", "created", key, "author", "purpose")
    assert faults(replace(WHOLE, facts=known), "ctb-1.3") == []


@pytest.mark.parametrize("key", ["author", "created by", "owner"])
def test_an_author_has_several_names(key: str) -> None:
    known = facts("table id", "created", "last modified", key, "purpose")
    assert faults(replace(WHOLE, facts=known), "ctb-1.3") == []


@pytest.mark.parametrize("key", ["purpose", "business purpose", "description"])
def test_a_purpose_has_several_names(key: str) -> None:
    placeholder = (*WHOLE.facts[:-1], Fact(key, "todo", at(9)))
    assert faults(replace(WHOLE, facts=placeholder), "ctb-1.3") == [
        "Purpose: the purpose 'todo' is a placeholder"
    ]


def test_one_of_two_documents_may_hold_a_chapter() -> None:
    first = document_of(replace(WHOLE, chapters=without("E")))
    second = document_of(table_note("orders", 7, chapters=FULL), path="e.md")
    assert "pass public.orders [E]" in said(
        "missing-chapter", catalog_of(ORDERS), first, second, standard="ctb-1.3"
    )


def test_a_table_without_a_section_is_not_asked_for_chapters() -> None:
    mentioned = document_of(table_note("orders", section=False))
    assert said("missing-chapter", catalog_of(ORDERS), mentioned) == [
        "not applicable public.orders: no document has a section for the table"
    ]


def test_chapters_of_a_table_that_no_source_defines() -> None:
    planned = replace(WHOLE_ENTRY, defined=False)
    catalog = declared(document_of(planned), DECLARED)
    catalog = declared(catalog, Declaration("section", purpose="TODO"), table="others")
    assert said("missing-chapter", catalog) == [
        "MEDIUM postgresql reference public.orders (no table) [S], line 3: "
        "Structure: no schema definition"
    ]
    assert said("missing-chapter", document_of(replace(planned, section=False))) == []


# ---- sections, rollbacks, comments ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("catalogs", "expected"),
    [
        ((catalog_of(ORDERS), document_of(table_note("orders"))), ["pass public.orders"]),
        (
            (catalog_of(ORDERS), document_of(table_note("others"))),
            [
                "MEDIUM postgresql ddl public.orders, line 1: "
                "no document has a section for the table"
            ],
        ),
        (
            (document_of(sql=ORDERS),),
            [
                "MEDIUM postgresql reference public.orders, line 1: "
                "its SQL stands in the document, and no section describes it"
            ],
        ),
    ],
)
def test_a_section_for_each_table(catalogs: tuple[Catalog, ...], expected: list[str]) -> None:
    assert said("undocumented-table", *catalogs) == expected


def test_a_table_that_no_document_names_is_one_finding() -> None:
    catalogs = (catalog_of(ORDERS), document_of(table_note("others")))
    assert said("undocumented-table orphan-table", *catalogs) == [
        "MEDIUM postgresql ddl public.orders, line 1: no reference describes it",
        "not applicable public.orders: orphan-table judges a table that no document names",
    ]
    listed = (catalog_of(ORDERS), declared(document_of(table_note("others")), DECLARED))
    assert said("undocumented-table orphan-table", *listed) == [
        "MEDIUM postgresql ddl public.orders, line 1: no document has a section for the table",
        "pass public.orders",
    ]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            table_note("orders"),
            "not applicable public.orders: the documentation has no chapter about its migration",
        ),
        (table_note("orders", chapters=FULL, rollback=True), "pass public.orders"),
        (
            table_note("orders", chapters=FULL),
            "MEDIUM postgresql ddl public.orders, line 8: no rollback is given",
        ),
    ],
)
def test_a_migration_has_a_way_back(table: DocumentTable, expected: str) -> None:
    catalogs = (catalog_of(ORDERS), document_of(table))
    assert said("missing-rollback", *catalogs, standard="ctb-1.3") == [expected]


def test_comments_that_say_nothing() -> None:
    sql = (
        "CREATE TABLE orders (id integer, note text, code text, plain text);\n"
        "COMMENT ON COLUMN orders.id IS 'TODO.';\nCOMMENT ON COLUMN orders.note IS ' note ';\n"
        "COMMENT ON COLUMN orders.code IS 'what the customer quotes';\n"
    )
    found = said("placeholder-comment", catalog_of(sql))
    assert found == [
        "LOW postgresql ddl public.orders [id], line 1: the comment 'TODO.' is a placeholder",
        "LOW postgresql ddl public.orders [note], line 1: the comment 'note' is a placeholder",
        "not applicable public.orders: there is no comment",
        "pass public.orders [code]",
    ]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (
            "Orders table",
            "LOW postgresql ddl public.orders [table], line 1: "
            "the comment 'Orders table' is a placeholder",
        ),
        ("What customers ordered", "pass public.orders [table]"),
    ],
)
def test_a_table_s_comment(comment: str, expected: str) -> None:
    sql = f"{ORDERS}\nCOMMENT ON TABLE orders IS '{comment}';"
    assert said("placeholder-comment", catalog_of(sql)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *("", "TODO", "tbd", "TBA.", "FIXME", "xxx", "to do", "To be done", "to be defined", "N/A"),
        *("...", "Coming soon!", "Description", "placeholder", "Lorem ipsum", "none yet", "?"),
        *("-", "**todo**", "user notes", "User_Notes table", "Table user notes"),
        "The user notes table.",
    ],
)
def test_text_that_documents_nothing(text: str) -> None:
    assert is_placeholder(text, "user_notes")


@pytest.mark.parametrize("text", ["What users note", "notes", "todo list", "user notes of today"])
def test_text_that_says_something(text: str) -> None:
    assert not is_placeholder(text, "user_notes")
