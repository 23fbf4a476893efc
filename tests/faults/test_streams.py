"""Standard streams that are full, closed or no longer read."""

import subprocess
from pathlib import Path

import pytest

from tests.faults.conftest import Start

COMMANDS = [("--version",), ("audit", "--no-log"), ("rules", "--format", "json")]


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_full_disk_behind_stdout_is_told_and_never_a_verdict(
    start: Start, arguments: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start(*arguments, stdout=full)
        error = process.communicate(timeout=60)[1]
        assert process.returncode == 3
        assert b"Traceback" not in error and b"internal" not in error
        mute = start(*arguments, stdout=full, stderr=full)
        assert mute.wait(timeout=60) == 3


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_reader_that_has_gone_is_told_as_the_shell_tells_it(
    start: Start, arguments: tuple[str, ...]
) -> None:
    process = start(*arguments)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 141


def test_closed_streams_take_no_file_of_ours(start: Start, project: Path) -> None:
    closed = ["/bin/sh", "-c", '"$@" <&- >&- 2>&-', "sh"]
    process = start("audit", "-o", "report.json")
    process.communicate(timeout=60)
    arguments = process.args
    assert isinstance(arguments, list)
    before = (project / "report.json").read_bytes()
    done = subprocess.run([*closed, *arguments], cwd=project, check=False, timeout=60)
    assert done.returncode == process.returncode
    assert (project / "report.json").read_bytes() == before
    rows = start("history", "--format", "json")
    assert rows.communicate(timeout=60)[0].count(b'"LOG-') == 2
