"""What security rules grant on a collection, verdict by verdict (STANDARD section 9)."""

import pytest

from tests.checks.firestore_collections import (
    ADMIN,
    ANYBODY,
    DEAD,
    MINE,
    NO_RULES,
    OTHERS,
    OWN,
    PASS,
    SIGNED,
    SIGNED_OUT,
    collection,
    finding,
    judged,
    left_out,
    ruled,
)
from tests.checks.judging import said


def test_a_collection_without_rules() -> None:
    unmatched = finding("HIGH", "no security rule matches it, so no client may use it", 0)
    assert judged("unmatched-collection", OTHERS) == unmatched
    assert judged("unmatched-collection", "allow read: if false;") == PASS
    wide = "match /{document=**} { allow read: if COND; }"
    assert judged("unmatched-collection", wide.replace("COND", "false")) == unmatched
    assert judged("unmatched-collection", wide.replace("COND", SIGNED)) == PASS
    any_ = "match /{any}/{id} { allow read: if false; }"
    assert judged("unmatched-collection", any_) == unmatched


def test_rules_that_were_not_read_whole() -> None:
    broken = f"{OTHERS} match /x/{{id}} {{ allow read: if ((; }}"
    assert judged("unmatched-collection", broken) == [
        "unknown HIGH firestore default.notes: part of the security rules could not be read"
    ]


RULES = ["open-collection", "unauthenticated-access", "unowned-access", "mutable-owner"]
RULES += ["create-reads-resource", "unvalidated-collection"]


@pytest.mark.parametrize("rule", RULES)
def test_without_rules_nothing_is_granted(rule: str) -> None:
    assert judged(rule, OTHERS, "id", "userId", "updatedAt") == NO_RULES
    assert judged("missing-update-rule", OTHERS, "updatedAt") == NO_RULES


def test_files_come_before_documents() -> None:
    table = collection("id")
    open_, closed = (f"match /notes/{{id}} {{ allow read: if {c}; }}" for c in ("true", "false"))
    told = "anybody may read, without any condition"
    document = ruled(open_, table, surface="reference", path="d.md")
    assert said("open-collection", document, ruled(closed)) == PASS
    assert said("open-collection", ruled(closed, table), ruled(open_, surface="live")) == [
        f"CRITICAL firestore ddl default.notes, line 1: {told}"
    ]
    assert said("open-collection", document) == [
        f"CRITICAL firestore reference default.notes, line 1: {told}"
    ]


# ---- open, and without signing in ---------------------------------------------------------------

OPEN: list[tuple[str, str]] = [
    ("allow read;", "read"),
    ("allow get: if true;", "get"),
    ("allow read, write;", "read and write"),
    ("allow list, create;", "list and create"),
    ("allow get, create, delete;", "get, create and delete"),
    ("allow write; allow get;", "write and get"),
    ("allow create, update;", "create and update"),
]


@pytest.mark.parametrize(("allow", "words"), OPEN)
def test_open_to_anybody(allow: str, words: str) -> None:
    assert judged("open-collection", allow) == finding("CRITICAL", ANYBODY.format(words))


def test_the_first_place_of_several() -> None:
    two = "match /notes/{id} {\n allow get: if true;\n allow list: if true;\n}"
    assert judged("open-collection", two) == finding("CRITICAL", ANYBODY.format("read"), 2)


def test_a_condition_that_nobody_can_decide() -> None:
    told = "the rules call somewhere(), which nothing defines"
    unknown = f"unknown CRITICAL firestore default.notes: {told}"
    assert judged("open-collection", "allow read: if somewhere();") == [unknown]
    assert judged("unauthenticated-access", "allow read: if somewhere();") == [unknown]
    both = "allow read: if somewhere(); allow create: if elsewhere();"
    assert judged("open-collection", both) == [unknown]


def test_without_signing_in() -> None:
    public = "allow read: if resource.data.public; allow write: if request.auth != null;"
    assert judged("unauthenticated-access", public) == finding(
        "CRITICAL", SIGNED_OUT.format("read")
    )
    assert judged("unauthenticated-access", f"allow read: if {SIGNED};") == PASS
    assert judged("unauthenticated-access", "allow read;") == PASS


KEYS = "request.resource.data.diff(resource.data).affectedKeys()"
CHANGES: list[tuple[str, list[str]]] = [
    (f"allow update: if {OWN};", finding("HIGH", "an update may change userId, the owner")),
    (f"allow update: if {OWN} && request.auth.uid == resource.data.by;",
     finding("HIGH", "an update may change by and userId, the owner")),
    (f"allow update: if {OWN} && {MINE};", PASS),
    (f"allow update: if {OWN} && {KEYS}.hasOnly(['title']);", PASS),
    (f"allow update: if {OWN} && {KEYS}.hasOnly(fields());", [
        "unknown HIGH firestore default.notes: the fields that an update may change are not written"
        " as a list"
    ]),
    (f"allow update: if {SIGNED} && {KEYS}.hasOnly(['title']);", PASS),
    (f"allow read: if {OWN};", left_out("no rule grants an update")),
    (f"allow create: if {MINE};", left_out("no rule grants an update")),
]  # fmt: skip


@pytest.mark.parametrize(("allow", "expected"), CHANGES)
def test_an_owner_that_an_update_may_change(allow: str, expected: list[str]) -> None:
    prelude = "function fields() { return request.auth.token.fields; } "
    body = f"{prelude}match /notes/{{id}} {{ {allow} }}"
    assert judged("mutable-owner", body, "id", "userId") == expected


NEVER = "create reads resource, which does not exist yet: no document can ever be created"
CREATED: list[tuple[str, list[str]]] = [
    (f"allow create: if {MINE};", PASS),
    (f"allow create: if {OWN};", finding("HIGH", DEAD)),
    (f"allow create: if {OWN} || {ADMIN};", finding("HIGH", DEAD)),
    (f"allow write: if {OWN};", finding("HIGH", NEVER)),
    (f"allow write: if {OWN}; allow create: if {MINE};", PASS),
    (f"allow write: if {OWN} || {ADMIN};", PASS),
    (f"allow update: if {OWN};", left_out("no rule grants create")),
]


@pytest.mark.parametrize(("allow", "expected"), CREATED)
def test_a_create_that_reads_what_is_not_there(allow: str, expected: list[str]) -> None:
    assert judged("create-reads-resource", allow) == expected


def test_the_first_place_that_reads_what_is_not_there() -> None:
    two = f"match /notes/{{id}} {{\n allow create: if {OWN};\n allow create: if {OWN};\n}}"
    assert judged("create-reads-resource", two) == finding("HIGH", DEAD, 2)
    wide = f"match /notes/{{id}} {{\n allow write: if {OWN};\n allow write: if {OWN};\n}}"
    assert judged("create-reads-resource", wide) == finding("HIGH", NEVER, 2)


TYPED = "request.resource.data.title is string"
VALIDATED: list[tuple[str, list[str]]] = [
    (f"allow create, update: if {SIGNED} && {TYPED};", PASS),
    (f"allow create, update: if {SIGNED};",
     finding("MEDIUM", "create and update accepts any fields of any type")),
    (f"allow create: if {TYPED}; allow update: if {SIGNED};",
     finding("MEDIUM", "update accepts any fields of any type")),
    (f"allow update: if {TYPED}; allow create: if {SIGNED};",
     finding("MEDIUM", "create accepts any fields of any type")),
    ("allow create: if valid();",
     ["unknown MEDIUM firestore default.notes: the rules call valid(), which nothing defines"]),
    (f"allow read, delete: if {SIGNED};", left_out("no rule grants create or update")),
    (f"allow update: if {SIGNED};", finding("MEDIUM", "update accepts any fields of any type")),
]  # fmt: skip


@pytest.mark.parametrize(("allow", "expected"), VALIDATED)
def test_fields_that_nothing_checks(allow: str, expected: list[str]) -> None:
    assert judged("unvalidated-collection", allow) == expected


def test_a_time_of_the_last_update() -> None:
    rule = "missing-update-rule"
    read = "match /notes/{id} {\n allow read: if false; }"
    told = finding("LOW", "no rule names update, so updatedAt never changes")
    assert judged(rule, read, "updatedAt") == told
    assert judged(rule, "allow update: if false;", "updatedAt") == PASS
    assert judged(rule, "allow write: if false;", "updatedAt") == PASS
    assert judged(rule, read, "id") == left_out("its documents have no time of the last update")
    later = f"{OTHERS}\nmatch /notes/{{id}} {{ allow read; }}"
    assert judged(rule, later, "updatedAt") == finding(
        "LOW", "no rule names update, so updatedAt never changes", 2
    )
