"""Which headings name tables, of which system and schema, and what their sections declare."""

import pytest

from ctb_audit.model import Name
from ctb_audit.sources.reference import DocumentedTable, Reference, read_reference


def _read(text: str) -> Reference:
    return read_reference(text, "docs/reference.md")


def _only(text: str) -> DocumentedTable:
    (table,) = _read(text).tables
    return table


FIELDS = "\n\n**Barton ID**: `BART-SHQ-ORDERS-V1`\n**Enforcement**: STRICT\n"


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("#### 1. orders", Name("public", "orders")),
        ("##### orders", Name("public", "orders")),
        ("## `orders`", Name("public", "orders")),
        ("### Table: orders", Name("public", "orders")),
        ("### Table `orders`", Name("public", "orders")),
        ("### orders table", Name("public", "orders")),
        ("### 3.2. Orders (Planned)", Name("public", "orders")),
        ("### \N{PACKAGE} **orders**", Name("public", "orders")),
        ("### [orders](#orders)", Name("public", "orders")),
        ("### orders - what customers bought", Name("public", "orders")),
        ("### shop.orders", Name("shop", "orders")),
        ("### `shop`.`orders`", Name("shop", "orders")),
        ('### shop."Orders"', Name("shop", "Orders")),
        ("orders\n------", Name("public", "orders")),
    ],
)
def test_heading_names_a_table(heading: str, name: Name) -> None:
    table = _only(heading + FIELDS)
    assert table.name == name
    assert table.declarations[0].table_id == "BART-SHQ-ORDERS-V1"


def test_wordy_heading_takes_the_name_that_its_ddl_creates() -> None:
    table = _only(
        "## Customer orders\n" + FIELDS + "\n```sql\nCREATE TABLE orders (id int);\n```\n"
    )
    assert table.name == Name("public", "orders")


def test_ddl_decides_case_and_schema_of_the_same_name() -> None:
    text = '## Orders\n\n```sql\nCREATE TABLE IF NOT EXISTS shop."Orders" (id int);\n```\n'
    assert _only(text).name == Name("shop", "Orders")


@pytest.mark.parametrize(
    ("outer", "heading", "system", "name"),
    [
        ("## Neon PostgreSQL Tables\n\n### Schema: `shop` (sales)", "orders", "postgresql", "shop"),
        ("## Neon\n\n### shop schema", "orders", "postgresql", "shop"),
        ("## Firebase/Firestore Collections", "Collection: orders", "firestore", "default"),
        ("## BigQuery Tables (Optional)\n\n### Dataset: sales", "orders", "bigquery", "sales"),
        ("## Cloudflare D1", "orders", "sqlite", "main"),
        ("## Documents", "Collection: orders", "firestore", "default"),
    ],
)
def test_sections_around_give_system_and_schema(
    outer: str, heading: str, system: str, name: str
) -> None:
    table = _only(f"# Reference\n\n{outer}\n\n#### {heading}\n\n**Enforcement**: NONE\n")
    assert (table.system, table.name) == (system, Name(name, "orders"))
    assert table.kind == ("collection" if system == "firestore" else "table")


def test_document_field_gives_the_system() -> None:
    text = "# R\n\n**Database**: Shop\n**Primary Database**: BigQuery\n\n## orders\n" + FIELDS
    assert _only(text).system == "bigquery"


def test_table_id_gives_the_system_where_nothing_else_does() -> None:
    assert _only("## orders\n\n**Barton ID**: BART-FIRE-ORDERS-V1\n").system == "firestore"


def test_schema_ends_with_its_section() -> None:
    text = (
        "## Neon PostgreSQL\n\n### Schema: shop\n\n#### orders" + FIELDS + "\n"
        "### Schema: public\n\n#### users\n\n**Barton ID**: X\n\n"
        "## BigQuery\n\n### clicks\n\n**Barton ID**: Y\n"
    )
    assert [t.name for t in _read(text).tables] == [
        Name("shop", "orders"),
        Name("public", "users"),
        Name("default", "clicks"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_move_lines(end: str) -> None:
    text = end.join(["# R", "", "## orders", "", "**Barton ID**: X", "**Enforcement**: strict"])
    table = _only(text)
    assert table.location.line == 3
    assert [(f.key, f.line) for f in table.fields] == [("barton id", 5), ("enforcement", 6)]
    assert table.declarations[0].level == "STRICT"


@pytest.mark.parametrize(
    "lines",
    [
        "**Barton ID**: `B-1`\n**Enforcement**: RELAXED",
        "**Barton ID:** `B-1`\n**Enforcement Level:** Relaxed (warnings only)",
        "- **Barton ID**: B-1\n- **Enforcement**: RELAXED",
        "Barton ID: B-1\nEnforcement: RELAXED",
        "| Property | Value |\n|---|---|\n| Barton ID | `B-1` |\n| Enforcement | RELAXED |",
        "**Barton ID**: B-1\n**Enforcement**: RELAXED\n---",
    ],
)
def test_fields_in_every_shape(lines: str) -> None:
    declaration = _only(f"## orders\n\n{lines}\n").declarations[0]
    assert (declaration.table_id, declaration.level) == ("B-1", "RELAXED")


def test_section_declares_everything_it_states() -> None:
    text = (
        "### 3. orders (Planned)\n\n**Barton ID**: `BID-DATA-003`\n"
        "**HEIR ID**: `HEIR-2025-10-SHQ-ORDERS-01`\n**Status**: Planned\n\n"
        "#### P - Purpose\n\n**Business Purpose**: What customers bought (since 2020)\n\n"
        "#### D - Dependencies\n\n**Linked Processes**:\n- ORBT Layer: 2 (processing)\n"
    )
    table = _only(text)
    declaration = table.declarations[0]
    assert table.planned
    assert declaration.heir_id == "HEIR-2025-10-SHQ-ORDERS-01"
    assert declaration.status == "Planned"
    assert declaration.purpose == "What customers bought (since 2020)"
    assert declaration.orbt == 2
    assert declaration.location is not None
    assert declaration.location[:2] == ("docs/reference.md", 1)


def test_purpose_chapter_in_plain_words() -> None:
    text = "## orders" + FIELDS + "\n### Purpose\n\nWhat customers\nbought.\n"
    assert _only(text).declarations[0].purpose == "What customers bought."


@pytest.mark.parametrize(
    ("value", "stamped", "exempt"),
    [
        ("Yes", True, ""),
        ("\N{WHITE HEAVY CHECK MARK} Yes", True, ""),
        ("No (system table)", False, "system table"),
        ("No - written by a tool", False, "written by a tool"),
        ("false", False, "not STAMPED"),
    ],
)
def test_stamped_no_exempts_and_keeps_the_remark(value: str, stamped: bool, exempt: str) -> None:
    table = _only(f"## orders\n\n**STAMPED Compliant**: {value}\n")
    assert table.declarations[0].stamped is stamped
    assert table.exempt == exempt


def test_list_items_under_a_label_are_not_the_tables_fields() -> None:
    text = (
        "## orders" + FIELDS + "\n**Constraints**:\n- **Status**: `open`, `closed`\n- Purpose: x\n"
    )
    declaration = _only(text).declarations[0]
    assert declaration.status is None
    assert declaration.purpose is None


def test_views_triggers_and_chapters_are_not_tables() -> None:
    text = (
        "## Views\n\n### open_orders\n\n**Purpose**: x\n\n"
        "```sql\nCREATE VIEW open_orders AS SELECT 1;\n```\n"
        "## Triggers\n\n### touch\n\n**Enforcement**: STRICT\n"
        "## Enforcement\n\n**Enforcement**: STRICT\n"
        "## Overview\n\n**Status**: Active\n"
    )
    reference = _read(text)
    assert reference.tables == ()
    assert reference.problems == ()


def test_heading_without_a_description_is_listed() -> None:
    reference = _read("## Neon Tables\n\n### orders\n\nLater.\n\n### Table: invoices\n")
    assert [t.name.name for t in reference.tables] == ["invoices"]
    assert [(p.kind, p.location.line) for p in reference.problems if p.location] == [
        ("not-understood", 3),
        ("not-understood", 7),
    ]
    assert (reference.coverage.statements, reference.coverage.not_understood) == (2, 1)


def test_two_sections_for_one_table_are_both_kept() -> None:
    reference = _read("## orders" + FIELDS + "\n## public.orders" + FIELDS)
    assert [t.location.line for t in reference.tables] == [1, 6]
    (problem,) = reference.problems
    assert problem.kind == "duplicate-object-name"
    assert problem.objects == (Name("public", "orders"),)
    assert len(reference.tables_by_name["postgresql", Name("public", "orders")]) == 2


def test_values_that_mean_nothing_are_listed() -> None:
    text = "## orders\n\n**Barton ID**: X\n**Enforcement**: HIGH\n**STAMPED Compliant**: maybe\n"
    reference = _read(text)
    assert reference.tables[0].declarations[0].level is None
    assert len(reference.problems) == 2
    assert "HIGH" in reference.problems[1].message + reference.problems[0].message


def test_contradicting_fields_are_listed_and_the_first_one_holds() -> None:
    reference = _read("## orders" + FIELDS + "**Enforcement**: NONE\n")
    assert reference.tables[0].declarations[0].level == "STRICT"
    assert [p.location.line for p in reference.problems if p.location] == [5]


def test_chapter_words_name_tables_when_an_id_says_so() -> None:
    assert _only("## history\n\n**Barton ID**: X\n").name.name == "history"
