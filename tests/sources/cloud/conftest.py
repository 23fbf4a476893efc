"""Responders on loopback that the real Google clients talk to."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, Any]


class Responder:
    """BigQuery's REST API as far as the reader asks it; `answers` are by path without project."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[str] = []
        self.cut = 0  # connections to cut before any answer

    def page(self, path: str, *pages: dict[str, Any]) -> None:
        """Pages under a path, each naming the next."""

        def answer(query: dict[str, str]) -> Answer:
            number = int(query.get("pageToken", "0"))
            more = {"nextPageToken": str(number + 1)} if number + 1 < len(pages) else {}
            return 200, {**pages[number], **more}

        self.answers[path] = answer

    def fail(self, path: str, *statuses: int, then: Any = None) -> None:
        """Errors one after the other, then `then`, or the last error for ever."""
        left = list(statuses)

        def answer(query: dict[str, str]) -> Answer:
            if then is not None and not left:
                return 200, then
            status = left.pop(0) if len(left) > 1 or then is not None else left[0]
            reason = {"reason": "backendError", "message": "no"}
            return status, {"error": {"code": status, "errors": [reason], "message": "no"}}

        self.answers[path] = answer


@pytest.fixture
def responder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Responder]:
    state = Responder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, raw = self.path.partition("?")
            state.asked.append(path)
            if state.cut:
                state.cut -= 1
                self.connection.close()
                return
            query = dict(part.split("=", 1) for part in raw.split("&") if "=" in part)
            local = path.partition("/projects/demo-project")[2]
            known = state.answers.get(local)
            status, body = known(query) if known else (404, {"error": {"message": "no"}})
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
