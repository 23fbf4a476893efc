"""`ctb audit --check-data` on a large table: time, locks, and what a concurrent pgbench feels.

    python bench/check_data.py [rows] [seconds of each pgbench run]

Makes a scratch server with a table of so many rows (ten million by default, about 1.5 GB), a
thousandth of them broken, and drops it afterwards. Without pgbench only time and locks are shown.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from ctb_audit.scratch import ScratchServer, available_binaries

TABLE = """
CREATE TABLE events (
    id bigint PRIMARY KEY, heir_id varchar(50) NOT NULL, process_id varchar(50) NOT NULL,
    orbt_layer integer NOT NULL, blueprint_version varchar(20) NOT NULL,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
    compliance_score integer, note text
);
INSERT INTO events
SELECT g,
    CASE WHEN g % 1000 = 0 THEN 'sk_live_' || g
        ELSE format('HEIR-20%s-%s-%s-EVT-%s', to_char(10 + g % 80, 'FM00'),
            to_char(1 + g % 12, 'FM00'),
            translate(upper(to_hex(g / 100)), '0123456789', 'GHIJKLMNOP'),
            to_char(g % 100, 'FM00')) END,
    'PRC-EVT-1761177600', CASE WHEN g % 1000 = 1 THEN 9 ELSE 1 + g % 4 END, '1.0',
    timestamptz '2025-01-01' + g * interval '1 second',
    timestamptz '2025-01-01'
        + (g + CASE WHEN g % 1000 = 2 THEN -9 ELSE 9 END) * interval '1 second',
    g % 100, 'a note that makes the row as wide as rows are'
FROM generate_series(1, {rows}) g;
CREATE INDEX events_orbt_layer ON events (orbt_layer);
CREATE INDEX events_heir_id ON events (heir_id);
"""
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "8GB", "checkpoint_timeout": "1h"}
LOCKS = """
SELECT l.relation::regclass::text, l.mode,
  extract(epoch FROM clock_timestamp() - a.query_start)::float8
FROM pg_locks l
JOIN pg_stat_activity a USING (pid)
WHERE a.application_name = 'ctb-audit' AND l.locktype = 'relation' AND l.relation >= 16384
"""


@dataclass
class Watch:
    """What the audit's session holds, looked at every 10 ms, and how long ALTER TABLE waits."""

    url: str
    modes: set[tuple[str, str]] = field(default_factory=set)
    longest: float = 0.0
    waits: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def locks(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as session:
            while not self.stop.wait(0.01):
                found = session.execute(LOCKS.encode()).fetchall()
                self.modes.update((str(r[0]), str(r[1])) for r in found)
                self.longest = max([self.longest, *(float(str(row[2])) for row in found)])

    def changes(self) -> None:
        """Takes the strongest lock twice a second, as a migration would."""
        with psycopg.connect(self.url, autocommit=True) as session:
            while not self.stop.wait(0.5):
                began = time.monotonic()
                session.execute("ALTER TABLE events ALTER note SET DEFAULT ''")
                self.waits.append(time.monotonic() - began)


def audit(url: str, *more: str) -> tuple[float, str]:
    command = [sys.executable, "-c", "from ctb_audit.cli import main; main()", "audit", url]
    command += ["--check-data", "--table", "events", "--no-log", "--exit-zero", "--select", "data"]
    began = time.monotonic()
    done = subprocess.run(
        [*command, *more], capture_output=True, text=True, check=False, env=os.environ
    )
    return time.monotonic() - began, done.stdout + done.stderr


def pgbench(program: str, url: str, seconds: int) -> tuple[float, float]:
    """Transactions per second and mean latency in ms of 4 clients."""
    command = [program, "-n", "-c", "4", "-j", "1", "-T", str(seconds), url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"tps = ([\d.]+)", told)
    latency = re.search(r"latency average = ([\d.]+)", told)
    assert rate is not None and latency is not None
    return float(rate[1]), float(latency[1])


def watched(url: str) -> tuple[float, str, Watch]:
    watch = Watch(url)
    threads = [threading.Thread(target=t) for t in (watch.locks, watch.changes)]
    for thread in threads:
        thread.start()
    took, told = audit(url)
    watch.stop.set()
    for thread in threads:
        thread.join()
    return took, told, watch


def concurrent(program: str, url: str, seconds: int) -> None:
    subprocess.run([program, "-i", "-q", "-s", "10", url], capture_output=True, check=True)
    pgbench(program, url, 5)
    for label, loaded in (("alone", False), ("beside --check-data", True), ("alone again", False)):
        stop = threading.Event()

        def load(done: threading.Event = stop) -> None:
            while not done.is_set():
                audit(url)

        thread = threading.Thread(target=load)
        if loaded:
            thread.start()
        rate, latency = pgbench(program, url, seconds)
        stop.set()
        if loaded:
            thread.join()
        print(f"pgbench {label:20} {rate:8.0f} transactions a second, {latency:6.3f} ms")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with_bench = [b for b in available_binaries() if (Path(b.folder) / "pgbench").exists()]
    binaries = with_bench[0] if with_bench else available_binaries()[0]
    with ScratchServer(binaries, settings=SETTINGS) as server:
        url = server.new_database()
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(TABLE.format(rows=rows).encode())
            session.execute("VACUUM ANALYZE events")
            size = session.execute("SELECT pg_size_pretty(pg_table_size('events'))").fetchall()
        print(
            f"{rows:,} rows, {size[0][0]}, PostgreSQL {server.version[0]}, {os.cpu_count()} cores"
        )
        took, told, watch = watched(url)
        print(told.strip())
        print(f"ctb audit --check-data                {took:7.1f} s")
        print(f"locks of its session                  {sorted(watch.modes)}")
        print(f"longest statement that held one       {watch.longest:7.2f} s")
        waits = sorted(watch.waits)
        print(f"ALTER TABLE meanwhile, {len(waits)} times: longest wait {waits[-1]:.2f} s")
        took, told = audit(url, "--data-seconds", "300")
        counted = sum("MEDIUM" in line and "at least" not in line for line in told.splitlines())
        print(f"with --data-seconds 300               {took:7.1f} s, {counted} exact counts")
        took, told = audit(url, "--data-seconds", "3")
        least = sum("at least" in line for line in told.splitlines())
        print(
            f"with --data-seconds 3                 {took:7.1f} s, {least} findings say 'at least'"
        )
        program = shutil.which("pgbench") or str(Path(binaries.folder) / "pgbench")
        if Path(program).exists():
            concurrent(program, url, seconds)


if __name__ == "__main__":
    main()
