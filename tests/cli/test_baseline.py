"""`ctb baseline` and `ctb audit --baseline` as a user runs them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Ctb = Callable[..., subprocess.CompletedProcess[str]]
SQL = "CREATE TABLE users (id int PRIMARY KEY, status text);\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.sql").write_text(SQL)
    return tmp_path


def test_write_audit_update_and_prune(folder: Path, ctb: Ctb) -> None:
    done = ctb("baseline", "write")
    assert done.stdout.splitlines() == [
        "ctb-baseline.json: 8 known findings (8 new, 0 accepted anew, 0 removed)",
        'next: write baseline = "ctb-baseline.json" into ctb.toml and commit both',
    ]
    (folder / "ctb.toml").write_text('baseline = "ctb-baseline.json"\n')
    done = ctb("audit", "--no-log")
    assert (done.returncode, "findings: none, 8 in the baseline" in done.stdout) == (0, True)
    (folder / "b.sql").write_text("CREATE INDEX ON users (status);")
    assert ctb("audit", "--no-log").returncode == 1
    done = ctb("baseline", "prune")
    assert "7 known findings (0 new, 0 accepted anew, 1 removed)" in done.stdout
    done = ctb("baseline", "update")
    assert "7 known findings (0 new, 7 accepted anew, 0 removed)" in done.stdout
    assert ctb("audit", "--no-log").returncode == 0
    assert ctb("audit", "--no-log", "--no-waivers").returncode == 1


def test_a_narrow_run_keeps_what_it_does_not_judge(folder: Path, ctb: Ctb) -> None:
    ctb("baseline", "write")
    done = ctb("baseline", "write", "--select", "indexes")
    assert "8 known findings (0 new, 0 accepted anew, 0 removed)" in done.stdout
    done = ctb("audit", "--no-log", "--baseline", "ctb-baseline.json", "--select", "indexes", "-v")
    assert "matches" not in done.stdout


def test_what_is_waived_is_not_taken_in(folder: Path, ctb: Ctb) -> None:
    waiver = '-- ctb: ignore[unindexed-status] owner=me until=2099-01-01 reason="few"\n'
    (folder / "a.sql").write_text(waiver + SQL)
    ctb("baseline", "write")
    entries = json.loads((folder / "ctb-baseline.json").read_text())["entries"]
    assert {entry["rule"] for entry in entries} == {"missing-tracking-column"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("audit", "--no-log", "--baseline", "none.json"), "none.json: no such baseline; write it"),
        (("baseline", "update"), "ctb-baseline.json: no such baseline; write it"),
        (("baseline", "prune", "--baseline", "a.sql"), "a.sql: is not JSON"),
    ],
)
def test_a_baseline_that_is_none(
    folder: Path, ctb: Ctb, arguments: tuple[str, ...], message: str
) -> None:
    done = ctb(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"ctb: {message}")


def test_another_standard_is_an_error_in_both_commands(folder: Path, ctb: Ctb) -> None:
    ctb("baseline", "write")
    for command in (("audit", "--no-log"), ("baseline", "update")):
        done = ctb(*command, "--standard", "ctb-1.3", "--baseline", "ctb-baseline.json")
        assert done.returncode == 2
        assert "was written for ctb-1.0, this audit judges by ctb-1.3" in done.stderr
