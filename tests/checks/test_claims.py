"""Figures and statements of a document, counted again in its own content (STANDARD section 6)."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import Claim, DocumentTable, Fact, ObjectTitle, SourceFile
from ctb_audit.model import Catalog, Name, System
from tests.checks.judging import at, catalog_of, document_of, said, table_note

TWO_TABLES = """
CREATE TABLE users (id uuid PRIMARY KEY, heir_id text, email text UNIQUE);
CREATE TABLE notes (id integer PRIMARY KEY, body jsonb, user_id uuid REFERENCES users);
CREATE INDEX notes_user ON notes (user_id);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touch_users BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW readers AS SELECT id FROM users;
"""
SECTIONS = (
    table_note("users"),
    table_note("notes"),
    table_note("tags", planned=True),
    table_note("mentioned", section=False),
    replace(table_note("drafts", system="firestore"), kind="collection"),
)


def figure(
    subject: str,
    number: float | None = None,
    percent: float | None = None,
    at_least: bool = False,
    system: System | None = None,
) -> Claim:
    return Claim("figure", subject, f"{subject}: so many", at(7), number, percent, at_least, system)


def faults(*claims: Claim, sql: str = TWO_TABLES) -> list[str]:
    """What follows `'<the claim>' is claimed, ` of each that is refuted."""
    found = said("refuted-claim", document_of(*SECTIONS, sql=sql, claims=claims))
    failed = [line for line in found if not line.startswith("not applicable")]
    start = "LOW postgresql reference d.md (no table) "
    assert all(line.startswith(start) for line in failed)
    assert all(", line 7: '" in line and "so many' is claimed, " in line for line in failed)
    return [line.rpartition(" is claimed, ")[2] for line in failed]


@pytest.mark.parametrize(
    ("subject", "right", "shown"),
    [
        ("tables", 3, "the document shows 3"),
        ("total tables", 3, "the document shows 3"),
        ("number of tables", 3, "the document shows 3"),
        ("active tables", 2, "the document shows 2"),
        ("planned tables", 1, "the document shows 1"),
        ("collections", 1, "the document shows 1"),
        ("active collections", 1, "the document shows 1"),
        ("planned collections", 0, "the document shows 0"),
        ("views", 1, "the document shows 1"),
        ("functions", 1, "the document shows 1"),
        ("triggers", 1, "the document shows 1"),
        ("columns", 6, "the document shows 6"),
        ("average columns", 3, "the document shows 3.0"),
        ("tables with indexes", 2, "the document shows 2"),
        ("tables with foreign keys", 1, "the document shows 1"),
        ("tables with triggers", 1, "the document shows 1"),
        ("tables with heir tracking", 1, "the document shows 1"),
        ("tables with jsonb", 1, "the document shows 1"),
        ("tables with json columns", 1, "the document shows 1"),
        ("tables with uuid columns", 2, "the document shows 2"),
        ("tables with integer column", 1, "the document shows 1"),
    ],
)
def test_what_is_counted(subject: str, right: int, shown: str) -> None:
    assert faults(figure(subject, right)) == []
    assert faults(figure(subject, right + 10)) == [shown]


@pytest.mark.parametrize("subject", ["tables with nice names", "endpoints", "tables per schema"])
def test_what_nobody_can_count_is_left_alone(subject: str) -> None:
    assert faults(figure(subject, 1000)) == []


def test_a_figure_of_one_system_counts_that_one() -> None:
    assert faults(figure("collections", 1, system="firestore")) == []
    assert faults(figure("collections", 1, system="postgresql")) == ["the document shows 0"]
    assert faults(figure("columns", 5, system="firestore")) == ["the document shows 0"]
    assert faults(figure("average columns", 5, system="firestore")) == []
    assert faults(figure("tables with indexes", 5, system="firestore")) == []


@pytest.mark.parametrize(("claimed", "fine"), [(2, True), (3, True), (4, False)])
def test_at_least_so_many(claimed: int, fine: bool) -> None:
    expected = [] if fine else ["the document shows 3"]
    assert faults(figure("tables", claimed, at_least=True)) == expected


COLUMNS = "CREATE TABLE a (x text, y text); CREATE TABLE b (x int); CREATE TABLE c (x int, y int);"


@pytest.mark.parametrize(
    ("claimed", "fine"),
    [
        *((fine, True) for fine in (1, 2, 1.6, 1.7, 1.66, 1.67)),
        *((wrong, False) for wrong in (3, 1.5, 1.8, 1.65, 1.68)),
    ],
)
def test_figures_may_be_cut_or_rounded(claimed: float, fine: bool) -> None:
    expected = [] if fine else ["the document shows 1.7"]
    assert faults(figure("average columns", claimed), sql=COLUMNS) == expected


@pytest.mark.parametrize(
    ("percent", "fine"), [(33, True), (33.3, True), (33.4, False), (34, False), (100, False)]
)
def test_shares_may_be_cut_or_rounded(percent: float, fine: bool) -> None:
    claim = figure("tables with text columns", 1, percent)
    assert faults(claim, sql=COLUMNS) == ([] if fine else ["1 of 3 are 33.3%"])


def test_a_share_is_of_what_is_described() -> None:
    assert faults(figure("active tables", percent=50)) == []
    assert faults(figure("active tables", percent=60)) == ["2 of 4 are 50.0%"]
    assert faults(figure("views", percent=60)) == []


def test_an_average_is_no_share() -> None:
    assert faults(figure("average columns", percent=60)) == []


def test_every_table_is_tracked() -> None:
    sql = "CREATE TABLE a (heir_id text);"
    assert faults(figure("tables with heir tracking", 1), sql=sql) == []


def test_tables_without_indexes_of_their_own() -> None:
    sql = "CREATE TABLE a (x integer PRIMARY KEY); CREATE TABLE b (x integer);"
    assert faults(figure("tables with indexes", 0), sql=sql) == []
    assert faults(figure("tables with indexes", 1), sql=sql) == ["the document shows 0"]


# ---- STAMPED compliant ---------------------------------------------------------------------------

ALL = (
    "heir_id varchar(50) {}, process_id text, created_at timestamp, updated_at timestamp,"
    " created_by text, orbt_layer integer, blueprint_version text"
)
FACT = Fact("stamped compliant", "Yes", at(5))
STAMPED = table_note("orders", 2, stamped=True, facts=(FACT,))


def stamped(
    columns: str, *notes: DocumentTable, level: str = "STRICT", system: System = "postgresql"
) -> list[str]:
    sql = f"-- ctb: enforcement={level}\nCREATE TABLE orders ({columns});"
    notes = notes or (STAMPED,)
    return said("refuted-claim", catalog_of(sql, system=system), document_of(*notes))


START = "LOW postgresql ddl public.orders [STAMPED]"
SAID = "it is said to be STAMPED compliant, and"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (ALL.format("UNIQUE"), ["pass public.orders [STAMPED]"]),
        (
            ALL.format("UNIQUE").replace("created_by text, ", ""),
            [f"{START}, line 5: {SAID} created_by is missing"],
        ),
        (
            "heir_id text, process_id text, created_by text, orbt_layer int",
            [
                f"{START}, line 5: {SAID} created_at, updated_at, blueprint_version are missing; "
                "heir_id is not unique"
            ],
        ),
        (ALL.format(""), [f"{START}, line 5: {SAID} heir_id is not unique"]),
    ],
)
def test_a_table_said_to_be_stamped(columns: str, expected: list[str]) -> None:
    assert stamped(columns) == expected


@pytest.mark.parametrize(
    ("level", "unique"), [("STRICT", True), ("STANDARD", True), ("RELAXED", False), ("NONE", False)]
)
def test_ids_must_be_unique_where_the_level_asks_for_it(level: str, unique: bool) -> None:
    found = stamped(ALL.format(""), level=level)
    assert ("heir_id is not unique" in found[0]) is unique


def test_ids_of_logs_may_repeat_in_ctb_1_3() -> None:
    sql = "CREATE TABLE {} (unique_id text, process_id text, created_at timestamp);"
    for name, verdict in (
        ("call_logs", "pass public.call_logs [STAMPED]"),
        (
            "calls",
            f"LOW postgresql ddl public.calls [STAMPED], line 5: {SAID} unique_id is not unique",
        ),
    ):
        note = table_note(name, stamped=True, facts=(FACT,))
        found = said(
            "refuted-claim", catalog_of(sql.format(name)), document_of(note), standard="ctb-1.3"
        )
        assert found == [verdict]


def test_a_system_that_cannot_hold_unique_ids_is_not_asked_for_them() -> None:
    sql = "CREATE TABLE d.orders (" + ", ".join(
        f"{name} STRING"
        for name in (
            *("heir_id", "process_id", "created_at", "updated_at", "created_by", "orbt_layer"),
            "blueprint_version",
        )
    )
    note = replace(STAMPED, system="bigquery", name=Name("d", "orders"))
    catalog = catalog_of(f"{sql});", system="bigquery")
    found = said("refuted-claim", catalog, document_of(note))
    assert found == ["pass d.orders [STAMPED]"]


@pytest.mark.parametrize("key", ["stamped compliant", "stamped compliance", "stamped"])
def test_the_claim_has_several_names(key: str) -> None:
    note = replace(STAMPED, facts=(Fact("purpose", "x", at(4)), replace(FACT, key=key)))
    assert stamped(ALL.format(""), note) == [f"{START}, line 5: {SAID} heir_id is not unique"]


def test_a_claim_of_a_summary_has_the_place_of_the_table() -> None:
    found = stamped(ALL.format(""), replace(STAMPED, facts=()))
    assert found == [f"{START}, line 2: {SAID} heir_id is not unique"]


@pytest.mark.parametrize("claim", [None, False])
def test_a_table_of_which_nobody_says_it(claim: bool | None) -> None:
    assert stamped("id integer", replace(STAMPED, stamped=claim)) == [
        "not applicable public.orders [STAMPED]: no document says that it is STAMPED compliant"
    ]


# ---- paths and headings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "made", "verdict"),
    [
        ("db/", "./db/001.sql", "pass"),
        ("./db", "db/neon/001.sql", "pass"),
        ("db/001.sql", "db/001.sql", "pass"),
        ("db/", "dbs/001.sql", "LOW"),
        ("db/neon", "db/001.sql", "LOW"),
        ("db/x/", "db/001.sql", "LOW"),
    ],
)
def test_one_migration_at_two_paths(folder: str, made: str, verdict: str) -> None:
    sources = (SourceFile("source path", folder, at(5)), SourceFile("creation", made, at(9)))
    found = stamped("id integer", table_note("orders", sources=sources))
    if verdict == "pass":
        assert found[1:] == ["pass public.orders [source path]"]
    else:
        assert found[0] == (
            "LOW postgresql ddl public.orders [source path], line 5: "
            f"its source path is {folder}, and its creation reads {made}"
        )


@pytest.mark.parametrize("kind", ["source path", "creation", "migration"])
def test_one_path_contradicts_nothing(kind: str) -> None:
    note = table_note("orders", sources=(SourceFile(kind, "db/001.sql", at(5)),))
    assert [line.partition(" ")[0] for line in stamped("id integer", note)] == ["not"]


def title(name: str) -> ObjectTitle:
    return ObjectTitle("trigger", name, ("touch_users", "touch", "third"), at(9))


def test_headings_that_name_nothing() -> None:
    titles = tuple(map(title, ("TOUCH_users", "touch", "readers", "touch_all")))
    found = said("refuted-claim", document_of(sql=TWO_TABLES, titles=titles))
    assert [line for line in found if not line.startswith("not applicable")] == [
        "LOW postgresql reference d.md (no table) [touch_all], line 9: the heading names "
        "touch_all, which does not exist; below it stands touch_users, touch"
    ]


def test_headings_may_name_what_another_source_defines() -> None:
    elsewhere: Catalog = catalog_of(TWO_TABLES)
    titles = tuple(map(title, ("touch_users", "touch", "readers")))
    found = said("refuted-claim", elsewhere, document_of(titles=titles))
    assert all(line.startswith("not applicable") for line in found)


def test_statements_about_all_tables() -> None:
    claim = Claim("rules", "security rules", "Security Rules: Enforced", at(7))
    document = document_of(*SECTIONS, claims=(claim,), matched=("users/{id}",))
    assert said("refuted-claim", document) == [
        "LOW postgresql reference d.md (no table) [security rules], line 7: "
        "'Security Rules: Enforced' is claimed, and no rule is shown for drafts"
    ]
