"""Starts `ctb` as a shell does: in a process group of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[..., "subprocess.Popen[bytes]"]
CTB = (sys.executable, "-m", "ctb_audit.cli")
SCHEMA = "CREATE TABLE public.users (id serial PRIMARY KEY, email text, status text);\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one migration and a log that is named."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001_users.sql").write_text(SCHEMA)
    (tmp_path / "ctb.toml").write_text('sources = ["migrations"]\n')
    return tmp_path


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """`start(*arguments, env=..., **options of Popen)`, in the project; ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(
        *arguments: str, env: dict[str, str] | None = None, **options: object
    ) -> "subprocess.Popen[bytes]":
        settings: dict[str, object] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "cwd": project,
            "start_new_session": True,
            **options,
        }
        environment = {**os.environ, **(env or {})}
        process = subprocess.Popen([*CTB, *arguments], env=environment, **settings)  # type: ignore[call-overload]
        started.append(process)
        return process  # type: ignore[no-any-return]

    yield run
    for process in started:
        process.kill()
        with process:
            pass
