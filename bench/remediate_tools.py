"""The files of each layout, run up and down by the tool that they are for.

    python bench/remediate_tools.py [--path FOLDER]... [TOOL]...

A tool that is not on PATH (or in a folder given) is said and left out. Every tool works on a
database of its own with rows; after its way down catalog and data must be what it found. Supabase
knows no way down.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from ctb_audit.audit import AuditSettings
from ctb_audit.compare import compare
from ctb_audit.config import load_config
from ctb_audit.model import Catalog, Name
from ctb_audit.remedy.layouts import files_of
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.script import Script, scripts_of
from ctb_audit.remedy.trial import digests
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.sources.postgres import read_live

SQL = """
-- ctb: table=BART-SHQ-CUSTOMERS-V1 heir=HEIR-2026-01-CUST-MAIN-01 enforcement=STRICT orbt=3
CREATE TABLE customers (id bigint PRIMARY KEY, email text, status text);
-- ctb: enforcement=STANDARD orbt=2
CREATE TABLE "Order %s" (
  "Id" bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id), "select" text
);
CREATE TABLE events (id bigint, at date NOT NULL, status text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
"""
ROWS = """
INSERT INTO customers SELECT n, 'c' || n || '@shop.example', 'new' FROM generate_series(1, 500) n;
INSERT INTO "Order %s" SELECT n, n, 'x' FROM generate_series(1, 500) n;
INSERT INTO events SELECT n, '2026-03-01', 'ok' FROM generate_series(1, 500) n;
"""
VALUES = {"orbt_layer": "2", "blueprint_version": "1.0"}
SUPABASE = "supabase"
TRACKERS = ("supabase_migrations", "sqitch")  # schemas that tools leave behind
TABLES = ("schema_migrations", "alembic_version")
ALEMBIC_ENV = """
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["BENCH_URL"]).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


@dataclass(frozen=True)
class Place:
    """A database and the folder that its files are in."""

    folder: Path
    port: int
    database: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def url(self, scheme: str = "postgres") -> str:
        return f"{scheme}://postgres@127.0.0.1:{self.port}/{self.database}"

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr)[-800:]}")

    def psql(self, pattern: str, *, backwards: bool = False) -> None:
        for path in sorted(self.folder.glob(pattern), reverse=backwards):
            stop = ("-v", "ON_ERROR_STOP=1")
            self.run("psql", "-X", "-q", *stop, "-f", str(path), self.url("postgresql"))


Way = Callable[[Place], None]


def dbmate(direction: str) -> Way:
    def run(place: Place) -> None:
        options = ("--url", f"{place.url()}?sslmode=disable", "--migrations-dir", ".")
        command = ("dbmate", *options, "--no-dump-schema")
        if direction == "up":
            place.run(*command, "up")
            return
        for _ in place.folder.glob("*.sql"):
            place.run(*command, "rollback")

    return run


def migrate(*direction: str) -> Way:
    def run(place: Place) -> None:
        database = f"{place.url()}?sslmode=disable"
        place.run("migrate", "-path", ".", "-database", database, *direction)

    return run


def sqitch(*arguments: str) -> Way:
    def run(place: Place) -> None:
        plan = place.folder / "sqitch.plan"
        if not plan.exists():
            added = (place.folder / "sqitch.plan.add").read_text()
            plan.write_text(f"%syntax-version=1.0.0\n%project=bench\n\n{added}")
            (place.folder / "sqitch.conf").write_text("[core]\n  engine = pg\n")
        who = {"SQITCH_FULLNAME": "bench", "SQITCH_EMAIL": "bench@shop.example"}
        Place(place.folder, place.port, place.database, who).run(
            "sqitch", *arguments, f"db:{place.url('pg')}"
        )

    return run


def alembic(*arguments: str) -> Way:
    def run(place: Place) -> None:
        versions = place.folder / "versions"
        if not versions.exists():
            versions.mkdir()
            for path in place.folder.glob("ctb*.py"):
                path.rename(versions / path.name)
            (place.folder / "env.py").write_text(ALEMBIC_ENV)
            (place.folder / "script.py.mako").write_text("")
            (place.folder / "alembic.ini").write_text("[alembic]\nscript_location = .\n")
        url = {"BENCH_URL": place.url("postgresql+psycopg")}
        Place(place.folder, place.port, place.database, url).run("alembic", *arguments)

    return run


def supabase(place: Place) -> None:
    (place.folder / "supabase" / "config.toml").write_text('project_id = "bench"\n')
    place.run("supabase", "db", "push", "--yes", "--db-url", f"{place.url()}?sslmode=disable")


@dataclass(frozen=True)
class Tool:
    program: str
    up: Way
    down: Way


TOOLS = {
    "dbmate": Tool("dbmate", dbmate("up"), dbmate("down")),
    "golang-migrate": Tool("migrate", migrate("up"), migrate("down", "-all")),
    "sqitch": Tool("sqitch", sqitch("deploy", "--verify"), sqitch("revert", "-y")),
    "alembic": Tool("alembic", alembic("upgrade", "head"), alembic("downgrade", "base")),
    SUPABASE: Tool("supabase", supabase, lambda place: None),
    "psql": Tool(
        "psql",
        lambda place: place.psql("*.up.sql"),
        lambda place: place.psql("*.down.sql", backwards=True),
    ),
}


def scripts(folder: Path) -> tuple[Script, ...]:
    (folder / "schema.sql").write_text(SQL)
    catalogs = load([str(folder / "schema.sql")], LoadOptions(root=folder))
    config = load_config(cwd=folder)
    wanted = Wanted(values=VALUES, unasked=True, log=True)
    settings = AuditSettings(today=date(2026, 11, 22))
    return scripts_of(plan_remedies(catalogs, config, settings, wanted))


@contextmanager
def server() -> Iterator[tuple[ScratchServer, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "max_connections": "50"}
    with ScratchServer(settings=settings) as running:
        yield running, port


def without_trackers(catalog: Catalog) -> dict[Name, object]:
    return {
        t.qualified: t for t in catalog.tables if t.schema not in TRACKERS and t.name not in TABLES
    }


def tried(layout: str, tool: Tool, made: tuple[Script, ...], port: int) -> str:
    database = f"bench_{layout.replace('-', '_')}"
    with psycopg.connect(
        f"postgresql://postgres@127.0.0.1:{port}/postgres", autocommit=True
    ) as admin:
        admin.execute(f"CREATE DATABASE {database}".encode())
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name), port, database)
        with psycopg.connect(place.url("postgresql"), autocommit=True) as session:
            session.execute((SQL + ROWS).encode())
            before = read_live(place.url("postgresql"))
            data = digests(session, before)
            files = files_of(layout, made, datetime(2026, 11, 22, tzinfo=UTC))
            for file in files:
                path = place.folder / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file.text)
            tool.up(place)
            verified = sum(_held(session, script) for script in made)
            after = without_trackers(read_live(place.url("postgresql")))
            changed = sum(t != after.get(t.qualified) for t in before.tables)
            told = f"{len(files)} files, {verified} of {len(made)} scripts verified,"
            told += f" {changed} of {len(before.tables)} tables changed"
            if layout == SUPABASE:
                return f"{told}; no way down"
            tool.down(place)
            left = [c for c in compare(before, read_live(place.url("postgresql"))) if _ours(c)]
            same = digests(session, before) == data
        return f"{told}; down: {len(left)} differences, data {'the same' if same else 'CHANGED'}"


def _held(session: "psycopg.Connection[tuple[object, ...]]", script: Script) -> bool:
    session.execute(script.verify.encode())
    return True


def _ours(change: object) -> bool:
    text = str(change)
    return not any(name in text for name in (*TRACKERS, *TABLES))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", nargs="*", choices=[*TOOLS, []], metavar="TOOL")
    parser.add_argument("--path", action="append", default=[])
    given = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join([*given.path, os.environ["PATH"]])
    failed = 0
    with server() as (_, port), tempfile.TemporaryDirectory() as folder:
        made = scripts(Path(folder))
        for layout in given.tools or TOOLS:
            tool = TOOLS[layout]
            if shutil.which(tool.program) is None:
                print(f"{layout:15} {tool.program} is not installed")
                continue
            try:
                print(f"{layout:15} {tried(layout, tool, made, port)}", flush=True)
            except (RuntimeError, psycopg.Error) as error:
                failed += 1
                print(f"{layout:15} FAILED: {error}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
