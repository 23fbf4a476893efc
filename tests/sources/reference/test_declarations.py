"""Summary tables, lists of levels, stated rules, and how they join."""

import time

import pytest

from ctb_audit.sources.reference import (
    Reference,
    read_reference,
    standard_hint,
    table_declarations,
)

SUMMARY = """
| Database | Schema | Table | Barton ID | Enforcement |
|----------|--------|-------|-----------|-------------|
| Neon | shop | orders | BART-SHQ-ORDERS-V1 | STRICT |
| Firebase | - | carts | BART-FIRE-CARTS-V1 | RELAXED |
| BigQuery | sales | clicks | BART-BQ-CLICKS-V1 | NONE |
"""


def _read(text: str) -> Reference:
    return read_reference(text, "ref.md")


def _levels(reference: Reference) -> dict[str, list[tuple[str, str | None]]]:
    return {
        f"{system}:{name}": [(d.source, d.level) for d in declarations]
        for (system, name), declarations in table_declarations(reference).items()
    }


def test_summary_names_tables_of_each_system() -> None:
    assert _levels(_read("# Quick Reference\n" + SUMMARY)) == {
        "postgresql:shop.orders": [("summary", "STRICT")],
        "firestore:default.carts": [("summary", "RELAXED")],
        "bigquery:sales.clicks": [("summary", "NONE")],
    }


def test_summary_row_is_located_and_joins_the_section() -> None:
    text = "## shop.orders\n\n**Barton ID**: X\n**Enforcement**: STANDARD\n\n## Index\n" + SUMMARY
    table = _read(text).tables[0]
    assert [(d.source, d.location.line) for d in table.declarations if d.location] == [
        ("section", 1),
        ("summary", 10),
    ]


def test_summary_by_number_name_and_status() -> None:
    text = (
        "| # | Table Name | Barton ID | Purpose | Status | Migration |\n|---|---|---|---|---|---|\n"
        "| 1 | `orders` | BID-DATA-001 | Orders | Planned | 001.sql |\n"
        "| 2 | `lines` | BID-DATA-002 | Lines | Active (since May) | - |\n"
    )
    reference = _read(text)
    assert [(t.name.name, t.planned) for t in reference.tables] == [
        ("orders", True),
        ("lines", False),
    ]
    assert reference.tables[1].declarations[0].status == "Active"
    assert reference.tables[0].section is None
    assert standard_hint(reference) == "ctb-1.3"


def test_hint_without_numbers_is_the_default_standard() -> None:
    assert standard_hint(_read(SUMMARY)) == "ctb-1.0"


@pytest.mark.parametrize(
    "text",
    [
        "| Purpose | Tables |\n|---|---|\n| Sales | orders, lines |\n",
        "| Field | Type | Purpose | Required |\n|---|---|---|---|\n| a | TEXT | b | Yes |\n",
        "| Level | Description |\n|---|---|\n| STRICT | all |\n",
    ],
)
def test_other_grids_are_no_summaries(text: str) -> None:
    assert _read(text).tables == ()


def test_broken_summary_is_read_and_listed() -> None:
    text = "| Table | Enforcement |\n|---|\n| orders | STRICT | extra |\n| lines |\n"
    reference = _read(text)
    assert _levels(reference) == {
        "postgresql:public.orders": [("summary", "STRICT")],
        "postgresql:public.lines": [("summary", None)],
    }
    assert "delimiter" in reference.problems[0].message


def test_summary_row_without_a_name_is_listed() -> None:
    reference = _read("| Table | Status |\n|---|---|\n| - | Active |\n| two words | Active |\n")
    assert reference.coverage.not_understood == 2
    assert [p.location.line for p in reference.problems if p.location] == [3, 4]


LEVELS = """
## Enforcement by Level

#### STRICT
- All fields required

**Tables**:
- `orders`
- `shop.lines`

#### RELAXED

**Collections**:
- Firebase `carts`

#### NONE
**Collections**: `visits`, `clicks`
"""


def test_lists_of_levels() -> None:
    assert _levels(_read(LEVELS)) == {
        "postgresql:public.orders": [("levels", "STRICT")],
        "postgresql:shop.lines": [("levels", "STRICT")],
        "firestore:default.carts": [("levels", "RELAXED")],
        "firestore:default.visits": [("levels", "NONE")],
        "firestore:default.clicks": [("levels", "NONE")],
    }


def test_list_item_finds_the_documented_table_in_its_schema() -> None:
    text = "## Neon\n\n### Schema: shop\n\n#### orders\n\n**Barton ID**: X\n" + LEVELS
    assert _levels(_read(text))["postgresql:shop.orders"] == [
        ("section", None),
        ("levels", "STRICT"),
    ]


def test_levels_in_a_grid_and_in_bare_words() -> None:
    text = (
        "| Level | Tables |\n|---|---|\n| Strict | `orders`, `lines` |\n\n"
        "### STANDARD tables\n\n**Tables**:\n- notes\n- none\n"
    )
    assert _levels(_read(text)) == {
        "postgresql:public.orders": [("levels", "STRICT")],
        "postgresql:public.lines": [("levels", "STRICT")],
        "postgresql:public.notes": [("levels", "STANDARD")],
    }


def test_list_item_that_names_nothing_is_listed() -> None:
    reference = _read("### STRICT\n\n**Tables**:\n- everything with money\n")
    assert reference.tables == ()
    assert reference.coverage.not_understood == 1


def test_rules_stated_for_all_tables() -> None:
    text = (
        "### Validation Rules\n\nAll STAMPED-compliant tables enforce:\n\n"
        "1. **HEIR ID Format**: `HEIR-..`\n2. **Process ID Format**: `PRC-..`\n"
        "3. **ORBT Layer Range**: 1-4\n4. **Blueprint Version Format**: `X.Y`\n"
        "5. **Timestamp Order**: `updated_at >= created_at`\n6. **Colour**: blue\n"
    )
    reference = _read(text)
    assert reference.stated == {
        "heir_id",
        "process_id",
        "orbt_layer",
        "blueprint_version",
        "timestamp_order",
    }
    assert [s.role for s in reference.statements][-1] == ""
    assert reference.problems[0].excerpt == "Colour: blue"


def test_lists_of_required_columns_state_no_rule() -> None:
    assert _read("**Required for All Tables**:\n- `process_id` column\n").stated == frozenset()


def test_reading_is_linear() -> None:
    part = (
        "## Neon\n\n### t{n}\n\n**Barton ID**: X{n}\n\n- a\n  - b\n\n"
        "| Table | Status |\n|-|-|\n| t{n} | Active |\n\n"
    )

    def seconds(count: int) -> float:
        text = "".join(part.replace("{n}", str(n)) for n in range(count))
        start = time.process_time()
        assert len(_read(text).tables) == count
        return time.process_time() - start

    seconds(50)
    assert seconds(4000) < 10 * max(seconds(1000), 0.05)
