"""What is read of a document besides its tables' DDL."""

from pathlib import Path

import pytest

from ctb_audit.document_model import Document, DocumentTable
from ctb_audit.model import Catalog, Name
from ctb_audit.sources.load import LoadOptions, reference_catalog
from ctb_audit.sources.reference import read_reference

ORDERS = """# Reference

## Overview

1. **Neon PostgreSQL**
   - Tables: 4+

## Neon PostgreSQL Tables

### orders

**Barton ID**: `BART-SHQ-ORDERS-V1`

**Source Files**:
- Schema: `db/orders.sql`
- Migration: Auto-created by the runner

**Linked Processes**:
- `PRC-ORDER-CREATE`: made in the shop

**Linked Endpoints**:
- `POST /api/orders`

**Constraints**:
- Status must be one of: `open`, `paid`
- Amounts must be sensible

#### A - Access

- **Read Access**: Support
- **Delete Access**: Nobody (after 90 days)
- **Row-Level Security**: None (all users can read)

#### M - Migration

**Creation Migration**:
```bash
psql $DATABASE_URL < db/001_orders.sql
```

**Rollback**:
```sql
DROP TABLE orders;
```

#### E - Enforcement

- Retention policy: 1 year for paid

#### D - Dependencies

**Foreign Keys**:
- `user_id` -> `users(id)`

**Dependent Tables**:
- Soft reference via `order_no`

#### T - Traceability

TODO
"""


def _document(text: str) -> Document:
    return read_reference(text, "d.md").facts


def _only(text: str) -> DocumentTable:
    (table,) = _document(text).tables
    return table


def _catalog(text: str) -> Catalog:
    return reference_catalog(text, "d.md", LoadOptions())


def test_files_processes_and_endpoints() -> None:
    table = _only(ORDERS)
    assert [(s.kind, s.path) for s in table.sources] == [
        ("schema", "db/orders.sql"),
        ("migration", "Auto-created by the runner"),
        ("creation", "db/001_orders.sql"),
    ]
    assert [(p.code, p.text) for p in table.processes] == [("PRC-ORDER-CREATE", "made in the shop")]
    assert [(e.method, e.path) for e in table.endpoints] == [("POST", "/api/orders")]


def test_access_retention_keys_and_rollback() -> None:
    table = _only(ORDERS)
    assert [a.kind for a in table.access] == ["read", "delete", "row-level security"]
    assert table.access[2].text == "None (all users can read)"
    assert [(r.days, r.text) for r in table.retention] == [(90, "delete"), (365, "paid")]
    keys = table.foreign_keys or ()
    assert [(k.columns, k.target, k.target_columns) for k in keys] == [
        (("user_id",), "users", ("id",))
    ]
    assert table.soft
    assert table.rollback


def test_chapters_and_placeholders() -> None:
    table = _only(ORDERS)
    assert {c.letter: c.empty for c in table.chapters} == {
        **dict.fromkeys("AMED", False),
        "T": True,
    }


def test_rules_and_what_is_none() -> None:
    document = _document(ORDERS)
    assert [(r.kind, r.column) for r in document.tables[0].rules] == [("values", "status")]
    assert [r.text for r in document.unread] == ["Amounts must be sensible"]
    problems = read_reference(ORDERS, "d.md").problems
    assert [(p.kind, p.excerpt) for p in problems] == [("unread-rule", "Amounts must be sensible")]


def test_figures_of_a_system() -> None:
    (claim,) = _document(ORDERS).claims
    assert (claim.subject, claim.number, claim.at_least) == ("tables", 4.0, True)
    assert claim.system == "postgresql"


@pytest.mark.parametrize("value", ["many", "", "n/a", "7 or 8", "(100%)"])
def test_a_figure_that_is_no_number_is_listed(value: str) -> None:
    text = f"# R\n\n## Statistics\n\n| Metric | Value |\n|---|---|\n| Total Tables | {value} |\n"
    reference = read_reference(text, "d.md")
    assert reference.facts.claims == ()
    assert [p.kind for p in reference.problems] == ["unread-rule"]


def test_figures_with_a_share_and_parts() -> None:
    text = (
        "# R\n\n**Total Tables**: 7 (3 active, 4 planned)\n\n"
        "| Metric | Value |\n|---|---|\n| Tables with JSONB | 6 (85%) |\n"
    )
    found = {(c.subject, c.number, c.percent) for c in _document(text).claims}
    assert found == {
        ("total tables", 7.0, None),
        ("active tables", 3.0, None),
        ("planned tables", 4.0, None),
        ("tables with jsonb", 6.0, 85.0),
    }


def test_a_diagram_with_a_line_that_is_none() -> None:
    text = (
        "# R\n\n```mermaid\nerDiagram\n    A ||--o{ B : has\n    A {\n        int id PK\n    }\n"
        '    ??? what\n    C }|..|{ A : "knows well"\n```\n'
    )
    reference = read_reference(text, "d.md")
    (diagram,) = reference.facts.diagrams
    assert [(r.left, r.right, r.label) for r in diagram.relations] == [
        ("A", "B", "has"),
        ("C", "A", "knows well"),
    ]
    assert [(e.name, [c.key for c in e.columns]) for e in diagram.entities] == [
        ("A", ["PK"]),
        ("B", []),
        ("C", []),
    ]
    assert [(p.kind, p.location.line if p.location else 0) for p in reference.problems] == [
        ("unread-rule", 9)
    ]


def test_columns_in_place_of_sql_make_a_table() -> None:
    text = (
        "# Data dictionary\n\nDatabase: PostgreSQL\n\n## orders\n\n"
        "| Column | Type | Nullable | Default | Description |\n|---|---|---|---|---|\n"
        "| id | bigint | NO | | PK |\n| note | varchar(20) | YES | 'x' | |\n"
        "| odd | gizmo | YES | | |\n"
    )
    (table,) = _catalog(text).tables
    assert table.qualified == Name("public", "orders")
    assert [(c.name, str(c.type), c.nullable, c.default) for c in table.columns] == [
        ("id", "bigint", False, None),
        ("note", "character varying(20)", True, "'x'"),
        ("odd", "gizmo", True, None),
    ]
    assert [c.location.line if c.location else 0 for c in table.columns] == [9, 10, 11]
    assert [c.kind for c in table.constraints] == ["primary key"]


def test_sql_wins_over_a_list_of_columns() -> None:
    text = (
        "## PostgreSQL Tables\n\n### orders\n\n| Column | Type |\n|---|---|\n| id | text |\n\n"
        "```sql\nCREATE TABLE orders (id integer);\n```\n"
    )
    (table,) = _catalog(text).tables
    assert [str(c.type) for c in table.columns] == ["integer"]


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    unix, windows = _document(ORDERS), _document(ORDERS.replace("\n", "\r\n"))
    assert windows == unix


def test_a_snapshot_holds_the_document(tmp_path: Path) -> None:
    from ctb_audit.codec import decode, encode

    catalog = _catalog(ORDERS)
    assert decode(Catalog, encode(catalog)) == catalog


@pytest.mark.parametrize(
    "text",
    [
        "### orders\n\n| Column | Type\n| id | int |\n|---\n",
        "### orders\n\n**Barton ID**: `X`\n\n### orders\n\n**Barton ID**: `Y`\n",
        "### orders\n\n```\nno language\n```\n\n```brainfuck\n+++\n```\n",
        "### orders\n\n```sql\nCREATE TABLE orders (\n",
        "```mermaid\nerDiagram\n    A {\n",
        "| Prefix | Example |\n|---|---|\n| A |\n",
        "#### STRICT\n**Tables**:\n- ` `\n- \n",
        "## Current Migrations\n\n- `" + "../" * 50 + "x.sql`\n",
    ],
)
def test_broken_documents_are_read_as_far_as_they_go(text: str) -> None:
    catalog = _catalog(f"# Reference\n\n## PostgreSQL Tables\n\n{text}")
    assert len(catalog.documents) == 1
