"""`ctb drift` and `ctb audit --via-postgres` as a user runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import psycopg
import pytest

from ctb_audit.resources import resource_text
from ctb_audit.scratch import ScratchServer

Run = Callable[..., subprocess.CompletedProcess[str]]
T = "CREATE TABLE t (id integer PRIMARY KEY, mail text NOT NULL);"


@pytest.fixture
def ctb(tmp_path: Path) -> Run:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ctb_audit.cli", *arguments],
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1", **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.sql").write_text(text)


def test_equal_sources_pass(ctb: Run, tmp_path: Path) -> None:
    write(tmp_path, a=T, b=T.lower())
    done = ctb("drift", "a.sql", "b.sql")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no change" in done.stdout


def test_drift_fails_and_shows_what_would_mend_it(ctb: Run, tmp_path: Path) -> None:
    write(tmp_path, a=T, b=T.replace("text NOT NULL", "varchar(20)"))
    done = ctb("drift", "a.sql", "b.sql")
    assert done.returncode == 1
    assert "- column mail type: text" in done.stdout
    assert "+ column mail type: character varying(20)" in done.stdout
    assert "column-drift" in done.stdout


def test_one_source_is_a_mistake(ctb: Run, tmp_path: Path) -> None:
    write(tmp_path, a=T)
    assert ctb("drift", "a.sql").returncode == 2


def test_json_holds_the_changes_and_fits_its_schema(ctb: Run, tmp_path: Path) -> None:
    write(tmp_path, a=T, b=T.replace(", mail text NOT NULL", ""))
    value = json.loads(ctb("drift", "a.sql", "b.sql", "--format", "json").stdout)
    jsonschema.validate(value, json.loads(resource_text("rules/audit.schema.json")))
    change = value["changes"][0]
    assert (change["kind"], change["object"], change["drift"]) == ("removed", "mail", True)


HOSTILE = 'CREATE TABLE "x\x1b[31m```\n# y" (id int);'


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_hostile_names_stay_names(ctb: Run, tmp_path: Path, form: str) -> None:
    write(tmp_path, a=T, b=T + HOSTILE)
    done = ctb("drift", "a.sql", "b.sql", "--format", form)
    assert done.returncode == 1 and "\x1b" not in done.stdout
    assert not any(line.startswith(("```\n", "# y")) for line in done.stdout.splitlines())
    assert sum(line.startswith("```") for line in done.stdout.splitlines()) in (0, 2)


def test_a_server_settles_what_expressions_leave_open(ctb: Run, tmp_path: Path) -> None:
    view = T + "CREATE TYPE s AS ENUM ('a'); CREATE TABLE u (id int, s s);"
    left = view + "CREATE VIEW v AS SELECT id FROM u WHERE s = 'a';"
    right = view + "CREATE VIEW v AS SELECT u.id FROM public.u WHERE (u.s = 'a'::public.s);"
    write(tmp_path, a=left, b=right, c=right.replace("(u.s =", "(u.s <>"))
    assert ctb("drift", "a.sql", "b.sql").returncode == 0
    open_ = ctb("drift", "a.sql", "b.sql", "--no-settle")
    assert "unknown (1)" in open_.stdout and "view-drift" not in open_.stdout.split("unknown")[0]
    assert ctb("drift", "a.sql", "c.sql").returncode == 1


def test_a_registry_in_the_database_is_read(
    ctb: Run, tmp_path: Path, server: ScratchServer
) -> None:
    write(tmp_path, a=T)
    (tmp_path / "ctb.toml").write_text('[registry]\ntables = "ops.tables"\n')
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(T.encode())
        session.execute("CREATE SCHEMA ops")
        session.execute("CREATE TABLE ops.tables (table_schema text, table_name text)")
        session.execute("INSERT INTO ops.tables VALUES ('public', 't'), ('public', 'gone')")
        done = ctb("drift", "a.sql", "env:DB", "--format", "json", DB=url)
    found = {(f["rule"], f["object"] or f["table"]) for f in json.loads(done.stdout)["findings"]}
    assert found == {("phantom-table", "public.gone"), ("registry-desync", "public.gone")}


def test_known_drift_does_not_fail_and_new_drift_does(ctb: Run, tmp_path: Path) -> None:
    write(tmp_path, a=T, b=T.replace("text NOT NULL", "text"))
    (tmp_path / "ctb.toml").write_text(
        '[[waiver]]\nrule = "column-drift"\nrequirement = "ddl-ddl2,mail"\nowner = "data"\n'
        'reason = "being migrated"\nuntil = "2999-01-01"\n'
    )
    assert ctb("drift", "a.sql", "b.sql").returncode == 0
    write(tmp_path, b=T.replace("text NOT NULL", "text").replace("integer", "bigint"))
    assert ctb("drift", "a.sql", "b.sql").returncode == 1


def test_via_postgres_audits_what_the_server_made(ctb: Run, tmp_path: Path) -> None:
    dynamic = "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || chr(100) || ' (a int)'; END $$;"
    write(tmp_path, a=f"{T}\n{dynamic}\nCREATE TABLE u (id int REFERENCES nowhere);\n")
    done = ctb("audit", "--no-log", "--via-postgres", "--format", "json", "a.sql")
    value = json.loads(done.stdout)
    assert [t["name"] for t in value["tables"]] == ["public.d", "public.t"]
    told = [(p["kind"], p["location"]["line"]) for p in value["problems"]]
    assert told == [("rejected", 3)]
    assert any("scratch PostgreSQL" in notice for notice in value["notices"])
    assert {f["location"]["path"] for f in value["findings"] if f["location"]} == {"a.sql"}


def test_via_postgres_gives_scripts_no_rights_on_the_machine(ctb: Run, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    harm = f"DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch {mark}'''; END $$;"
    write(tmp_path, a=T + harm)
    done = ctb("audit", "--no-log", "--via-postgres", "--format", "json", "a.sql")
    assert [p["kind"] for p in json.loads(done.stdout)["problems"]] == ["rejected"]
    assert not mark.exists()
