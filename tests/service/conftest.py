"""A service in a thread, on a free port of loopback, and a client that sends what it is told."""

import asyncio
import http.client
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.service import server
from ctb_audit.service.access import Access
from ctb_audit.service.access_log import AccessLog
from ctb_audit.service.api import Service
from ctb_audit.service.app import application
from ctb_audit.service.guard import Guard
from ctb_audit.service.jobs import WORKER, Bounds, Jobs
from ctb_audit.service.keys import Keys, entries_of, new_key
from ctb_audit.service.limits import DEFAULT_LIMITS, Limiter
from ctb_audit.service.repositories import heir_pattern, registered

HEIR = "HEIR-2026-11-SYS-SHOP-01"
TABLE = """-- ctb: enforcement=RELAXED
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
"""


@dataclass
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Running:
    """A service that runs: `lines` is its access log, `cut` what it said at its end."""

    port: int
    key: str
    root: Path
    lines: list[dict[str, Any]]
    stop: Callable[[], None] = field(default=lambda: None)
    thread: threading.Thread | None = None
    cut: int = -1

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Reply:
        """One request with the key; `body` is JSON unless it is bytes."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.key if key is None else key}"}
        if content is not None:
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, content, {**sent, **(headers or {})})
            found = connection.getresponse()
            text = found.read().decode()
            return Reply(found.status, {k.lower(): v for k, v in found.getheaders()}, text)
        finally:
            connection.close()

    def get(self, path: str, **values: Any) -> Reply:
        return self.ask("GET", path, **values)

    def post(self, action: str, body: Any, **values: Any) -> Reply:
        return self.ask("POST", f"/api/ctb/{action}", body, **values)

    def raw(self, content: bytes, *, seconds: float = 10) -> bytes:
        """Everything that comes back until the service closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(content)
            received = b""
            try:
                while chunk := connection.recv(65_536):
                    received += chunk
            except ConnectionResetError:
                pass
            return received

    def end(self) -> int:
        """Stops it; the jobs that were cut off."""
        self.stop()
        assert self.thread is not None
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.cut

    def jobs(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == "job"]


class _Lines(AccessLog):
    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self._lines = lines

    def __call__(self, event: Mapping[str, Any]) -> None:
        self._lines.append(dict(event))


Start = Callable[..., Running]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder to serve: one table, nothing configured but the sources."""
    return repository_at(tmp_path / "served")


def repository_at(folder: Path) -> Path:
    (folder / "db").mkdir(parents=True)
    (folder / "ctb.toml").write_text('sources = ["db"]\nmin_coverage = 50\n')
    (folder / "db" / "users.sql").write_text(TABLE)
    return folder


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(root, ...)` runs a service; all end with the test."""
    with starting() as begin:
        yield begin


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service for tests that leave nothing behind: no job does anything, no limit is near."""
    root = repository_at(tmp_path_factory.mktemp("shared") / "served")
    limits = dict.fromkeys(DEFAULT_LIMITS, 10_000)
    with starting() as begin:
        yield begin(root, command=ECHO, limits=limits)


@contextmanager
def starting() -> Iterator[Start]:
    """A function that runs services until the end of the block."""
    running: list[Running] = []

    def begin(
        root: Path,
        *,
        command: Sequence[str] = WORKER,
        bounds: Bounds | None = None,
        limits: Mapping[str, int] | None = None,
        repositories: Sequence[str] = (),
        hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost"}),
        body_seconds: float = 10,
        grace: float = 30,
    ) -> Running:
        key, line = new_key("ann")
        found = registered(root.resolve(), repositories, None)
        lines: list[dict[str, Any]] = []
        bound = server.listening("127.0.0.1", 0)
        service = Running(bound.getsockname()[1], key, root, lines)
        access = Access(
            Keys(entries_of(line, "test")), Limiter({**DEFAULT_LIMITS, **(limits or {})})
        )

        def make() -> tuple[Guard, Jobs]:
            jobs = Jobs(bounds or Bounds(), _Lines(lines), command)
            made = Service(found, access, jobs, heir_pattern(found), body_seconds)
            return application(made, hosts=hosts, told=_Lines(lines)), jobs

        begun = threading.Event()

        def until(stop: Callable[[], None]) -> None:
            loop = asyncio.get_running_loop()

            def from_here() -> None:
                loop.call_soon_threadsafe(stop)

            service.stop = from_here
            begun.set()

        def work() -> None:
            log = _Lines(lines)
            service.cut = asyncio.run(server.serve(make, bound, log, grace=grace, until=until))

        service.thread = threading.Thread(target=work, daemon=True)
        service.thread.start()
        assert begun.wait(10)
        running.append(service)
        return service

    yield begin
    for service in running:
        if service.thread is not None and service.thread.is_alive():
            service.end()


def worker(script: str) -> Sequence[str]:
    """A stand-in for the process of a job; `job` is what it was given."""
    head = "import json, os, signal, sys, time; job = json.loads(sys.stdin.read())\n"
    return (sys.executable, "-S", "-E", "-c", head + script)


ECHO = worker("print(json.dumps({'reply': {'success': True, 'target': job['target']}}))")
