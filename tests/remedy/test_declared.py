"""What is declared and missing: row-level security, registries, the log, comments with ids."""

import psycopg
import pytest

from ctb_audit.log.postgres import DDL_FILE
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import AddColumn, SetNotNull
from ctb_audit.remedy.comments import SetComment
from ctb_audit.remedy.constraints import AddUnique
from ctb_audit.remedy.new_tables import CreateTable
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.security import CreatePolicy, SecureRows
from ctb_audit.remedy.standard_tables import compliance_log
from ctb_audit.scratch import ScratchServer
from tests.remedy.conftest import SETTINGS, Remedied, Remedy, catalog_of

NOTES = "CREATE TABLE notes (id integer PRIMARY KEY, owner text NOT NULL, body text);\n"
SECURED = '[[table]]\nname = "notes"\nrow_level_security = true\n'
OWN = "CREATE POLICY own ON notes USING (owner = current_user);\n"
WRITERS = (
    "[[table.policy]]\n"
    'name = "writers"\ncommand = "insert"\nroles = ["remedy_writer"]\n'
    'check = "owner = current_user"\n'
)
V13 = 'standard = "ctb-1.3"\n'
ACCOUNTS = (
    "CREATE TABLE accounts (id uuid PRIMARY KEY, unique_id text NOT NULL UNIQUE,"
    " process_id text NOT NULL);\n"
)


def changes(made: Remedied, *kinds: type[Change]) -> list[Change]:
    return [c for c in made.plan.changes if isinstance(c, kinds)]


def told(made: Remedied, kind: type[Change]) -> str:
    (change,) = changes(made, kind)
    assert change.safety == "review"
    return change.reason


def test_declared_security_is_switched_on_where_policies_stand(remedied: Remedy) -> None:
    made = remedied(NOTES + OWN, SECURED)
    assert "the policies decide" in told(made, SecureRows)
    assert changes(made, CreatePolicy) == []
    assert made.proof().failures == ()


def test_without_a_policy_the_plan_says_who_is_shut_out(remedied: Remedy) -> None:
    made = remedied(NOTES, SECURED)
    assert "there is no policy: once on, roles other than the owner are refused every row" in (
        told(made, SecureRows)
    )
    assert changes(made, CreatePolicy) == [], "none is made up"
    assert made.proof().failures == ()


def test_declared_policies_are_created_for_their_roles(remedied: Remedy) -> None:
    made = remedied(NOTES, SECURED + "force_row_level_security = true\n" + WRITERS)
    (policy,) = changes(made, CreatePolicy)
    assert "TO remedy_writer WITH CHECK (owner = current_user)" in policy.up()[-1].sql
    assert "no policy for select, update, delete" in told(made, SecureRows)
    assert [s.sql.split(" ", 3)[3] for s in changes(made, SecureRows)[0].up()] == [
        "ENABLE ROW LEVEL SECURITY",
        "FORCE ROW LEVEL SECURITY",
    ]
    assert made.proof().failures == ()


def test_a_policy_for_everybody_is_left_to_its_author(remedied: Remedy) -> None:
    opened = "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nCREATE POLICY o ON notes USING (true);"
    made = remedied(NOTES + opened, SECURED)
    assert changes(made, SecureRows, CreatePolicy) == []
    assert any("its author's to say" in left.reason for left in made.plan.left)


@pytest.mark.parametrize(
    "old", [None, "one row for each note", 'the user\'s "own" \\ notes\nin two lines']
)
def test_declared_ids_stand_in_the_comment_that_keeps_its_text(
    old: str | None, remedied: Remedy, server: ScratchServer
) -> None:
    comment = "" if old is None else "COMMENT ON TABLE notes IS $c$" + old + "$c$;"
    sql = "-- ctb: table=BART-SHQ-NOTES-V1 heir=HEIR-2026-01-NOTE-MAIN-01\n" + NOTES + comment
    made = remedied(sql)
    (change,) = changes(made, SetComment)
    assert change.safety == "safe" and isinstance(change, SetComment)
    assert change.text.startswith("ctb: table=BART-SHQ-NOTES-V1 heir=HEIR-2026-01-NOTE-MAIN-01")
    assert change.declaration.heir_id == "HEIR-2026-01-NOTE-MAIN-01"
    assert change.declaration.purpose == (None if old is None else " ".join(old.split("\n")))
    assert made.proof().failures == (), "going down restores the comment"
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(sql.encode())
        for step in (*change.up(), *change.down()):
            session.execute(step.sql.encode())
        found = session.execute("SELECT obj_description('notes'::regclass, 'pg_class')").fetchone()
    assert found == (old,)


def test_a_comment_that_declares_is_extended(remedied: Remedy) -> None:
    sql = NOTES + "COMMENT ON TABLE notes IS 'ctb: enforcement=RELAXED purpose=\"notes\"';"
    made = remedied(sql, '[[table]]\nname = "notes"\nheir_id = "HEIR-2026-01-NOTE-MAIN-01"\n')
    (change,) = changes(made, SetComment)
    assert isinstance(change, SetComment)
    assert change.text == (
        'ctb: enforcement=RELAXED purpose="notes" heir=HEIR-2026-01-NOTE-MAIN-01'
    )
    again = plan_remedies(
        (catalog_of(NOTES + "COMMENT ON TABLE notes IS '" + change.text + "';"),),
        made.case.config,
        SETTINGS,
        Wanted(unasked=True),
    )
    assert not [c for c in again.changes if isinstance(c, SetComment)]


def test_a_comment_that_cannot_be_read_is_kept(remedied: Remedy) -> None:
    sql = NOTES + "COMMENT ON TABLE notes IS 'ctb: colour=blue';"
    made = remedied(sql, '[[table]]\nname = "notes"\nheir_id = "HEIR-2026-01-NOTE-MAIN-01"\n')
    assert changes(made, SetComment) == []
    assert any("its comment cannot be read" in note for note in made.plan.notes)


def test_the_registry_of_row_ids_is_created_and_taken_down(remedied: Remedy) -> None:
    made = remedied(ACCOUNTS, V13)
    assert [str(c.table) for c in changes(made, CreateTable)] == ["public.ids"]
    proof = made.proof()
    assert proof.failures == ()
    assert proof.whole is None or proof.whole.score == made.plan.score_after


def test_a_registry_without_its_columns_is_mended(remedied: Remedy) -> None:
    sql = (
        "CREATE TABLE ids (id bigint PRIMARY KEY, unique_id text NOT NULL UNIQUE,"
        " process_id text NOT NULL, entity_type text, created_at timestamptz DEFAULT now());"
    )
    made = remedied(sql, V13)
    added = changes(made, AddColumn)
    assert [(c.column, c.default) for c in added if isinstance(c, AddColumn)] == [
        ("schema_version", "'HEIR/1.0'")
    ]
    assert "fails while rows hold NULL" in told(made, SetNotNull)
    assert made.proof().failures == ()


def test_which_rows_a_registry_names_is_not_made_up(remedied: Remedy) -> None:
    sql = "CREATE TABLE ids (id bigint PRIMARY KEY, unique_id text NOT NULL UNIQUE);"
    left = [x.reason for x in remedied(sql, V13).plan.left if x.rule == "missing-id-registry"]
    assert left == ["no source says which entity_type its rows have; pass --value entity_type=..."]
    given = remedied(sql, V13, values={"entity_type": "account"})
    assert "entity_type" in {c.column for c in given.plan.changes if isinstance(c, AddColumn)}


def test_a_configured_registry_of_tables_holds_what_is_there(remedied: Remedy) -> None:
    config = '[registry]\ntables = "ctb.table_registry"\n'
    made = remedied("-- ctb: table=BART-SHQ-NOTES-V1 enforcement=RELAXED\n" + NOTES, config)
    (change,) = changes(made, CreateTable)
    text = "\n".join(step.sql for step in change.up())
    assert "('public', 'notes', 'BART-SHQ-NOTES-V1', 'RELAXED', NULL)" in text
    assert text.startswith("CREATE SCHEMA IF NOT EXISTS ctb")
    assert made.proof().failures == ()


def test_the_log_is_the_products_own_and_is_kept_while_it_holds_rows(
    server: ScratchServer,
) -> None:
    change = compliance_log("audits")
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute("CREATE SCHEMA audits")
        for _ in range(2):
            for step in change.up():
                session.execute(step.sql.encode())
        session.execute(
            "INSERT INTO audits.ctb_compliance_log (log_id, action_type, compliance_score, status,"
            " heir_id, process_id) VALUES ('L1', 'audit', 90, 'completed',"
            " 'HEIR-2026-11-SYS-CTB-01', 'PRC-CTB-1795305600')"
        )
        with pytest.raises(psycopg.errors.RaiseException, match="holds rows"):
            session.execute(change.down()[0].sql.encode())
        session.execute("DELETE FROM audits.ctb_compliance_log")
        for step in change.down():
            session.execute(step.sql.encode())
        left = session.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'audits'::regnamespace"
        ).fetchone()
    assert left == (0,)


def test_the_log_in_its_schema_is_the_log_of_the_ddl_file() -> None:
    (ours,) = compliance_log("public").made.tables
    (theirs,) = catalog_of(DDL_FILE.read_text()).tables
    assert [c.name for c in ours.columns] == [c.name for c in theirs.columns]
    assert ours.constraints and len(ours.constraints) == len(theirs.constraints)
    assert [i.name for i in ours.indexes] == [i.name for i in theirs.indexes]
    assert ours.declarations[0].heir_id == theirs.declarations[0].heir_id


def test_a_log_that_is_asked_for_is_proven(remedied: Remedy) -> None:
    made = remedied(NOTES)
    plan = plan_remedies(made.case.catalogs, made.case.config, SETTINGS, Wanted(log=True))
    assert any(isinstance(c, CreateTable) for c in plan.changes)
    assert made.proof(plan=plan).failures == ()


def test_migrations_that_may_stand_twice_are_made_unique(remedied: Remedy) -> None:
    made = remedied("CREATE TABLE schema_migrations (migration_name varchar(255), at timestamp);")
    (change,) = changes(made, AddUnique)
    assert change.safety == "review"
    assert made.proof().failures == ()
