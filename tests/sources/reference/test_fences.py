"""Which code blocks are schema, where they stand, and what they become."""

import pytest

from ctb_audit.sources.ddl.operations import CreateTable, SetSearchPath
from ctb_audit.sources.reference import Fence, Reference, read_reference

DDL = "CREATE TABLE orders (\n  id int\n);\n"


def _read(text: str) -> Reference:
    return read_reference(text, "ref.md")


def _fence(text: str) -> Fence:
    (fence,) = _read(text).fences
    return fence


@pytest.mark.parametrize(
    ("before", "info", "role"),
    [
        ("## orders\n", "sql", "schema"),
        ("## orders\n\n**Schema Definition**:\n", "sql", "schema"),
        ("## orders\n\n### S - Structure\n", "SQL", "schema"),
        ("## orders\n", "", "schema"),
        ("## orders\n\n**Barton ID**: X\n\n### M - Migration\n", "sql", "migration"),
        (
            "## orders\n\n**Barton ID**: X\n\n### M - Migration\n\n**Rollback**:\n",
            "sql",
            "rollback",
        ),
        ("## Rollback\n", "sql", "rollback"),
        ("## orders\n\nRollback:\n", "sql", "rollback"),
        ("**Query Migration Status**:\n", "sql", "query"),
        ("## Example queries\n", "sql", "query"),
        ("## Migrations\n", "sql", "schema"),
        ("## orders\n", "typescript", "other"),
        ("## orders\n", "bash", "other"),
    ],
)
def test_role_of_a_block(before: str, info: str, role: str) -> None:
    fence = _fence(f"{before}\n```{info}\n{DDL}```\n")
    assert fence.role == role


def test_block_without_language_that_is_no_ddl_is_kept_raw() -> None:
    fence = _fence("```\n2025-01-01_create_orders.sql\n```\n")
    assert (fence.role, fence.text) == ("other", "2025-01-01_create_orders.sql\n")


def test_only_schema_is_replayed() -> None:
    text = f"## orders\n\n```sql\n{DDL}```\n\n**Rollback**:\n```sql\nDROP TABLE orders;\n```\n"
    reference = _read(text)
    (script,) = reference.scripts
    (effect,) = script.effects
    assert isinstance(effect.operations[0], CreateTable)
    assert len(reference.fences) == 2


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"# R\n\n```sql\n{DDL}```\n", 4, 1),
        ("- step:\n  ```sql\n  CREATE TABLE orders (id int);\n  ```\n", 3, 3),
        ("1. step\n\n   ```sql\n   CREATE TABLE orders (id int);\n   ```\n", 4, 4),
        ("> ```sql\n> CREATE TABLE orders (id int);\n> ```\n", 2, 3),
        ("# R\r\n\r\n```sql\r\nCREATE TABLE orders (id int);\r\n```\r\n", 4, 1),
    ],
)
def test_statement_is_located_in_the_document(text: str, line: int, column: int) -> None:
    (script,) = _read(text).scripts
    location = script.effects[0].location
    assert (location.path, location.line, location.column) == ("ref.md", line, column)


def test_column_is_located_in_the_document() -> None:
    (script,) = _read(f"# R\n\n```sql\n{DDL}```\n").scripts
    (operation,) = script.effects[0].operations
    assert isinstance(operation, CreateTable)
    location = operation.table.columns[0].location
    assert location is not None
    assert (location.line, location.column) == (5, 3)


@pytest.mark.parametrize(
    ("heading", "info", "system"),
    [
        ("## BigQuery Tables", "sql", "bigquery"),
        ("## Neon PostgreSQL", "sql", "postgresql"),
        ("## Cloudflare D1", "sql", "sqlite"),
        ("## Neon PostgreSQL", "bigquery", "bigquery"),
    ],
)
def test_block_belongs_to_the_system_of_its_section(heading: str, info: str, system: str) -> None:
    (script,) = _read(f"{heading}\n\n```{info}\nCREATE TABLE d.t (a INT64);\n```\n").scripts
    assert script.system == system


def test_sql_of_a_firestore_section_is_listed() -> None:
    reference = _read(f"## Firestore\n\n```sql\n{DDL}```\n")
    assert reference.scripts == ()
    assert reference.coverage.not_understood == 1


def test_unqualified_names_stand_in_the_schema_of_the_section() -> None:
    text = f"## Neon\n\n### Schema: shop\n\n#### orders\n\n```sql\n{DDL}```\n"
    (script,) = _read(text).scripts
    operations = script.effects[0].operations
    assert operations[0] == SetSearchPath(("shop", "public"))
    assert operations[-1] == SetSearchPath(None)
    assert len(script.effects) == 1


def test_block_keeps_its_headings_and_label() -> None:
    text = "# R\n\n## carts\n\n**Document Structure**:\n```typescript\ninterface Cart {}\n```\n"
    fence = _fence(text)
    assert fence.headings == ("R", "carts")
    assert fence.label == "Document Structure"
    assert fence.line == 7


def test_sections_are_a_tree() -> None:
    sections = _read("intro\n\n# A\n\n## B\n\n### C\n\n## D\n\n# E\n").sections
    titles = [s.title for s in sections.all]
    assert titles == ["", "A", "B", "C", "D", "E"]
    assert [s.title for s in sections.below(sections.all[1])] == ["B", "C", "D"]
    assert [s.title for s in sections.children(sections.all[1])] == ["B", "D"]
    assert sections.headings(sections.all[3]) == ("A", "B", "C")
