"""Row-level security, grants to PUBLIC and functions with their owner's rights."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.document_model import Access
from tests.checks.judging import at, catalog_of, document_of, said, table_note

RLS = "missing-row-level-security"
ENABLED = "CREATE TABLE notes (id int); ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
DECLARED = "its section of the reference declares row-level security, and"
NOT_DECLARED = [
    "not applicable public.notes: nothing declares row-level security for the table",
]


def declared(word: str, sql: str) -> list[str]:
    note = table_note("notes", access=(Access("row-level security", word, at(3)),))
    return said(RLS, catalog_of(sql), document_of(note))


@pytest.mark.parametrize("word", ["Enabled", "By tenant", "Yes, for all", "only owners"])
def test_a_document_declares_row_level_security(word: str) -> None:
    told = f"HIGH postgresql ddl public.notes, line 1: {DECLARED} it is not enabled"
    assert declared(word, "CREATE TABLE notes (id int);") == [told]
    assert declared(word, ENABLED) == ["pass public.notes"]


@pytest.mark.parametrize(
    "word",
    [
        *("None", "no", "Not needed", "N/A", "Disabled (yet)", "off", "Planned", "TODO", "TBD"),
        *("If tenants come", "optional", "", "-"),
    ],
)
def test_a_document_declares_none(word: str) -> None:
    assert declared(word, "CREATE TABLE notes (id int);") == NOT_DECLARED


def test_other_access_and_other_tables_declare_nothing() -> None:
    table = catalog_of("CREATE TABLE notes (id int);")
    read = table_note("notes", access=(Access("read", "Enabled", at(3)),))
    other = table_note("others", access=(Access("row-level security", "Enabled", at(3)),))
    assert said(RLS, table, document_of(read, other)) == NOT_DECLARED
    second = table_note("notes", access=(Access("row-level security", "Enabled", at(3)),))
    told = f"HIGH postgresql ddl public.notes, line 1: {DECLARED} it is not enabled"
    assert said(RLS, table, document_of(read, second)) == [told]


POLICIES: list[tuple[str, str]] = [
    ("p ON notes USING (true)", "p"),
    ("p ON notes FOR ALL TO PUBLIC USING ((true)) WITH CHECK (true)", "p"),
    ("p ON notes USING (TRUE) WITH CHECK (TRUE)", "p"),
    ("p ON notes USING (true) WITH CHECK (owner = current_user)", ""),
    ("p ON notes FOR SELECT USING (true)", ""),
    ("p ON notes TO clerk USING (true)", ""),
    ("p ON notes USING (owner = current_user)", ""),
    ("p ON notes WITH CHECK (true)", ""),
    ("a ON notes USING (owner = current_user); CREATE POLICY p ON notes USING (true)", "p"),
    ("a ON notes AS RESTRICTIVE USING (owner <> ''); CREATE POLICY p ON notes USING (true)", ""),
]


@pytest.mark.parametrize(("policy", "through"), POLICIES)
def test_a_policy_lets_every_row_through(policy: str, through: str) -> None:
    sql = f"{ENABLED.replace('id int', 'owner text')}\nCREATE POLICY {policy};"
    told = f"{DECLARED} policy {through} lets every row through"
    expected = f"HIGH postgresql ddl public.notes [{through}], line 2: {told}"
    assert declared("Enabled", sql) == ([expected] if through else ["pass public.notes"])


@pytest.mark.parametrize("unseen", [{"row_level_security": None}, {"policies": None}])
def test_a_source_that_shows_none_leaves_it_open(unseen: dict[str, Any]) -> None:
    seen = catalog_of(ENABLED)
    catalog = replace(seen, tables=(replace(seen.tables[0], **unseen),))
    note = table_note("notes", access=(Access("row-level security", "Enabled", at(3)),))
    assert said(RLS, catalog, document_of(note)) == [
        "unknown HIGH postgresql public.notes: the source does not show row-level security"
    ]


# ---- grants -------------------------------------------------------------------------------------

GRANTS = """CREATE TABLE a (id int, mail text);
CREATE TABLE b (id int);
CREATE VIEW v AS SELECT 1 AS one;
CREATE SEQUENCE s;
CREATE SCHEMA loads;
CREATE SCHEMA shown;
CREATE FOREIGN TABLE f (id int) SERVER far;
GRANT SELECT, UPDATE (mail) ON a TO PUBLIC;
GRANT SELECT ON a TO clerk;
GRANT SELECT ON b TO clerk;
GRANT SELECT ON v TO PUBLIC;
GRANT USAGE ON SEQUENCE s TO PUBLIC;
GRANT CREATE, USAGE ON SCHEMA loads TO PUBLIC;
GRANT USAGE ON SCHEMA shown TO PUBLIC;
GRANT INSERT ON f TO PUBLIC;
"""


def held(surface: str) -> list[str]:
    start = f"HIGH postgresql {surface}"
    return [
        f"{start} public.a, line 1: PUBLIC holds SELECT, UPDATE (mail)",
        f"{start} public.v (no table), line 3: PUBLIC holds SELECT",
        f"{start} public.f (no table), line 7: PUBLIC holds INSERT",
        f"{start} public.s (no table), line 4: PUBLIC holds USAGE",
        f"{start} schema loads (no table), line 5: PUBLIC holds CREATE",
        "pass public.b",
    ]


def test_everything_that_public_holds() -> None:
    assert said("public-grant", catalog_of(GRANTS)) == held("ddl")


def test_what_is_in_force_counts_before_what_is_written() -> None:
    written, live = catalog_of(GRANTS), catalog_of(GRANTS, "live")
    documented = catalog_of(GRANTS, "reference")
    assert said("public-grant", written, live, documented) == held("live")
    assert said("public-grant", documented, written) == held("ddl")
    assert said("public-grant", documented) == held("reference")
    closed = catalog_of("CREATE TABLE a (id int); CREATE TABLE b (id int);", "live")
    assert said("public-grant", closed, written) == ["pass public.a", "pass public.b"]


def test_privileges_that_a_source_does_not_show_are_unknown() -> None:
    seen = catalog_of("CREATE TABLE a (id int);")
    unseen = replace(seen, tables=(replace(seen.tables[0], grants=None),))
    assert said("public-grant", unseen) == [
        "unknown HIGH postgresql public.a: the source does not show privileges"
    ]


# ---- functions ----------------------------------------------------------------------------------

DEFINER = "unsafe-security-definer"
RIGHTS = "runs with its owner's rights"
CLOSED = "REVOKE ALL ON FUNCTION f FROM PUBLIC;"


def function(
    body: str = "AS $$ SELECT 1 $$",
    options: str = "LANGUAGE sql SECURITY DEFINER",
    after: str = CLOSED,
    name: str = "f()",
    returns: str = "int",
) -> list[str]:
    sql = f"CREATE SCHEMA loads; GRANT CREATE ON SCHEMA loads TO PUBLIC;\nCREATE SCHEMA shown; \
GRANT USAGE ON SCHEMA shown TO PUBLIC; CREATE FUNCTION {name} RETURNS {returns} {options} {body};"
    return said(DEFINER, catalog_of(f"{sql} {after}"))


def finding(message: str, severity: str = "HIGH", name: str = "f()") -> list[str]:
    return [f"{severity} postgresql ddl public.{name} (no table), line 2: {RIGHTS}{message}"]


CALLERS = " and its search_path is the caller's"


def test_a_path_that_the_caller_chooses() -> None:
    assert function() == finding(CALLERS)
    assert function(after="") == finding(f"{CALLERS}, and PUBLIC may execute it")
    assert function(options="LANGUAGE sql") == []
    assert function(options="LANGUAGE sql SECURITY INVOKER") == []
    named = function(name="f(a text, OUT b int, INOUT c int)", returns="record", after="")
    public = f"{CALLERS}, and PUBLIC may execute it"
    assert named == finding(public, name="f(text, integer)")
    rows = function(name="f(a text)", returns="TABLE (x int)", after="")
    assert rows == finding(public, name="f(text)")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("pg_catalog, public", ""),
        ("pg_catalog, pg_temp", ""),
        ("pg_temp", ""),
        ("''", ""),
        ('"$user", public', " and its search_path follows the caller ($user)"),
        ("pg_temp, public", " and its search_path looks into pg_temp first"),
        ("loads", " and its search_path holds loads, where PUBLIC may create objects"),
        ("public, loads", " and its search_path holds loads, where PUBLIC may create objects"),
        ("shown", ""),
        ("xloads", ""),
        ("loads, pg_temp", " and its search_path holds loads, where PUBLIC may create objects"),
    ],
)
def test_a_path_that_is_pinned(path: str, fault: str) -> None:
    options = f"LANGUAGE sql SECURITY DEFINER SET search_path = {path}"
    assert function(options=options) == (finding(fault) if fault else [])


def test_pinned_and_open_to_everybody() -> None:
    pinned = "LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog"
    public = ", and PUBLIC may execute it"
    assert function(options=pinned, after="") == finding(public, "MEDIUM")
    assert function(options=pinned, after=f"{CLOSED} GRANT EXECUTE ON FUNCTION f TO clerk;") == []


@pytest.mark.parametrize("returns", ["trigger", "event_trigger"])
def test_nobody_calls_a_trigger_function(returns: str) -> None:
    body, options = "AS $$ BEGIN RETURN NEW; END $$", "LANGUAGE plpgsql SECURITY DEFINER"
    assert function(body, options, "", returns=returns) == finding(CALLERS)


@pytest.mark.parametrize(
    ("body", "options", "fault"),
    [
        ("RETURN 1", "LANGUAGE sql SECURITY DEFINER", ""),
        ("BEGIN ATOMIC SELECT 1; END", "LANGUAGE sql SECURITY DEFINER", ""),
        ("AS $$ BEGIN RETURN 1; END $$", "LANGUAGE plpgsql SECURITY DEFINER", CALLERS),
        ("AS 'lib', 'f'", "LANGUAGE c SECURITY DEFINER", ""),
        ("AS 'int4in'", "LANGUAGE internal SECURITY DEFINER", ""),
        ("AS $$ 1 $$", "LANGUAGE plpython3u SECURITY DEFINER", CALLERS),
    ],
)
def test_names_that_are_bound_when_it_is_defined(body: str, options: str, fault: str) -> None:
    assert function(body, options) == (finding(fault) if fault else [])


def test_a_procedure_returns_nothing_and_is_called() -> None:
    sql = "CREATE PROCEDURE p() LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;"
    told = f"{RIGHTS}{CALLERS}, and PUBLIC may execute it"
    assert said(DEFINER, catalog_of(sql)) == [
        f"HIGH postgresql ddl public.p() (no table), line 1: {told}"
    ]


def test_a_function_of_two_sources_is_one_finding() -> None:
    first, second = (
        catalog_of("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';")
        for _ in range(2)
    )
    assert len(said(DEFINER, first, second)) == 1
    other = "CREATE FUNCTION g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
    safe = "CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    assert len(said(DEFINER, first, catalog_of(f"{safe} {other}"))) == 2
