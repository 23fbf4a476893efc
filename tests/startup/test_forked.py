"""Divided work gives what undivided work gives."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.forked import Streamed, divided, processes
from ctb_audit.judge import judge
from ctb_audit.rulebook import load_standard
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.subjects import build_project

HERE = os.getpid()


def squares(part: Sequence[int]) -> list[int]:
    return [n * n for n in part]


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_parts_come_in_order(count: int) -> None:
    found = divided(squares, range(7), count)
    assert [n for part in found for n in part] == squares(range(7))
    assert divided(squares, [], count) == []


def test_a_part_whose_process_died_is_done_here() -> None:
    def mortal(part: Sequence[int]) -> list[int]:
        if os.getpid() != HERE:
            os._exit(9)
        return squares(part)

    assert divided(mortal, [1, 2, 3, 4], 2) == [[1, 4], [9, 16]]


def test_what_the_function_raises_is_raised() -> None:
    def refuses(part: Sequence[int]) -> int:
        return 1 // (3 - part[-1])

    with pytest.raises(ZeroDivisionError):
        divided(refuses, [1, 2, 3], 3)


def test_few_items_need_no_process() -> None:
    assert processes(0, work=10, worth=600) == 1
    assert processes(0, work=10**9, worth=600) <= len(os.sched_getaffinity(0))
    assert processes(3, work=1, worth=600) == 3


def test_tables_are_judged_alike_by_one_and_by_several() -> None:
    text = "".join(
        f"CREATE TABLE t{n} (id int, email text, status text, user_id int);\n" for n in range(9)
    )
    catalog = replay([read_script(text, "a.sql", "postgresql")], source="a.sql")
    project = build_project([catalog], load_standard(), today=date(2026, 1, 1))
    alone, shared = judge(project, jobs=1), judge(project, jobs=4)
    assert alone.findings and len(shared.tables) == 9
    assert shared == alone


HANGS = """
import os, signal, sys, time
from ctb_audit.forked import divided

def work(part):
    if os.getpid() == here:
        print("working", flush=True)
    time.sleep(300)

here = os.getpid()
divided(work, [1, 2, 3], 3)
"""


def group_members(group: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(status.parent.name))
    return found


STREAMS = """
import time
from ctb_audit.forked import Streamed

def work():
    yield 1
    yield 2
    time.sleep(300)

streams = [Streamed(work) for _ in range(2)]
for stream in streams:
    next(stream)
print("working", flush=True)
for stream in streams:
    list(stream)
"""


@pytest.mark.parametrize("script", [HANGS, STREAMS], ids=["divided", "streamed"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_child_outlives_its_parent(number: signal.Signals, script: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"working\n"
        assert len(group_members(parent.pid)) == 3
        parent.send_signal(number)
    deadline = time.monotonic() + 20
    while group_members(parent.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert group_members(parent.pid) == []


def test_what_is_made_ahead_comes_in_order() -> None:
    assert list(Streamed(lambda: iter(squares(range(1000))))) == squares(range(1000))
    assert list(Streamed(lambda: iter(()))) == []


@pytest.mark.parametrize("error", [AttributeError, PermissionError])
def test_a_system_without_files_in_memory(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Some builds of Python lack them, and some sandboxes refuse them."""

    def refused(name: str) -> int:
        raise error

    monkeypatch.setattr(os, "memfd_create", refused)
    assert list(Streamed(lambda: iter(squares(range(1000))))) == squares(range(1000))


def test_nobody_waits_for_who_takes_it() -> None:
    """More than a pipe holds is made though nothing is taken."""
    done, told = os.pipe()

    def large() -> Iterator[bytes]:
        for _ in range(20):
            yield bytes(1_000_000)
        os.write(told, b"x")

    stream = Streamed(large)
    assert os.read(done, 1) == b"x"
    assert [len(item) for item in stream] == [1_000_000] * 20
    os.close(done)
    os.close(told)


def test_a_process_that_dies_ahead_is_told() -> None:
    def mortal() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    stream = Streamed(mortal)
    assert next(stream) == 1
    with pytest.raises(ChildProcessError):
        next(stream)
    assert list(stream) == []


def test_a_function_that_fails_ahead_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise ValueError

    with pytest.raises(ChildProcessError):
        list(Streamed(fails))
    assert capfd.readouterr() == ("", "")


def test_a_stream_that_nobody_reads_ends_its_process() -> None:
    def endless() -> Iterator[int]:
        yield os.getpid()
        time.sleep(300)

    stream = Streamed(endless)
    process = next(stream)
    del stream
    assert not Path(f"/proc/{process}").exists()
