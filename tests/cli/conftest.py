"""Runs `ctb` as a user does, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def ctb(tmp_path: Path) -> Run:
    """`ctb(*arguments, stdin=..., cwd=..., env=...)`, by default in an empty folder."""

    def run(
        *arguments: str,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "ctb_audit.cli", *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of examples/imo-creator outside any repository."""
    import shutil

    target = tmp_path / "imo-creator"
    shutil.copytree(
        REPOSITORY / "examples" / "imo-creator", target, ignore=shutil.ignore_patterns(".ctb")
    )
    return target
