"""Small estates: folders, repositories and what is wrong with them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.fleet.fleet_file import Fleet
from ctb_audit.fleet.supervision import end_auditors
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Settings, Task

DAY = date(2026, 11, 22)
RUN = "20261122T000000Z-00000000"
SQL = "CREATE TABLE {0} (id serial PRIMARY KEY, heir_id varchar(50) NOT NULL, status text);\n"
Run = Callable[..., subprocess.CompletedProcess[str]]
Git = Callable[..., str]


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """Auditors of this process end with the test that started them."""
    yield
    end_auditors()


@pytest.fixture
def ctb(tmp_path: Path) -> Run:
    """`ctb(*arguments, cwd=..., env=...)`, as a user runs it."""

    def run(
        *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ctb_audit.cli", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def git() -> Git:
    def run(folder: Path, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
        done = subprocess.run(
            ["git", *identity, "-C", str(folder), *arguments],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    """Two commits: `old` is a tag and a branch with one table, the head has two."""
    folder = tmp_path / "orders.git.work"
    (folder / "db").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "db" / "one.sql").write_text(SQL.format("orders"))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "v1")
    git(folder, "branch", "old")
    (folder / "db" / "two.sql").write_text(SQL.format("items"))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "two")
    return folder


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Three folders with a table each, one of which is configured, and one that holds nothing."""
    root = tmp_path / "estate"
    for number, name in enumerate(("billing", "orders", "users")):
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "schema.sql").write_text(SQL.format(f"t{number}") * (number + 1))
    (root / "users" / "ctb.toml").write_text('default_level = "RELAXED"\nfail_under = 0\n')
    (root / "empty").mkdir()
    return root


def folder_target(folder: Path, name: str = "") -> Target:
    return Target(name or folder.name, "folder", str(folder), folder.name, team="team a")


def task(target: Target, *, timeout: float = 60.0, known: str = "") -> Task:
    return Task(target, Settings(DAY, RUN), timeout, known)


def fleet(root: Path, *names: str) -> Fleet:
    return Fleet(root, tuple(folder_target(root / name) for name in sorted(names)))


def hang(folder: Path) -> Path:
    """A source whose reading never ends."""
    folder.mkdir(parents=True)
    os.mkfifo(folder / "schema.sql")
    return folder
