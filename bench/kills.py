"""Random kills of every command that writes: `python -m bench.kills --kills 500 [--seed 1]`.

Each command of `COMMANDS` runs in a copy of the example repository and is ended at a random moment
of its run by SIGINT, SIGTERM or SIGKILL, sent to it alone or, as a terminal does, to its group.
After each kill: every file that it writes is the old or the new one, whole; a run that ended by
itself has its row in the log (SQLite and PostgreSQL in turn); nothing that it started is alive. In
the end every command runs once undisturbed, after which no temporary file is left.

Exit code 0 where nothing of that was violated.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from ctb_audit.scratch import ScratchServer

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "imo-creator"
OLD = "old\n"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
PATIENCE_S = 15.0
SCRIPT = "import re, sys; from ctb_audit.cli import main; sys.exit(main())"  # as pip writes it
ADDRESS = "CTB_KILLS_LOG"
ID = ("id", "new", "heir", "--system", "USER", "--mode", "AUTH", "--count", "5")


@dataclass(frozen=True)
class Command:
    """`files`: what it writes, each `OLD` before; `rows`: what it adds to the log when it ends."""

    name: str
    arguments: tuple[str, ...]
    files: tuple[str, ...] = ()
    rows: int = 0
    prepare: Callable[[Path], None] = lambda folder: None


@dataclass
class Tally:
    kills: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    unacknowledged: int = 0
    left: int = 0
    half_written: list[str] = field(default_factory=list)
    lost_rows: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    wrong_codes: list[str] = field(default_factory=list)

    def violations(self) -> Mapping[str, list[str]]:
        return {
            "half-written files": self.half_written,
            "lost rows": self.lost_rows,
            "orphans": self.orphans,
            "tracebacks": self.tracebacks,
            "wrong codes": self.wrong_codes,
        }


def many_tables(folder: Path) -> None:
    if (folder / "large.sql").exists():
        return
    tables = (
        f"CREATE TABLE t{n} (id int PRIMARY KEY, email text, status text, user_id int);\n"
        for n in range(3000)
    )
    (folder / "large.sql").write_text("".join(tables))


def untag(folder: Path) -> None:
    shutil.copytree(EXAMPLE / "ctb", folder / "ctb", dirs_exist_ok=True)


def stage(folder: Path) -> None:
    change = folder / "ctb" / "data" / "neon.sql"
    change.write_text(f"CREATE TABLE audit_{random.getrandbits(32)} (id int PRIMARY KEY);\n")
    subprocess.run(["git", "add", str(change)], cwd=folder, check=True)


def afresh(folder: Path) -> None:
    shutil.rmtree(folder / "new", ignore_errors=True)
    shutil.copytree(EXAMPLE / "ctb", folder / "new" / "ctb")


def known(folder: Path) -> None:
    (folder / "ctb-baseline.json").unlink(missing_ok=True)


REPORTS = ("r.md", "r.json", "r.sarif", "r.html", "r.xml")
OUTPUTS = tuple(part for name in REPORTS for part in ("-o", name))
COMMANDS = (
    Command("audit", ("audit", *OUTPUTS, "--log", f"env:{ADDRESS}"), REPORTS, 1),
    Command("audit, SQLite", ("audit", "-o", "r.json"), ("r.json",), 1),
    Command(
        "audit, forked",
        ("audit", "--jobs", "2", "large.sql", "-o", "r.json"),
        ("r.json",),
        1,
        prepare=many_tables,
    ),
    Command("audit --staged", ("audit", "--staged", "-o", "s.json"), ("s.json",), 1, stage),
    Command("audit --via-postgres", ("audit", "--via-postgres", "-o", "v.json"), ("v.json",), 1),
    Command("remediate", ("remediate", "--rows", "5", "--force", "--output-dir", "out"), rows=1),
    Command("tag", ("tag", "ctb"), rows=1, prepare=untag),
    Command("report", ("report", "-o", "p.html", "-o", "p.md"), ("p.html", "p.md")),
    Command("reference", ("reference", "ctb/data", "-o", "NEW.md"), ("NEW.md",)),
    Command("baseline", ("baseline", "write"), prepare=known),
    Command("init", ("init", "new"), prepare=afresh),
    Command("id", ID),
    Command(
        "drift", ("drift", "ctb/data", "SCHEMA_REFERENCE.md", "-o", "drift.json"), ("drift.json",)
    ),
)


class Repository:
    """A copy of the example, its logs, and what the present run started in it."""

    def __init__(self, folder: Path, url: str, temporary: Path) -> None:
        self.folder = folder
        self._url = url
        self._temporary = temporary
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".ctb"))
        git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "example"]):
            subprocess.run([*git, *arguments], cwd=folder, check=True)

    def start(self, command: Command) -> "subprocess.Popen[str]":
        environment = {**os.environ, ADDRESS: self._url, "TMPDIR": str(self._temporary)}
        return subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *command.arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def rows(self) -> int:
        with psycopg.connect(self._url) as session:
            row = session.execute("SELECT count(*) FROM ctb_compliance_log").fetchone()
        assert row is not None
        path = self.folder / ".ctb" / "compliance.db"
        waiting = len(list(self.folder.glob(".ctb/spool/*/*.json")))
        return int(row[0]) + waiting + (_sqlite(path, "ctb_compliance_log") if path.exists() else 0)

    def alive(self, group: int) -> list[str]:
        """Processes of the run: its group, and whatever names its temporary folder."""
        mark = str(self._temporary).encode()
        return [
            line.replace(b"\0", b" ").decode(errors="replace").strip()
            for members, line in processes()
            if members == group or mark in line
        ]

    def leftovers(self) -> list[str]:
        left = [p for p in self.folder.rglob(".ctb-*.tmp")]
        return [str(p.relative_to(self.folder.parent)) for p in (*left, *self._temporary.iterdir())]


def _sqlite(path: Path, table: str) -> int:
    session = sqlite3.connect(path, timeout=30)
    try:
        assert session.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        known = session.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return int(session.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) if known else 0
    finally:
        session.close()


def processes() -> Iterator[tuple[int, bytes]]:
    """Process group and command line of everything that runs."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                yield int(fields[2]), (folder / "cmdline").read_bytes()
        except OSError:
            continue


def whole(path: Path) -> bool:
    """Whether a file holds what its format ends with."""
    text = path.read_text()
    match path.suffix:
        case ".json" | ".sarif":
            json.loads(text)
        case ".html":
            return text[:15].lower() == "<!doctype html>" and text.rstrip().endswith("</html>")
        case ".xml":
            return text.rstrip().endswith("</testsuites>")
    return bool(text) and text.endswith("\n")


def half_written(command: Command, repository: Repository) -> Iterator[str]:
    folder = repository.folder
    named = [folder / name for name in command.files]
    found = [*(folder / "out").rglob("*.sql"), folder / "ctb-baseline.json", folder / "new.toml"]
    for path in (*named, *(p for p in found if p.exists())):
        try:
            if path.read_text() != OLD and not whole(path):
                yield f"{path.name}: no whole file"
        except ValueError as error:
            yield f"{path.name}: {error}"
    for path in (folder / "ctb").rglob("*"):
        original = EXAMPLE / path.relative_to(folder)
        if path.is_file() and original.is_file() and not _kept(original, path):
            yield f"{path.name}: lines are gone"


def _kept(original: Path, path: Path) -> bool:
    """Whether every line of the original is there in its order."""
    lines = iter(path.read_text().splitlines())
    return all(any(line == seen for seen in lines) for line in original.read_text().splitlines())


def kill(command: Command, repository: Repository, span: float, tally: Tally, by: int) -> None:
    """One run, ended at a random moment."""
    for name in command.files:
        (repository.folder / name).write_text(OLD)
    command.prepare(repository.folder)
    before = repository.rows()
    process = repository.start(command)
    try:
        process.wait(random.random() * span)
    except subprocess.TimeoutExpired:
        number = SIGNALS[by % 3]
        tally.kills[number.name] += 1
        (os.killpg if by % 2 else os.kill)(process.pid, number)
    error = process.communicate(timeout=120)[1]
    tally.orphans += (f"{command.name}: {line}" for line in outliving(repository, process.pid))
    tally.half_written += (f"{command.name}: {said}" for said in half_written(command, repository))
    judge(command, process.returncode, error, repository.rows() - before, tally)
    tally.left = max(tally.left, len(repository.leftovers()))


def outliving(repository: Repository, group: int) -> list[str]:
    deadline = time.monotonic() + PATIENCE_S
    while (alive := repository.alive(group)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def judge(command: Command, code: int, error: str, added: int, tally: Tally) -> None:
    """What a run said, against the rows that it added to the log."""
    if code == 1 and "KeyboardInterrupt" in error and "ctb_audit" not in error:
        tally.codes["before our first line"] += 1
        return
    tally.codes[str(code)] += 1
    acknowledged = code in (0, 1, 3)
    tally.acknowledged += command.rows * acknowledged
    tally.unacknowledged += added * (not acknowledged)
    if added != command.rows if acknowledged else added not in (0, command.rows):
        tally.lost_rows.append(f"{command.name}: code {code}, {added} rows: {error.strip()}")
    if "Traceback" in error and "ctb_audit/cli" in error:
        tally.tracebacks.append(f"{command.name}: {error}")
    if code not in (0, 1, 3, 130, -2, -9, -15):
        tally.wrong_codes.append(f"{command.name}: {code}: {error.strip()}")


def spans(repository: Repository) -> Mapping[str, float]:
    """Seconds that each command takes when nothing disturbs it."""
    found = {}
    for command in COMMANDS:
        command.prepare(repository.folder)
        start = time.monotonic()
        process = repository.start(command)
        error = process.communicate(timeout=300)[1]
        found[command.name] = time.monotonic() - start
        assert process.returncode in (0, 1, 3), f"{command.name}: {process.returncode}: {error}"
    return found


def run(kills: int, folder: Path, url: str) -> int:
    temporary = folder / "tmp"
    temporary.mkdir(mode=0o755)
    repository = Repository(folder / "repository", url, temporary)
    undisturbed = spans(repository)
    tally = Tally()
    turn = cycle(COMMANDS)
    began = time.monotonic()
    with suppress(KeyboardInterrupt):  # what was seen by then is told
        for by in range(10 * kills):
            if tally.kills.total() == kills:
                break
            command = next(turn)
            span = undisturbed[command.name] * 1.1
            kill(command, repository, span, tally, by // len(COMMANDS))
    seconds = time.monotonic() - began
    spans(repository)
    left = repository.leftovers()
    return tell(tally, undisturbed, left, seconds)


def tell(tally: Tally, undisturbed: Mapping[str, float], left: list[str], seconds: float) -> int:
    shown = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in undisturbed.items())
    print(f"undisturbed: {shown}")
    print(f"{tally.kills.total()} kills in {seconds:.0f} s: {dict(tally.kills)}")
    print(f"exit codes: {dict(sorted(tally.codes.items()))}")
    print(
        f"rows acknowledged and there: {tally.acknowledged}; of killed runs: {tally.unacknowledged}"
    )
    print(f"temporary files at most at once: {tally.left}; after the next runs: {len(left)} {left}")
    for kind, found in tally.violations().items():
        print(f"{kind}: {len(found)}")
        for line in found[:10]:
            print(f"    {line[:200]} ... {line[-200:]}" if len(line) > 400 else f"    {line}")
    return 1 if left or any(tally.violations().values()) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random.seed(asked.seed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ScratchServer() as server, server.database() as url, TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        from ctb_audit.log import open_log

        open_log(url, root=folder, create=True).prepare()
        return run(asked.kills, folder, url)


if __name__ == "__main__":
    sys.exit(main())
