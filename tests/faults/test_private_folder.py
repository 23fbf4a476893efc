"""The folder of a run goes with it, or with the next run."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ctb_audit.scratch import private_folder

HELD = """
import os, signal
from ctb_audit.scratch import private_folder
with private_folder() as path:
    (path / "file").write_text("something")
    print(path, flush=True)
    {end}
"""


def left_by(end: str, temporary: Path) -> tuple[int, Path]:
    done = subprocess.run(
        [sys.executable, "-c", HELD.format(end=end)],
        env={"TMPDIR": str(temporary), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, Path(done.stdout.strip())


@pytest.mark.parametrize("end", ["pass", "raise SystemExit(1)"])
def test_it_is_removed_on_leaving(tmp_path: Path, end: str) -> None:
    _, path = left_by(end, tmp_path)
    assert path.parent == tmp_path
    assert not path.exists()


def test_what_a_killed_run_leaves_the_next_one_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, killed = left_by("os.kill(os.getpid(), signal.SIGKILL)", tmp_path)
    assert (code, killed.exists()) == (-signal.SIGKILL, True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_folder() as living:
        assert not killed.exists()
        left_by("pass", tmp_path)  # another run sweeps too, and spares what lives
        assert living.exists()
