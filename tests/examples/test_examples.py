"""What the examples hold: a repository with the defects of its kind, and a document without any."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def audited(*arguments: str, cwd: Path) -> Any:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ctb_audit.cli",
            "audit",
            "--no-log",
            "--format",
            "json",
            *arguments,
        ],
        capture_output=True,
        cwd=cwd,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def repository() -> Any:
    return audited(cwd=REPOSITORY / "examples" / "imo-creator")


def found(audit: Any, rule: str) -> set[tuple[str, str]]:
    return {
        (f["table"] or f["object"], f["requirement"])
        for f in audit["findings"]
        if f["rule"] == rule
    }


POSTGRES = ("users", "imos", "composio_executions", "ctb_compliance_log", "error_log")
TABLES = {*(f"public.{name}" for name in POSTGRES), "shq.tasks"}
EXPECTED = {
    "missing-tracking-column": {("imo_analytics.events", "updated_at")},
    "nullable-tracking-column": {
        *(
            (table, column)
            for table in TABLES
            for column in ("created_at", "updated_at", "orbt_layer", "blueprint_version")
        ),
        *(
            ("imo_analytics.events", column)
            for column in ("created_at", "orbt_layer", "blueprint_version")
        ),
    },
    "non-unique-heir-id": {("public.error_log", ""), ("shq.tasks", "")},
    "unindexed-heir-id": {("public.error_log", ""), ("shq.tasks", "")},
    "unenforced-heir-format": {("public.ctb_compliance_log", "")},
    "unenforced-process-format": {("public.users", ""), ("public.ctb_compliance_log", "")},
    "unenforced-orbt-range": {("public.users", ""), ("public.ctb_compliance_log", "")},
    "unenforced-blueprint-version": {("public.users", ""), ("public.ctb_compliance_log", "")},
    "unenforced-timestamp-order": {("public.users", ""), ("public.ctb_compliance_log", "")},
    "unenforced-email-format": {("public.users", "email")},
    "unenforced-score-range": {("public.imos", "")},
    "missing-update-trigger": {(t, "") for t in TABLES - {"public.users", "public.imos"}},
    "unindexed-foreign-key": {("public.composio_executions", "user_id")},
    "unindexed-timestamp": {("public.users", "created_at"), ("shq.tasks", "created_at")},
    "unindexed-status": {("public.ctb_compliance_log", "status")},
    "redundant-index": {
        ("public.users", "idx_users_email"),
        ("public.users", "idx_users_heir_id"),
        ("public.imos", "idx_imos_heir_id"),
        ("public.imos", "idx_imos_user_id"),
        ("public.composio_executions", "idx_composio_executions_tool_name"),
    },
    "repeated-unique": {("public.users", "email"), ("public.imos", "imo_id")},
    "exhausted-identifier-space": {(f"public.{name}", "") for name in POSTGRES[:4]},
    "duplicate-unique": set(),
    "invalid-sql": set(),
    "foreign-dialect-sql": set(),
    "unknown-level": set(),
    "conflicting-level": set(),
    "ineffective-trigger": set(),
    "wrong-tracking-type": set(),
    "missing-primary-key": set(),
}


@pytest.mark.parametrize("rule", EXPECTED)
def test_the_repository_has_exactly_these_defects(repository: Any, rule: str) -> None:
    assert found(repository, rule) == EXPECTED[rule]


def test_every_statement_of_the_repository_is_understood(repository: Any) -> None:
    assert repository["coverage"]["not_understood"] == 0


def test_the_waiver_of_the_configuration_counts(repository: Any) -> None:
    waived = [f for f in repository["findings"] if f["waiver"]]
    assert [(f["rule"], f["waiver"]["owner"]) for f in waived] == [
        ("unindexed-status", "data-engineering")
    ]


def test_a_document_that_keeps_the_standard_scores_100() -> None:
    audit = audited("SCHEMA_REFERENCE.md", cwd=REPOSITORY / "examples" / "compliant")
    above = [f for f in audit["findings"] if f["severity"] != "INFO"]
    assert (audit["score"], audit["grade"], above) == (100, "EXCELLENT", [])


def test_the_shipped_log_scores_100() -> None:
    audit = audited("ctb_audit/log/ctb_compliance_log.sql", cwd=REPOSITORY)
    above = [f for f in audit["findings"] if f["severity"] != "INFO"]
    assert (audit["score"], above) == (100, [])


def test_the_generated_documents_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        capture_output=True,
        cwd=REPOSITORY,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
