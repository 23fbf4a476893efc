"""What stands around every request: its id, hosts, headers, access log, and the last resort."""

import os
import secrets
import time
import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ctb_audit.service.refusal import Refusal, raised_at
from ctb_audit.service.replies import SECURITY_HEADERS, refusal_reply

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY_HOST = "*"
Event = Callable[[Mapping[str, Any]], None]


class Guard:
    """ASGI middleware. `hosts`: what a Host header may name, without a port, in lower case."""

    def __init__(self, app: "ASGIApp", hosts: frozenset[str], told: Event) -> None:
        self._app = app
        self._hosts = hosts
        self._told = told

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            _require_one_length(scope)
            self._require_host(scope)
            await self._app(scope, receive, exchange.send)
        except Refusal as refusal:
            await exchange.answer(refusal, receive)
        except Exception as error:
            self._told(_failure(error, exchange.id))
            await exchange.answer(internal(exchange.id), receive)
        finally:
            self._told(exchange.event())

    def _require_host(self, scope: "Scope") -> None:
        """A page of another site can reach a loopback address by a name of its own."""
        if ANY_HOST in self._hosts:
            return
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = named[0].decode("latin-1").lower() if len(named) == 1 else ""
        if _without_port(host) not in self._hosts:
            raise Refusal(400, "INVALID_HOST", "the Host header names no host of this service")


class _Exchange:
    """One request and what is sent in answer."""

    def __init__(self, scope: "Scope", send: "Send") -> None:
        self.id = secrets.token_hex(8)
        self._scope = scope
        self._send = send
        self._began = time.monotonic()
        self._status = 0
        self._bytes = 0
        scope.setdefault("state", {}).update(seen={}, id=self.id)

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message = {**message, "headers": self._headers(message.get("headers", ()))}
        elif message["type"] == "http.response.body":
            self._bytes += len(message.get("body", b""))
        await self._send(message)

    async def answer(self, refusal: Refusal, receive: "Receive") -> None:
        """Sends the refusal unless an answer began already."""
        if not self._status:
            await refusal_reply(refusal)(self._scope, receive, self.send)

    def event(self) -> dict[str, Any]:
        """The line of the access log."""
        client = self._scope.get("client")
        return {
            "event": "request",
            "id": self.id,
            "client": client[0] if client else None,
            "method": self._scope["method"],
            "path": self._scope["path"],
            "status": self._status,
            "bytes": self._bytes,
            "ms": round((time.monotonic() - self._began) * 1000, 1),
            **self._scope["state"]["seen"],
        }

    def _headers(self, headers: Any) -> list[tuple[bytes, bytes]]:
        own = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        names = {name for name, _ in own}
        common = ((n.lower().encode(), v.encode()) for n, v in SECURITY_HEADERS.items())
        own += [(name, value) for name, value in common if name not in names]
        return [*own, (b"x-request-id", self.id.encode())]


def _require_one_length(scope: "Scope") -> None:
    """Two statements of where a body ends let a proxy see other requests than we do."""
    names = {name for name, _ in scope["headers"]}
    if {b"content-length", b"transfer-encoding"} <= names:
        message = "Content-Length and Transfer-Encoding exclude each other"
        raise Refusal(400, "INVALID_REQUEST", message, headers={"Connection": "close"})


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def internal(request_id: str) -> Refusal:
    """The answer to a defect of ours, by which its line in the log is found."""
    return Refusal(
        500, "INTERNAL_ERROR", f"the service failed; its log has more under {request_id}"
    )


def _failure(error: Exception, request_id: str) -> dict[str, Any]:
    """Where it was raised, not what it says: that could be anything."""
    event = {"event": "error", "id": request_id}
    event |= {"error": type(error).__name__, "place": raised_at(error)}
    if os.environ.get("CTB_DEBUG"):
        event["trace"] = "".join(traceback.format_exception(error))
    return event
