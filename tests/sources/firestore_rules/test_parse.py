"""The language of security rules, whole and broken."""

import pytest

from ctb_audit.rules_model import Node
from ctb_audit.semantics.firestore import matched_paths
from ctb_audit.semantics.firestore.texts import text_of
from ctb_audit.sources.firestore_rules import RulesRead, read_rules


def condition(text: str) -> Node:
    read = read_rules(f"match /a/{{id}} {{ allow read: if {text}; }}", "f.rules")
    assert read.problems == (), read.problems
    found = read.rules.matches[0].allows[0].condition
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a || b && c", "(a || (b && c))"),
        ("(a || b) && !c", "((a || b) && !(c))"),
        ("a == b != c", "((a == b) != c)"),
        ("a < 1 + 2 * 3 - -x", "(a < ((1 + (2 * 3)) - -(x)))"),
        ("a ? b : c ? d : e", "ternary(a,b,ternary(c,d,e))"),
        ("x is string && 'k' in y", "((x is string) && ('k' in y))"),
        ("a.b['c'].d(1, [2, {'k': v}])", "call(index(a.b,'c').d,1,list(2,map('k',v)))"),
        ('a[0:2] == "it\'s"', '(index(a,0,2) == "it\'s")'),
        ("exists(/databases/$(db)/documents/x/$(a.b))", None),
        ("/* one */ a // two\n && b", "(a && b)"),
        ("duration.value(1, 'd') > x", "(call(duration.value,1,'d') > x)"),
        ("a.matches('^\\\\d+$')", "call(a.matches,'^\\\\d+$')"),
    ],
)
def test_expressions_by_the_precedence_of_the_language(text: str, canonical: str | None) -> None:
    found = text_of(condition(text))
    if canonical is None:
        path = "path('databases',path(db),'documents','x',path(a.b))"
        assert found == f"call(exists,{path})"
    else:
        assert found == canonical


FILE = """rules_version = '2';
service firebase.storage { match /b/{bucket}/o { match /{p=**} { allow read; } } }
service cloud.firestore {
  match /databases/{database}/documents {
    function owns(data) { let uid = request.auth.uid; return data.owner == uid; }
    match /users/{user} {
      allow get, list: if true
      allow write: if owns(resource.data);
      match /notes/{note=**} { allow read; }
    }
  }
}
"""


def test_paths_count_from_the_documents_and_services_are_told_apart() -> None:
    rules = read_rules(FILE, "f.rules").rules
    assert [p.name for p in matched_paths(rules)] == [
        "/users/{user}",
        "/users/{user}/notes/{note=**}",
    ]
    assert (rules.version, rules.partial, rules.broken) == ("2", False, False)
    assert read_rules("service firebase.storage { }", "s.rules").other_service


def test_places_count_in_the_document_that_holds_the_rules() -> None:
    read = read_rules("match /a/{b} {\n  allow read;\n}", "doc.md", first_line=40, margin=2)
    match = read.rules.matches[0]
    assert (match.location, match.allows[0].location[1:]) == (("doc.md", 40, 3), (41, 5))


def test_rules_of_version_1_say_so() -> None:
    read = read_rules("service cloud.firestore { match /databases/{d}/documents { } }", "f.rules")
    assert (read.rules.version, read.problems) == ("1", ())


BROKEN = {
    "an unknown operation": "match /a/{b} { allow peek: if true; allow read: if x; }",
    "a missing value": "match /a/{b} { allow read: if && x; allow read: if x; }",
    "a stray word": "match /a/{b} { allow read: if x y; allow read: if x; }",
    "no statement": "match /a/{b} { grant read; allow read: if x; }",
    "a function without a result": "match /a/{b} { function f() { let a = 1; } allow read: if x; }",
    "signs of another language": "match /a/{b} { #include; allow read: if x; }",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_what_cannot_be_read_is_listed_and_the_rest_is_kept(text: str) -> None:
    read = read_rules(text, "f.rules")
    assert [p.kind for p in read.problems] == ["not-understood"]
    assert read.rules.broken and read.coverage.not_understood == 1
    assert [text_of(a.condition) for a in read.rules.matches[0].allows if a.condition] == ["x"]


def hostile() -> dict[str, str]:
    return {
        "parentheses": "match /a/{b} { allow read: if " + "(" * 5000 + ";}",
        "matches": "match /a/{b} {" * 3000,
        "a long chain": "match /a/{b} { allow read: if " + "a && " * 20000 + "b; }",
        "a long sum": "match /a/{b} { allow read: if " + "a + " * 20000 + "b; }",
        "members": "match /a/{b} { allow read: if a" + ".b" * 20000 + "; }",
        "an open string": "match /a/{b} { allow read: if 'x; }\n}",
        "an open comment": "match /a/{b} { /* allow read; }",
        "nothing": "",
        "noise": "}{)(" * 2000,
    }


@pytest.mark.parametrize("name", list(hostile()))
def test_hostile_texts_end_in_a_result(name: str) -> None:
    read = read_rules(hostile()[name], "f.rules")
    assert isinstance(read, RulesRead)
    assert name in ("a long chain", "nothing") or read.problems


def test_conditions_that_are_refused_make_no_later_one_deep() -> None:
    refused = f"allow read: if {'.'.join('a' * 40)}.;\n" * 60
    sound = f"allow read: if {'.'.join('b' * 60)};\n" * 60
    read = read_rules(f"match /a {{\n{refused}{sound}}}", "f.rules")
    assert [p.message for p in read.problems] == ["security rules: expected a name, found ';'"] * 60


def test_a_call_of_what_nothing_defines_is_listed() -> None:
    text = """service cloud.firestore { match /databases/{d}/documents {
      function known() { return other(1); }
      match /a/{id} { allow read: if known(); allow get: if get(/x/$(id)).data.a == 1; }
      match /b/{id} { allow read: if unknown(id); }
    } }"""
    found = read_rules(text, "f.rules")
    assert [(p.message, p.location.line) for p in found.problems if p.location] == [
        ("security rules: other() is defined nowhere", 3),
        ("security rules: unknown() is defined nowhere", 4),
    ]
    assert (found.coverage.statements, found.coverage.understood) == (4, 2)
    assert read_rules("match /b/{id} { allow read: if unknown(id); }", "f.rules").problems == ()
