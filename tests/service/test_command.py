"""`ctb serve` as a user starts and stops it."""

import fcntl
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ctb_audit.log import open_log
from tests.service.conftest import HEIR

Begin = Callable[..., "Command"]


class Command:
    """A running `ctb serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stderr is not None
        self.said = ""
        found = None
        while not found and (line := process.stderr.readline()):
            self.said += line
            found = re.search(r"http://[\d.]+:(\d+)/", line)
        self.port = int(found[1]) if found else 0

    @property
    def key(self) -> str:
        found = re.search(r"ctb_[\w-]{43}", self.said)
        assert found is not None
        return found[0]

    def send(self, action: str, body: object) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
        connection.request("POST", f"/api/ctb/{action}", json.dumps(body), headers)
        return connection

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        self.out = out
        self.said += err
        return self.process.returncode


def arguments(*given: str) -> list[str]:
    return [sys.executable, "-m", "ctb_audit.cli", "serve", *given]


@pytest.fixture
def begin(repository: Path) -> Iterator[Begin]:
    running: list[Command] = []

    def start(*given: str, **environment: str) -> Command:
        clean = {k: v for k, v in os.environ.items() if k != "CTB_API_KEYS"}
        process = subprocess.Popen(
            arguments(str(repository), "--port", "0", *given),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**clean, **environment},
        )
        running.append(Command(process))
        return running[-1]

    yield start
    for command in running:
        if command.process.poll() is None:
            command.process.kill()
            command.process.communicate()


def refused(*given: str, cwd: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if k != "CTB_API_KEYS"}
    done = subprocess.run(
        arguments(*given),
        capture_output=True,
        text=True,
        cwd=cwd,
        env=clean,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2, done
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_job_that_runs_finishes_before_the_service_stops(
    repository: Path, begin: Begin, number: int
) -> None:
    command = begin()
    connection = command.send("audit", {"heir_id": HEIR})
    _wait_for((repository / ".ctb/service.lock").exists)
    assert command.stop(number) == 0
    reply = connection.getresponse()
    assert (reply.status, json.loads(reply.read())["heir_id"]) == (200, HEIR)
    connection.close()
    (row,) = open_log("", root=repository).entries()
    assert row.log_id in command.out
    assert command.said.rstrip().endswith("ctb: stopped")
    assert command.key not in command.out


def test_a_second_signal_ends_jobs_and_logs_them_as_failed(repository: Path, begin: Begin) -> None:
    command = begin()
    (repository / ".ctb").mkdir()
    with (repository / ".ctb/service.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        connection = command.send("audit", {"heir_id": HEIR})
        _wait_for_worker(command.process.pid)
        command.process.send_signal(signal.SIGTERM)
        _wait_for(lambda: _is_refused(command.port))
        assert command.stop() == 3
    connection.close()
    assert "1 job was cut off and logged as failed" in command.said
    (row,) = open_log("", root=repository).entries()
    assert (row.status, row.actions["error"]) == ("failed", "ended because the service stopped")


def _wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def _wait_for_worker(pid: int) -> None:
    """Until the process of the job is there: it is a child of the service."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    _wait_for(lambda: bool(children.read_text().strip()))


def test_a_job_outlives_a_service_that_is_killed(repository: Path, begin: Begin) -> None:
    command = begin()
    connection = command.send("audit", {"heir_id": HEIR})
    _wait_for((repository / ".ctb/service.lock").exists)
    command.process.kill()
    command.process.communicate()
    connection.close()
    log = open_log("", root=repository)
    _wait_for(lambda: (repository / ".ctb/compliance.db").exists() and any(log.entries()))
    (row,) = log.entries()
    assert row.actions["request"]["heir_id"] == HEIR


def test_without_keys_one_is_made_for_the_run(begin: Begin) -> None:
    command = begin()
    assert "no keys are configured; this one is valid until the service stops" in command.said
    connection = command.send("audit", {})
    assert connection.getresponse().status == 422
    connection.close()
    assert command.stop() == 0


def test_a_new_key_opens_the_service(repository: Path, begin: Begin, tmp_path: Path) -> None:
    made = subprocess.run(
        arguments("--new-key", "ann", "--keys", "keys"),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    key = made.stdout.strip()
    assert key not in (tmp_path / "keys").read_text()
    command = begin("--keys", str(tmp_path / "keys"), "--access-log", str(tmp_path / "access"))
    connection = http.client.HTTPConnection("127.0.0.1", command.port)
    for path, status in (("/api/ctb/history", 200), (f"/report/{key}", 404)):
        connection.request("GET", path, headers={"X-API-Key": key})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()
    assert command.stop() == 0
    assert (tmp_path / "access").stat().st_mode & 0o777 == 0o600
    text = (tmp_path / "access").read_text()
    assert [json.loads(line)["key"] for line in text.splitlines()] == ["ann", "ann"]
    assert key not in text


def test_a_port_in_use_says_what_to_do(repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(str(repository), "--port", port, cwd=repository)
    assert f"--port {port}: cannot listen (Address already in use)" in said
    assert "choose another --port" in said


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (["--host", "0.0.0.0", "--allowed-host", "x"], "there is no API key"),
        (["--host", "0.0.0.0"], "name what clients call the service by with --allowed-host"),
        (["--host", "no such host"], "is no address"),
        (["--keys", "wide"], "can be used by others (mode 0644); run chmod 600 wide"),
        (["--keys", "none"], "cannot be read"),
        (["--repository", "x"], "is no HEIR-ID=FOLDER"),
        (["--repository", "X=../.."], "lies outside"),
        (["--repository", "X=none"], "is no folder"),
        (["--repository", "X=.", "--repository", "X=db"], "registers an id again"),
        (["--limit", "audit=0"], "is no limit"),
        (["--limit", "drop=1"], "with one of tag, audit, remediate, history"),
        (["--log", "none"], "the configuration keeps no log"),
        (["--access-log", "none/x"], "cannot be written"),
        (["nowhere"], "is no folder"),
        (["--new-key", "a b"], "is no name"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_line(
    repository: Path, given: list[str], problem: str
) -> None:
    (repository / "wide").write_text("ann:sha256:" + "0" * 64)
    (repository / "wide").chmod(0o644)
    assert problem in refused(*given, "--port", "0", cwd=repository)


def test_the_document_can_be_had_without_a_service(repository: Path) -> None:
    done = subprocess.run(
        arguments("--openapi"), capture_output=True, text=True, cwd=repository, check=True
    )
    assert json.loads(done.stdout)["openapi"] == "3.1.0"
