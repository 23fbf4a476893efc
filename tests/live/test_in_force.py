"""What is really in force: rules on a server's own state, beside what the server does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import psycopg
import pytest

from ctb_audit.config import TableEntry
from ctb_audit.judge import Judgement, judge
from ctb_audit.rulebook import load_standard
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from ctb_audit.subjects import build_project

TOUCH = """
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.updated_at := now(); RETURN NEW; END';
CREATE TABLE t (id int PRIMARY KEY, note text, updated_at timestamptz DEFAULT '2020-01-01');
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO t VALUES (1);
"""
Found = list[tuple[str, str]]


@dataclass
class Database:
    """A database with a session of its own that commits every statement."""

    url: str
    session: psycopg.Connection

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.session.execute(statement.encode())

    def refuses(self, statement: str) -> bool:
        try:
            with self.session.transaction(force_rollback=True):
                self.session.execute(statement.encode())
        except psycopg.Error:
            return True
        return False

    def judged(self, *rules: str) -> Judgement:
        standard = load_standard("ctb-1.0", select=list(rules))
        return judge(build_project([read_live(self.url)], standard, today=date(2026, 11, 22)))

    def found(self, *rules: str) -> Found:
        return [(f.table, f.requirement) for f in self.judged(*rules).findings]


@pytest.fixture
def database(server: ScratchServer) -> Iterator[Database]:
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        yield Database(url, session)


def touches(database: Database) -> bool:
    """Whether an UPDATE changes the time."""
    database.run("UPDATE t SET updated_at = '2020-01-01', note = 'x'")
    rows = database.session.execute("SELECT updated_at > '2021-01-01' FROM t").fetchall()
    return rows[0][0] is True


@pytest.mark.parametrize(
    ("change", "silent"),
    [
        ("ALTER TABLE t DISABLE TRIGGER touch", True),
        ("ALTER TABLE t DISABLE TRIGGER ALL", True),
        ("ALTER TABLE t DISABLE TRIGGER USER", True),
        ("ALTER TABLE t ENABLE REPLICA TRIGGER touch", True),
        ("ALTER TABLE t ENABLE ALWAYS TRIGGER touch", False),
        ("ALTER TABLE t DISABLE TRIGGER touch; ALTER TABLE t ENABLE TRIGGER touch", False),
    ],
)
def test_a_disabled_trigger_is_found_where_it_does_nothing(
    database: Database, change: str, silent: bool
) -> None:
    database.run(TOUCH, change)
    assert touches(database) is not silent
    assert database.found("disabled-trigger") == [("public.t", "")] * silent


def test_a_partition_whose_trigger_is_disabled(database: Database) -> None:
    database.run(
        TOUCH.partition("CREATE TABLE")[0]
        + "CREATE TABLE p (id int, updated_at timestamptz) PARTITION BY RANGE (id);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);"
        "CREATE TRIGGER touch BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION touch();"
        "ALTER TABLE p1 DISABLE TRIGGER touch;"
    )
    assert database.found("disabled-trigger") == [("public.p1", "")]


@pytest.mark.parametrize(
    ("body", "timing", "works"),
    [
        ("NEW.updated_at := now(); RETURN NEW;", "BEFORE", True),
        ("NEW.updated_at := now(); RETURN NEW;", "AFTER", False),
        ("RETURN NEW; NEW.updated_at := now();", "BEFORE", False),
        ("IF NEW.id > 5 THEN NEW.updated_at := now(); END IF; RETURN NEW;", "BEFORE", False),
        ("NEW.updated_at := now(); NEW := OLD; RETURN NEW;", "BEFORE", False),
        ("NEW.updated_at := now(); RETURN OLD;", "BEFORE", False),
    ],
)
def test_an_ineffective_trigger_is_found_where_it_does_nothing(
    database: Database, body: str, timing: str, works: bool
) -> None:
    whole = TOUCH.replace("NEW.updated_at := now(); RETURN NEW;", body)
    database.run(whole.replace("BEFORE UPDATE", f"{timing} UPDATE"))
    assert touches(database) is works
    assert database.found("ineffective-trigger") == [("public.t", "")] * (not works)


def test_a_trigger_whose_column_is_gone(database: Database) -> None:
    database.run(TOUCH, "ALTER TABLE t DROP updated_at")
    assert database.refuses("UPDATE t SET note = 'x'")
    assert database.found("ineffective-trigger") == [("public.t", "")]


def test_a_function_in_another_language_is_unknown(database: Database) -> None:
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, updated_at timestamptz);"
        "CREATE FUNCTION other() RETURNS trigger LANGUAGE internal"
        " AS 'suppress_redundant_updates_trigger';"
        "CREATE TRIGGER other BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION other();"
    )
    judgement = database.judged("ineffective-trigger", "missing-update-trigger")
    assert judgement.findings == []
    assert {u.rule for u in judgement.unknowns} == {"ineffective-trigger", "missing-update-trigger"}


def test_a_constraint_that_spared_the_rows_that_were_there(database: Database) -> None:
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, total int); INSERT INTO t VALUES (1, -1);"
        "ALTER TABLE t ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;"
        "ALTER TABLE t ADD CONSTRAINT self FOREIGN KEY (total) REFERENCES t NOT VALID;"
    )
    assert database.refuses("ALTER TABLE t VALIDATE CONSTRAINT positive")
    found = database.found("unvalidated-constraint")
    assert found == [("public.t", "positive"), ("public.t", "self")]
    database.run(
        "UPDATE t SET total = 1",
        "ALTER TABLE t VALIDATE CONSTRAINT positive",
        "ALTER TABLE t VALIDATE CONSTRAINT self",
    )
    assert database.found("unvalidated-constraint") == []


def test_constraints_of_postgresql_18_that_do_not_act(
    server: ScratchServer, database: Database
) -> None:
    newer = server.version[0] >= 18
    database.run("CREATE TABLE t (id int PRIMARY KEY, total int); INSERT INTO t VALUES (1);")
    if newer:
        database.run(
            "ALTER TABLE t ADD CONSTRAINT loose CHECK (total > 0) NOT ENFORCED",
            "ALTER TABLE t ADD CONSTRAINT filled NOT NULL total NOT VALID",
        )
        assert not database.refuses("INSERT INTO t VALUES (2, -1)")
    assert ("public.t", "loose") in database.found("unvalidated-constraint") or not newer


def test_an_index_that_a_failed_build_left(database: Database) -> None:
    database.run("CREATE TABLE t (id int PRIMARY KEY, code text); INSERT INTO t VALUES (1, 'a')")
    database.run("INSERT INTO t VALUES (2, 'a')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.run("CREATE UNIQUE INDEX CONCURRENTLY t_code ON t (code)")
    assert database.found("invalid-index") == [("public.t", "t_code")]
    database.run("DELETE FROM t WHERE id = 2", "REINDEX INDEX CONCURRENTLY t_code")
    assert database.found("invalid-index") == []
    assert database.refuses("INSERT INTO t VALUES (3, 'a')")


def test_an_index_that_a_partition_lacks(database: Database) -> None:
    database.run(
        "CREATE TABLE p (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "CREATE INDEX p_day ON ONLY p (day)",
    )
    assert database.found("invalid-index") == [("public.p", "p_day")]
    database.run("CREATE INDEX p1_day ON p1 (day)", "ALTER INDEX p_day ATTACH PARTITION p1_day")
    assert database.found("invalid-index") == []


@pytest.fixture
def role(database: Database) -> Iterator[Callable[[str], bool]]:
    """Whether a role that holds nothing of its own may run a statement."""
    name = f"nobody_{database.url.rpartition('_')[2]}"
    database.run(f"CREATE ROLE {name} LOGIN")

    def may(statement: str) -> bool:
        with psycopg.connect(database.url.replace("postgres@", f"{name}@")) as session:
            try:
                session.execute(statement.encode())
            except psycopg.Error:
                return False
        return True

    yield may
    database.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_what_public_holds_is_what_anybody_may(
    database: Database, role: Callable[[str], bool]
) -> None:
    database.run("CREATE TABLE t (id int, secret text); CREATE TABLE u (id int, name text)")
    database.run("CREATE VIEW v AS SELECT id FROM t; CREATE SCHEMA s")
    database.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # a default before PostgreSQL 15
    assert not role("SELECT * FROM t") and database.found("public-grant") == []
    database.run("GRANT SELECT ON t, v TO PUBLIC; GRANT UPDATE (name) ON u TO PUBLIC")
    database.run("GRANT CREATE ON SCHEMA s TO PUBLIC")
    assert role("SELECT * FROM t") and role("UPDATE u SET name = 'x'")
    assert role("CREATE TABLE s.x (id int)")
    found = [name for name, _ in database.found("public-grant")]
    assert found == ["public.t", "public.u", "public.v", "schema s"]


def test_a_definer_s_path_is_the_caller_s(database: Database, role: Callable[[str], bool]) -> None:
    definer = "LANGUAGE plpgsql SECURITY DEFINER"
    database.run(
        "CREATE TABLE secrets (text text)",
        f"CREATE FUNCTION loose() RETURNS void {definer} AS 'BEGIN PERFORM * FROM secrets; END'",
        f"CREATE FUNCTION pinned() RETURNS void {definer} SET search_path = pg_catalog, pg_temp"
        " AS 'BEGIN PERFORM * FROM public.secrets; END'",
        "REVOKE EXECUTE ON FUNCTION pinned FROM PUBLIC",
        "CREATE FUNCTION bound() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " BEGIN ATOMIC SELECT count(*) FROM secrets; END",
        "REVOKE EXECUTE ON FUNCTION bound FROM PUBLIC",
    )
    steal = "SET search_path = pg_temp; CREATE TEMP TABLE secrets (x int); SELECT public.loose()"
    assert role(steal) and not role("SELECT pinned()")
    assert database.found("unsafe-security-definer") == [("public.loose()", "")]


def test_row_level_security_as_declared(database: Database) -> None:
    database.run("CREATE TABLE t (id int); CREATE TABLE u (id int)")
    database.run("ALTER TABLE u ENABLE ROW LEVEL SECURITY")
    standard = load_standard("ctb-1.0", select=["missing-row-level-security"])
    project = build_project(
        [read_live(database.url)],
        standard,
        entry=lambda system, name: TableEntry(str(name), row_level_security=True),
        today=date(2026, 11, 22),
    )
    assert [f.table for f in judge(project).findings] == ["public.t"]
