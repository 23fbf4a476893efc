"""Patches of document types and security rules, applied with git and audited again."""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.config import config_from_text
from ctb_audit.model import Column, Location
from ctb_audit.remedy.elsewhere import Elsewhere
from ctb_audit.remedy.firestore import plan as planning
from ctb_audit.remedy.firestore.documents import TYPES, added, required, shape_at
from ctb_audit.remedy.firestore.plan import plan_firestore
from ctb_audit.remedy.firestore.proof import document_faults, rule_faults
from ctb_audit.remedy.firestore.rules import Repair, RuleSite
from ctb_audit.remedy.firestore.statements import replaced, statement_at
from ctb_audit.remedy.in_place.edits import Edit, edited
from ctb_audit.remedy.patch import patch_of
from ctb_audit.remedy.plan import Wanted
from ctb_audit.sources.load import LoadOptions, load

AT = datetime(2026, 11, 22, tzinfo=UTC)
SETTINGS = AuditSettings(today=date(2026, 11, 22))
TYPE = """\
import type { Timestamp } from "firebase-admin/firestore";

/** A session. */
export interface UserSession {
  userId: string;
  tags?: string[];
  expiresAt: Timestamp; // when; }
  heirId?: string; // id
  /* end */
}
"""
RULES = """\
rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    function own() { return resource.data.userId == request.auth.uid; }
    match /user_sessions/{sessionId} {
      allow read: if true;
      allow delete: if resource.data.userId == 'x' || own();
      allow create, update; // open
    }
  }
}
"""
DRAFT = RULES.replace(
    RULES[RULES.index("      allow read") : RULES.index("    }\n  }\n}")],
    "      allow read, write: if request.auth != null"
    " && resource.data.userId == request.auth.uid;\n",
)


def write(folder: Path, rules: str = RULES, type_: str = TYPE) -> Path:
    (folder / "user_sessions.ts").write_text(type_, newline="")
    (folder / "firestore.rules").write_text(rules, newline="")
    return folder


def planned(folder: Path) -> Elsewhere:
    config = config_from_text("", folder)
    catalogs = load([str(folder)], LoadOptions(root=folder))
    return plan_firestore(catalogs, (config, SETTINGS), Wanted(), AT, (folder,))


def applied(folder: Path, found: Elsewhere) -> tuple[str, str]:
    for file in found.files:
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"],
            cwd=folder,
            input=file.text.encode(),
            check=True,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        )
    texts = (folder / "user_sessions.ts", folder / "firestore.rules")
    return texts[0].read_bytes().decode(), texts[1].read_bytes().decode()


def rules_found(folder: Path) -> set[str]:
    catalogs = load([str(folder)], LoadOptions(root=folder))
    audit = audit_catalogs(catalogs, config_from_text("", folder), SETTINGS)
    return {f.rule for f in audit.open_findings}


def test_git_applies_the_patches_and_the_findings_are_gone(tmp_path: Path) -> None:
    write(tmp_path)
    before = rules_found(tmp_path)
    found = planned(tmp_path)
    assert found.failures == () and found.holds
    type_, rules = applied(tmp_path, found)
    gone = {"missing-tracking-column", "nullable-tracking-column", "open-collection"}
    gone |= {"unauthenticated-access", "unvalidated-collection", "mutable-owner"}
    assert before & gone and not rules_found(tmp_path) & gone
    assert "  heirId: string; // id\n  processId: string;\n  createdAt: Timestamp;\n" in type_
    assert "  expiresAt: Timestamp; // when; }\n" in type_ and "  /* end */\n}" in type_
    assert "allow read: if request.auth != null;\n" in rules
    assert "if request.auth != null && (resource.data.userId == 'x' || own());" in rules
    assert "&& isValidUserSessions(); // open\n" in rules
    assert planned(tmp_path).files == (), "a second run has nothing to do"


def test_a_create_that_could_never_pass_asks_what_is_written(tmp_path: Path) -> None:
    write(tmp_path, DRAFT)
    found = planned(tmp_path)
    _, rules = applied(tmp_path, found)
    who = "request.auth != null && {0}resource.data.userId == request.auth.uid"
    assert f"allow read, delete: if {who.format('')};" in rules
    assert f"allow create: if {who.format('request.')} && isValidUserSessions();" in rules
    kept = "request.resource.data.userId == resource.data.userId"
    assert f"allow update: if {who.format('')} && {kept} && isValidUserSessions();" in rules
    assert rules.count("function isValidUserSessions()") == 1
    assert "request.resource.data.get('tags', []) is list" in rules
    assert found.failures == ()


def test_each_block_has_a_function_of_its_own_and_no_block_two(tmp_path: Path) -> None:
    block = """
      allow create: if request.auth != null;
      allow update: if request.auth != null;
    }
"""
    start, end = RULES.index("      allow read"), RULES.index("    }\n  }\n}")
    nested = "    match /teams/{team}/user_sessions/{id} {" + block
    rules = RULES[:start].rstrip() + block + nested + RULES[end + 6 :]
    write(tmp_path, rules)
    found = planned(tmp_path)
    assert found.failures == ()
    _, text = applied(tmp_path, found)
    assert text.count("function isValidUserSessions()") == 2
    assert text.count("&& isValidUserSessions();") == 4
    blocks = text.split("match /")
    assert [b.count("function isValid") for b in blocks if "user_sessions" in b] == [1, 1]


def test_a_rule_without_its_semicolon_is_left(tmp_path: Path) -> None:
    write(tmp_path, RULES.replace("allow read: if true;", "allow read: if true"))
    told = {x.rule: x.reason for x in planned(tmp_path).left}
    assert "is not edited here" in told["open-collection"]


def test_ownership_is_never_guessed(tmp_path: Path) -> None:
    write(tmp_path)
    told = {x.rule: x.reason for x in planned(tmp_path).left}
    assert "owner's to say" in told["unowned-access"]


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    write(tmp_path, DRAFT.replace("\n", "\r\n"), TYPE.replace("\n", "\r\n"))
    type_, rules = applied(tmp_path, planned(tmp_path))
    for text in (type_, rules):
        assert text.count("\n") == text.count("\r\n")
    assert "processId: string;\r\n" in type_


def test_what_is_read_through_a_function_is_left(tmp_path: Path) -> None:
    rules = DRAFT.replace("resource.data.userId == request.auth.uid;\n", "own();\n")
    write(tmp_path, rules)
    told = {x.rule: x.reason for x in planned(tmp_path).left}
    assert "a function reads resource" in told["create-reads-resource"]


def test_types_in_documents_are_left(tmp_path: Path) -> None:
    (tmp_path / "REF.md").write_text(
        "# Ref\n\n## Firestore\n\n### users\n\n**Barton ID**: BART-FIRE-USERS-V1\n\n"
        "**Enforcement**: STRICT\n\n```typescript\ninterface Users {\n  name: string;\n}\n```\n"
    )
    found = planned(tmp_path)
    assert found.files == ()
    reasons = {x.reason for x in found.left if x.rule == "missing-tracking-column"}
    assert reasons == {"no TypeScript file that can be edited declares its type"}


def test_a_patch_that_leaves_a_finding_fails_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def useless(check: str, site: RuleSite, place: Location) -> Repair:
        return Repair((Edit(0, 0, "// nothing\n"),))

    monkeypatch.setattr(planning, "repair", useless)
    write(tmp_path)
    found = planned(tmp_path)
    assert found.files == () and any("is still found" in f for f in found.failures)


# ---- types --------------------------------------------------------------------------------------


def fields(text: str) -> str:
    """The text with a field more in the type at its start."""
    shape = shape_at(text, Location("a.ts", 1, 1))
    assert shape is not None
    return edited(text, added(shape, [Column("added", TYPES["text"], False)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", "{\n  added: string;\n}"),
        ("{ a: string, b: number }", "{ a: string, b: number, added: string }"),
        ("{ a: string; b: number; }", "{ a: string; b: number; added: string; }"),
        ("{\n\ta: string\n\tb: number\n}", "{\n\ta: string\n\tb: number\n\tadded: string\n}"),
        ("{\n  a: X,\n  b: Y\n}", "{\n  a: X,\n  b: Y,\n  added: string,\n}"),
        ("{\n  a: {\n    b: X;\n  };\n}", "{\n  a: {\n    b: X;\n  };\n  added: string;\n}"),
        ("{\n  ß: string; // ü\n}", "{\n  ß: string; // ü\n  added: string;\n}"),
    ],
)
def test_fields_in_the_style_of_the_type(before: str, after: str) -> None:
    assert fields(f"interface Ä {before}") == f"interface Ä {after}"
    assert fields(f"type A = {before};") == f"type A = {after};"


def test_classes_and_broken_texts_are_not_edited() -> None:
    assert shape_at("class A { a: string; }", Location("a.ts", 1, 1)) is None
    assert shape_at("interface A { a: string; ", Location("a.ts", 1, 1)) is None
    assert shape_at("type A = B & { a: string };", Location("a.ts", 1, 1)) is None


def test_only_a_question_mark_is_taken_away() -> None:
    shape = shape_at("interface A { a?: string }", Location("a.ts", 1, 1))
    assert shape is not None
    edit = required(shape, "a")
    assert edit is not None and edited(shape.text, [edit]) == "interface A { a: string }"
    assert required(shape, "b") is None


# ---- rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("resource.data.a == resource.id", "request.resource.data.a == request.resource.id"),
        ("request.resource.data.a == 1", ""),
        ("'resource' == a.resource // resource", ""),
    ],
)
def test_the_stored_document_becomes_the_written_one(before: str, after: str) -> None:
    assert replaced(before) == after


@pytest.mark.parametrize(
    ("text", "operations", "rest"),
    [
        ("allow write: if a;", ("create",), ("update", "delete")),
        ("allow read, create: if a;", ("create",), ("read",)),
        ("allow create;", ("create",), ()),
        ("allow get, write: if a;", ("create", "update"), ("get", "delete")),
    ],
)
def test_operations_are_split(
    text: str, operations: tuple[str, ...], rest: tuple[str, ...]
) -> None:
    statement = statement_at(text, Location("f.rules", 1, 1))
    assert statement is not None
    assert statement.narrowed(operations) == rest
    made = edited(text, statement.split(operations, "b"))
    assert made.count("allow") == (2 if rest else 1) and ": if b;" in made


def test_the_proof_sees_what_else_changes() -> None:
    assert list(rule_faults(RULES, RULES.replace("'x'", "'y'"), "f")) == []
    assert "own" in next(rule_faults(RULES, RULES.replace("uid;", "token;"), "f"))
    assert list(rule_faults(RULES, RULES.replace("user_sessions", "users"), "f"))
    assert list(rule_faults(RULES, RULES.replace("allow read:", "allow read if"), "f"))
    assert list(document_faults(TYPE, TYPE.replace("userId: string", "userId: number"), "a.ts"))
    assert list(document_faults(TYPE, TYPE.replace("heirId?", "heirId"), "a.ts")) == []
    assert list(document_faults(TYPE, TYPE.replace("tags?: string[];", ""), "a.ts"))


# ---- patches ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a", "b"),
        ("a\n", "a"),
        ("", "x\n"),
        ("x\r\ny\r\n", "x\r\nz\r\ny\r\n"),
        ("\x0b\u2028a\nb\n", "\x0b\u2028a\nc\n"),
        ("\n".join(map(str, range(40))), "\n".join(str(n) if n % 17 else "x" for n in range(40))),
    ],
)
def test_git_makes_of_the_patch_what_was_meant(tmp_path: Path, before: str, after: str) -> None:
    name = 'd ir/ä "x".txt'
    (tmp_path / "d ir").mkdir()
    (tmp_path / name).write_bytes(before.encode())
    patch = patch_of(name, before, after)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=tmp_path,
        input=patch.encode(),
        check=True,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
    )
    assert (tmp_path / name).read_bytes().decode() == after
    assert patch_of(name, after, after) == ""


# ---- the command ---------------------------------------------------------------------------------


def test_the_command_writes_patches_and_what_is_unproven_decides_the_exit(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "bigquery").mkdir()
    (tmp_path / "bigquery" / "t.sql").write_text("CREATE TABLE d.t (id STRING NOT NULL);")

    def ctb(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "ctb_audit.cli", "remediate", ".", "--no-log", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )

    one = ctb("--system", "firestore", "--output-dir", "out")
    assert one.returncode == 0, one.stderr + one.stdout
    names = sorted(p.name.partition("_")[2] for p in (tmp_path / "out" / "firestore").iterdir())
    assert names == ["01_review_types.patch", "02_review_rules.patch"]
    assert not (tmp_path / "out" / "bigquery").exists()
    both = ctb("--dry-run")
    assert both.returncode == 3 and "UNPROVEN bigquery" in both.stdout
    assert "ADD COLUMN IF NOT EXISTS" in both.stdout and "+++ b/firestore.rules" in both.stdout
    safe = ctb("--dry-run", "--only", "safe", "--system", "firestore")
    assert safe.returncode == 0 and "+++" not in safe.stdout


def test_the_log_says_what_is_proven_and_what_is_not(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "bigquery").mkdir()
    (tmp_path / "bigquery" / "t.sql").write_text("CREATE TABLE d.t (id STRING NOT NULL);")
    command = [sys.executable, "-m", "ctb_audit.cli", "remediate", ".", "--log", "log.db"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 3, done.stderr
    with sqlite3.connect(tmp_path / "log.db") as log:
        ((status, score, actions),) = log.execute(
            "SELECT status, compliance_score, actions_performed FROM ctb_compliance_log"
        )
    log.close()
    written = json.loads(actions)
    found = {Path(a["path"]).parent.name: a["detail"] for a in written["actions"]}
    assert found == {"bigquery": "unproven", "firestore": "proven"}
    assert status == "partial"
    others = written["remediation"]["others"]
    assert [o["system"] for o in others] == ["bigquery", "firestore"]
    assert score >= max(o["score_after"] for o in others)
