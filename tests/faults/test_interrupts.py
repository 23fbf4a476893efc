"""Ctrl-C and SIGTERM end in one line and 130, whatever they meet."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ctb_audit.cli.interrupts import raising
from tests.faults.conftest import Start

LINE = b"ctb: interrupted; nothing was written half\n"
SIGNALS = [signal.SIGINT, signal.SIGTERM]
BLOCKS = "import sys, time\nprint('here', file=sys.stderr, flush=True)\ntime.sleep(300)\n"


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("module", ["click", "ctb_audit/errors", "ctb_audit/cli/audit", "psycopg"])
def test_while_modules_are_imported(
    start: Start, tmp_path: Path, module: str, number: signal.Signals
) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "sitecustomize.py").write_text(
        "import importlib.abc, importlib.util, sys\n"
        "class Blocks(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module.replace('/', '.')!r}:\n"
        f"            exec({BLOCKS!r})\n"
        "sys.meta_path.insert(0, Blocks())\n"
    )
    url = "postgresql://127.0.0.1:1/none"
    process = start("audit", "--no-log", url, env={"PYTHONPATH": str(shadow)})
    assert process.stderr is not None
    assert process.stderr.readline() == b"here\n"
    process.send_signal(number)
    said, error = process.communicate(timeout=30)
    assert (process.returncode, said, error.lstrip()) == (130, b"", LINE)


@pytest.mark.parametrize("number", SIGNALS)
def test_while_a_command_waits_for_input(start: Start, number: signal.Signals) -> None:
    process = start("inspect", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None and process.stderr is not None
    process.stdin.write(b"-- " + b"x" * 300_000)  # more than a pipe holds: it is being read
    process.stdin.flush()
    for _ in range(60):  # Python may take note only of the second one where it reads at that moment
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
            break
    assert (process.returncode, process.stderr.read().lstrip()) == (130, LINE)


def test_an_interruption_that_was_turned_into_something_else_still_counts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), raising():
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt as error:
            raise RuntimeError("Error calling __set_name__") from error
    with pytest.raises(KeyboardInterrupt), raising(), suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)  # swallowed, as in a finalizer
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interruption_in_a_finalizer_ends_the_process() -> None:
    script = (
        "from ctb_audit.cli.interrupts import quiet\n"
        "class Value:\n"
        "    def __del__(self): raise KeyboardInterrupt\n"
        "quiet()\n"
        "Value()\n"
        "print('went on')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", LINE)
