"""The shell that outlives its process only to end the server."""

import subprocess
from pathlib import Path

from ctb_audit.scratch.server import _GUARDIAN


def test_a_server_that_is_still_deaf_ends_too(tmp_path: Path) -> None:
    """What starts in a shell's background ignores QUIT until it sets handlers; sleep sets none."""
    folder = tmp_path / "server"
    folder.mkdir()
    command = ["/bin/sh", "-c", _GUARDIAN, "guardian", str(folder), "sleep", "60"]
    guardian = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert guardian.stdin is not None
    guardian.stdin.close()
    guardian.wait(timeout=30)
    assert not folder.exists()
