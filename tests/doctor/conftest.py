from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.cli.app import run

Ctb = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ctb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ctb:
    """`ctb("doctor", ...)` in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        said: Any = capsys.readouterr()
        return code, said.out, said.err

    return call
