"""Of an existing reference only what the model owns is replaced."""

from datetime import date
from pathlib import Path

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.config import Config
from ctb_audit.model import Catalog
from ctb_audit.reference import updated
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.load import LoadOptions, reference_catalog

DOCUMENT = """# Our tables

Prose above, with two spaces  at   will.

## Overview

1. **Neon PostgreSQL**
   - Tables: 15+

## Neon PostgreSQL Tables

### users

**Barton ID**: `BART-SHQ-USERS-V1`
**Enforcement**: STRICT

What the team wrote about users.

```sql
CREATE TABLE users (
  id integer PRIMARY KEY  -- the key
);
```

**Columns**:
- `id` (INTEGER): the key
- `nick` (TEXT): never built

---

## Relations

```mermaid
erDiagram
    USERS ||--o{ GHOSTS : haunts
    USERS {
        text id PK
    }
```

## Levels

#### STRICT

**Tables**:
- `users`
"""
SQL = "CREATE TABLE users (id integer PRIMARY KEY);\n"
MORE = """
CREATE TABLE orders (id integer PRIMARY KEY, user_id integer REFERENCES users);
CREATE FUNCTION nothing() RETURNS integer LANGUAGE sql AS 'SELECT 1';
"""


def _updated(text: str, sql: str = "") -> str:
    catalogs: list[Catalog] = []
    if sql:
        catalogs.append(replay([read_script(sql, "db.sql", "postgresql")]))
    catalogs.append(reference_catalog(text, "d.md", LoadOptions()))
    config = Config(root=Path())
    project = project_of(catalogs, config, AuditSettings(today=date(2026, 11, 22)))
    return updated(text, "d.md", project)


def test_figures_columns_and_diagram_are_corrected() -> None:
    text = _updated(DOCUMENT, SQL)
    assert "   - Tables: 1\n" in text
    assert "nick" not in text
    assert "text id PK" not in text
    kept = ("Prose above, with two spaces  at   will.", "What the team wrote about users.")
    assert all(line in text for line in kept)


def test_a_code_block_that_is_true_stays_as_written() -> None:
    assert "  id integer PRIMARY KEY  -- the key\n" in _updated(DOCUMENT, SQL)


def test_a_code_block_that_is_not_true_is_replaced() -> None:
    text = _updated(DOCUMENT, "CREATE TABLE users (id integer PRIMARY KEY, email text);")
    assert "  email TEXT\n" in text
    assert "-- the key" not in text
    assert "- `email` (TEXT)\n" in text


def test_missing_tables_and_objects_are_added() -> None:
    text = _updated(DOCUMENT, SQL + MORE)
    back = reference_catalog(text, "d.md", LoadOptions())
    assert sorted(t.name for t in back.tables) == ["orders", "users"]
    assert [f.name for f in back.functions] == ["nothing"]
    assert "ORDERS : user_id" in text
    assert "   - Tables: 2\n" in text
    assert text.index("### orders") < text.index("## Relations")


def test_an_update_is_settled_at_once() -> None:
    once = _updated(DOCUMENT, SQL + MORE)
    assert _updated(once, SQL + MORE) == once


def test_windows_line_ends_are_kept() -> None:
    text = _updated(DOCUMENT.replace("\n", "\r\n"), SQL)
    assert "   - Tables: 1\r\n" in text
    assert text.count("\n") == text.count("\r\n")


def test_without_other_sources_the_document_is_its_own_truth() -> None:
    text = _updated(DOCUMENT)
    assert "   - Tables: 1\n" in text
    assert "-- the key" in text


def test_lists_of_levels_gain_what_their_sections_say() -> None:
    extra = (
        "### orders\n\n**Barton ID**: `BART-SHQ-ORDERS-V1`\n**Enforcement**: STRICT\n\n"
        "```sql\nCREATE TABLE orders (id integer PRIMARY KEY);\n```\n\n"
    )
    text = _updated(DOCUMENT.replace("## Relations", extra + "## Relations"))
    assert "- `users`\n- `orders`\n" in text
