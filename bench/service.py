"""What `ctb serve` bears: `python -m bench.service [crowd] [attacks] [schemathesis]`.

`crowd`: 200 clients at once, against the limits of one key and against the queue with 200 keys.
`attacks`: paths, headers and bodies that must be refused, and 200 connections that send nothing.
`schemathesis`: a run of it against the OpenAPI document (`--st PATH` of its command, which is no
dependency of this project).
"""

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ctb_audit.log import open_log
from ctb_audit.service.keys import new_key

CLIENTS = 200
HEIR = "HEIR-2026-11-SYS-BENCH-01"
OPEN = [f"--limit={action}=1000000" for action in ("tag", "audit", "remediate", "history")]
TABLES = 20


@dataclass
class Service:
    """A running service of `root`; `keys` are valid."""

    process: subprocess.Popen[str]
    port: int
    root: Path
    keys: Sequence[str]

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, key: str = "", **headers: str
    ) -> tuple[int, float]:
        """Status and seconds of one request; status 0 for a connection that broke."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        sent = {"X-API-Key": key or self.keys[0], "Content-Type": "application/json", **headers}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            answer.read()
            return answer.status, time.perf_counter() - began
        except OSError:
            return 0, time.perf_counter() - began
        finally:
            connection.close()

    def raw(self, content: bytes, seconds: float = 60) -> tuple[bytes, float]:
        """The first line of the answer, and how long the connection was held."""
        began = time.perf_counter()
        received = b""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        with connection, suppress(OSError):
            connection.sendall(content)
            while chunk := connection.recv(65_536):
                received += chunk
        return received.partition(b"\r\n")[0], time.perf_counter() - began

    def megabytes(self, name: str = "VmHWM") -> float:
        """Memory of the service's own process, at the peak by default."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{name}:\s+(\d+) kB", text)
        return int(found[1]) / 1024 if found else 0


@contextmanager
def service(
    *options: str, keys: int = 1, settings: str = "", tables: int = TABLES
) -> Iterator[Service]:
    """A service of a folder with so many tables."""
    with TemporaryDirectory(prefix="ctb-bench-") as folder:
        root = Path(folder) / "served"
        (root / "db").mkdir(parents=True)
        (root / "ctb.toml").write_text('sources = ["db"]\n' + settings)
        for number in range(tables):
            table = f"CREATE TABLE t{number} (id bigint PRIMARY KEY, email text NOT NULL);\n"
            (root / "db" / f"t{number}.sql").write_text(table)
        made = [new_key(f"k{number}") for number in range(keys)]
        command = [sys.executable, "-m", "ctb_audit.cli", "serve", str(root), "--port", "0"]
        process = subprocess.Popen(
            [*command, "--access-log", f"{folder}/access.log", *options],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "CTB_API_KEYS": " ".join(line for _, line in made)},
        )
        assert process.stderr is not None
        try:
            greeting = process.stderr.readline()
            port = re.search(r":(\d+)/", greeting)
            assert port, greeting
            yield Service(process, int(port[1]), root, [key for key, _ in made])
        finally:
            process.terminate()
            _, said = process.communicate(timeout=120)
            print(f"    stopped with {process.returncode}: {said.strip()}")


def at_once(count: int, ask: Callable[[int], tuple[int, float]]) -> list[tuple[int, float]]:
    """The answers of clients that begin together."""
    ready = threading.Barrier(count)

    def client(number: int) -> tuple[int, float]:
        ready.wait()
        return ask(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(client, range(count)))


def told(name: str, found: list[tuple[int, float]], running: Service) -> None:
    """One line: statuses, latency of each kind, memory."""
    counts = dict(sorted(Counter(status for status, _ in found).items()))
    parts = []
    for status in counts:
        times = sorted(seconds * 1000 for one, seconds in found if one == status)
        last = times[min(len(times) - 1, int(len(times) * 0.99))]
        parts.append(f"{status}: median {statistics.median(times):.0f}, p99 {last:.0f} ms")
    memory = f"peak {running.megabytes():.0f} MB, now {running.megabytes('VmRSS'):.0f} MB"
    print(f"{name}: {counts}; {'; '.join(parts)}; {memory}")


def crowd() -> None:
    """200 clients at once; each line states what was answered and how fast."""
    audit = json.dumps({"heir_id": HEIR}).encode()
    with service() as running:
        print(f"    idle: {running.megabytes():.0f} MB")
        found = at_once(CLIENTS, lambda n: running.ask("GET", "/api/health"))
        told("health, 200 clients, no limit", found, running)
        found = at_once(CLIENTS, lambda n: running.ask("POST", "/api/ctb/audit", audit))
        told("audit, 200 clients with one key, limit 10", found, running)
        found = at_once(CLIENTS, lambda n: running.ask("GET", "/api/ctb/history"))
        told("history, 200 clients with one key, limit 100", found, running)
        found = at_once(CLIENTS, lambda n: running.ask("GET", "/api/ctb/history", key="x"))
        told("history, 200 clients without a key", found, running)
        rows = list(open_log("", root=running.root).entries())
        print(f"    rows of the log: {len(rows)}, ids: {len({row.heir_id for row in rows})}")
    with service(keys=CLIENTS) as running:
        keys = running.keys
        found = at_once(
            CLIENTS, lambda n: running.ask("POST", "/api/ctb/audit", audit, key=keys[n])
        )
        told("audit, 200 clients with 200 keys, one repository, 18 run or wait", found, running)
        rows = list(open_log("", root=running.root).entries())
        print(f"    rows of the log: {len(rows)}, ids: {len({row.heir_id for row in rows})}")
    with service(*OPEN) as running:
        for _ in range(10):
            at_once(CLIENTS, lambda n: running.ask("GET", "/api/ctb/history"))
        found = at_once(CLIENTS, lambda n: running.ask("GET", "/api/ctb/history"))
        told("history, the eleventh 200 clients without limits", found, running)


def attacks() -> None:
    """What must be refused, and what a crowd of silent connections does to others."""
    with service(*OPEN) as running:
        _paths(running)
        _headers(running)
        _bodies(running)
        _silence(running)
        inside = {path.name for path in running.root.parent.iterdir()}
        print(f"    beside the served folder: {sorted(inside - {'served'})}")


def _paths(running: Service) -> None:
    outside = running.root.parent / "outside"
    outside.mkdir()
    (outside / "a.sql").write_text("SELECT 1;\n")
    (running.root / "link").symlink_to(outside)
    texts = [
        *(
            "../outside",
            "/etc",
            "db/../../outside",
            "link",
            "link/..",
            "%2e%2e/outside",
            "\\\\x\\y",
        ),
        *("..%2foutside", "C:\\", "db\0", "./../outside", "....//outside", "file:///etc", "~root"),
    ]
    statuses: Counter[int] = Counter()
    for text in texts:
        body = json.dumps({"target_dir": text, "heir_id": HEIR}).encode()
        statuses[running.ask("POST", "/api/ctb/tag", body)[0]] += 1
    untouched = (outside / "a.sql").read_text() == "SELECT 1;\n"
    print(f"paths: {len(texts)} tried, statuses {dict(statuses)}, outside untouched: {untouched}")
    urls = ["/../../etc/passwd", "/report/..%2f..%2fetc%2fpasswd", "/service.css/../../x", "//etc"]
    print(f"paths of URLs: {dict(Counter(running.ask('GET', url)[0] for url in urls))}")


def _headers(running: Service) -> None:
    head = f"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {running.keys[0]}\r\n"
    cases = {
        "second host": "Host: evil\r\n",
        "two lengths": "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "bad name": "X Y: 1\r\n",
        "NUL": "X: a\0b\r\n",
        "200 KB": "X: " + "a" * 200_000 + "\r\n",
    }
    for name, line in cases.items():
        first, _ = running.raw((head + line + "\r\n").encode())
        print(f"header, {name}: {first.decode() or 'closed'}")
    body = json.dumps({"heir_id": HEIR + "\r\nX-Injected: 1"}).encode()
    print(f"header in an id: {running.ask('POST', '/api/ctb/audit', body)[0]}")
    print(f"another host: {running.ask('GET', '/api/health', Host='evil.example')[0]}")


def _bodies(running: Service) -> None:
    head = (
        f"POST /api/ctb/audit HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {running.keys[0]}\r\n"
        "Content-Type: application/json\r\n"
    ).encode()
    large = head + b"Content-Length: 10000000000\r\n\r\n" + b" " * 100_000
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n%s\r\n" % (b" " * 4096) * 50
    slow = head + b"Content-Length: 100\r\n\r\n{"
    for name, content in {
        "10 GB declared": large,
        "200 KB in chunks": chunked,
        "slow": slow,
    }.items():
        first, seconds = running.raw(content)
        print(f"body, {name}: {first.decode() or 'closed'} after {seconds:.2f} s")


def _silence(running: Service) -> None:
    held = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(CLIENTS)]
    for connection in held:
        connection.sendall(b"GET /api/health HTTP/1.1\r\nHost: loc")
    found = [running.ask("GET", "/api/ctb/history") for _ in range(50)]
    told(f"history beside {CLIENTS} connections that send half a head", found, running)
    began = time.perf_counter()
    for connection in held:
        connection.settimeout(60)
        with suppress(OSError):
            connection.recv(1)
        connection.close()
    print(f"    they were closed after {time.perf_counter() - began:.1f} s")


def schemathesis(command: str, examples: int, without: list[str]) -> int:
    """Its own summary, and how often each status was answered."""
    with service(*OPEN, "--queue", "1000", settings="min_coverage = 50\n", tables=1) as running:
        url = f"http://127.0.0.1:{running.port}/api/openapi.json"
        key = f"Authorization: Bearer {running.keys[0]}"
        given = [
            "--checks",
            "all",
            "--max-examples",
            str(examples),
            "--seed",
            "1",
            "--no-color",
            "--request-timeout",
            "300",
            "--max-response-time",
            "300",
        ]
        given += [f"--exclude-path=/api/ctb/{action}" for action in without]
        done = subprocess.run([command, "run", url, "-H", key, *given], check=False)
        lines = (running.root.parent / "access.log").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        counts = Counter((e["path"], e["status"]) for e in events if e["event"] == "request")
        for (path, status), count in sorted(counts.items()):
            print(f"    {path} {status}: {count}")
        return done.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["crowd", "attacks"])
    parser.add_argument("--st", default="st", help="schemathesis' command")
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--without", action="append", default=[], help="an action to leave out")
    given = parser.parse_args()
    code = 0
    for part in given.parts:
        print(f"== {part}")
        if part == "schemathesis":
            code = schemathesis(given.st, given.examples, given.without)
        else:
            {"crowd": crowd, "attacks": attacks}[part]()
    sys.exit(code)


if __name__ == "__main__":
    main()
