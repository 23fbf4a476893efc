"""Whose documents are, as security rules see it, and matches that nobody declares."""

from dataclasses import replace

import pytest

from ctb_audit.judge import judge
from ctb_audit.rulebook import load_standard
from ctb_audit.subjects import build_project
from tests.checks.firestore_collections import (
    ADMIN,
    ANYBODY,
    DEAD,
    MEMBER,
    MINE,
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
from tests.checks.judging import TODAY, said
from tests.rules.verdict_lines import verdict_lines

UNOWNED = "{} is open to whoever is signed in, owner or not"
UNBOUND = "{} of any document is open to whoever is signed in"
NO_OWNER = left_out("neither its documents nor its rules know an owner")
MEMBERS = "whoever is a member may create in another's name: nothing holds {} to the writer"
OWNED: list[tuple[str, tuple[str, ...], list[str]]] = [
    (f"allow read: if {OWN};", ("userId",), PASS),
    (f"allow read: if {SIGNED};", ("userId",), finding("HIGH", UNOWNED.format("read"))),
    (f"allow read: if {SIGNED} && somewhere();", ("userId",), [
        "unknown HIGH firestore default.notes: the rules call somewhere(), which nothing defines"
    ]),
    (f"allow read: if {SIGNED};", ("id",), NO_OWNER),
    (f"allow read, create: if {SIGNED};", ("id",), NO_OWNER),
    (f"allow create, update: if {SIGNED};", ("id",), finding("HIGH", UNBOUND.format("update"))),
    (f"allow write: if {SIGNED};", ("id",), finding("HIGH", UNBOUND.format("update and delete"))),
    (f"allow delete: if {ADMIN};", ("id",), PASS),
    (f"allow get: if {OWN}; allow list: if {SIGNED};", ("id",),
     finding("HIGH", UNOWNED.format("list"))),
    (f"allow create: if {MINE}; allow get: if {SIGNED};", ("id",),
     finding("HIGH", UNOWNED.format("get"))),
    (f"allow get: if request.auth.uid in resource.data.readers; allow list: if {SIGNED};", ("id",),
     NO_OWNER),
    (f"allow get: if request.auth.uid == id; allow list: if {SIGNED};", ("id",),
     finding("HIGH", UNOWNED.format("list"))),
]  # fmt: skip


@pytest.mark.parametrize(("allow", "fields", "expected"), OWNED)
def test_who_may_use_documents_of_others(
    allow: str, fields: tuple[str, ...], expected: list[str]
) -> None:
    assert judged("unowned-access", allow, *fields) == expected


@pytest.mark.parametrize(
    ("wildcard", "known"), [("userId", True), ("adminUid", True), ("post_uid", True), ("id", False)]
)
def test_a_path_that_names_an_owner(wildcard: str, known: bool) -> None:
    body = f"match /notes/{{{wildcard}}} {{ allow read: if {SIGNED}; }}"
    told = finding("HIGH", UNOWNED.format("read"))
    assert judged("unowned-access", body) == (told if known else NO_OWNER)
    named = f"match /userId/{{id}}/notes/{{note}} {{ allow read: if {SIGNED}; }}"
    assert judged("unowned-access", named) == NO_OWNER


def test_an_owner_in_a_map() -> None:
    table = collection("id", "author.uid")
    catalog = ruled(f"match /notes/{{id}} {{ allow read: if {SIGNED}; }}", table)
    standard = load_standard("ctb-1.0", select=["unowned-access"])
    rule = standard.rules["unowned-access"]

    def told(*owner_fields: str) -> list[str]:
        own = {rule.id: replace(rule, params={"owner_fields": owner_fields})}
        project = build_project([catalog], replace(standard, rules=own), today=TODAY)
        return verdict_lines(project, judge(project))

    unowned = finding("HIGH", UNOWNED.format("read"))
    assert told("author.uid") == told("x", "author") == unowned
    assert told("author.id") == told("editor.uid") == told("uid") == NO_OWNER


def below(above: str, inside: str = f"allow read: if {SIGNED};") -> str:
    return f"match /orders/{{order}} {{ {above} match /notes/{{id}} {{ {inside} }} }}"


@pytest.mark.parametrize(
    ("above", "owned"),
    [
        (f"allow read: if {OWN};", True),
        (f"allow get: if {OWN}; allow list: if {ADMIN};", True),
        (f"allow get: if {OWN}; allow list: if {SIGNED};", False),
        (f"allow list: if {OWN}; allow get: if {SIGNED};", False),
        (f"allow read: if {ADMIN};", False),
        (f"allow delete: if {OWN};", False),
        (f"allow read: if {OWN}; allow create: if {SIGNED};", True),
        ("allow read: if request.auth.uid == order;", True),
        ("", False),
    ],
)
def test_what_lies_below_the_documents_of_owners(above: str, owned: bool) -> None:
    told = finding("HIGH", UNOWNED.format("read"))
    lines = [line for line in judged("unowned-access", below(above)) if "orders" not in line]
    assert lines == (told if owned else NO_OWNER)


def grouped(*allows: str) -> str:
    return f"match /groups/{{group}}/notes/{{id}} {{ {' '.join(allows)} }}"


def test_members_write_in_the_names_of_others() -> None:
    create = f"allow create: if {MEMBER};"
    owner = f"allow update, delete: if {OWN};"
    forged = finding("HIGH", MEMBERS.format("userId"))
    assert judged("unowned-access", grouped(create, owner), "id", "userId") == forged
    assert judged("unowned-access", grouped(create, owner), "id") == forged
    either = grouped(create, f"allow delete: if {MEMBER};")
    assert judged("unowned-access", either, "id", "userId") == PASS
    own = grouped(f"allow create: if {MEMBER} && {MINE};", owner)
    assert judged("unowned-access", own, "id", "userId") == PASS
    update = grouped(create, owner, f"allow read: if {SIGNED};")
    both = f"{UNOWNED.format('read')}; {MEMBERS.format('userId')}"
    assert judged("unowned-access", update, "id", "userId") == finding("HIGH", both)


# ---- matches of what nobody declares -------------------------------------------------------------

DRAFTS = "match /drafts/{{id}} {{ {} }}"
UNDECLARED: list[tuple[str, str, str]] = [
    ("open-collection", "allow read;", f"CRITICAL: {ANYBODY.format('read')}"),
    ("unauthenticated-access", "allow read: if resource.data.public;",
     f"CRITICAL: {SIGNED_OUT.format('read')}"),
    ("mutable-owner", f"allow update: if {OWN};", "HIGH: an update may change userId, the owner"),
    ("create-reads-resource", f"allow create: if {OWN};", f"HIGH: {DEAD}"),
    ("unowned-access", f"allow write: if {SIGNED};",
     f"HIGH: {UNBOUND.format('update and delete')}"),
    ("unowned-access", f"allow get: if {OWN}; allow create, list: if {SIGNED};",
     f"HIGH: {UNOWNED.format('create')}"),
    ("unowned-access", f"allow get: if {OWN}; allow list: if {SIGNED};", ""),
    ("unowned-access", f"allow create, read: if {SIGNED};", ""),
    ("open-collection", f"allow read: if {SIGNED};", ""),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "allow", "expected"), UNDECLARED)
def test_matches_of_collections_that_nobody_declares(rule: str, allow: str, expected: str) -> None:
    text = f"match /notes/{{id}} {{ allow read: if false; }}\n{DRAFTS.format(allow)}"
    lines = [line for line in judged(rule, text) if "default.notes" not in line]
    severity, _, told = expected.partition(": ")
    where = "firestore ddl /drafts/{id} (no table), line 2"
    assert lines == ([f"{severity} {where}: {told}"] if expected else [])


def test_members_of_what_nobody_declares() -> None:
    text = grouped(f"allow create: if {MEMBER};", f"allow update, delete: if {OWN};")
    path = "/groups/{group}/notes/{id}"
    catalog = ruled(text, collection("id", name="others"))
    lines = [line for line in said("unowned-access", catalog) if "default.others" not in line]
    assert lines == [f"HIGH firestore ddl {path} (no table), line 1: {MEMBERS.format('userId')}"]


def test_declared_collections_do_not_hide_later_ones() -> None:
    text = "match /notes/{id} { allow read: if false; }\nmatch /drafts/{id} { allow read; }\n"
    more = "match /orders/{id} { allow get; }"
    lines = judged("open-collection", f"{text}{more}")
    assert [line.split(" (")[0] for line in lines if "(no table)" in line] == [
        "CRITICAL firestore ddl /drafts/{id}",
        "CRITICAL firestore ddl /orders/{id}",
    ]


EVERY = "grants {} on every collection, named or not"


@pytest.mark.parametrize(
    ("path", "allow", "words"),
    [
        ("/{document=**}", f"allow read: if {SIGNED};", "read"),
        ("/{any}/{id}", f"allow write: if {SIGNED};", "write"),
        ("/{any}/{id}", f"allow read: if {ADMIN};", ""),
        ("/{any}/{id}", "allow read;", ""),
        ("/{any}/{id}", "allow read: if resource.data.public;", ""),
        ("/{group}/{id}", f"allow read: if {MEMBER};", ""),
        ("/drafts/{id}", f"allow read: if {SIGNED};", ""),
        ("/drafts/{document=**}", f"allow read: if {SIGNED};", ""),
    ],
)
def test_matches_that_name_no_collection(path: str, allow: str, words: str) -> None:
    text = f"{OTHERS}\nmatch {path} {{ {allow} }}"
    lines = judged("unbounded-match", text)
    where = f"MEDIUM firestore ddl {path} (no table), line 2: "
    assert lines == ([f"{where}{EVERY.format(words)}"] if words else [])
