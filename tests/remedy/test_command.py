"""`ctb remediate` as a user runs it."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer

SQL = """
-- ctb: enforcement=STRICT orbt=3
CREATE TABLE invoices (id bigint PRIMARY KEY, status text, email text);
"""


def ctb(folder: Path, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    import os

    return subprocess.run(
        [sys.executable, "-m", "ctb_audit.cli", "remediate", *arguments],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.sql").write_text(SQL)
    return tmp_path


def test_files_are_proven_written_and_logged(folder: Path) -> None:
    done = ctb(folder, "schema.sql", "--rows", "20", "--value", "blueprint_version=1.0")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "the same catalog, the same data" in done.stdout
    written = sorted(p.name for p in (folder / "remediation").iterdir())
    assert len(written) % 3 == 0 and written[0].endswith("_01_expand.down.sql")
    with sqlite3.connect(folder / ".ctb" / "compliance.db") as log:
        rows = log.execute(
            "SELECT action_type, status, compliance_score FROM ctb_compliance_log"
        ).fetchall()
    log.close()
    assert [(a, s) for a, s, _ in rows] == [("remediate", "completed")]
    assert rows[0][2] >= 90


def test_files_that_exist_are_kept(folder: Path) -> None:
    arguments = ("schema.sql", "--rows", "5", "--no-log", "--today", "2026-11-22")
    assert ctb(folder, *arguments).returncode == 0
    target = folder / "remediation" / "20261122000000_01_expand.up.sql"
    target.write_text("mine")
    again = ctb(folder, *arguments)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert target.read_text() == "mine"
    assert ctb(folder, *arguments, "--force").returncode == 0
    assert target.read_text() != "mine"


def test_without_a_server_the_files_say_so_and_so_does_the_exit_code(folder: Path) -> None:
    done = ctb(folder, "schema.sql", "--no-log", CTB_PG_BIN="/nonexistent")
    assert done.returncode == 3
    assert "UNPROVEN" in done.stdout
    up = next((folder / "remediation").glob("*_01_expand.up.sql"))
    assert up.read_text().startswith("-- UNPROVEN")


def test_a_dry_run_prints_the_sql_and_writes_nothing(folder: Path) -> None:
    done = ctb(folder, "schema.sql", "--rows", "5", "--dry-run")
    assert done.returncode == 0
    assert "ADD COLUMN IF NOT EXISTS heir_id" in done.stdout
    assert "score " in done.stdout
    assert not (folder / "remediation").exists() and not (folder / ".ctb").exists()


@pytest.mark.parametrize("only", ["safe", "review"])
def test_only_one_kind_is_written(folder: Path, only: str) -> None:
    arguments = ("--rows", "5", "--no-log", "--only", only, "--table", "invo*")
    done = ctb(folder, "schema.sql", *arguments)
    names = [p.name for p in (folder / "remediation").glob("*")]
    assert done.returncode == 0, done.stdout
    assert names
    assert {"review" if "_review_" in name else "safe" for name in names} == {only}


def test_the_log_holds_the_score_of_what_was_written(folder: Path) -> None:
    done = ctb(folder, "schema.sql", "--rows", "5", "--log", "log.db", "--only", "safe")
    with sqlite3.connect(folder / "log.db") as database:
        ((score, safe),) = database.execute(
            "SELECT compliance_score, json_extract(actions_performed, '$.remediation.score_safe')"
            " FROM ctb_compliance_log WHERE action_type = 'remediate'"
        ).fetchall()
    database.close()
    assert score == safe
    assert f"-> {safe}" in done.stdout
    assert "(now, with safe)" in done.stdout


def test_a_schema_without_findings_needs_no_files(folder: Path) -> None:
    done = ctb(folder, "schema.sql", "--no-log", "--level", "RELAXED")
    assert done.returncode == 0
    assert "nothing to write" in done.stdout
    assert not (folder / "remediation").exists()


def test_an_unwritable_folder_is_an_error_of_one_line(folder: Path) -> None:
    (folder / "taken").write_text("a file")
    done = ctb(folder, "schema.sql", "--rows", "5", "--no-log", "--output-dir", "taken/below")
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1 and "cannot be written" in done.stderr


def test_a_value_must_name_a_role(folder: Path) -> None:
    done = ctb(folder, "schema.sql", "--value", "orbt_layer")
    assert done.returncode == 2
    assert "ROLE=VALUE" in done.stderr


def test_a_copy_with_rows_that_break_a_check_says_which_and_how_many(
    folder: Path, server: ScratchServer
) -> None:
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(SQL.encode())
            session.execute("INSERT INTO invoices VALUES (1, 'a', 'no'), (2, 'b', 'a@b.example')")
        done = ctb(folder, "schema.sql", "--rows", "5", "--no-log", "--verify-against", url)
        with psycopg.connect(url) as session:
            rows = session.execute("SELECT * FROM invoices ORDER BY id").fetchall()
    assert done.returncode == 3
    assert "1 rows of public.invoices break it, id = (1): correct them" in done.stdout
    assert "NOT VALID" in done.stdout
    assert rows == [(1, "a", "no"), (2, "b", "a@b.example")], "the copy is as it was"
    assert not (folder / "remediation").exists(), "what failed is not handed over"


def test_the_audited_database_is_never_the_copy(folder: Path, server: ScratchServer) -> None:
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(SQL.encode())
        done = ctb(folder, url, "--rows", "5", "--no-log", "--verify-against", url)
    assert done.returncode == 2
    assert "audited database" in done.stderr


def test_what_the_scratch_server_refuses_is_said_and_so_by_the_exit_code(folder: Path) -> None:
    with (folder / "schema.sql").open("a") as schema:
        schema.write("CREATE VIEW broken AS SELECT no_such_function(id) FROM invoices;\n")
    done = ctb(folder, "schema.sql", "--rows", "5", "--no-log")
    assert done.returncode == 3, done.stdout
    assert "1  statements of the present schema did not load" in done.stdout
    assert "CREATE VIEW public.broken" in done.stdout and "no_such_function" in done.stdout
    assert list((folder / "remediation").glob("*_expand.up.sql")), "what is proven is written"
