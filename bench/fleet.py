"""A fleet of generated targets, on this machine and on a Dask cluster of four workers on loopback.

    python -m bench.fleet build/fleet --count 1000

makes the targets once, then audits them with one process, with two, on the cluster, and twice with
two workers killed in the middle. It prints throughput, processor time, memory over time, and
whether every target is in the log exactly once and every portfolio is the same.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench import generate
from bench.measure import environment

ROOT = Path(__file__).resolve().parents[1]
CTB = [sys.executable, "-m", "ctb_audit.cli"]
DAY = "2026-11-22"
PORT = 18796
BIGQUERY = """CREATE TABLE `warehouse.analytics.events_{n}` (
  heir_id STRING NOT NULL, process_id STRING NOT NULL, name STRING, amount NUMERIC,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP()
) PARTITION BY DATE(created_at);
"""
RULES = """rules_version = '2';
service cloud.firestore {{
  match /databases/{{database}}/documents {{
    match /drafts_{n}/{{id}} {{
      allow read: if request.auth != null;
      allow create: if request.auth.uid == request.resource.data.userId;
    }}
  }}
}}
"""
DOCUMENT = """/** Firestore collection drafts_{n} */
export interface Draft{n} {{
  heirId: string;
  processId: string;
  userId: string;
  createdAt: Timestamp;
}}
"""

Write = Callable[[Path, int, random.Random], None]


# ---- targets -------------------------------------------------------------------------------------


def _dump(folder: Path, number: int, chance: random.Random) -> None:
    (folder / "schema.sql").write_text(generate.dump(chance.randint(1, 12)))


def _chain(folder: Path, number: int, chance: random.Random) -> None:
    generate.migrations(folder / "migrations", chance.randint(6, 60))


def _reference(folder: Path, number: int, chance: random.Random) -> None:
    text = (ROOT / "examples/imo-creator/SCHEMA_REFERENCE.md").read_text()
    (folder / "SCHEMA_REFERENCE.md").write_text(text)


def _both(folder: Path, number: int, chance: random.Random) -> None:
    _reference(folder, number, chance)
    _dump(folder, number, chance)


def _bigquery(folder: Path, number: int, chance: random.Random) -> None:
    (folder / "bigquery").mkdir()
    (folder / "bigquery" / "events.sql").write_text(BIGQUERY.format(n=number))


def _firestore(folder: Path, number: int, chance: random.Random) -> None:
    (folder / "firestore.rules").write_text(RULES.format(n=number))
    (folder / "types.ts").write_text(DOCUMENT.format(n=number))


def _configured(folder: Path, number: int, chance: random.Random) -> None:
    _dump(folder, number, chance)
    level = chance.choice(["STRICT", "RELAXED"])
    (folder / "ctb.toml").write_text(
        f'default_level = "{level}"\nfail_under = {chance.randint(40, 80)}\n'
        '[severity]\nunindexed-status = "off"\n'
    )


def _empty(folder: Path, number: int, chance: random.Random) -> None:
    (folder / "README.txt").write_text("nothing to audit\n")


def _binary(folder: Path, number: int, chance: random.Random) -> None:
    (folder / "dump.sql").write_bytes(b"PGDMP\x01\x0e" + bytes(64))


def _misconfigured(folder: Path, number: int, chance: random.Random) -> None:
    _dump(folder, number, chance)
    (folder / "ctb.toml").write_text("fail_undre = 3\n")


def _garbled(folder: Path, number: int, chance: random.Random) -> None:
    (folder / "schema.sql").write_text("CREATE TABLE broken (id int,,\n" * 20)


SHAPES: Sequence[tuple[int, Write]] = (
    *((38, _dump), (20, _chain), (10, _reference), (6, _both), (8, _bigquery), (6, _firestore)),
    *((8, _configured), (1, _empty), (1, _binary), (1, _misconfigured), (1, _garbled)),
)


def make(folder: Path, count: int) -> Path:
    """The estate: mostly folders, every twentieth a repository of git, some that are not there."""
    file = folder / "fleet.toml"
    if file.is_file():
        return file
    chance = random.Random(13)
    weights, shapes = zip(*SHAPES, strict=True)
    lines = ["timeout = 120\n"]
    for number in range(count):
        name = f"t{number:04d}"
        here = folder / "targets" / name
        here.mkdir(parents=True)
        chance.choices(shapes, weights)[0](here, number, chance)
        lines.append(_entry(name, here, number, chance))
    file.write_text("".join(lines))
    return file


def _entry(name: str, here: Path, number: int, chance: random.Random) -> str:
    place = f'path = "targets/{name}"'
    if number % 20 == 7:
        _commit(here)
        place = f'git = "targets/{name}"'
    elif number % 250 == 99:
        place = f'path = "targets/{name}-is-not-there"'
    elif number % 250 == 149:
        place = f'git = "targets/{name}-is-not-there"'
    elif number % 250 == 199:
        place = f'database = "CTB_BENCH_UNSET_{number}"'
    team, system = f"team {number % 17:02d}", f"system {chance.randint(0, 59):02d}"
    return f'\n[[target]]\nname = "{name}"\n{place}\nteam = "{team}"\nsystem = "{system}"\n'


def _commit(folder: Path) -> None:
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-C", str(folder)]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "generated"]):
        subprocess.run([*git, *command], check=True, stdout=subprocess.DEVNULL)


# ---- runs ----------------------------------------------------------------------------------------


@dataclass
class Memory:
    """MB over time: of the process that coordinates, and of the largest of the others."""

    parent: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)

    def told(self) -> str:
        return f"coordinator {_course(self.parent)}, workers {_course(self.worker)}"


def _course(values: list[float]) -> str:
    """After a tenth, at the half, at nine tenths, and the most."""
    if len(values) < 10:
        return "too short to tell"
    at = [values[len(values) * part // 10] for part in (1, 5, 9)]
    return " -> ".join(f"{v:.0f}" for v in at) + f" MB (most {max(values):.0f})"


@dataclass
class Taken:
    name: str
    wall: float
    processor: float
    code: int
    memory: Memory
    portfolio: Path
    state: Path
    log: Path


def run(
    name: str,
    fleet: Path,
    build: Path,
    options: Sequence[str],
    *,
    others: Callable[[], list[psutil.Process]] = list,
    disturb: Callable[[psutil.Process, int], None] | None = None,
    resume: bool = False,
) -> Taken:
    """One `ctb fleet run`; `others` are processes that work for it, `disturb` is called with how
    many targets are done.
    """
    state, log, report = (build / f"{name}.{suffix}" for suffix in ("db", "log.db", "json"))
    for path in (state, log, report):
        if not resume:
            path.unlink(missing_ok=True)
    command = [*CTB, "fleet", "run", "--fleet", str(fleet), "--state", str(state), "-q"]
    command += ["--log", str(log), "--today", DAY, "-o", f"json:{report}", *options]
    before = sum(_processor(p) for p in others())
    started = time.perf_counter()
    child = subprocess.Popen(
        command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    memory = Memory()
    used = _watched(child, memory, log, others, disturb)
    return Taken(
        name=name,
        wall=time.perf_counter() - started,
        processor=used + sum(_processor(p) for p in others()) - before,
        code=child.returncode,
        memory=memory,
        portfolio=report,
        state=state,
        log=log,
    )


def _watched(
    child: "subprocess.Popen[bytes]",
    memory: Memory,
    log: Path,
    others: Callable[[], list[psutil.Process]],
    disturb: Callable[[psutil.Process, int], None] | None,
) -> float:
    """Seconds of the processor that the child and all that it waited for used."""
    parent = psutil.Process(child.pid)
    while True:
        done, status, used = os.wait4(child.pid, os.WNOHANG)
        if done:
            child.returncode = os.waitstatus_to_exitcode(status)
            return used.ru_utime + used.ru_stime
        own = _descendants(parent) + [d for p in others() for d in (p, *_descendants(p))]
        memory.parent.append(_resident(parent))
        memory.worker.append(max(map(_resident, own), default=0.0))
        if disturb is not None:
            disturb(parent, _rows(log))
        time.sleep(1)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.Error:
        return 0.0


def _processor(process: psutil.Process) -> float:
    """With children that ended, and those that still live."""
    try:
        own = process.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
    except psutil.Error:
        return 0.0
    return float(total) + sum(_alone(child) for child in _descendants(process))


def _alone(process: psutil.Process) -> float:
    try:
        own = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(own.user + own.system)


def _rows(log: Path) -> int:
    if not log.is_file():
        return 0
    try:
        with sqlite3.connect(f"file:{log}?mode=ro", uri=True, timeout=5) as connection:
            found = connection.execute("SELECT count(*) FROM ctb_compliance_log").fetchone()
    except sqlite3.Error:
        return 0
    return int(found[0])


class Killer:
    """Kills processes with SIGKILL as the run comes past some marks."""

    def __init__(
        self, marks: Sequence[int], victims: Callable[[psutil.Process], list[Any]]
    ) -> None:
        self.killed: list[str] = []
        self._marks = list(marks)
        self._victims = victims

    def __call__(self, parent: psutil.Process, done: int) -> None:
        if self._marks and done >= self._marks[0]:
            victims = self._victims(parent)
            if victims:
                self._marks.pop(0)
                victims[0].send_signal(signal.SIGKILL)
                self.killed.append(f"{victims[0].pid} after {done} targets")


def auditors(parent: psutil.Process) -> list[psutil.Process]:
    return [p for p in _descendants(parent) if "ctb_audit.fleet.auditor" in _line(p)]


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


# ---- the cluster ---------------------------------------------------------------------------------


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, Callable[[], list[psutil.Process]]]]:
    """A scheduler and worker processes on loopback; what they are as processes."""
    address = f"tcp://127.0.0.1:{PORT}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = str(Path(sys.executable).with_name("dask"))
    scheduler = [dask, "scheduler", "--host", "127.0.0.1", "--port", str(PORT), "--no-dashboard"]
    worker = [dask, "worker", address, "--nworkers", str(workers), "--nthreads", "1"]
    worker += ["--no-dashboard", "--memory-limit", "0"]
    started = [
        subprocess.Popen(command, env=environment(), **quiet)  # type: ignore[call-overload]
        for command in (scheduler, worker)
    ]
    try:
        _await(address, workers)
        yield address, lambda: [psutil.Process(p.pid) for p in started if p.poll() is None]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=60)


def _await(address: str, workers: int) -> None:
    from distributed import Client

    connect: Any = Client
    with connect(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def worker_processes(processes: list[psutil.Process]) -> list[psutil.Process]:
    """The processes that nannies watch: their children that are no trackers of resources."""
    found = [d for p in processes for d in _descendants(p)]
    return [p for p in found if "spawn_main" in _line(p) and "auditor" not in _line(p)]


# ---- what came out ------------------------------------------------------------------------------


def verdict(taken: Taken, count: int, reference: Path | None) -> str:
    """Whether every target is there once, and whether the portfolio is that of another run."""
    with sqlite3.connect(f"file:{taken.log}?mode=ro", uri=True) as log:
        names = Counter(
            json.loads(actions)["fleet"]["target"]
            for (actions,) in log.execute("SELECT actions_performed FROM ctb_compliance_log")
        )
    once = sum(times == 1 for times in names.values())
    told = f"{len(names)} of {count} targets in the log, {once} of them once"
    if reference is not None:
        same = taken.portfolio.read_bytes() == reference.read_bytes()
        told += f"; portfolio {'the same' if same else 'DIFFERS'}"
    return told


def describe(taken: Taken, count: int, alone: Taken | None, reference: Path | None) -> None:
    print(f"\n{taken.name}: exit {taken.code}, load {os.getloadavg()[0]:.1f}")
    print(f"  wall {taken.wall:.1f} s = {count / taken.wall:.1f} targets/s")
    each = 1000 * taken.processor / count
    print(f"  processor {taken.processor:.1f} s = {each:.1f} ms a target")
    if alone is not None:
        speed = alone.wall / taken.wall
        print(f"  against one process: {speed:.2f} times the speed,", end=" ")
        print(f"{100 * alone.processor / taken.processor:.0f} % of its work per processor second")
    print(f"  memory: {taken.memory.told()}")
    print(f"  {verdict(taken, count, reference)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    build, count = arguments.folder.resolve(), arguments.count
    build.mkdir(parents=True, exist_ok=True)
    fleet = make(build, count)
    print(f"{count} targets, {os.cpu_count()} cores", flush=True)
    alone = run("one-process", fleet, build, ["--jobs", "1"])
    describe(alone, count, None, None)
    statuses = json.loads(alone.portfolio.read_text())["statuses"]
    print(f"  {statuses}")
    two = run("two-processes", fleet, build, ["--jobs", "2"])
    describe(two, count, alone, alone.portfolio)
    killer = Killer([count * 3 // 10, count * 6 // 10], auditors)
    killed = run("two-processes-killed", fleet, build, ["--jobs", "2"], disturb=killer)
    describe(killed, count, alone, alone.portfolio)
    print(f"  killed: {', '.join(killer.killed)}")
    with cluster(4) as (address, processes):
        engine = ["--engine", address]
        found = run("dask-four-workers", fleet, build, engine, others=processes)
        describe(found, count, alone, alone.portfolio)
        killer = Killer([count * 3 // 10, count * 6 // 10], lambda _: worker_processes(processes()))
        lost = run("dask-killed", fleet, build, engine, others=processes, disturb=killer)
        describe(lost, count, None, alone.portfolio)
        print(f"  killed: {', '.join(killer.killed)}")
    again = run("one-process", fleet, build, ["--jobs", "2", "--resume"], resume=True)
    describe(again, count, None, alone.portfolio)


if __name__ == "__main__":
    main()
