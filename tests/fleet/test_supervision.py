"""Processes that audit: used again, ended when they hang, noticed when they die, never orphaned."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.fleet import supervision
from ctb_audit.fleet.supervision import Lost, auditors, end_auditors, supervised
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Audited, Failed

from .conftest import folder_target, hang, task


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def gone(pid: int) -> bool:
    """Within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_one_process_serves_target_after_target(estate: Path) -> None:
    assert isinstance(supervised(task(folder_target(estate / "billing"))), Audited)
    (first,) = auditors()
    assert isinstance(supervised(task(folder_target(estate / "orders"))), Audited)
    assert [a.pid for a in auditors()] == [first.pid]


def test_a_target_that_hangs_is_ended_and_the_next_one_is_served(
    estate: Path, tmp_path: Path
) -> None:
    target = folder_target(hang(tmp_path / "hangs"))
    supervised(task(folder_target(estate / "billing")))
    (first,) = auditors()
    outcome = supervised(task(target, timeout=0.5))
    assert outcome == Failed("timeout", "did not finish in 0.5 seconds and was ended")
    assert not is_alive(first.pid)
    assert isinstance(supervised(task(folder_target(estate / "billing"))), Audited)


def in_thread(work: Any) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except Lost as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def busy_auditor() -> supervision.Auditor:
    """The one auditor, once it works on a task."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [a for a in auditors() if a.run and a.left < 200]
        if found:
            return found[0]
        time.sleep(0.02)
    raise AssertionError("no auditor came up")


def test_a_process_that_is_killed_is_told_apart_from_a_result(tmp_path: Path) -> None:
    target = folder_target(hang(tmp_path / "hangs"))
    thread, found = in_thread(lambda: supervised(task(target)))
    os.kill(busy_auditor().pid, signal.SIGKILL)
    thread.join(20)
    assert isinstance(found[0], Lost)
    assert str(found[0]) == "its process was ended by SIGKILL"
    assert auditors() == []


def test_ending_the_auditors_of_a_run_ends_its_targets(tmp_path: Path) -> None:
    target = folder_target(hang(tmp_path / "hangs"))
    thread, found = in_thread(lambda: supervised(task(target)))
    auditor = busy_auditor()
    assert end_auditors("another run") == 0
    assert end_auditors(auditor.run) == 1
    thread.join(20)
    assert isinstance(found[0], Lost) and not is_alive(auditor.pid)


def test_an_auditor_is_replaced_after_its_share(
    estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_TASKS", 1)
    supervised(task(folder_target(estate / "billing")))
    assert auditors() == []


OWNER = """
import sys, threading, time
from pathlib import Path
from ctb_audit.fleet.supervision import auditors, supervised
sys.path.insert(0, sys.argv[2])
from conftest_task import made
threading.Thread(target=lambda: supervised(made(sys.argv[1])), daemon=True).start()
while not any(a.run for a in auditors()):
    time.sleep(0.02)
print(auditors()[0].pid, flush=True)
time.sleep(600)
"""
MADE = """
from datetime import date
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Settings, Task
def made(place):
    return Task(Target("t", "folder", place, "t"), Settings(date(2026, 1, 1), "run"), 600.0)
"""


def test_no_auditor_outlives_an_owner_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "conftest_task.py").write_text(MADE)
    place = str(hang(tmp_path / "hangs"))
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, place, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner.stdout:
        pid = int(owner.stdout.readline())
        owner.kill()
        owner.wait()
        assert gone(pid)


def test_the_repository_of_the_caller_does_not_leak_in(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    target = Target("orders", "git", str(repository), "orders")
    assert isinstance(supervised(task(target)), Audited)
