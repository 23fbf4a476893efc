"""Live harm: what writers feel while a remediation runs on a table of a million rows.

    python bench/remediate_load.py [--rows 1000000] [--clients 4]

pgbench updates, inserts and reads one table all the time. First the phased files of `ctb remediate`
run with psql, then, on a copy, the same changes as one naive file. Prints for each the transactions
that failed and the longest stall: the longest time in which none ended.
"""

import argparse
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from ctb_audit.audit import AuditSettings
from ctb_audit.config import Config
from ctb_audit.remedy.layouts import files_of
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.prove import newest_server
from ctb_audit.remedy.script import scripts_of
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live

SETTINGS = {"shared_buffers": "256MB", "autovacuum": "on", "max_connections": "40"}
TABLE = """
CREATE TABLE accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL, balance integer NOT NULL DEFAULT 0, status text NOT NULL DEFAULT 'open'
);
INSERT INTO accounts (owner, balance)
SELECT 'owner ' || n, n % 1000 FROM generate_series(1, {rows}) AS n;
VACUUM ANALYZE accounts;
"""
NAIVE = """
BEGIN;
ALTER TABLE accounts ADD COLUMN heir_id varchar(50);
UPDATE accounts SET heir_id =
  'HEIR-2026-11-ACCOUNTS-ROW' || translate(to_hex(id), '0123456789abcdef', 'ABCDEFGHIJKLMNOP')
  || '-' || lpad((id % 100)::text, 2, '0');
ALTER TABLE accounts ALTER COLUMN heir_id SET NOT NULL;
ALTER TABLE accounts ADD CONSTRAINT accounts_heir_id_key UNIQUE (heir_id);
ALTER TABLE accounts ADD COLUMN process_id varchar(50) NOT NULL DEFAULT 'PRC-MIGRATION-1795305600';
ALTER TABLE accounts ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE accounts ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE accounts ADD COLUMN created_by varchar(100) NOT NULL DEFAULT CURRENT_USER;
ALTER TABLE accounts ADD COLUMN orbt_layer integer NOT NULL DEFAULT 2;
ALTER TABLE accounts ADD COLUMN blueprint_version varchar(20) NOT NULL DEFAULT '1.0';
ALTER TABLE accounts ADD CONSTRAINT orbt CHECK (orbt_layer BETWEEN 1 AND 4);
CREATE INDEX accounts_created_at_idx ON accounts (created_at);
CREATE INDEX accounts_status_idx ON accounts (status);
COMMIT;
"""
LOAD = r"""
\set id random(1, {rows})
\set delta random(-50, 50)
BEGIN;
UPDATE accounts SET balance = balance + :delta WHERE id = :id;
SELECT balance FROM accounts WHERE id = :id;
INSERT INTO accounts (owner, balance) VALUES ('new', :delta);
END;
"""


@dataclass
class Felt:
    """What a probe beside the load measured: the longest wait of one small write, in seconds."""

    longest: float = 0.0
    failed: int = 0
    writes: int = 0
    times: list[float] = field(default_factory=list)


@contextmanager
def probing(url: str) -> Iterator[Felt]:
    """Writes one row every few milliseconds and times each write."""
    felt, stop = Felt(), threading.Event()

    def probe() -> None:
        with psycopg.connect(url, autocommit=True) as session:
            while not stop.is_set():
                started = time.perf_counter()
                try:
                    session.execute("UPDATE accounts SET balance = balance + 1 WHERE id = 1")
                except psycopg.Error:
                    felt.failed += 1
                waited = time.perf_counter() - started
                felt.writes += 1
                felt.longest = max(felt.longest, waited)
                felt.times.append(waited)
                time.sleep(0.005)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield felt
    finally:
        stop.set()
        thread.join()


@contextmanager
def load(server: ScratchServer, url: str, rows: int, clients: int) -> Iterator[list[str]]:
    """pgbench until the block ends; its last lines are added to the list that is given out."""
    told: list[str] = []
    assert server.binaries is not None
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(LOAD.format(rows=rows))
        script.flush()
        command = [str(server.binaries.folder / "pgbench"), "-n", "-c", str(clients), "-j", "2"]
        command += ["-T", "3600", "-P", "1", "-f", script.name, "--max-tries", "1", url]
        running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            time.sleep(2)
            yield told
        finally:
            running.terminate()
            out, error = running.communicate(timeout=30)
            told += [line for line in (out + error).splitlines() if line]


def psql(server: ScratchServer, url: str, path: Path) -> int:
    """Attempts that a file took: it is run again while a lock is not had in time."""
    assert server.binaries is not None
    command = [str(server.binaries.folder / "psql"), "-X", "-q", "-o", os.devnull, "-f", str(path)]
    for attempt in range(1, 51):
        done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return attempt
        if "lock timeout" not in done.stderr and "statement timeout" not in done.stderr:
            raise RuntimeError(done.stderr)
        time.sleep(0.5)
    raise RuntimeError(f"{path.name} never had its locks")


def phased(url: str, folder: Path) -> Sequence[Path]:
    """The files of `ctb remediate` for the table."""
    catalog = read_live(url, source_name="load")
    settings = AuditSettings(today=date(2026, 11, 22))
    values = {"orbt_layer": "2", "blueprint_version": "1.0"}
    plan = plan_remedies([catalog], Config(root=folder), settings, Wanted(values=values))
    for file in files_of("psql", scripts_of(plan), datetime(2026, 11, 22, tzinfo=UTC)):
        (folder / file.path).write_text(file.text)
    return sorted(folder.glob("*.up.sql"))


def measured(server: ScratchServer, files: Sequence[Path], rows: int, clients: int) -> None:
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as session:
            for statement in TABLE.format(rows=rows).split(";"):
                if statement.strip():
                    session.execute(statement.encode())
        found = files
        with tempfile.TemporaryDirectory() as folder:
            found = files or phased(url, Path(folder))
            with load(server, url, rows, clients) as told:
                with probing(url) as felt:
                    time.sleep(3)
                idle = felt.longest
                print(f"  before              longest write {idle * 1000:7.1f} ms")
                worst, failed = 0.0, 0
                for path in found:
                    started = time.perf_counter()
                    with probing(url) as felt:
                        attempts = psql(server, url, path)
                        time.sleep(0.2)
                    worst, failed = max(worst, felt.longest), failed + felt.failed
                    name = path.name.removeprefix("20261122000000_").removesuffix(".up.sql")
                    print(
                        f"  {name:19} longest write {felt.longest * 1000:7.1f} ms,"
                        f" {time.perf_counter() - started:6.1f} s, {attempts} attempts"
                    )
        print(f"  longest stall {worst * 1000:.0f} ms, failed writes {failed}")
        progress = [line for line in told if line.startswith("progress:")]
        ended = sum(float(line.split(" tps")[0].rsplit(" ", 1)[1]) for line in progress)
        lost = sum(int(line.rsplit(", ", 1)[1].split()[0]) for line in progress)
        died = [line for line in told if "aborted in command" in line]
        print(f"  pgbench: {ended:.0f} transactions, {lost} failed, {len(died)} clients died")
        print(*(f"  {line}" for line in died[:1]), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    with newest_server() as _, ScratchServer(_.binaries, settings=SETTINGS) as server:
        print(f"PostgreSQL {'.'.join(map(str, server.version))}, {given.rows} rows")
        print("phased")
        measured(server, (), given.rows, given.clients)
        print("naive")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "naive.up.sql"
            path.write_text("\\set ON_ERROR_STOP on\n" + NAIVE)
            measured(server, [path], given.rows, given.clients)


if __name__ == "__main__":
    main()
