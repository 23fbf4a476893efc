"""Shells are told what may follow, and who mistyped is told what was meant."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Ctb = Callable[..., tuple[int, str, str]]
CODE = "import sys; sys.argv[0] = 'ctb'; from ctb_audit.cli import main; main()"
PROBE = """
eval "$(_CTB_COMPLETE=bash_source ctb)"
COMP_WORDS=({words} '{begun}'); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _ctb_completion ctb
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def bash(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """What bash offers behind `words` for a word that is begun."""
    program = tmp_path / "bin" / "ctb"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{CODE}" "$@"\n')
    program.chmod(0o755)

    def complete(words: str, begun: str) -> list[str]:
        done = subprocess.run(
            [shutil.which("bash") or "bash", "-c", PROBE.format(words=words, begun=begun)],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.split()

    return complete


@pytest.mark.parametrize(
    ("words", "begun", "offered"),
    [
        ("ctb", "do", ["doctor"]),
        ("ctb audit", "--form", ["--format"]),
        ("ctb id new", "", ["heir", "row", "process", "table"]),
        ("ctb explain", "unindexed-s", ["unindexed-status"]),
        ("ctb audit --standard", "ctb-1.3", ["ctb-1.3"]),
        ("ctb audit --select", "indexe", ["indexes"]),
    ],
)
def test_bash_is_offered_what_fits(
    bash: Callable[[str, str], list[str]], words: str, begun: str, offered: list[str]
) -> None:
    assert bash(words, begun) == offered


def test_a_broken_configuration_offers_nothing_and_says_nothing(
    bash: Callable[[str, str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "ctb.toml").write_text("fail_undr = 1\n")
    assert bash("ctb explain", "un") == []


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("audt",), "'audit'"),
        (("audit", "--formt", "json"), "'--format'"),
        (("audit", "--format", "jsn"), "did you mean json?"),
        (("id", "new", "hier"), "did you mean heir?"),
        (("explain", "unindexed-statu"), "did you mean unindexed-status?"),
        (("audit", "--select", "indexs"), "did you mean indexes?"),
        (("audit", "--standard", "ctb-1.1"), "did you mean ctb-1."),
        (("audit", "shema.sql"), "did you mean schema.sql?"),
        (("history", "--table", "usrs"), "did you mean users?"),
    ],
)
def test_what_was_meant_is_said(
    ctb: Ctb, tmp_path: Path, arguments: tuple[str, ...], meant: str
) -> None:
    (tmp_path / "schema.sql").write_text("CREATE TABLE users (id int PRIMARY KEY);")
    if arguments[0] == "history":
        ctb("audit", "--exit-zero")
    code, _, err = ctb(*arguments)
    assert code in (2, 3)
    assert meant in err


def test_a_configured_table_that_resembles_one_is_told(ctb: Ctb, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("CREATE TABLE users (id int PRIMARY KEY);")
    (tmp_path / "ctb.toml").write_text('[[table]]\nname = "usrs"\nlevel = "STRICT"\n')
    assert "table usrs fits no table, did you mean users?" in ctb("audit", "--no-log")[1]
    (tmp_path / "ctb.toml").write_text('[[table]]\nname = "orders"\nlevel = "STRICT"\n')
    assert "fits no table" not in ctb("audit", "--no-log")[1]
