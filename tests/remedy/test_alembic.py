"""The alembic layout, run up and down by alembic itself."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from ctb_audit.compare import compare
from ctb_audit.remedy.layouts import files_of
from ctb_audit.remedy.script import scripts_of
from ctb_audit.remedy.trial import digests
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live
from tests.remedy.conftest import Remedy

SQL = (
    "-- ctb: enforcement=STRICT orbt=3 heir=HEIR-2026-01-SHOP-MAIN-01\n"
    'CREATE TABLE "Order %s" (id bigint PRIMARY KEY, status text, email text);'
)
ENVIRONMENT = """
import os
import psycopg
from alembic import context
from sqlalchemy import create_engine

opened = lambda: psycopg.connect(os.environ["TEST_URL"])
with create_engine("postgresql+psycopg://", creator=opened).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
INI = "[alembic]\nscript_location = .\n"


def alembic(folder: Path, url: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=folder,
        env={**os.environ, "TEST_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_alembic_runs_the_revisions_up_and_down(
    remedied: Remedy, server: ScratchServer, tmp_path: Path
) -> None:
    scripts = scripts_of(remedied(SQL).plan)
    versions = tmp_path / "versions"
    versions.mkdir()
    for file in files_of("alembic", scripts, datetime(2026, 11, 22, tzinfo=UTC)):
        if file.path.endswith(".py"):
            (versions / file.path).write_text(file.text)
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "alembic.ini").write_text(INI)
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute(SQL.encode())
        session.execute("""INSERT INTO "Order %s" VALUES (1, 'a', 'a@b.example'), (2, 'b', NULL)""")
        before = read_live(url)
        data = digests(session, before)
        alembic(tmp_path, url, "upgrade", "head")
        for script in scripts:
            session.execute(script.verify.encode())
        alembic(tmp_path, url, "downgrade", "base")
        session.execute("DROP TABLE alembic_version")
        assert compare(before, read_live(url)) == ()
        assert digests(session, before) == data
