"""Documents judged: against the tables, against themselves, and against each other."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.config import Config, config_from_text
from ctb_audit.model import Catalog
from ctb_audit.result import Audit
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.load import LoadOptions, reference_catalog
from ctb_audit.sources.snapshot import read_snapshots, snapshot_value

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "imo-creator"
ENTRY = """## Neon PostgreSQL Tables

### orders

**Barton ID**: `BART-SHQ-ORDERS-V1`
**Enforcement**: STRICT

```sql
CREATE TABLE orders (id integer PRIMARY KEY, status text, amount integer, code text{});
```

**Constraints**:
{}
"""


def _audit(*catalogs: Catalog, config: Config | None = None) -> Audit:
    chosen = config or Config(root=Path())
    return audit_catalogs(list(catalogs), chosen, AuditSettings(today=date(2026, 11, 22)))


def _read(text: str, name: str = "d.md") -> Catalog:
    return reference_catalog(text, name, LoadOptions())


def _found(audit: Audit, rule: str) -> list[tuple[str, str]]:
    return sorted((f.table, f.requirement) for f in audit.findings if f.rule == rule)


def test_the_audit_of_a_snapshot_is_that_of_its_document() -> None:
    catalog = _read((EXAMPLE / "SCHEMA_REFERENCE.md").read_text(encoding="utf-8"))
    kept = read_snapshots(json.dumps(snapshot_value(catalog)), "kept.json")
    first, second = _audit(catalog), _audit(*kept)
    assert first.findings == second.findings
    assert first.score == second.score


@pytest.mark.parametrize(
    ("rule", "check", "held"),
    [
        ("- Status: `open`, `paid`", ", CHECK (status IN ('open', 'paid'))", True),
        ("- Status: `open`, `paid`", ", CHECK (status <> '')", False),
        ("- Amount must be positive", ", CHECK (amount > 0)", True),
        ("- Amount must be positive", ", CHECK (amount >= 0)", False),
        ("- Amount: 1-10", ", CHECK (amount BETWEEN 1 AND 10)", True),
        ("- Amount: 1-10", ", CHECK (amount <= 10)", False),
        ("- Code must be non-empty", ", CHECK (code <> '')", True),
        ("- Code must be non-empty", "", False),
        ("- Codes must be unique", ", UNIQUE (code)", True),
        ("- Codes must be unique", "", False),
    ],
)
def test_what_a_document_states_is_held_by_the_table(rule: str, check: str, held: bool) -> None:
    audit = _audit(_read(ENTRY.format(check, rule)))
    assert (_found(audit, "unenforced-documented-values") == []) is held


def test_a_rule_for_a_column_that_the_table_lacks() -> None:
    audit = _audit(_read(ENTRY.format("", "- Weight: 1-10")))
    assert _found(audit, "structure-mismatch") == [("public.orders", "weight")]


def test_two_lists_for_one_column_contradict_each_other() -> None:
    audit = _audit(_read(ENTRY.format("", "- Status: `a`, `b`\n- Status: `a`, `c`")))
    assert _found(audit, "contradictory-format") == [("public.orders", "status")]


def test_a_level_of_a_table_that_nothing_defines() -> None:
    text = ENTRY.format("", "- none") + (
        "\n## Collections\n\n### Collection: notes\n\n**Barton ID**: `BART-FIRE-NOTES-V1`\n"
        "**Enforcement**: STANDARD\n\n## Levels\n\n#### NONE\n\n**Collections**:\n"
        "- Firebase `notes`\n"
    )
    assert _found(_audit(_read(text)), "conflicting-level") == [("default.notes", "")]


def test_columns_against_the_ddl() -> None:
    text = (
        "## PostgreSQL Tables\n\n### orders\n\n**Barton ID**: `BART-SHQ-ORDERS-V1`\n\n"
        "| Column | Type | Nullable |\n|---|---|---|\n| id | uuid | no |\n| gone | text | yes |\n"
    )
    ddl = replay([read_script("CREATE TABLE orders (id integer, n text);", "a.sql", "postgresql")])
    assert _found(_audit(ddl, _read(text)), "structure-mismatch") == [
        ("public.orders", "gone"),
        ("public.orders", "id"),
        ("public.orders", "n"),
    ]


@pytest.fixture
def repository(tmp_path: Path) -> Callable[[str], Audit]:
    """A folder with a configuration, a document and the file `db/there.sql`."""

    def audited(text: str) -> Audit:
        (tmp_path / "db").mkdir()
        (tmp_path / "db" / "there.sql").touch()
        (tmp_path / "ctb.toml").touch()
        (tmp_path / "d.md").write_text(text, encoding="utf-8")
        config = Config(root=tmp_path, path=tmp_path / "ctb.toml")
        return _audit(_read(text), config=config)

    return audited


def test_files_of_a_repository_are_looked_for(repository: Callable[[str], Audit]) -> None:
    files = (
        "- none\n\n**Source Files**:\n- Schema: `db/there.sql`\n- Model: `db/gone.ts`\n"
        "- Security: `../../etc/passwd`\n- Migration: `db/001_gone.sql`\n"
    )
    audit = repository(ENTRY.format("", files))
    assert _found(audit, "missing-source-file") == [
        ("public.orders", "../../etc/passwd"),
        ("public.orders", "db/gone.ts"),
    ]
    assert _found(audit, "missing-migration") == [("public.orders", "db/001_gone.sql")]


def test_outside_of_a_repository_no_path_is_judged() -> None:
    text = ENTRY.format("", "- none\n\n**Source Files**:\n- Schema: `db/gone.sql`\n")
    assert _found(_audit(_read(text)), "missing-source-file") == []


def test_two_documents_with_lists_in_other_cases() -> None:
    first = ENTRY.format("", "- Status: `OPEN`, `PAID`")
    second = ENTRY.format("", "- Status: `open`, `done`")
    audit = _audit(_read(first, "a.md"), _read(second, "b.md"))
    assert _found(audit, "conflicting-references") == [("public.orders", "status")]


def test_seven_chapters_are_asked_of_ctb_1_3() -> None:
    config = config_from_text('standard = "ctb-1.3"', Path())
    audit = _audit(_read(ENTRY.format("", "- none")), config=config)
    letters = [r for _, r in _found(audit, "missing-chapter")]
    assert letters == ["A", "D", "E", "M", "P", "T"]
