"""A team's log in PostgreSQL gives out ids: two machines never get the same."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ctb_audit.errors import LogError
from ctb_audit.log import open_log
from ctb_audit.log.allocation import open_allocator
from ctb_audit.scratch import ScratchServer

Ctb = Callable[..., tuple[int, str, str]]
NEW = ("id", "new", "heir", "--system", "USER", "--mode", "AUTH")


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


@pytest.fixture
def shared(server: ScratchServer, tmp_path: Path) -> Iterator[str]:
    """The URL of a log that is ready for ids."""
    with server.database() as url:
        open_log(url, root=tmp_path, create=True).prepare()
        yield url


def test_two_machines_get_different_ids(shared: str, tmp_path: Path) -> None:
    """Each process stands in a folder of its own, so that they share the server alone."""
    running = []
    for number in range(6):
        machine = tmp_path / str(number)
        machine.mkdir()
        arguments = [sys.executable, "-m", "ctb_audit.cli", *NEW, "--count", "40"]
        running.append(
            subprocess.Popen(
                [*arguments, "--log", "env:TEAM_LOG"],
                cwd=machine,
                env={**os.environ, "TEAM_LOG": shared},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    ids = [line for process in running for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in running] == [0] * 6
    assert len(ids) == len(set(ids)) == 240
    assert not list(tmp_path.glob("*/.ctb/compliance.db"))
    with psycopg.connect(shared) as connection:
        kept = connection.execute("SELECT id FROM ctb_ids WHERE kind = 'heir'").fetchall()
    assert {row[0] for row in kept} == set(ids)


def test_ids_follow_one_another_and_pass_over_what_is_taken(shared: str, tmp_path: Path) -> None:
    allocator, notice = open_allocator(shared, root=tmp_path)
    wanted = [[f"a{n}" for n in range(3000)] for _ in range(3)]
    assert allocator.allocate("heir", wanted, {"a1"}) == ["a0", "a2", "a3"]
    assert allocator.allocate("heir", wanted[:1], {f"a{n}" for n in range(2500)}) == ["a2500"]
    assert notice == ""


def test_what_runs_out_notes_nothing(shared: str, tmp_path: Path) -> None:
    allocator, _ = open_allocator(shared, root=tmp_path)
    with pytest.raises(LogError, match="every heir id up to b"):
        allocator.allocate("heir", [["a"], ["a", "b"]], {"b"})
    assert allocator.allocate("heir", [["a"]]) == ["a"]


def test_a_log_without_the_table_is_told_how_to_get_it(
    server: ScratchServer, ctb: Ctb, tmp_path: Path
) -> None:
    with server.database() as url:
        code, out, err = ctb(*NEW, "--log", url)
        assert (code, out) == (3, "")
        assert "has no table ctb_ids; create it with ctb history --create" in err
        assert ctb("history", "--create", "--log", url)[0] == 0
        assert ctb(*NEW, "--log", url)[1].endswith("-01\n")
        assert ctb("history", "--create", "--log", url)[0] == 0
        assert ctb(*NEW, "--log", url)[1].endswith("-02\n")


def test_an_audit_of_the_log_database_has_no_fault_to_find_with_the_ids(
    shared: str, ctb: Ctb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_LOG", shared)
    code, out, _ = ctb("audit", "env:TEAM_LOG", "--no-log", "--format", "json")
    assert code == 0
    assert '"name":"public.ctb_ids"' in out
    assert '"table":"public.ctb_ids"' not in out


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("env:NO_SUCH_VARIABLE", "the variable is not set"),
        ("postgresql://someone:hunter2@127.0.0.1:1/nothing", "127.0.0.1"),
        ("mysql://host/db", "no such kind of log"),
    ],
)
def test_without_the_shared_log_no_id_is_given_out(ctb: Ctb, url: str, words: str) -> None:
    code, out, err = ctb(*NEW, "--log", url)
    assert code in (2, 3)
    assert out == ""
    assert words in err
    assert "hunter2" not in err


def test_no_log_keeps_its_ids_here_and_says_so(tmp_path: Path) -> None:
    allocator, notice = open_allocator("none", root=tmp_path)
    assert allocator.location == str(tmp_path / ".ctb/compliance.db")
    assert "no log is kept" in notice
