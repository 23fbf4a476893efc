"""Sixteen writers of 200 rows each, half of them killed: `python bench/log.py [sqlite|postgres]`.

Every writer prints the `log_id` of a row once the log acknowledged it. Afterwards every printed
row must be in the log once, ids must be unique, and no row may be partial.
"""

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from ctb_audit.log import open_log
from ctb_audit.scratch import ScratchServer

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ctb_audit.log import LogEntry, open_log
log = open_log(sys.argv[1], root=Path(sys.argv[2]), create=True)
for number in range(int(sys.argv[3])):
    issues = [{"rule": "missing-primary-key", "n": n} for n in range(20)]
    now = datetime.now(UTC)
    row = LogEntry("audit", number % 101, "completed", now, issues=issues, actions={"end": True})
    print(log.write(row).log_id, flush=True)
"""


def run(url: str, root: Path, writers: int, rows: int) -> None:
    """Starts the writers, kills every other one at a random moment, judges the log."""
    chance = random.Random(9)
    started = time.perf_counter()
    outputs = [root / f"{number}.out" for number in range(writers)]
    processes = []
    for output in outputs:
        with output.open("w") as file:
            command = [sys.executable, "-c", WRITER, url, str(root), str(rows)]
            processes.append(subprocess.Popen(command, stdout=file))
    doomed = dict.fromkeys(range(0, writers, 2), 0)
    targets = {number: chance.randrange(1, rows) for number in doomed}
    while doomed:
        for number in list(doomed):
            written = outputs[number].read_bytes().count(b"\n")
            if written >= targets[number] or processes[number].poll() is not None:
                time.sleep(chance.random() * 0.01)
                processes[number].kill()
                del doomed[number]
        time.sleep(0.005)
    codes = [process.wait() for process in processes]
    seconds = time.perf_counter() - started
    judge(url, root, outputs, codes, seconds)


def judge(url: str, root: Path, outputs: list[Path], codes: list[int], seconds: float) -> None:
    lines = [line for output in outputs for line in output.read_text().splitlines(keepends=True)]
    acknowledged = Counter(line.strip() for line in lines if line.endswith("\n"))
    rows = list(open_log(url, root=root).entries())
    found = Counter(row.log_id for row in rows)
    missing = [one for one in acknowledged if found[one] != 1]
    partial = [row for row in rows if len(row.issues) != 20 or row.actions != {"end": True}]
    heirs = {row.heir_id for row in rows}
    killed = sum(code == -signal.SIGKILL for code in codes)
    assert not missing, missing[:3]
    assert not partial, partial[:1]
    assert len(heirs) == len(rows) == len(found)
    assert {0, -signal.SIGKILL} >= set(codes), codes
    print(
        f"{url.partition(':')[0]}: {len(codes)} writers, {killed} killed, {len(acknowledged)} rows"
        f" acknowledged, {len(rows)} in the log, all once, {len(heirs)} HEIR ids, {seconds:.1f} s,"
        f" {len(rows) / seconds:.0f} rows a second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", nargs="?", choices=["sqlite", "postgres"])
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--rows", type=int, default=200)
    arguments = parser.parse_args()
    if arguments.engine in (None, "sqlite"):
        with TemporaryDirectory() as folder:
            run("sqlite:///log.db", Path(folder), arguments.writers, arguments.rows)
            connection = sqlite3.connect(Path(folder) / "log.db")
            print(
                "sqlite integrity_check:", connection.execute("PRAGMA integrity_check").fetchone()
            )
            connection.close()
    if arguments.engine in (None, "postgres"):
        with TemporaryDirectory() as folder, ScratchServer() as server, server.database() as url:
            run(url, Path(folder), arguments.writers, arguments.rows)


if __name__ == "__main__":
    main()
