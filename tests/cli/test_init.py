"""`ctb init`: one command from a repository to a gate that is green and tells new from old."""

import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from ctb_audit.adoption import hooks_text
from ctb_audit.config import load_config

Ctb = Callable[..., subprocess.CompletedProcess[str]]
USERS = "CREATE TABLE users (id int PRIMARY KEY, status text);\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    for path, text in {
        "db/migrations/001_users.sql": USERS,
        "tests/fixtures/one.sql": "CREATE TABLE fixture (id int);",
        ".env.example": "export DATABASE_URL=postgresql://u:secret@h/d\n",
    }.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_it_writes_what_makes_the_next_audit_green(repository: Path, ctb: Ctb) -> None:
    done = ctb("init", cwd=repository)
    assert done.returncode == 0, done.stderr
    written = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("wrote")]
    assert written == [
        "ctb.toml",
        "ctb-baseline.json",
        ".pre-commit-config.yaml",
        ".github/workflows/ctb-audit.yml",
    ]
    assert "score 45 FAIL" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("next: ")
    assert ctb("audit", "--no-log", cwd=repository).returncode == 0
    later = ctb("audit", "--no-log", "--no-waivers", cwd=repository)
    assert later.returncode == 1


def test_the_configuration_says_what_was_found(repository: Path, ctb: Ctb) -> None:
    ctb("init", cwd=repository)
    text = (repository / "ctb.toml").read_text()
    assert tomllib.loads(text) == {
        "standard": "ctb-1.0",
        "sources": ["db/migrations"],
        "fail_under": 70,
        "exclude": ["tests/fixtures"],
        "baseline": "ctb-baseline.json",
    }
    assert '"db/migrations",  # DDL, 1 table' in text
    assert "ctb audit env:DATABASE_URL" in text
    assert "secret" not in text
    assert load_config(repository / "ctb.toml").sources == ("db/migrations",)


def test_a_suggestion_in_a_comment_is_valid_once_it_is_taken(repository: Path, ctb: Ctb) -> None:
    ctb("init", cwd=repository)
    file = repository / "ctb.toml"
    lines = file.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line == "# [[table]]")
    taken = [
        line.removeprefix("# ") if "=" in line or "[[" in line else line for line in lines[start:]
    ]
    file.write_text("\n".join([*lines[:start], *taken]))
    config = load_config(file)
    assert (config.table[0].level, config.waiver[0].owner) == ("STRICT", "data-team")


def test_it_never_overwrites_and_shows_the_difference(repository: Path, ctb: Ctb) -> None:
    present = (
        "repos:\n- repo: https://example.org/x\n  rev: v1\n  hooks: [{id: x}]\nci:\n  skip: []\n"
    )
    (repository / "ctb.toml").write_text("fail_under = 50\n")
    (repository / ".pre-commit-config.yaml").write_text(present)
    done = ctb("init", cwd=repository)
    assert done.returncode == 0
    assert (repository / "ctb.toml").read_text() == "fail_under = 50\n"
    assert (repository / ".pre-commit-config.yaml").read_text() == present
    assert "    -fail_under = 50" in done.stdout.splitlines()
    assert "    +- repo: local" in done.stdout.splitlines()
    assert "take over the differences" in done.stdout


def test_a_second_run_changes_nothing(repository: Path, ctb: Ctb) -> None:
    ctb("init", cwd=repository)
    before = {p: p.read_bytes() for p in repository.rglob("*") if p.is_file()}
    done = ctb("init", cwd=repository)
    assert "wrote" not in done.stdout
    assert {p: p.read_bytes() for p in repository.rglob("*") if p.is_file()} == before


def test_a_dry_run_writes_nothing(repository: Path, ctb: Ctb) -> None:
    done = ctb("init", "--dry-run", cwd=repository)
    assert "would write  ctb.toml" in done.stdout
    assert not (repository / "ctb.toml").exists()


@pytest.mark.parametrize("argument", ["nowhere", "."])
def test_where_there_is_nothing_to_adopt(tmp_path: Path, ctb: Ctb, argument: str) -> None:
    done = ctb("init", argument, cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert done.stderr.startswith("ctb: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (None, "repos:\n  - repo: local\n"),
        ("repos: []\n", "repos:\n  - repo: local\n"),
        ("repos:\n  - repo: a\n", "repos:\n  - repo: a\n  - repo: local\n"),
        ("repos:\n- repo: a\n\nci:\n  x: 1\n", "repos:\n- repo: a\n\n- repo: local\n"),
    ],
)
def test_the_hook_joins_what_is_there(present: str | None, expected: str) -> None:
    assert hooks_text(present).startswith(expected)


def test_a_hook_that_is_there_stays(repository: Path) -> None:
    text = hooks_text(None)
    assert hooks_text(text) == text
