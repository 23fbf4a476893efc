"""What stands around every request: keys, limits, hosts, headers, and a log without secrets."""

import base64
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ctb_audit.service import server
from ctb_audit.service.bodies import MOST_BYTES
from ctb_audit.service.replies import SECURITY_HEADERS
from tests.service.conftest import ECHO, HEIR, Running, Start

ENDPOINTS = [
    ("POST", "/api/ctb/tag"),
    ("POST", "/api/ctb/audit"),
    ("POST", "/api/ctb/remediate"),
    ("GET", "/api/ctb/history"),
    ("GET", "/"),
    ("GET", "/history"),
    ("GET", "/report"),
    ("GET", "/report/LOG-1"),
]


@pytest.fixture
def service(repository: Path, start: Start) -> Running:
    return start(repository, command=ECHO)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
@pytest.mark.parametrize("key", ["", "x", "ctb_" + "A" * 43, "ctb_" + "A" * 43 + "\udcff"])
def test_nothing_is_told_without_a_valid_key(
    shared: Running, method: str, path: str, key: str
) -> None:
    headers = {"Authorization": f"Bearer {key}".encode("utf-8", "surrogateescape")}
    reply = shared.ask(method, path, headers=headers)  # type: ignore[arg-type]
    assert reply.status == 401
    scheme = "Bearer" if path.startswith("/api") else "Basic"
    assert reply.headers["www-authenticate"].startswith(f'{scheme} realm="ctb"')


def test_a_key_goes_into_either_header(shared: Running) -> None:
    path = "/api/ctb/history"
    assert shared.get(path, key="", headers={"X-API-Key": shared.key}).status == 200
    assert shared.get(path, headers={"Authorization": f"bearer {shared.key}"}).status == 200


def test_a_browsers_password_opens_pages_and_no_endpoint(shared: Running) -> None:
    password = base64.b64encode(f"whoever:{shared.key}".encode()).decode()
    headers = {"Authorization": f"Basic {password}"}
    assert shared.get("/history", headers=headers).status == 200
    assert shared.get("/api/ctb/history", headers=headers).status == 401
    for broken in ("Basic", "Basic !!!", f"Basic {password[:-3]}"):
        assert shared.get("/history", headers={"Authorization": broken}).status == 401


@pytest.mark.parametrize(("action", "limit"), [("audit", 10), ("tag", 10), ("remediate", 5)])
def test_the_limit_of_an_action_is_a_429_that_says_when(
    service: Running, action: str, limit: int
) -> None:
    body = {"heir_id": HEIR} | ({"target_dir": "."} if action == "tag" else {})
    found = [service.post(action, body) for _ in range(limit + 2)]
    assert [reply.status for reply in found] == [200] * limit + [429] * 2
    assert 1 <= int(found[-1].headers["retry-after"]) <= 60
    assert found[-1].json["error"]["code"] == "RATE_LIMIT_EXCEEDED"


def test_limits_hold_for_many_clients_at_once(service: Running) -> None:
    with ThreadPoolExecutor(40) as pool:
        found = list(pool.map(lambda _: service.get("/api/ctb/history").status, range(150)))
    assert (found.count(200), found.count(429)) == (100, 50)


def test_requests_without_a_key_use_up_nothing(service: Running) -> None:
    for _ in range(20):
        assert service.post("audit", {"heir_id": HEIR}, key="x").status == 401
    assert service.post("audit", {"heir_id": HEIR}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::1]"]
)
def test_another_host_is_refused(shared: Running, host: str) -> None:
    reply = shared.get("/api/health", headers={"Host": host})
    assert (reply.status, reply.json["error"]["code"]) == (400, "INVALID_HOST")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:80"])
def test_a_host_of_the_service_is_taken_with_any_port(shared: Running, host: str) -> None:
    assert shared.get("/api/health", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/health", 200),
        ("GET", "/api/ctb/history", 200),
        ("GET", "/history", 200),
        ("GET", "/service.css", 200),
        ("GET", "/none", 404),
        ("GET", "/api/ctb/audit", 405),
        ("DELETE", "/api/ctb/history", 405),
        ("POST", "/api/ctb/audit", 415),
    ],
)
def test_every_reply_has_the_security_headers(
    shared: Running, method: str, path: str, status: int
) -> None:
    reply = shared.ask(method, path)
    assert reply.status == status
    for name, value in SECURITY_HEADERS.items():
        shown = reply.headers[name.lower()]
        assert shown == value or (name == "Content-Security-Policy" and "frame-ancestors" in shown)
    assert "server" not in reply.headers


@pytest.mark.parametrize(
    "path",
    ["/api/ctb/history/", "/api//health", "/..%2f", "/report/../report", "/report/%0d%0aX:%201"],
)
def test_odd_paths_find_nothing(shared: Running, path: str) -> None:
    assert shared.get(path).status == 404


def test_405_names_the_method(shared: Running) -> None:
    reply = shared.get("/api/ctb/audit")
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_a_defect_is_a_500_without_internals(
    repository: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret /etc/passwd")

    monkeypatch.setattr("ctb_audit.service.api.page_of", broken)
    service = start(repository)
    reply = service.get("/api/ctb/history")
    assert (reply.status, reply.json["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in reply.text
    assert reply.headers["x-request-id"] in reply.text
    service.end()
    (error,) = [line for line in service.lines if line["event"] == "error"]
    assert error["error"] == "ValueError"
    assert error["id"] == reply.headers["x-request-id"]
    assert error["place"].startswith("test_guard.py:")
    assert "secret" not in json.dumps(service.lines)


def test_the_access_log_tells_who_what_and_how_long_and_no_secret(service: Running) -> None:
    service.post("audit", {"heir_id": HEIR})
    service.get("/api/ctb/history?table=secret")
    service.get("/api/ctb/history", key="ctb_secret")
    service.end()
    requests = [line for line in service.lines if line["event"] == "request"]
    assert [(r["method"], r["path"], r["status"], r.get("key")) for r in requests] == [
        ("POST", "/api/ctb/audit", 200, "ann"),
        ("GET", "/api/ctb/history", 200, "ann"),
        ("GET", "/api/ctb/history", 401, None),
    ]
    assert requests[0]["log_id"] == service.jobs()[0]["log_id"]
    assert all(r["ms"] >= 0 and r["client"] == "127.0.0.1" for r in requests)
    text = json.dumps(service.lines)
    assert "secret" not in text
    assert service.key not in text


# ---- bytes of our own ---------------------------------------------------------------------------


def head_of(service: Running, *lines: str, path: str = "/api/ctb/audit") -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"X-API-Key: {service.key}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")


JSON = "Content-Type: application/json"


def test_a_body_that_is_declared_too_large_is_refused_at_once(shared: Running) -> None:
    answer = shared.raw(head_of(shared, JSON, f"Content-Length: {MOST_BYTES + 1}"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_a_body_in_chunks_is_refused_where_it_becomes_too_large(shared: Running) -> None:
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    content = head_of(shared, JSON, "Transfer-Encoding: chunked") + chunk * 6
    assert shared.raw(content).startswith(b"HTTP/1.1 413 ")


def test_a_slow_body_is_given_up(repository: Path, start: Start) -> None:
    service = start(repository, command=ECHO, body_seconds=0.1)
    answer = service.raw(head_of(service, JSON, "Content-Length: 100") + b'{"heir')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"REQUEST_TIMEOUT" in answer


@pytest.mark.parametrize(
    "sent", [b"", b"GET /api/he", b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "]
)
def test_a_request_that_does_not_come_is_closed(
    repository: Path, start: Start, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(server, "MESSAGE_SECONDS", 0.2)
    service = start(repository, command=ECHO)
    assert service.raw(sent, seconds=5) == b""


def test_bytes_that_trickle_after_an_answer_are_closed(
    repository: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MESSAGE_SECONDS", 0.3)
    service = start(repository, command=ECHO)
    head = head_of(service, JSON, "Content-Length: 10000").replace(b"X-API-Key", b"X-Not-Key")
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
        connection.sendall(head)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")
        deadline = time.monotonic() + 5
        with pytest.raises(OSError):
            while time.monotonic() < deadline:
                connection.sendall(b" ")
                time.sleep(0.05)


@pytest.mark.parametrize(
    "line",
    [
        "Host: evil.example",
        "Content-Length: -1",
        "Content-Length: 1, 2",
        "X Y: 1",
        "X-Fold: 1\r\n 2\r\nTransfer-Encoding: x",
        "X-Long: " + "a" * 200_000,
    ],
)
def test_a_malformed_head_is_400(shared: Running, line: str) -> None:
    answer = shared.raw(head_of(shared, JSON, line))
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert shared.get("/api/health").status == 200


@pytest.mark.parametrize(
    "heir_id", ["x\r\nX-Injected: 1", "HEIR-2026-11-A-B-01\r\nSet-Cookie: a=b"]
)
def test_no_value_of_a_request_reaches_a_header(shared: Running, heir_id: str) -> None:
    replies = [
        shared.post("audit", {"heir_id": heir_id}),
        shared.get("/history?repository=%0d%0aX-Injected:%201"),
        shared.get("/report/%0d%0aX-Injected:%201"),
        shared.get("/api/ctb/history", headers={"X-Request-Id": "injected"}),
    ]
    for reply in replies:
        assert {"x-injected", "set-cookie"}.isdisjoint(reply.headers)
        assert reply.headers["x-request-id"] != "injected"


def test_two_requests_in_one_are_told_apart(shared: Running) -> None:
    """A length that two headers state differently would let a second request hide in a body."""
    content = head_of(shared, JSON, "Content-Length: 5", "Transfer-Encoding: chunked")
    answer = shared.raw(content + b"0\r\n\r\nGET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_client_that_leaves_amid_its_body_is_no_defect(service: Running) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(head_of(service, JSON, "Content-Length: 100") + b"{")
    assert service.get("/api/health").status == 200
    service.end()
    assert [line for line in service.lines if line["event"] == "error"] == []
    seen = [line for line in service.lines if line["path"] == "/api/ctb/audit"]
    assert [line["status"] for line in seen] == [499]
