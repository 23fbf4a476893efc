import re

import psycopg

from ctb_audit.remedy.script import scripts_of, statements
from ctb_audit.scratch import ScratchServer
from tests.remedy.conftest import Remedy

SQL = """
-- ctb: enforcement=STRICT orbt=3 heir=HEIR-2025-10-BILL-PAY-01
CREATE TABLE invoices (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION touch();
"""
HEIR = re.compile(r"HEIR-\d{4}-(0[1-9]|1[0-2])-BILL-PAY[A-Z]*-\d{2}")


def test_three_thousand_old_rows_get_valid_and_unique_ids(
    remedied: Remedy, server: ScratchServer
) -> None:
    plan = remedied(SQL).plan
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(SQL.encode())
        session.execute(
            "INSERT INTO invoices SELECT n, '2020-01-01' FROM generate_series(1, 3000) AS n"
        )
        for script in scripts_of(plan):
            if script.safety == "safe":
                for sql in statements(script.up):
                    session.execute(sql.encode(), prepare=False)
        session.execute("INSERT INTO invoices (id) VALUES (9000)")
        ids = [str(r[0]) for r in session.execute("SELECT heir_id FROM invoices").fetchall()]
        dated = session.execute(
            "SELECT count(*) FROM invoices WHERE updated_at = '2020-01-01'"
        ).fetchone()
        processes = session.execute("SELECT DISTINCT process_id FROM invoices").fetchall()
    assert len(set(ids)) == 3001
    assert all(HEIR.fullmatch(i) for i in ids)
    assert max(len(i) for i in ids) <= 50
    assert dated == (3000,), "the update trigger must not date the rows anew"
    assert all(re.fullmatch(r"PRC-BILL-\d{10}", str(p[0])) for p in processes)


def test_the_plan_says_what_the_format_does_not_hold(remedied: Remedy) -> None:
    notes = remedied(SQL).plan.notes
    assert any("100 ids a month" in note and "PAYA" in note for note in notes)


def test_a_writer_without_privileges_on_the_sequence_still_writes(
    remedied: Remedy, server: ScratchServer
) -> None:
    plan = remedied(SQL).plan
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(SQL.encode())
        session.execute("DROP ROLE IF EXISTS remedy_writer")
        session.execute("CREATE ROLE remedy_writer")
        session.execute("GRANT INSERT, SELECT ON invoices TO remedy_writer")
        for script in scripts_of(plan):
            for sql in statements(script.up):
                session.execute(sql.encode(), prepare=False)
        session.execute("SET ROLE remedy_writer")
        session.execute("INSERT INTO invoices (id, updated_at) VALUES (1, now())")
        row = session.execute("SELECT created_by FROM invoices").fetchone()
        session.execute("RESET ROLE")
        session.execute("DROP OWNED BY remedy_writer")
        session.execute("DROP ROLE remedy_writer")
    assert row == ("remedy_writer",)
