"""Schemas with what makes migrations fail, each proven on a server."""

from dataclasses import replace

import pytest

from ctb_audit.remedy.backfill import Backfill
from ctb_audit.remedy.columns import AddColumn
from ctb_audit.remedy.constraints import AddCheck
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.routines import CreateTrigger
from tests.remedy.conftest import SETTINGS, VALUES, Remedy

STRICT = "-- ctb: enforcement=STRICT orbt=3\n"
SCHEMAS = {
    "plain": STRICT + "CREATE TABLE invoices (id bigint PRIMARY KEY, status text, email text);",
    "no primary key": STRICT + "CREATE TABLE facts (what text, amount numeric(8, 2));",
    "hostile names": (
        STRICT + 'CREATE TABLE "Order; DROP" ("Group" integer PRIMARY KEY, "sta""tus" text,'
        ' "per%cent" text, status text);'
    ),
    "reserved names": STRICT + 'CREATE TABLE "user" ("select" integer PRIMARY KEY, "end" date);',
    "other schema": (
        'CREATE SCHEMA "My Schema";\n'
        + STRICT
        + 'CREATE TABLE "My Schema"."T" (id integer PRIMARY KEY);'
    ),
    "long name": STRICT + f"CREATE TABLE {'t' * 63} (id integer PRIMARY KEY, status text);",
    "partitioned": (
        STRICT + "CREATE TABLE events (id bigint, at date NOT NULL, status text)"
        " PARTITION BY RANGE (at);\n"
        "CREATE TABLE events_2025 PARTITION OF events"
        " FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n"
        "CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (status);\n"
        "CREATE TABLE events_rest_all PARTITION OF events_rest DEFAULT;"
    ),
    "inherited": (
        STRICT + "CREATE TABLE parent (id integer PRIMARY KEY, status text);\n"
        "CREATE TABLE child (extra text) INHERITS (parent);"
    ),
    "view": (
        STRICT + "CREATE TABLE people (id integer PRIMARY KEY, heir_id varchar(20) NOT NULL);\n"
        "CREATE VIEW names AS SELECT id, heir_id FROM people;"
    ),
    "generated": (
        STRICT
        + "CREATE TABLE sums (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer,"
        " b integer GENERATED ALWAYS AS (a * 2) STORED,"
        " orbt_layer integer GENERATED ALWAYS AS (3) STORED);"
    ),
    "wrong type": (
        STRICT + "CREATE TABLE oauth (id integer PRIMARY KEY, created_at integer, updated_at text,"
        " heir_id integer, orbt_layer text);"
    ),
    "trigger under another name": (
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN NEW.updated_at := now(); RETURN NEW; END $$;\n"
        + STRICT
        + "CREATE TABLE notes (id integer PRIMARY KEY, updated_at timestamptz);\n"
        "CREATE TRIGGER zz BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();"
    ),
    "references": (
        STRICT
        + "CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE NOT NULL);\n"
        + STRICT
        + "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL"
        " REFERENCES users (id), parent_id bigint REFERENCES orders (id), status text"
        " CHECK (status IN ('open', 'paid')), CHECK (user_id > 0));"
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_remedied_and_restored(name: str, remedied: Remedy) -> None:
    made = remedied(SCHEMAS[name])
    proof = made.proof()
    assert proof.failures == ()
    assert proof.unproven == ()
    assert proof.safe is not None and proof.safe.score is not None
    assert proof.score is not None and proof.safe.score > proof.score
    assert proof.safe.score == made.plan.score_safe


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_without_rows_takes_one_plain_script(name: str, remedied: Remedy) -> None:
    proof = remedied(SCHEMAS[name]).proof(empty=True, rows=0)
    assert proof.failures == ()
    assert proof.safe is not None and proof.safe.scripts == ("safe",)


def test_a_standard_of_row_ids_is_remedied(remedied: Remedy) -> None:
    sql = "CREATE TABLE ids (id bigint PRIMARY KEY, entity_type text NOT NULL);"
    made = remedied(sql, 'standard = "ctb-1.3"')
    assert {c.column for c in made.plan.changes if isinstance(c, AddColumn)} >= {
        "unique_id",
        "process_id",
    }
    assert made.proof().failures == ()


def test_a_change_that_harms_is_found(remedied: Remedy) -> None:
    made = remedied(SCHEMAS["plain"])
    harm = AddCheck(
        table=made.case.catalogs[0].tables[0].qualified,
        name="never",
        expression="id < 0",
        columns=("id",),
    )
    broken = type(made.plan)(changes=(*made.plan.changes, harm))
    proof = made.proof(plan=broken)
    assert {f.during for f in proof.failures} >= {"up", "verify"}
    told = next(f.error for f in proof.failures if f.during == "up")
    assert "60 rows of public.invoices break it" in told and "NOT VALID" in told


def test_a_table_that_does_not_load_is_unproven(remedied: Remedy) -> None:
    sql = SCHEMAS["plain"] + "\nCREATE TABLE maps (id integer PRIMARY KEY, place geography);"
    proof = remedied(sql).proof()
    assert [str(name) for name in proof.unproven] == ["public.maps"]
    assert not proof.holds


def test_a_trigger_under_another_name_is_enough(remedied: Remedy) -> None:
    made = remedied(SCHEMAS["trigger under another name"])
    assert not [c for c in made.plan.changes if isinstance(c, CreateTrigger)]


def test_times_and_writers_of_old_rows_are_made_up_only_after_review(remedied: Remedy) -> None:
    made = remedied(SCHEMAS["plain"])
    filled = {c.column: c.safety for c in made.plan.changes if isinstance(c, Backfill)}
    assert filled == {
        "heir_id": "safe",
        **dict.fromkeys(("created_at", "updated_at", "created_by"), "review"),
    }


def test_more_rows_than_ids_are_said(remedied: Remedy) -> None:
    made = remedied(SCHEMAS["plain"])
    (catalog,) = made.case.catalogs
    crowded = replace(catalog, tables=tuple(replace(t, row_estimate=5000) for t in catalog.tables))
    plan = plan_remedies((crowded,), made.case.config, SETTINGS, Wanted(values=VALUES))
    (note,) = (n for n in plan.notes if "do not fit" in n)
    assert "about 5000 rows do not fit into the 100 ids of one month" in note
    assert "widen that, or do without uniqueness" in note
