"""What rules grant, decided on their conditions."""

import pytest

from ctb_audit.rules_model import OPERATIONS, Operation
from ctb_audit.semantics.firestore import Grants, applying, grants_of, matched_paths, target_of
from ctb_audit.sources.firestore_rules import read_rules

AUTH = "request.auth.uid"
NEW, OLD = "request.resource.data", "resource.data"


def grants(body: str, outside: str = "") -> Grants:
    rules = read_rules(f"{outside}\nmatch /notes/{{id}} {{ {body} }}", "f.rules")
    assert rules.problems == ()
    return grants_of(applying(matched_paths(rules.rules), target_of("notes")))


def allowed(condition: str, operation: Operation = "get", outside: str = "") -> Grants:
    return grants(f"allow {operation}: if {condition};", outside)


SIGNED_IN = {
    "request.auth != null": True,
    "null != request.auth": True,
    "!(request.auth == null)": True,
    "request.auth.uid != null": True,
    "request.auth.token.email_verified": True,
    "request.auth == null || request.auth.uid == id": False,
    "resource.data.public || request.auth != null": False,
    "resource.data.public ? request.auth != null : request.auth.uid == id": True,
    "resource.data.public ? true : request.auth != null": False,
    "request.auth != null && (a || b)": True,
    "(a || b) && (c || request.auth != null)": False,
    "exists(/databases/$(d)/documents/users/$(request.auth.uid))": True,
    "signed()": True,
    "signed() == true": True,
    "signed() != false && x": True,
    "either(x)": False,
}
FUNCTIONS = """
function signed() { return request.auth != null; }
function either(other) { let ok = signed(); return ok || other; }
"""


@pytest.mark.parametrize(("condition", "expected"), SIGNED_IN.items(), ids=list(SIGNED_IN))
def test_who_is_signed_in(condition: str, expected: bool) -> None:
    cases = [g.facts for _, g in allowed(condition, outside=FUNCTIONS).cases("get")]
    assert cases and all(f.signed_in for f in cases) == expected


OWNED: list[tuple[Operation, str, bool]] = [
    ("get", f"{AUTH} == {OLD}.userId", True),
    ("get", f"{AUTH} in {OLD}.members", True),
    ("get", f"{AUTH} == id", True),
    ("get", "request.auth.token.admin == true", True),
    ("get", "request.auth.token.role in ['a', 'b']", True),
    ("get", "'admin' in request.auth.token", True),
    ("get", f"get(/users/$({AUTH})).data.role == 'admin'", True),
    ("get", f"{OLD}.members.hasAny([{AUTH}])", True),
    ("get", f"{AUTH} != null", False),
    ("get", f"{AUTH} != {OLD}.userId", False),
    ("get", f"!({AUTH} != {OLD}.userId)", True),
    ("get", f"{AUTH} is string", False),
    ("get", "request.auth.token.email_verified == true", False),
    ("get", f"get(/flags/x).data.open == true && {AUTH} != null", False),
    ("create", f"{AUTH} == {NEW}.userId", True),
    ("create", f"{AUTH} == {NEW}['userId']", True),
    ("create", f"{NEW}.get('userId', null) == {AUTH}", True),
    ("create", "request.auth != null", False),
    ("update", f"{AUTH} == {NEW}.userId", False),
    ("update", f"{AUTH} == {NEW}.userId && {NEW}.userId == {OLD}.userId", True),
    ("update", f"{AUTH} == {OLD}.userId", True),
    ("delete", f"{AUTH} == {OLD}.userId || request.auth != null", False),
]


@pytest.mark.parametrize(("operation", "condition", "expected"), OWNED)
def test_whom_an_operation_is_bound_to(
    operation: Operation, condition: str, expected: bool
) -> None:
    cases = [g.facts for _, g in allowed(condition, operation).cases(operation)]
    assert cases and all(f.owned(operation) for f in cases) == expected


CHANGES = f"{NEW}.diff({OLD}).affectedKeys()"
MUTABLE = {
    f"{AUTH} == {OLD}.userId": ("userId",),
    f"{AUTH} == {OLD}.userId && {AUTH} == {NEW}.userId": (),
    f"{AUTH} == {OLD}.userId && {NEW}.userId == {OLD}.userId": (),
    f"{AUTH} == {OLD}.userId && {CHANGES}.hasOnly(['a', 'b'])": (),
    f"{AUTH} == {OLD}.userId && {CHANGES}.hasOnly(['a', 'userId'])": ("userId",),
    f"{AUTH} == {OLD}.userId && !{CHANGES}.hasAny(['userId'])": (),
    f"{AUTH} == {OLD}.userId && !('userId' in {CHANGES})": (),
    f"{AUTH} == {OLD}.userId && !('other' in {CHANGES})": ("userId",),
    f"{AUTH} == {OLD}.userId && {AUTH} == id": (),
    f"{AUTH} == {OLD}.userId && request.auth.token.admin": ("userId",),
    f"{AUTH} == {OLD}.author.uid": ("author.uid",),
    f"{AUTH} == {OLD}.author.uid && {NEW}.author == {OLD}.author": (),
    f"{AUTH} == {OLD}.author.uid && {CHANGES}.hasOnly(['title'])": (),
    f"{AUTH} in {OLD}.members": (),
}


@pytest.mark.parametrize(("condition", "expected"), MUTABLE.items(), ids=list(MUTABLE))
def test_whether_an_update_may_change_the_owner(condition: str, expected: tuple[str, ...]) -> None:
    cases = [g.facts for _, g in allowed(condition, "update").cases("update")]
    assert {f.mutable_owner() for f in cases} == {expected}


def test_a_list_of_fields_that_cannot_be_told_is_undecided() -> None:
    found = allowed(f"{AUTH} == {OLD}.userId && {CHANGES}.hasOnly(x.list)", "update")
    assert [g.facts.undecided for _, g in found.cases("update")] == [True]


BLOCKED = {
    f"allow write: if {AUTH} == {OLD}.userId;": True,
    f"allow create: if {AUTH} == {NEW}.userId && {OLD}.x == 1;": True,
    f"allow write: if resource == null || {AUTH} == {OLD}.userId;": False,
    f"allow write: if {AUTH} == {OLD}.userId || {AUTH} == {NEW}.userId;": False,
    f"allow write: if request.method == 'delete' && {AUTH} == {OLD}.userId;": False,
    "allow create: if false;": False,
}


@pytest.mark.parametrize(("body", "expected"), BLOCKED.items(), ids=list(BLOCKED))
def test_a_create_that_reads_what_is_not_there(body: str, expected: bool) -> None:
    found = grants(body)
    assert bool(found.dead or (found.blocked and not found.granted["create"])) == expected


def test_operations_and_methods() -> None:
    found = grants("allow write: if request.method in ['create', 'update']; allow read;")
    held = {o for o in OPERATIONS if found.granted.get(o)}
    assert held == {"get", "list", "create", "update"}
    assert found.named == set(OPERATIONS)


VALIDATED = {
    f"{NEW}.keys().hasOnly(['a'])": True,
    f"{NEW}.a is string": True,
    f"{NEW}.a.size() < 10": True,
    f"{NEW}.a in ['x', 'y']": True,
    f"{NEW}.at == request.time": True,
    f"{NEW}.a.matches('x+')": True,
    f"{AUTH} == {NEW}.userId": False,
    f"{NEW}.a == {OLD}.a": False,
    f"{NEW}.a != null": False,
    "request.auth != null": False,
}


@pytest.mark.parametrize(("condition", "expected"), VALIDATED.items(), ids=list(VALIDATED))
def test_what_counts_as_validation(condition: str, expected: bool) -> None:
    cases = [g.facts for _, g in allowed(condition, "update").cases("update")]
    assert [f.validated for f in cases] == [expected]


COVERED = [
    ("/notes/{id}", "2", True),
    ("/{document=**}", "2", True),
    ("/{a}/{b}", "2", True),
    ("/notes/{id}/{rest=**}", "2", True),
    ("/notes/{id}/{rest=**}", "1", False),
    ("/{path=**}/notes/{id}", "2", True),
    ("/{path=**}/notes/{id}", "1", False),
    ("/other/{id}", "2", False),
    ("/notes/{id}/parts/{part}", "2", False),
]


@pytest.mark.parametrize(("path", "version", "expected"), COVERED)
def test_which_matches_apply(path: str, version: str, expected: bool) -> None:
    text = f"rules_version = '{version}';\nmatch {path} {{ allow read; }}"
    paths = matched_paths(read_rules(text, "f.rules").rules)
    assert bool(applying(paths, target_of("notes"))) == expected


def test_a_function_that_nothing_defines_is_a_doubt() -> None:
    assert allowed("isOwner(resource)").doubts == (
        "the rules call isOwner(), which nothing defines",
    )


def test_conditions_without_end_are_doubts() -> None:
    loop = "function f() { return f(); }"
    assert "f()" in allowed("f()", outside=loop).doubts[0]
    many = " && ".join(f"({OLD}.a{n} || {OLD}.b{n})" for n in range(20))
    assert "too many cases" in allowed(many).doubts[0]
    doubling = " ".join(
        f"function f{n}(x) {{ return f{n + 1}(x + x) && f{n + 1}(x); }}" for n in range(18)
    )
    assert (
        "too many cases"
        in allowed("f0(a)", outside=doubling + "function f18(x) { return x; }").doubts[0]
    )


def test_a_form_with_many_optional_fields_is_decided() -> None:
    form = " && ".join(f"(!('f{n}' in {NEW}) || {NEW}.f{n} is string)" for n in range(20))
    found = allowed(f"{AUTH} == {NEW}.userId && {form}", "create")
    (case,) = (g.facts for _, g in found.cases("create"))
    assert (found.doubts, case.owned("create"), case.validated) == ((), True, True)
