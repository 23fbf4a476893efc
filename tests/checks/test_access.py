"""Access, retention and processes, as the documentation of a table states them."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import Access, DocumentTable, Process, Retention
from tests.checks.judging import at, catalog_of, document_of, said, table_note

CLOSED = "CREATE TABLE orders (id integer); ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
OPEN = "CREATE TABLE orders (id integer);"
PLACE = "LOW postgresql ddl public.orders, line 5: "


def noted(rule: str, sql: str, *notes: DocumentTable) -> list[str]:
    return said(rule, catalog_of(sql), document_of(*notes))


def access(security: str, read: str = "", sql: str = OPEN) -> list[str]:
    stated = [Access("row-level security", security, at(5))] if security else []
    stated += [Access("read", read, at(4))] if read else []
    return noted("contradictory-access", sql, table_note("orders", access=tuple(stated)))


SUPPORT = "and read access is for 'Support team'"


@pytest.mark.parametrize(
    "everybody",
    [
        "None (all authenticated users can read)",
        "Any user",
        "every role",
        "All users",
        "Everything is PUBLIC",
        "anybody: any body",
    ],
)
def test_readers_are_named_and_everybody_is_let_in(everybody: str) -> None:
    assert access(everybody, "Support team") == [
        f"{PLACE}row-level security is {everybody!r}, {SUPPORT}"
    ]
    assert access(everybody, "All users") == access(everybody)


@pytest.mark.parametrize("word", ["Enabled", "yes", "ON", "Required", "active (2024)", "Enforced"])
def test_enabled_on_paper(word: str) -> None:
    told = f"{PLACE}row-level security is {word!r}, and the table has none"
    assert access(word) == access(word, "Support team") == [told]
    assert access(word, sql=CLOSED) == ["pass public.orders"]


@pytest.mark.parametrize("word", ["None", "no", "Off", "Disabled", "not yet"])
def test_disabled_on_paper(word: str) -> None:
    told = f"{PLACE}row-level security is {word!r}, and the table has it"
    assert access(word, sql=CLOSED) == [told]
    assert access(word) == ["pass public.orders"]


@pytest.mark.parametrize("words", ["Notably by tenant", "Enabledness", "By tenant", "Nonexistent"])
def test_words_that_say_neither(words: str) -> None:
    assert access(words) == access(words, sql=CLOSED) == ["pass public.orders"]


def test_access_without_row_level_security() -> None:
    assert access("", "Support team") == ["pass public.orders"]


def test_the_first_statement_counts() -> None:
    both = tuple(Access("row-level security", text, at(5)) for text in ("None", "Enabled"))
    found = noted("contradictory-access", OPEN, table_note("orders", access=both))
    assert found == ["pass public.orders"]


def test_no_document_states_access() -> None:
    assert access("") == [
        "not applicable public.orders: no document says who may read or write the table"
    ]


def test_a_source_that_does_not_show_row_level_security() -> None:
    catalog = catalog_of(OPEN)
    unknown = replace(catalog, tables=(replace(catalog.tables[0], row_level_security=None),))
    for word in ("Enabled", "None"):
        note = table_note("orders", access=(Access("row-level security", word, at(5)),))
        assert said("contradictory-access", unknown, document_of(note)) == ["pass public.orders"]


# ---- retention -----------------------------------------------------------------------------------


def kept(*terms: tuple[int, str]) -> list[str]:
    retention = tuple(Retention(days, text, at(5 + n)) for n, (days, text) in enumerate(terms))
    return noted("conflicting-retention", OPEN, table_note("orders", retention=retention))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([], "not applicable public.orders: no document states how long rows are kept"),
        ([(90, "delete")], "pass public.orders"),
        ([(365, "")], "pass public.orders"),
        ([(365, "delete"), (365, "")], "pass public.orders"),
        (
            [(90, "delete"), (91, "")],
            f"{PLACE}rows may be deleted after 90 days and are kept 91 days (line 6)",
        ),
        (
            [(90, "delete"), (30, ""), (365, "critical errors")],
            f"{PLACE}rows may be deleted after 90 days and are kept 365 days for critical errors "
            "(line 7)",
        ),
        (
            [(400, "delete"), (90, "delete"), (365, "")],
            "LOW postgresql ddl public.orders, line 6: "
            "rows may be deleted after 90 days and are kept 365 days (line 7)",
        ),
    ],
)
def test_rows_are_not_deleted_while_they_are_kept(
    terms: list[tuple[int, str]], expected: str
) -> None:
    assert kept(*terms) == [expected]


# ---- processes -----------------------------------------------------------------------------------


def processes(*codes: str) -> tuple[Process, ...]:
    return tuple(Process(code, "", at(5 + n)) for n, code in enumerate(codes))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), "not applicable public.orders: no document links a process to the table"),
        (("PRC-AUTH-LOGIN",), "pass public.orders"),
        (
            ("PRC-AUTH-LOGIN", "PRC-auth", "PRC", "PRC-auth"),
            "LOW postgresql ddl public.orders, line 6: PRC-auth, PRC ",
        ),
    ],
)
def test_codes_of_processes(codes: tuple[str, ...], expected: str) -> None:
    (found,) = noted(
        "invalid-process-code", OPEN, table_note("orders", processes=processes(*codes))
    )
    told, _, pattern = found.partition("does not match ")
    assert told == expected and bool(pattern) is expected.startswith("LOW")
    assert not pattern or pattern.startswith("^PRC-")


def test_codes_of_a_table_that_no_source_defines() -> None:
    wrong = table_note("orders", processes=processes("PRC-auth"))
    (found,) = said("invalid-process-code", document_of(wrong))
    assert found.startswith(
        "LOW postgresql reference public.orders (no table), line 5: PRC-auth does not match ^PRC-"
    )
    fine = table_note("orders", processes=processes("PRC-AUTH-LOGIN"))
    assert said("invalid-process-code", document_of(fine)) == []


def test_a_standard_without_a_format_of_codes_asks_for_none() -> None:
    wrong = table_note("orders", processes=processes("PRC-auth"))
    catalogs = (catalog_of(OPEN), document_of(wrong))
    assert said("invalid-process-code", *catalogs, formats={}) == ["pass public.orders"]
