"""Statements of a document about all of its tables, each held against them."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.document_model import Claim, Remark
from ctb_audit.rulebook import load_standard
from tests.checks.judging import at, catalog_of, document_of, said, table_note

CLAIM = "LOW postgresql reference d.md (no table)"


def statement(kind: Any, *items: str, subject: str = "s") -> Claim:
    remarks = tuple(Remark(text, at(line)) for line, text in enumerate(items, 11))
    return Claim(kind, subject, "All tables include", at(9), items=remarks)


def refuted(claim: Claim, sql: str, **written: Any) -> list[str]:
    document = document_of(sql=sql, claims=(claim,), **written)
    lines = said("refuted-claim", document)
    return [line for line in lines if not line.startswith("not applicable")]


def unserved(sql: str, *items: str) -> str:
    """The columns that no index serves, as the finding lists them."""
    lines = refuted(statement("indexes", *items), sql)
    start = f"{CLAIM} [indexes], line 9: 'All tables include', and nothing serves "
    assert all(line.startswith(start) for line in lines) and len(lines) <= 1
    return lines[0].removeprefix(start) if lines else ""


TABLES = """
CREATE TABLE a (id int PRIMARY KEY, heir_id text UNIQUE, process_id text, created_at timestamp,
  status text, mail_status text, owner int, statuses text, statusx text);
CREATE TABLE b (heir_id text, owner int REFERENCES a);
CREATE INDEX ON b (heir_id);
"""
INDEXES: list[tuple[str, str]] = [
    ("HEIR id", ""),
    ("Unique HEIR id", "b.heir_id"),
    ("Process ID index", "a.process_id"),
    ("Timestamps", "a.created_at"),
    ("status columns", "a.status, a.mail_status"),
    ("foreign keys", "b.owner"),
    ("Foreign Key columns", "b.owner"),
    ("names", ""),
    ("HEIR and process", "a.process_id"),
]


@pytest.mark.parametrize(("item", "expected"), INDEXES)
def test_all_tables_are_said_to_have_an_index(item: str, expected: str) -> None:
    assert unserved(TABLES, item) == expected


def test_indexes_of_several_items_are_one_finding_that_lists_the_first() -> None:
    assert unserved(TABLES, "process", "timestamp", "status") == (
        "a.process_id, a.created_at, a.status, a.mail_status"
    )
    assert unserved(TABLES, "process", "timestamp", "status", "foreign key", "unique heir") == (
        "a.process_id, a.created_at, a.status, a.mail_status and 2 more"
    )
    assert unserved("CREATE INDEX ON a (process_id);".join((TABLES, "")), "process") == ""


def test_tables_that_are_exempt_or_hold_no_index_are_not_asked() -> None:
    assert unserved("CREATE TABLE alembic_version (process_id text);", "process") == ""
    bigquery = document_of(claims=(statement("indexes", "process"),))
    tables = catalog_of("CREATE TABLE web.e (process_id STRING);", "reference", "bigquery").tables
    assert said("refuted-claim", replace(bigquery, tables=tables)) == [
        "not applicable web.e [STAMPED]: no document says that it is STAMPED compliant"
    ]


# ---- columns ------------------------------------------------------------------------------------

COLUMNS = """
CREATE TABLE a (heir_id text NOT NULL, process_id text, created_at timestamp NOT NULL);
CREATE TABLE b (process_id text, created_at timestamp NOT NULL);
CREATE TABLE alembic_version (id int);
"""


def columns(*items: str, unread: tuple[Remark, ...] = ()) -> list[str]:
    return refuted(statement("columns", *items), COLUMNS, unread=unread)


def test_all_tables_are_said_to_have_columns() -> None:
    assert columns("`created_at`: when") == []
    assert columns("`heir_id` and `process_id`", "process_ids, orbt_layers") == [
        f"{CLAIM} [heir_id], line 11: All tables include: heir_id; but b has none",
        f"{CLAIM} [process_id], line 11: All tables include: process_id; but it is nullable in a,"
        " it is nullable in b",
    ]
    assert columns("when: created_at", "the heir_id") == [
        f"{CLAIM} [heir_id], line 12: All tables include: heir_id; but b has none"
    ]


def test_columns_go_by_their_names_in_postgresql() -> None:
    standard = load_standard("ctb-1.0")
    names = {"*": ("anywhere",), "postgresql": ("process_id",)}
    fields = tuple(replace(f, names=names) for f in standard.fields if f.role == "process_id")
    document = document_of(sql=COLUMNS, claims=(statement("columns", "process_id"),))
    (line,) = [
        line
        for line in said("refuted-claim", document, fields=fields)
        if not line.startswith("not applicable")
    ]
    assert line.endswith("process_id; but it is nullable in a, it is nullable in b")


def test_sentences_that_take_it_back() -> None:
    hedged = (
        Remark("created_at if provided", at(30)),
        Remark("If provided, created_at is kept", at(31)),
        Remark("process_id if provided", at(32)),
        Remark("created_at is kept", at(33)),
    )
    assert columns("created_at", unread=hedged) == [
        f"{CLAIM} [created_at], line 11: All tables include: created_at; but line 30 says"
        ' "if provided", line 31 says "if provided"'
    ]
    assert columns("heir_id", unread=(Remark("heir_id if provided", at(8)),)) == [
        f"{CLAIM} [heir_id], line 11: All tables include: heir_id; but b has none, line 8 says"
        ' "if provided"'
    ]


# ---- security rules -----------------------------------------------------------------------------


def collection(name: str, **said_of_it: Any) -> Any:
    return replace(table_note(name, system="firestore", **said_of_it), kind="collection")


RULES = statement("rules", subject="Security Rules")
SECTIONS = (collection("notes"), collection("Drafts"), collection("listed", section=False))


def ruled(*matched: str) -> list[str]:
    document = document_of(*SECTIONS, table_note("users"), claims=(RULES,), matched=matched)
    return said("refuted-claim", document)


def test_rules_are_said_to_be_enforced() -> None:
    told = "'All tables include' is claimed, and no rule is shown for"
    start = f"{CLAIM} [Security Rules], line 9: {told}"
    assert ruled("notes/{id}/parts/{part}", "drafts/{id}") == []
    assert ruled("NOTES") == [f"{start} Drafts"]
    assert ruled("others/{id}") == [f"{start} notes, Drafts"]
    assert ruled() == []
