"""Two callers never get the same id."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry, open_log
from ctb_audit.log.allocation import open_allocator

Ctb = Callable[..., tuple[int, str, str]]
NEW = ("id", "new", "heir", "--system", "USER", "--mode", "AUTH")


def test_eight_processes_get_four_hundred_different_ids(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "ctb_audit.cli", *NEW, "--count", "50"]
    running = [
        subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    ids = [line for process in running for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in running] == [0] * 8
    assert len(ids) == 400
    assert len(set(ids)) == 400
    assert {len(i.rsplit("-", 1)[1]) for i in ids} == {2}


def test_an_id_is_never_given_out_twice(ctb: Ctb) -> None:
    first, second = ctb(*NEW)[1], ctb(*NEW)[1]
    month = f"{datetime.now(UTC):%Y-%m}"
    assert first == f"HEIR-{month}-USER-AUTH-01\n"
    assert second == f"HEIR-{month}-USER-AUTH-02\n"


def test_ids_in_the_files_of_the_project_are_passed_over(ctb: Ctb, tmp_path: Path) -> None:
    (tmp_path / "ctb.toml").write_text('standard = "ctb-1.3"\n')
    (tmp_path / "reference.md").write_text("BID-DATA-001 and BID-DATA-003, not BID-DATA-0022\n")
    given = [ctb("id", "new", "table")[1].strip() for _ in range(2)]
    assert given == ["BID-DATA-002", "BID-DATA-004"]


def test_processes_of_one_second_differ(ctb: Ctb) -> None:
    code, out, _ = ctb("id", "new", "process", "--system", "AUTH", "--count", "5")
    assert code == 0
    assert len(set(out.split())) == 5


def test_a_stage_is_given_out_once(ctb: Ctb) -> None:
    place = ("--standard", "ctb-1.3", "--db", "shq", "--subhive", "03", "--app", "imo")
    stage = ("id", "new", "process", *place, "--stage", "load")
    assert ctb(*stage)[0] == 0
    code, _, err = ctb(*stage)
    assert code == 3
    assert "has given out every process id" in err
    assert ctb(*stage, "--version", "2")[0] == 0


def test_the_log_goes_on_beside_its_ids(ctb: Ctb, tmp_path: Path) -> None:
    ctb(*NEW)
    log = open_log(root=tmp_path)
    log.write(LogEntry("audit", 83, "completed", datetime(2026, 11, 22, tzinfo=UTC)))
    assert [row.score for row in log.entries()] == [83]
    assert ctb(*NEW)[1].endswith("-02\n")


def test_candidates_that_run_out_note_nothing(tmp_path: Path) -> None:
    allocator, notice = open_allocator("", root=tmp_path)
    assert notice == ""
    with pytest.raises(LogError, match="every heir id up to b"):
        allocator.allocate("heir", [["a"], ["a", "b"]], {"b"})
    assert allocator.allocate("heir", [["a"]]) == ["a"]


def test_a_database_of_somebody_else_is_left_alone(ctb: Ctb, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE notes (text)")
    other.close()
    code, out, err = ctb(*NEW, "--log", "other.db")
    assert (code, out) == (3, "")
    assert "left as it is" in err


def test_check_and_parse(ctb: Ctb, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = ctb("id", "check", "BART-SHQ-USERS-V1", "BID-DATA-001")
    assert code == 0
    assert out == "BART-SHQ-USERS-V1: table id of ctb-1.0\nBID-DATA-001: table id of ctb-1.3\n"
    assert ctb("id", "check", "--kind", "row", "BART-SHQ-USERS-V1")[0] == 1
    assert ctb("id", "check", "--standard", "ctb-1.0", "BID-DATA-001")[0] == 1
    code, out, _ = ctb("id", "parse", "--json", "PRC-AUTH-1761177600", "nothing")
    good, bad = (json.loads(line) for line in out.splitlines())
    assert code == 1
    assert good["parts"]["system"] == "AUTH"
    assert bad["valid"] is False


def test_check_reads_standard_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ctb_audit.cli", "id", "check", "-"],
        input="HEIR-2025-10-USER-AUTH-01\r\n\nHEIR-2025-10-\x1b[31m-01\n",
        capture_output=True,
        cwd=tmp_path,
        env=os.environ,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert done.stdout.count("\n") == 2
