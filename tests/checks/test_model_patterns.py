"""What a zod text accepts, held against patterns, lengths and types of its column."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.zod_model import ModelField
from tests.checks.judging import catalog_of, said
from tests.checks.zod_models import PASS, compared, field, judged, model


def text(**accepted: Any) -> ModelField:
    return field("string", **accepted)


PATTERNS: list[tuple[str, str, list[str]]] = [
    ("f LIKE 'x-%'", "^y-", ["refuses 'x-', which the table's pattern accepts"]),
    ("f LIKE 'ab'", "^ab$", PASS),
    ("f LIKE 'ab'", "^(ab|AB)$", ["accepts 'AB', which the table's pattern rejects"]),
    ("f ILIKE 'ab'", "^ab$", ["refuses 'AB', which the table's pattern accepts"]),
    ("f ~ '^ab$'", "^(ab|AB)$", ["accepts 'AB', which the table's pattern rejects"]),
    ("f ~* '^ab$'", "^ab$", ["refuses 'AB', which the table's pattern accepts"]),
    ("f !~ '^ab$'", "^ab$", PASS),
    ("f IS NULL OR f ~ '^[a-c]$'", "^[ab]$", ["refuses 'c', which the table's pattern accepts"]),
    ("f ~ '^[a-c]$' OR f IS NULL", "^[ab]$", ["refuses 'c', which the table's pattern accepts"]),
    ("f IS NOT NULL OR f ~ '^a$'", "^b$", PASS),
    ("f ~ '^a$' OR f ~ '^c$' OR f IS NULL", "^b$", PASS),
    ("f IS NOT NULL AND f ~ '^b$'", "^[ab]$", ["accepts 'a', which the table's pattern rejects"]),
    ("f COLLATE \"C\" ~ '^b$'::text", "^[ab]$", ["accepts 'a', which the table's pattern rejects"]),
    ("lower(f) ~ '^a$'", "^b$", PASS),
    ("'^a$' ~ f", "^b$", PASS),
    ("f ~ lower('^A$')", "^b$", PASS),
    ("f ~ '^a/b$'", r"^a\/b$", PASS),
    (r"f ~ '^a\\/b$'", r"^a\\/b$", PASS),
    (r"f ~ '^a/b$'", r"^a\\/b$", [r"refuses 'a/b', which the table's pattern accepts"]),
    ("f ~ '^[a-z]+$' AND length(f) >= 2", "^[a-z]{2,}$", PASS),
    (
        "f ~ '^[a-z]+$' AND length(f) < 9",
        "^[a-z]{2,}$",
        ["refuses 'a', which the table's pattern accepts"],
    ),
]


@pytest.mark.parametrize(("condition", "pattern", "expected"), PATTERNS)
def test_patterns_held_against_each_other(
    condition: str, pattern: str, expected: list[str]
) -> None:
    assert compared(f"text NOT NULL CHECK ({condition})", text(pattern=pattern)) == expected


def test_flags_of_a_pattern() -> None:
    column = "text NOT NULL CHECK (f ~ '^ab$')"
    assert compared(column, text(pattern="^ab$", flags="gu")) == PASS
    assert compared(column, text(pattern="^ab$", flags="i")) == [
        "accepts 'AB', which the table's pattern rejects"
    ]
    assert compared(column, text(pattern="^ab$", flags="gm")) == [
        "unknown MEDIUM postgresql public.notes [f]: Note.f: its pattern cannot be compared with"
        " the table's: the flags gm"
    ]


def test_a_pattern_of_another_column_is_none_of_this_one() -> None:
    sql = "CREATE TABLE notes (f text NOT NULL, g text, CHECK (g ~ '^a$'), CHECK (length(g) > 5));"
    accepted = model(text(pattern="^b$", shortest=2))
    assert judged(sql, accepted) == ["pass public.notes [f]"]


def test_constraints_that_are_no_checks_or_not_enforced_reject_nothing() -> None:
    sql = "CREATE TABLE notes (f text NOT NULL UNIQUE);"
    assert judged(sql, model(text(pattern="^b$"))) == PASS
    catalog = catalog_of(
        "CREATE TABLE notes (f text NOT NULL CHECK (f ~ '^a$' AND length(f) < 2));"
    )
    table = catalog.tables[0]
    off = tuple(replace(c, enforced=False) for c in table.constraints)
    idle = replace(
        catalog,
        tables=(replace(table, constraints=off),),
        models=(model(text(pattern="^b$", longest=5)),),
    )
    assert said("model-mismatch", idle) == PASS


DOMAIN = "CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-z]+$' AND length(VALUE) >= 2);"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (text(format="email"), ["accepts ada@example.org, which the table rejects"]),
        (text(shortest=1), ["accepts 1 characters, which the table rejects"]),
        (text(pattern="^[a-z]{2,}$"), PASS),
        (text(pattern="^[a-z0]{2,}$"), ["accepts '00', which the table's pattern rejects"]),
    ],
)
def test_a_domain_holds_its_columns(accepted: ModelField, expected: list[str]) -> None:
    lines = judged(f"{DOMAIN} CREATE TABLE notes (f code NOT NULL);", model(accepted))
    assert [line.partition("Note.f ")[2] or line for line in lines] == expected


TEXTS: list[tuple[str, ModelField, list[str]]] = [
    ("varchar(36)", text(format="uuid"), PASS),
    ("varchar(35)", text(format="uuid"), ["accepts 36 characters, the column holds 35"]),
    ("varchar(3)", text(longest=3), PASS),
    ("varchar(3)", text(longest=4), ["accepts 4 characters, the column holds 3"]),
    ("text", text(longest=400), PASS),
    ("varchar", text(longest=400), PASS),
    ("inet", text(format="email"), ["accepts email texts, the column is inet"]),
    ("date", text(format="url"), ["accepts url texts, the column is date"]),
    ("uuid", text(format="uuid"), PASS),
    (
        "text CHECK (f ~ '^[a-f]+$')",
        text(format="uuid"),
        ["accepts 9b2f4a52-0d3c-4f0e-9a58-3f1c2b7d6e10, which the table rejects"],
    ),
    ("text CHECK (f LIKE '%@%')", text(format="email"), PASS),
    (
        "text CHECK (char_length(f) > 2)",
        text(shortest=2),
        ["accepts 2 characters, which the table rejects"],
    ),
    (
        "text CHECK (character_length(f) < 9)",
        text(longest=9, shortest=1),
        ["accepts 9 characters, which the table rejects"],
    ),
    ("text CHECK (length(f) > 0)", text(longest=9, shortest=1), PASS),
    ("text CHECK (length(f) > 0)", text(shortest=1), PASS),
    ("text CHECK (length(f) > 0)", text(), PASS),
    (
        "text CHECK (length(f) > 0)",
        text(longest=9),
        ["accepts 0 characters, which the table rejects"],
    ),
    (
        "text CHECK (length(f) < 3 OR length(f) > 8)",
        text(shortest=5),
        ["accepts 5 characters, which the table rejects"],
    ),
    ("text CHECK (length(f) < 3 OR f = 'abcde')", text(shortest=5), PASS),
    (
        "text CHECK (5 > length(f))",
        text(longest=5, shortest=1),
        ["accepts 5 characters, which the table rejects"],
    ),
    ("text CHECK (f <> 'aa')", text(shortest=2), PASS),
    ("text CHECK (f IN ('abcde', 'b'))", text(shortest=5), PASS),
    ("text CHECK (starts_with(f, 'b'))", text(shortest=5), PASS),
]


@pytest.mark.parametrize(("column", "accepted", "expected"), TEXTS)
def test_lengths_and_formats_of_texts(
    column: str, accepted: ModelField, expected: list[str]
) -> None:
    name, _, check = column.partition(" ")
    assert compared(f"{name} NOT NULL {check}", accepted) == expected


@pytest.mark.parametrize("type_", ["timestamp", "date", "time", "interval", "inet", "bytea", "bit"])
def test_columns_of_no_text_hold_no_address(type_: str) -> None:
    for form in ("email", "url"):
        (told,) = compared(f"{type_} NOT NULL", text(format=form))
        assert told.startswith(f"accepts {form} texts, the column is ")
    (line,) = compared("uuid NOT NULL", text(format="url"))
    assert line == "accepts url texts, the column is uuid"
    assert compared(f"{type_} NOT NULL", text(format="datetime")) == PASS


def test_the_length_of_a_list_is_not_that_of_a_text() -> None:
    accepted = field("array", longest=9, shortest=1)
    assert compared("jsonb NOT NULL CHECK (length(f::text) < 4)", accepted) == PASS
    assert compared("varchar(3)[] NOT NULL", accepted) == PASS
