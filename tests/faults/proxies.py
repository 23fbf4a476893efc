"""A proxy on loopback that misbehaves, in front of a scratch server's socket."""

import contextlib
import socket
import ssl
import threading
import time
from types import TracebackType
from typing import Literal

from ctb_audit.scratch import ScratchServer

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
Then = Literal["hang", "cut"]


class Proxy:
    """Passes bytes on. `context`: speaks TLS to its clients. After `budget` bytes of the server's
    it hangs (keeps the connection and says nothing) or cuts it, for the first `times` connections;
    before each part of an answer it waits for `delay_s`.
    """

    def __init__(
        self,
        server: ScratchServer,
        *,
        context: ssl.SSLContext | None = None,
        budget: int | None = None,
        then: Then = "hang",
        times: int = 10**9,
        delay_s: float = 0.0,
    ) -> None:
        self._upstream = str(server.folder / ".s.PGSQL.5432")
        self._context = context
        self._budget = budget
        self._then = then
        self._times = times
        self._delay_s = delay_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listener]
        self.connections = 0
        self.spent = threading.Event()  # the budget of a connection
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self.connections += 1
        spoiled = self._budget is not None and self.connections <= self._times
        with contextlib.suppress(OSError):
            if self._context is not None:
                client = self._secured(client, self._context)
                self._open.append(client)
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(self._upstream)
            self._open.append(upstream)
            forward = threading.Thread(
                target=self._pass, args=(client, upstream, None), daemon=True
            )
            forward.start()
            self._pass(upstream, client, self._budget if spoiled else None)

    def _secured(self, client: socket.socket, context: ssl.SSLContext) -> socket.socket:
        while True:
            head = client.recv(8, socket.MSG_WAITALL)
            code = int.from_bytes(head[4:8], "big")
            if code == SSL_REQUEST:
                client.sendall(b"S")
                return context.wrap_socket(client, server_side=True)
            if code != GSS_REQUEST:
                raise OSError("the client did not ask for TLS")
            client.sendall(b"N")

    def _pass(self, source: socket.socket, target: socket.socket, budget: int | None) -> None:
        with contextlib.suppress(OSError):
            self._passed(source, target, budget)

    def _passed(self, source: socket.socket, target: socket.socket, budget: int | None) -> None:
        left = budget
        while data := source.recv(65536):
            time.sleep(self._delay_s)
            if left is not None:
                target.sendall(data[:left])
                left -= min(left, len(data))
                if not left:
                    self.spent.set()
                    break
            else:
                target.sendall(data)
        if left is None or self._then == "cut":
            target.shutdown(socket.SHUT_RDWR)


def url(port: int, database: str = "postgres", query: str = "") -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/{database}{query}"


def database_of(address: str) -> str:
    """The name in a URL that a scratch server gave."""
    return address.rpartition("/")[2]
