"""`ctb fleet` as a user runs it."""

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from .conftest import Run, hang

REPOSITORY = Path(__file__).resolve().parents[2]
DAY = ("--today", "2026-11-22")


def logged(path: Path) -> Counter[str]:
    """Rows of the log by target."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT actions_performed FROM ctb_compliance_log").fetchall()
    return Counter(json.loads(text)["fleet"]["target"] for (text,) in rows)


def fleet_file(estate: Path, *extra: str) -> Path:
    names = ("billing", "orders", "users")
    text = "".join(f'[[target]]\npath = "{n}"\nteam = "t"\n' for n in names)
    (estate / "fleet.toml").write_text(text + "".join(extra))
    return estate / "fleet.toml"


def test_a_folder_is_discovered_audited_logged_and_reported(ctb: Run, estate: Path) -> None:
    done = ctb("fleet", "run", ".", "--jobs", "2", "-o", "p.html", "-o", "p.json", cwd=estate)
    assert done.returncode == 1, done.stderr
    assert done.stdout.endswith("estate score   52  FAIL\n") or "estate score" in done.stdout
    assert logged(estate / ".ctb" / "compliance.db") == {"billing": 1, "orders": 1, "users": 1}
    found = json.loads((estate / "p.json").read_text())
    assert [t["status"] for t in found["targets"]] == ["blocked", "blocked", "passed"]
    assert (estate / "p.html").read_text().startswith("<!doctype html>")
    assert ctb("fleet", "run", ".", "--exit-zero", "--fail-under", "1", cwd=estate).returncode == 0


def test_a_target_that_fails_makes_the_run_incomplete(ctb: Run, estate: Path) -> None:
    fleet_file(estate, '[[target]]\npath = "gone"\n', '[[target]]\ndatabase = "CTB_NO_SUCH"\n')
    done = ctb("fleet", "run", "-o", "p.json", cwd=estate)
    assert done.returncode == 3
    assert "gone: gone: is no folder" in done.stderr
    assert "the variable CTB_NO_SUCH is not set" in done.stderr
    assert "incomplete: not every target could be audited" in done.stdout
    assert logged(estate / ".ctb" / "compliance.db") == {
        **dict.fromkeys(("billing", "orders", "users", "gone"), 1),
        "CTB_NO_SUCH": 1,
    }


def test_a_target_that_hangs_is_ended_and_reported(ctb: Run, estate: Path) -> None:
    hang(estate / "hangs")
    fleet_file(estate, '[[target]]\npath = "hangs"\ntimeout = 1\n')
    done = ctb("fleet", "run", "--no-log", "-o", "p.json", cwd=estate)
    assert done.returncode == 3
    found = {t["name"]: t for t in json.loads((estate / "p.json").read_text())["targets"]}
    assert found["hangs"]["message"] == "did not finish in 1 seconds and was ended"
    assert found["users"]["status"] == "passed"


def test_resuming_audits_only_what_changed(ctb: Run, estate: Path) -> None:
    fleet_file(estate)
    first = ctb("fleet", "run", *DAY, "-o", "a.json", cwd=estate)
    with (estate / "orders" / "schema.sql").open("a") as file:
        file.write("CREATE TABLE more (id int);\n")
    again = ctb("fleet", "run", *DAY, "--resume", "-o", "b.json", cwd=estate)
    assert (first.returncode, again.returncode) == (1, 1)
    assert logged(estate / ".ctb" / "compliance.db") == {"billing": 1, "orders": 2, "users": 1}
    assert json.loads((estate / "b.json").read_text())["tables"] == 4


def test_shards_merge_to_what_one_run_gives(ctb: Run, estate: Path, tmp_path: Path) -> None:
    fleet_file(estate)
    whole = ctb("fleet", "run", *DAY, "--no-log", "-o", "whole.json", cwd=estate)
    for number in (1, 2):
        part = ("--shard", f"{number}/2", "--state", f"{number}.db")
        done = ctb("fleet", "run", *DAY, *part, "--exit-zero", "-q", cwd=estate)
        assert done.returncode == 0, done.stderr
    assert not (estate / ".ctb" / "compliance.db").exists()
    states = ("1.db", "2.db", "--log", "one.db", "-o", "merged.json")
    merged = ctb("fleet", "merge", *states, cwd=estate)
    assert merged.returncode == whole.returncode == 1
    assert logged(estate / "one.db") == {"billing": 1, "orders": 1, "users": 1}
    value = json.loads((estate / "merged.json").read_text())
    assert value["trend"][-1]["targets"] == 3
    assert {**value, "trend": []} == json.loads((estate / "whole.json").read_text())
    ctb("fleet", "merge", *states, cwd=estate)
    assert set(logged(estate / "one.db").values()) == {1}


def test_a_shard_that_is_missing_is_no_success(ctb: Run, estate: Path) -> None:
    fleet_file(estate)
    ctb("fleet", "run", "--shard", "1/2", "--state", "1.db", "-q", cwd=estate)
    done = ctb("fleet", "merge", "1.db", "--no-log", cwd=estate)
    assert done.returncode == 3
    assert "shard 2/2 is not among the states" in done.stderr
    assert "has no result: its run, or its shard, did not end" in done.stdout


def test_a_state_is_reported_again_with_a_rule_changed(ctb: Run, estate: Path) -> None:
    fleet_file(estate)
    ctb("fleet", "run", "--no-log", "-q", cwd=estate)
    done = ctb("fleet", "report", "--what-if", "unindexed-status=CRITICAL", cwd=estate)
    assert done.returncode == 0 and "what if unindexed-status=CRITICAL" in done.stdout
    wrong = ctb("fleet", "report", "--what-if", "unindexed=off", cwd=estate)
    assert wrong.returncode == 2 and "judged none of the targets" in wrong.stderr
    early = ctb("fleet", "run", "--what-if", "unindexed-status=x", "--state", "z.db", cwd=estate)
    assert early.returncode == 2 and not (estate / "z.db").exists()


def test_the_same_output_from_one_process_and_from_several(ctb: Run, estate: Path) -> None:
    fleet_file(estate)
    for jobs in ("1", "3"):
        names = ("-o", f"{jobs}.json", "-o", f"{jobs}.html", "-o", f"{jobs}.md")
        ctb("fleet", "run", *DAY, "--no-log", "--jobs", jobs, *names, cwd=estate)
    for suffix in ("json", "html", "md"):
        assert (estate / f"1.{suffix}").read_bytes() == (estate / f"3.{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run"], 2, "fleet.toml: is not here; write one, name it with --fleet, or name a folder"),
        (["run", "empty"], 3, "empty: holds no repository and no schema"),
        (["run", "nowhere"], 3, "nowhere: is no folder"),
        (["run", ".", "--fleet", "x.toml"], 2, "--fleet: does not go with folders"),
        (["run", ".", "--engine", "scheduler"], 2, "--engine scheduler: is no address"),
        (["run", ".", "--engine", "tcp://h:1", "--jobs", "2"], 2, "--jobs: does not go with"),
        (["run", ".", "--shard", "4/3"], 2, "there is no part 4 of 3"),
        (["merge", "nothing.db"], 3, "nothing.db: no state of a fleet is here"),
        (["report"], 3, "no state of a fleet is here; run ctb fleet run first"),
        (["run", "--fleet", "x.toml"], 2, "x.toml: cannot be read"),
    ],
)
def test_mistakes_end_in_one_line_and_their_code(
    ctb: Run, estate: Path, arguments: list[str], code: int, message: str
) -> None:
    done = ctb("fleet", *arguments, cwd=estate)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr and done.stderr.count("\n") == 1


def test_a_named_log_that_cannot_be_written_comes_after_the_report(ctb: Run, estate: Path) -> None:
    (estate / "log.db").write_text("somebody else's notes, long enough to be no header" * 9)
    done = ctb("fleet", "run", ".", "--log", "log.db", "-o", "p.json", cwd=estate)
    assert done.returncode == 3 and "run again with --resume to write the rest" in done.stderr
    assert "estate score" in done.stdout
    os.unlink(estate / "log.db")
    again = ctb("fleet", "run", ".", "--log", "log.db", "--resume", cwd=estate)
    assert again.returncode == 1
    assert logged(estate / "log.db") == {"billing": 1, "orders": 1, "users": 1}


# ---- interrupted ---------------------------------------------------------------------------------


def started(estate: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "ctb_audit.cli", "fleet", "run", *arguments],
        cwd=estate,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_rows(log: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if log.exists() and logged(log).total() >= count:
                return
        except sqlite3.Error:
            pass
        time.sleep(0.05)
    raise AssertionError("the run wrote no rows")


def auditors_of(parent: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in found.splitlines()[1:]]
    return [int(r[0]) for r in rows if int(r[1]) == parent and "fleet.auditor" in r[2]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_process_and_can_be_resumed(
    ctb: Run, estate: Path, number: signal.Signals
) -> None:
    hang(estate / "hangs")
    fleet_file(estate, '[[target]]\npath = "hangs"\nname = "zz"\n')
    child = started(estate, "--jobs", "2")
    wait_for_rows(estate / ".ctb" / "compliance.db", 3)
    processes = auditors_of(child.pid)
    child.send_signal(number)
    _, stderr = child.communicate(timeout=60)
    assert child.returncode == 130 and processes
    assert "3 of 4 targets have a result" in stderr and "--resume" in stderr
    assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]
    os.unlink(estate / "hangs" / "schema.sql")
    (estate / "hangs" / "schema.sql").write_text("CREATE TABLE late (id int);\n")
    again = ctb("fleet", "run", "--resume", "-o", "p.json", cwd=estate)
    assert again.returncode == 1, again.stderr
    assert set(logged(estate / ".ctb" / "compliance.db").values()) == {1}
    assert json.loads((estate / "p.json").read_text())["whole"] is True


def test_a_second_run_on_the_same_state_is_refused(ctb: Run, estate: Path) -> None:
    hang(estate / "hangs")
    fleet_file(estate, '[[target]]\npath = "hangs"\n')
    child = started(estate)
    wait_for_rows(estate / ".ctb" / "compliance.db", 1)
    second = ctb("fleet", "run", cwd=estate)
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=60)
    assert second.returncode == 2
    assert "another run of a fleet is using it" in second.stderr


def test_processes_that_are_killed_cost_no_target(ctb: Run, estate: Path) -> None:
    hang(estate / "hangs")
    fleet_file(estate, '[[target]]\npath = "hangs"\nname = "zz"\n')
    child = started(estate, "--jobs", "1", "--retries", "1", "-o", "p.json")
    wait_for_rows(estate / ".ctb" / "compliance.db", 3)
    killed: set[int] = set()
    while child.poll() is None:
        for pid in set(auditors_of(child.pid)) - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        time.sleep(0.05)
    child.communicate(timeout=60)
    assert child.returncode == 3 and len(killed) >= 2
    found = {t["name"]: t for t in json.loads((estate / "p.json").read_text())["targets"]}
    assert found["zz"]["message"].endswith("; it was begun 2 times")
    assert [found[n]["status"] for n in ("billing", "users")] == ["blocked", "passed"]
    assert set(logged(estate / ".ctb" / "compliance.db").values()) == {1}


# ---- documents -----------------------------------------------------------------------------------

PAGE = (REPOSITORY / "docs" / "fleet.md").read_text()
COMMANDS = [
    line.removeprefix("$ ").split("  #")[0]
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.S)
    for line in block.splitlines()
    if line.startswith("$ ctb fleet") and "tcp://" not in line
]


def test_the_documented_commands_run_in_their_order(ctb: Run, tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    import tomllib

    from ctb_audit.fleet.fleet_file import read_fleet

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "fleet.toml").write_text(text)
    for folder in ("billing", "services/one"):
        (tmp_path / "docs" / folder).mkdir(parents=True)
        (tmp_path / "docs" / folder / "a.sql").write_text("CREATE TABLE t (id int);\n")
    (tmp_path / "docs" / "orders.toml").write_text("fail_under = 50\n")
    fleet = read_fleet(tmp_path / "docs" / "fleet.toml")
    assert len(fleet.targets) == len(tomllib.loads(text)["target"]) + 1
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")
    assert len(COMMANDS) >= 5
    for command in COMMANDS:
        done = ctb(*shlex.split(command)[1:], cwd=tmp_path)
        assert done.returncode in (0, 1, 3), (command, done.stderr)
        assert "Traceback" not in done.stderr
