import re
from datetime import UTC, datetime

import psycopg
import pytest

from ctb_audit.compare import compare
from ctb_audit.remedy.layouts import LAYOUTS, File, files_of
from ctb_audit.remedy.script import scripts_of
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from tests.remedy.conftest import Remedy, catalog_of

SQL = (
    "-- ctb: enforcement=STRICT orbt=3\n"
    "CREATE TABLE invoices (id bigint PRIMARY KEY, status text, email text);"
)
COMMAND_OK, TUPLES_OK = psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK
AT = datetime(2026, 11, 22, 8, 15, tzinfo=UTC)


@pytest.fixture
def files(remedied: Remedy, request: pytest.FixtureRequest) -> tuple[File, ...]:
    plan = remedied(SQL).plan
    return files_of(request.param, scripts_of(plan), AT)


def up_files(layout: str, files: tuple[File, ...]) -> list[File]:
    """What the tool of the layout would run, in its order."""
    starts = {"flyway": "V", "sqitch": "deploy/"}.get(layout, "")
    ends = {"psql": ".up.sql", "golang-migrate": ".up.sql", "alembic": ".py"}.get(layout, ".sql")
    chosen = (f for f in files if f.path.startswith(starts) and f.path.endswith(ends))
    return sorted((f for f in chosen if "verify/" not in f.path or starts), key=lambda f: f.path)


@pytest.mark.parametrize("files", ["psql"], indirect=True)
def test_plain_files_sort_in_the_order_up(files: tuple[File, ...]) -> None:
    names = [f.path for f in up_files("psql", files)]
    assert names[0] == "20261122081500_01_expand.up.sql"
    assert [n.split("_", 2)[2].removesuffix(".up.sql") for n in names] == [
        *("expand", "backfill", "enforce", "index", "guard"),
        *("review_backfill", "review_enforce"),
    ]
    assert {f.path.rsplit(".", 2)[1] for f in files} == {"up", "down", "verify"}


@pytest.mark.parametrize(
    ("layout", "files"),
    [(name, name) for name in ("golang-migrate", "supabase")],
    indirect=["files"],
)
def test_each_message_runs_as_one_query(
    layout: str, files: tuple[File, ...], server: ScratchServer
) -> None:
    """Both tools send a file as one message of the simple protocol."""
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(SQL.encode())
        for file in up_files(layout, files):
            result = session.pgconn.exec_(file.text.encode())
            assert result.status in (COMMAND_OK, TUPLES_OK), (file.path, result.error_message)
        (count,) = session.execute(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'invoices'::regclass"
            " AND attname IN ('heir_id', 'created_at') AND attnotnull"
        ).fetchone() or (0,)
    assert count == 2


@pytest.mark.parametrize("files", ["alembic"], indirect=True)
def test_alembic_revisions_are_python_and_form_a_chain(files: tuple[File, ...]) -> None:
    revisions = up_files("alembic", files)
    previous = None
    for file in revisions:
        names: dict[str, object] = {}
        text = file.text.replace("from alembic import op", "op = None")
        exec(compile(text, file.path, "exec"), names)
        assert names["down_revision"] == previous
        previous = names["revision"]
        assert callable(names["upgrade"]) and callable(names["downgrade"])


@pytest.mark.parametrize("files", ["dbmate"], indirect=True)
def test_dbmate_sends_each_half_of_a_file_as_one_query(
    files: tuple[File, ...], server: ScratchServer
) -> None:
    half = "-- migrate:down transaction:false\n"
    migrations = up_files("dbmate", files)
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(SQL.encode())
        before = read_live(url)
        downs = []
        for file in migrations:
            up, _, down = file.text.partition(half)
            assert up.startswith("-- migrate:up transaction:false\n") and down
            downs.append(down)
            result = session.pgconn.exec_(up.encode())
            assert result.status in (COMMAND_OK, TUPLES_OK), (file.path, result.error_message)
        assert compare(before, read_live(url)) != ()
        for down in reversed(downs):
            result = session.pgconn.exec_(down.encode())
            assert result.status in (COMMAND_OK, TUPLES_OK), result.error_message
        assert compare(before, read_live(url)) == ()


@pytest.mark.parametrize("files", ["golang-migrate", "supabase", "dbmate"], indirect=True)
def test_a_lone_statement_finds_its_timeouts_in_the_session(files: tuple[File, ...]) -> None:
    lone = "SET lock_timeout = '60s';\nSET statement_timeout = '0';"
    settled = False
    for file in (f for f in files if "down" not in f.path and "verify" not in f.path):
        text = file.text.partition("-- migrate:down")[0]
        if "SET application_name" in text:
            settled = text.rstrip().endswith(lone)
        elif "SELECT 1" not in text:
            assert settled, file.path
            assert text.count(";\n") == 1 or "DO $" in text


@pytest.mark.parametrize("files", ["flyway"], indirect=True)
def test_flyway_files_come_with_their_setting(files: tuple[File, ...]) -> None:
    paths = {f.path for f in files}
    for file in up_files("flyway", files):
        assert f"{file.path}.conf" in paths
        assert "U" + file.path[1:] in paths


@pytest.mark.parametrize("files", ["sqitch"], indirect=True)
def test_sqitch_has_deploy_revert_verify_and_plan(files: tuple[File, ...]) -> None:
    names = [f.path.removeprefix("deploy/") for f in up_files("sqitch", files)]
    plan = next(f.text for f in files if f.path == "sqitch.plan.add")
    for name in names:
        assert {f"revert/{name}", f"verify/{name}"} <= {f.path for f in files}
        assert all(line.startswith(("#", "ctb_")) for line in plan.splitlines())
        assert name.removesuffix(".sql") in plan


def test_every_layout_is_offered_by_the_command() -> None:
    from ctb_audit.cli.remediate import LAYOUTS as OFFERED

    assert set(OFFERED) == set(LAYOUTS)


@pytest.mark.parametrize("files", ["psql"], indirect=True)
def test_every_statement_is_read_by_the_parser(files: tuple[File, ...]) -> None:
    for file in up_files("psql", files):
        catalog = catalog_of(SQL + "\n" + re.sub(r"^\\set.*$", "", file.text, flags=re.M))
        assert not [p for p in catalog.problems if p.kind == "invalid-sql"], file.path
