import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ctb_audit.scratch import Binaries, available_binaries

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=available_binaries(), ids=lambda b: f"{b.origin}-{b.major}")
def binaries(request: pytest.FixtureRequest) -> Binaries:
    found: Binaries = request.param
    return found


# The interpreter itself may be closed to other accounts: it starts as root, imports all it needs
# and becomes `nobody` then.
BECOME_NOBODY = """
import os, pwd, psycopg, ctb_audit.scratch
if os.getuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([]); os.setgid(nobody.pw_gid); os.setuid(nobody.pw_uid)
"""


@pytest.fixture
def start_child() -> Callable[..., "subprocess.Popen[str]"]:
    """Runs Python code in a process of its own, on request as an unprivileged account."""

    def start(code: str, *, unprivileged: bool = False) -> "subprocess.Popen[str]":
        path = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        whole = path + (BECOME_NOBODY if unprivileged else "") + code
        return subprocess.Popen(
            [sys.executable, "-I", "-c", whole],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    return start


@pytest.fixture
def read_json() -> Callable[["subprocess.Popen[str]"], dict[str, object]]:
    def read(child: "subprocess.Popen[str]") -> dict[str, object]:
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            assert child.stderr is not None
            raise AssertionError(child.stderr.read())
        answer: dict[str, object] = json.loads(line)
        return answer

    return read
