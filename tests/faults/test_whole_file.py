"""Files are there whole or not at all, and what a killed writer leaves is removed by the next."""

import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ctb_audit.cli.output import OutputError, write_file
from ctb_audit.whole_file import write_whole

DIES_BEFORE_RENAMING = """
import os, signal, sys
from pathlib import Path
from ctb_audit.whole_file import write_whole
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
write_whole(Path(sys.argv[1]), b"new")
"""


def temporaries(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".ctb-")]


def test_a_killed_writer_leaves_the_old_file_and_the_next_removes_its_trace(tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    target.write_text("old")
    done = subprocess.run([sys.executable, "-c", DIES_BEFORE_RENAMING, str(target)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"
    assert len(temporaries(tmp_path)) == 1
    write_whole(tmp_path / "another.json", b"{}")
    assert temporaries(tmp_path) == []


def test_a_writer_that_lives_keeps_its_temporary_file(tmp_path: Path) -> None:
    living = tmp_path / ".ctb-0123.tmp"
    with living.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_whole(tmp_path / "a", b"1")
        assert living.exists()
    write_whole(tmp_path / "a", b"2")
    assert not living.exists()


def test_what_only_looks_like_a_temporary_file_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.write_text("kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / ".ctb-1.tmp").symlink_to(secret)
    os.mkfifo(folder / ".ctb-2.tmp")
    write_whole(folder / "a", b"1")
    assert secret.read_text() == "kept"
    assert (folder / "a").read_bytes() == b"1"


def test_permissions_are_the_files_own_else_those_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"1")
    finally:
        os.umask(before)
    private = tmp_path / "private"
    private.touch(0o600)
    write_whole(private, b"1")
    write_whole(tmp_path / "run", b"1", mode=0o755)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert modes == {"new": 0o640, "private": 0o600, "run": 0o755}


def test_a_full_disk_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    target.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"report\.md: cannot be written: File too large"):
            write_file(target, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert target.read_text() == "old"
    assert temporaries(tmp_path) == []


def test_an_interrupted_writer_removes_its_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a", b"1")
    assert list(tmp_path.iterdir()) == []


def test_writers_at_once_never_remove_each_others_files(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ctb_audit.whole_file import write_whole\n"
        "for n in range(200): write_whole(Path(sys.argv[1], 'one'), bytes([65 + n % 26]) * 5000)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert said == [b""] * 4
    assert [p.name for p in tmp_path.iterdir()] == ["one"]
    assert len(set((tmp_path / "one").read_bytes())) == 1
