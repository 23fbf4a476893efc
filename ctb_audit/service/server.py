"""Runs the application: sockets, signals, connections that are too slow, a graceful stop."""

import asyncio
import ipaddress
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ctb_audit.errors import UsageError
from ctb_audit.service.access_log import AccessLog, Warnings
from ctb_audit.service.jobs import Jobs

if TYPE_CHECKING:
    from starlette.types import ASGIApp

MOST_CONNECTIONS = 500  # half of the files that most systems let a process open
MESSAGE_SECONDS = 15.0  # for the whole of a request, its head included
HEAD_BYTES = 16_384
_STOPPING = (signal.SIGTERM, signal.SIGINT)
_LAST_SECONDS = 1.0  # for jobs whose clients have gone, after the grace


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that waits for the whole of a request, and not forever."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """The time counts from the first moment in which a request is awaited or half there."""
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._unwatch()
        elif self._late is None:
            self._late = self.loop.call_later(MESSAGE_SECONDS, self._too_late)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        self.transport.abort()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: ours stop the jobs too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises UsageError for an address that cannot be had."""
    place = f"--host {host} --port {port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise UsageError(f"--host {host}", "is no address", "correct it") from None
    try:
        return socket.create_server(address[:2], family=family, backlog=1024)
    except OSError as error:
        step = "end what listens there, or choose another --port (0 for a free one)"
        problem = f"cannot listen ({os.strerror(error.errno or 0)})"
        raise UsageError(place, problem, step) from None


def is_loopback(bound: socket.socket) -> bool:
    """True if only this machine can reach the socket."""
    return ipaddress.ip_address(str(bound.getsockname()[0])).is_loopback


Make = Callable[[], "tuple[ASGIApp, Jobs]"]


def run(make: Make, bound: socket.socket, log: AccessLog, *, grace: float) -> int:
    """Serves until SIGTERM or SIGINT, as `serve`."""
    return asyncio.run(serve(make, bound, log, grace=grace, until=_signalled))


async def serve(
    make: Make,
    bound: socket.socket,
    log: AccessLog,
    *,
    grace: float,
    until: Callable[[Callable[[], None]], None],
) -> int:
    """Serves what `make` makes in the event loop; how many jobs were cut off in the end.

    `until` is handed the function that stops the service: running jobs have `grace` seconds to
    finish, and end at once when it is called again.
    """
    app, jobs = make()
    _warnings_to(log)
    server = _Server(_config(app, grace))
    stopping = False

    def stop() -> None:
        nonlocal stopping
        server.force_exit = stopping
        stopping = server.should_exit = True
        jobs.close()

    until(stop)
    try:
        await server.serve(sockets=[bound])
    finally:
        cut = await jobs.finish(0 if server.force_exit else _LAST_SECONDS)
    return cut


def _signalled(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in _STOPPING:
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop)


def _config(app: "ASGIApp", grace: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=max(1, round(grace)),
    )


def _warnings_to(log: AccessLog) -> None:
    for name in ("uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [Warnings(log)]
        logger.propagate = False
