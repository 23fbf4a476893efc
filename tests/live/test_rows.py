"""Probes on a server: bounded, masked, without locks that stay, and honest about what they saw."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ctb_audit.audit import AuditSettings, audit_catalogs, project_of
from ctb_audit.config import Config, config_from_text
from ctb_audit.judge import judge, questions
from ctb_audit.model import Name
from ctb_audit.probe import Probe, Sample, column_of_row
from ctb_audit.result import Audit
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import Limits, LiveSessions, rows

TODAY = date(2026, 11, 22)
GOOD, SECRET = "HEIR-2025-10-USER-AUTH-01", "sk_live_9aZ!ü"
Asked = Callable[..., Audit]


@pytest.fixture
def audited(server: ScratchServer, tmp_path: object) -> Iterator[Asked]:
    """Runs DDL on a new database and audits it with its rows."""
    with server.database() as url:

        def run(
            ddl: str, *, user: str = "postgres", limits: Limits | None = None, **settings: object
        ) -> Audit:
            with psycopg.connect(url, autocommit=True) as session:
                session.execute(ddl.encode())
            with LiveSessions() as sessions:
                found = sessions.read(url.replace("postgres@", f"{user}@"))
                config = _config()
                asking = AuditSettings(
                    TODAY, answer=lambda p: sessions.answer(p, limits or Limits(seconds=20))
                )
                return audit_catalogs([found], config, replace(asking, **settings))  # type: ignore[arg-type]

        yield run


def _config() -> Config:
    return config_from_text('select = ["data", "exhausted-identifier-space"]', Path.cwd())


def told(audit: Audit) -> dict[str, str]:
    return {f.rule: f.message for f in audit.findings}


def doubts(audit: Audit) -> dict[str, str]:
    return {u.rule: u.reason for u in audit.unknowns}


INVOICES = (
    "CREATE TABLE invoices (id integer PRIMARY KEY, heir_id varchar(50), orbt_layer integer);"
)


def test_rows_are_counted_and_their_values_masked(audited: Asked) -> None:
    audit = audited(f"{INVOICES} INSERT INTO invoices VALUES (1, '{GOOD}', 1), (2, '{SECRET}', 9);")
    assert told(audit) == {
        "invalid-heir-value": "1 row with a heir_id outside of its format, shaped aa_aaaa_9aA??",
        "orbt-out-of-range": "1 row with orbt_layer outside of 1 to 4, shaped 9",
    }


def test_no_value_is_in_any_answer(server: ScratchServer) -> None:
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(
                f"{INVOICES} INSERT INTO invoices VALUES (1, '{SECRET}', 987654321)".encode()
            )
        catalog = sessions.read(url)
        project = project_of([catalog], _config(), AuditSettings(TODAY))
        answers = sessions.answer(questions(project), Limits())
    assert any(sample.count for sample in answers.values())
    assert SECRET not in repr(answers) and "987654321" not in repr(answers)


def test_long_values_show_their_beginning_only(audited: Asked) -> None:
    audit = audited(
        "CREATE TABLE notes (id int PRIMARY KEY, process_id text);"
        " INSERT INTO notes VALUES (1, repeat('a', 5000));"
    )
    assert told(audit)["invalid-process-value"].endswith("shaped " + "a" * 40 + "...")


def test_ten_thousand_broken_rows_are_counted_to_the_limit(audited: Asked) -> None:
    filled = "INSERT INTO invoices SELECT g, 'bad' || g, 1 FROM generate_series(1, 12000) g;"
    audit = audited(f"{INVOICES} {filled}", limits=Limits(seconds=20, rows=20_000))
    assert told(audit)["invalid-heir-value"].startswith("12,000 rows with")


def test_beyond_the_row_limit_the_count_is_a_lower_bound(audited: Asked) -> None:
    filled = "INSERT INTO invoices SELECT g, 'bad' || g, 9 FROM generate_series(1, 200000) g;"
    audit = audited(f"{INVOICES} {filled}", limits=Limits(seconds=20, rows=100))
    assert told(audit)["invalid-heir-value"].startswith("at least ")
    assert told(audit)["orbt-out-of-range"].startswith("at least ")


def test_an_index_stops_at_the_row_limit(audited: Asked) -> None:
    filled = "INSERT INTO invoices SELECT g, NULL, 9 FROM generate_series(1, 5000) g;"
    indexed = "CREATE INDEX ON invoices (orbt_layer);"
    audit = audited(f"{INVOICES} {filled} {indexed}", limits=Limits(seconds=20, rows=100))
    assert told(audit)["orbt-out-of-range"].startswith("at least 101 rows")


def test_out_of_time_is_no_pass(audited: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "FIRST_RUN", 1)
    monkeypatch.setattr(rows, "RUN_S", 0.0)
    filled = f"INSERT INTO invoices SELECT g, '{GOOD}', 1 FROM generate_series(1, 300000) g;"
    audit = audited(f"{INVOICES} {filled}", limits=Limits(seconds=0.2))
    reason = doubts(audit)["orbt-out-of-range"]
    assert reason.startswith("none in the first ") and "time limit" in reason
    assert "orbt-out-of-range" not in told(audit)


def test_a_table_without_privileges_is_unknown(audited: Asked) -> None:
    role = "DROP ROLE IF EXISTS rows_reader; CREATE ROLE rows_reader LOGIN;"
    audit = audited(f"{role} {INVOICES}", user="rows_reader")
    assert doubts(audit)["invalid-heir-value"] == "the role may not read its rows; grant it SELECT"


def test_rows_that_policies_hide_are_unknown(audited: Asked) -> None:
    role = "DROP ROLE IF EXISTS rows_tenant; CREATE ROLE rows_tenant LOGIN;"
    closed = "ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; GRANT SELECT ON invoices TO PUBLIC;"
    filled = "INSERT INTO invoices VALUES (1, 'bad', 1);"
    audit = audited(f"{role} {INVOICES} {filled} {closed}", user="rows_tenant")
    reason = "row-level security hides rows from this role"
    assert doubts(audit)["invalid-heir-value"] == reason
    assert told(audit) == {}


def test_only_the_tables_that_are_named(audited: Asked) -> None:
    other = INVOICES.replace("invoices", "receipts") + "INSERT INTO receipts VALUES (1, 'bad', 1);"
    filled = "INSERT INTO invoices VALUES (1, 'bad', 1);"
    audit = audited(f"{INVOICES} {filled} {other}", tables=("public.rec*",))
    assert [f.table for f in audit.findings] == ["public.receipts"]


def test_constraints_that_every_row_passed_spare_the_question(server: ScratchServer) -> None:
    checked = "CHECK (orbt_layer BETWEEN 1 AND 4)"
    ddl = f"CREATE TABLE a (orbt_layer int {checked}); CREATE TABLE b (orbt_layer int);"
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(ddl.encode())
        catalog = sessions.read(url)
        asked = questions(project_of([catalog], _config(), AuditSettings(TODAY)))
    assert [probe.table.name for probe in asked] == ["b"]


def test_partitions_are_read_and_counted_together(audited: Asked) -> None:
    audit = audited(
        "CREATE TABLE p (id int, heir_id text, day date, PRIMARY KEY (id, day))"
        " PARTITION BY RANGE (day);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        "INSERT INTO p VALUES (1, 'x', '2025-05-05'), (2, 'x', '2026-05-05');"
    )
    assert told(audit)["invalid-heir-value"].startswith("2 rows with")
    assert told(audit)["duplicate-heir-value"].startswith("1 value of heir_id")


@pytest.mark.parametrize("step", [2, 3, 4, 100])
@pytest.mark.parametrize("indexed", [True, False])
def test_equal_values_are_found_wherever_a_run_ends(
    audited: Asked, monkeypatch: pytest.MonkeyPatch, step: int, indexed: bool
) -> None:
    monkeypatch.setattr(rows, "INDEX_ROWS", step)
    values = [*("a" * 7), "b", "c", "c", "d", "e", "e", "f", "g", "g", "g", "g"]
    filled = ", ".join(f"({n}, '{value}')" for n, value in enumerate(values))
    index = "CREATE INDEX ON invoices (heir_id);" if indexed else ""
    audit = audited(f"{INVOICES} INSERT INTO invoices (id, heir_id) VALUES {filled}; {index}")
    assert told(audit)["duplicate-heir-value"].startswith("4 values of heir_id")


def test_without_an_index_the_first_rows_are_looked_at(
    audited: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "REPEATS_AMONG", 10)
    filled = "INSERT INTO invoices (id, heir_id) SELECT g, 'x' || g FROM generate_series(1, 50) g;"
    audit = audited(f"{INVOICES} {filled}")
    assert "time limit" in doubts(audit)["duplicate-heir-value"]


def test_inherited_rows_belong_to_their_own_table(audited: Asked) -> None:
    audit = audited(
        "CREATE TABLE base (heir_id text); CREATE TABLE child () INHERITS (base);"
        "INSERT INTO child VALUES ('x'), ('x');"
    )
    assert {f.table for f in audit.findings} == {"public.child"}


def test_names_with_quotes_and_percent_signs(audited: Asked) -> None:
    audit = audited(
        'CREATE SCHEMA "a""%s"; CREATE TABLE "a""%s"."t%(x)s" (heir_id text);'
        ' INSERT INTO "a""%s"."t%(x)s" VALUES (\'x\'), (\'x\');'
    )
    assert set(told(audit)) == {"invalid-heir-value", "duplicate-heir-value"}
    assert doubts(audit) == {}


def probe(name: str, table: str = "invoices") -> Probe:
    condition = f"{column_of_row(name)} = %s"
    return Probe("", Name("public", table), "rows", condition, (1,), name)


def test_locks_end_with_their_statement(server: ScratchServer) -> None:
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(INVOICES.encode())
            catalog = sessions.read(url)
            asked = replace(probe("orbt_layer"), source=catalog.source)
            assert sessions.answer([asked], Limits())[asked] == Sample()
            other.execute("SET lock_timeout = '100ms'")
            other.execute("ALTER TABLE invoices ADD note text")
            other.execute("DROP TABLE invoices")
        assert sessions.answer([asked], Limits())[asked].fault


def test_the_rows_are_those_of_the_catalog_s_moment(server: ScratchServer) -> None:
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(f"{INVOICES} INSERT INTO invoices VALUES (1, 'a', 1)".encode())
            catalog = sessions.read(url)
            other.execute("INSERT INTO invoices VALUES (2, 'b', 1)")
        asked = replace(probe("orbt_layer"), source=catalog.source)
        assert sessions.answer([asked], Limits())[asked].count == 1


def test_a_locked_table_is_not_waited_for(server: ScratchServer) -> None:
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url) as other:
            other.execute(INVOICES.encode())
            other.commit()
            catalog = sessions.read(url)
            other.execute("LOCK TABLE invoices")
            asked = replace(probe("orbt_layer"), source=catalog.source)
            found = sessions.answer([asked], Limits())[asked]
        assert found.fault == "another session holds a lock on the table"


def test_a_lost_connection_is_a_fault(server: ScratchServer) -> None:
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(INVOICES.encode())
            catalog = sessions.read(url)
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'ctb-audit'"
            )
        asked = replace(probe("orbt_layer"), source=catalog.source)
        assert sessions.answer([asked], Limits())[asked].fault


def test_another_source_s_probe_is_answered_with_a_fault() -> None:
    with LiveSessions() as sessions:
        assert sessions.answer([probe("x")], Limits())[probe("x")].fault


SPACE = "CREATE TABLE ids_used (heir_id varchar(50) UNIQUE);"


def test_the_month_in_which_ids_run_out(audited: Asked) -> None:
    filled = (
        "INSERT INTO ids_used SELECT format('HEIR-2026-%s-USER-AUTH-%s', to_char(m, 'FM00'),"
        " to_char(n, 'FM00')) FROM generate_series(6, 11) m, generate_series(1, (m - 5) * 10) n;"
    )
    audit = audited(f"{SPACE} {filled}")
    (finding,) = audit.findings
    assert finding.severity == "INFO"
    assert "at the present rate 2027-02 runs out" in finding.message


def test_a_month_without_a_free_id(audited: Asked) -> None:
    filled = (
        "INSERT INTO ids_used SELECT format('HEIR-2026-03-USER-AUTH-%s', to_char(n, 'FM00'))"
        " FROM generate_series(0, 99) n;"
    )
    (finding,) = audited(f"{SPACE} {filled}").findings
    assert finding.severity == "HIGH" and "in 2026-03 one system and mode" in finding.message


def test_judging_without_asking_leaves_rows_alone(server: ScratchServer) -> None:
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(INVOICES.encode())
        judgement = judge(project_of([sessions.read(url)], _config(), AuditSettings(TODAY)))
    assert {n.reason for n in judgement.not_judged} == {"rows are judged with --check-data only"}
