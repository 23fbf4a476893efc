"""Disks, clocks, locales, and others at work in the same repository."""

import ctypes
import json
import resource
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ctb_audit.log import LogEntry, open_log
from tests.faults.conftest import Start

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAC_OVERRIDE, DAC_READ_SEARCH, CAPBSET_DROP = 1, 2, 24
WRITERS: Mapping[str, tuple[str, ...]] = {
    "report": ("audit", "--no-log", "-o", "report.md"),
    "log": ("audit", "--log", "sqlite:///log.db"),
    "document": ("reference", "migrations", "-o", "NEW.md"),
    "baseline": ("baseline", "write"),
    "tag": ("tag", "--no-log", "migrations"),
    "remediation": ("remediate", "--no-log", "--rows", "1", "--output-dir", "out"),
    "ids": ("id", "new", "heir", "--system", "A", "--mode", "B"),
}


def as_anybody() -> None:
    """Permissions hold for root too from the next exec on."""
    libc = ctypes.CDLL(None)
    for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)


def on_a_full_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as session:
        assert session.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(session.execute("SELECT count(*) FROM ctb_compliance_log").fetchone()[0])


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_cannot_be_written(start: Start, project: Path, writer: str) -> None:
    before = contents(project)
    folders = [project, project / "migrations"]
    for folder in folders:
        folder.chmod(0o555)
    process = start(*WRITERS[writer], env={"CTB_PG_BIN": "/nonexistent"}, preexec_fn=as_anybody)
    error = process.communicate(timeout=120)[1].decode()
    for folder in folders:
        folder.chmod(0o755)
    assert (process.returncode, contents(project)) == (3, before)
    assert "Traceback" not in error and "internal error" not in error
    assert "annot be" in error


@pytest.mark.parametrize("writer", WRITERS)
def test_a_disk_that_is_full(start: Start, project: Path, writer: str) -> None:
    for name in ("report.md", "NEW.md"):
        (project / name).write_text("old\n")
    open_log("", root=project).write(LogEntry("audit", 1, "completed", NOW))
    open_log("sqlite:///log.db", root=project).write(LogEntry("audit", 1, "completed", NOW))
    before = contents(project)
    process = start(*WRITERS[writer], env={"CTB_PG_BIN": "/nonexistent"}, preexec_fn=on_a_full_disk)
    error = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 3, error
    assert "Traceback" not in error and "internal error" not in error
    after = contents(project)
    mine = {name: after[name] for name in before if not name.endswith((".db", "-wal", "-shm"))}
    assert mine == {name: before[name] for name in mine}
    assert [name for name in after if name.endswith(".tmp")] == []
    assert rows(project / "log.db") == rows(project / ".ctb" / "compliance.db") == 1


def test_the_default_log_is_missed_and_no_reason_to_fail(start: Start, project: Path) -> None:
    project.chmod(0o555)
    process = start("audit", "--exit-zero", preexec_fn=as_anybody)
    error = process.communicate(timeout=60)[1]
    project.chmod(0o755)
    assert process.returncode == 0
    assert error.count(b"ctb: warning:") == 1


@pytest.mark.parametrize("where", ["", "postgresql"])
def test_rows_stay_in_the_order_of_writing_when_the_clock_is_set_back(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from ctb_audit.scratch import ScratchServer

    if not where:
        check_order("", tmp_path)
    else:
        with ScratchServer() as server:
            check_order(server.url(), tmp_path)


def check_order(address: str, root: Path) -> None:
    log = open_log(address, root=root, create=True)
    clock = [NOW, NOW + timedelta(days=400), NOW - timedelta(days=1), NOW, NOW]
    written = [log.write(LogEntry("audit", n, "completed", at)) for n, at in enumerate(clock)]
    assert [row.log_id for row in log.entries()] == [w.log_id for w in reversed(written)]
    assert log.last_score() == 4
    assert len({w.heir_id for w in written}) == len({w.log_id for w in written}) == 5


SURROUNDINGS = [
    {"LC_ALL": "C", "TZ": "UTC"},
    {"LC_ALL": "POSIX", "TZ": "Pacific/Kiritimati"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"},
    {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns", "PYTHONUTF8": "0"},
    {"LC_ALL": "C", "TZ": ":no/such/zone", "PYTHONHASHSEED": "7"},
]


def test_locale_and_time_zone_change_nothing(start: Start, project: Path) -> None:
    table = 'CREATE TABLE "İstanbul" (id int, "größe" text, status text);\n'
    (project / "migrations" / "002_i.sql").write_text(table)
    said = []
    for surroundings in SURROUNDINGS:
        process = start("audit", "--today", "2026-11-22", "--format", "json", env=surroundings)
        said.append(process.communicate(timeout=60))
    assert said == [said[0]] * len(SURROUNDINGS)
    assert json.loads(said[0][0])["schema_version"]
    times = {row.at.tzinfo for row in open_log("", root=project).entries()}
    assert times == {UTC}
    ages = [abs(datetime.now(UTC) - row.at) for row in open_log("", root=project).entries()]
    assert max(ages) < timedelta(minutes=10)


def test_an_encoding_that_lacks_a_name_is_no_reason_to_end(start: Start, project: Path) -> None:
    (project / "migrations" / "002_i.sql").write_text('CREATE TABLE "größe" (id int);\n')
    process = start("audit", "--no-log", env={"PYTHONIOENCODING": "ascii"})
    said, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (1, b"")
    assert "größe".encode() in said or rb"gr\xf6\xdfe" in said


def test_runs_at_once_in_one_repository(start: Start, project: Path) -> None:
    audits = [start("audit", "-o", "report.json") for _ in range(4)]
    ids = [start("id", "new", "heir", "--system", "A", "--mode", "B") for _ in range(4)]
    baselines = [start("baseline", "write") for _ in range(2)]
    said = {p: p.communicate(timeout=120) for p in (*audits, *ids, *baselines)}
    assert {p.returncode for p in audits} == {1}
    assert len({said[p][0] for p in ids}) == 4
    assert all(p.returncode == 0 for p in (*ids, *baselines)), said
    assert rows(project / ".ctb" / "compliance.db") == 4
    json.loads((project / "report.json").read_text())
    json.loads((project / "ctb-baseline.json").read_text())
    assert list(project.glob("**/*.tmp")) == []
