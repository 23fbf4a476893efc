"""Every `$ ctb ...` line of README and docs runs, and the documents name every command."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from ctb_audit.cli.app import COMMANDS

Run = Callable[..., CompletedProcess[str]]
REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
ELSEWHERE = ("env:", "postgresql://", "bigquery://", "firestore://", "serve", "fleet")


def commands(page: Path) -> Iterator[str]:
    for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.S):
        for line in block.splitlines():
            text = line.removeprefix("$ ").split("  #")[0].strip()
            if line.startswith("$ ctb ") and not any(word in text for word in ELSEWHERE):
                yield text


CASES = sorted({text for page in PAGES for text in commands(page)})


def test_the_documents_hold_commands() -> None:
    assert len(CASES) >= 8


@pytest.mark.parametrize("text", CASES)
def test_a_documented_command_runs(ctb: Run, example: Path, text: str) -> None:
    (example / "migrations").symlink_to(example / "ctb/data/migrations")
    done = ctb(*shlex.split(text)[1:], cwd=example)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_and_helps(ctb: Run, name: str) -> None:
    done = ctb(name, "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout
    assert any(f"ctb {name}" in page.read_text() for page in PAGES), (
        f"add `ctb {name}` to a page of docs/"
    )
