"""A planted-secret run over every command and every format: no marker comes out anywhere."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ctb_audit.cli.app import run
from ctb_audit.config import load_config
from ctb_audit.log import open_log
from ctb_audit.redaction import redacted
from ctb_audit.scratch import ScratchServer
from tests.faults.planted import ARGUMENTS, MARKERS, PASSWORD, Leaf, holding, leaves

LEAVES = leaves()
SCHEMA = """CREATE TABLE public.users (
  id serial PRIMARY KEY, heir_id varchar(50), email text, status text, created_at timestamp
);
"""
DOCUMENT = """# Tables

## users

**Table ID**: BART-SHQ-USERS-V1
**Enforcement**: STANDARD
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server on loopback that asks for a password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {"listen_addresses": "127.0.0.1", "port": str(port)}
    with ScratchServer(settings=settings) as server:
        with psycopg.connect(f"{server.url()}?port={port}", autocommit=True) as session:
            session.execute(f"CREATE ROLE reader SUPERUSER LOGIN PASSWORD '{PASSWORD}'".encode())
            session.execute(SCHEMA.encode())
            rules = server.data_folder / "pg_hba.conf"
            rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
            session.execute("SELECT pg_reload_conf()")
        yield port


@pytest.fixture
def planted(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and outside of it every place where a secret may be kept."""
    right = f"postgresql://reader:{MARKERS['percent-encoded']}@127.0.0.1:{port}/postgres"
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "pgpass").write_text(f"*:*:*:other:{MARKERS['.pgpass']}\n")
    (vault / "pgpass").chmod(0o600)
    (vault / "service").write_text(
        f"[db]\nhost=127.0.0.1\nport={port}\nuser=reader\npassword={MARKERS['service file']}\n"
    )
    (vault / "key.json").write_text(f'{{"private_key": "{MARKERS["credentials file"]}"}}')
    planted = {
        "SOURCE": right,
        "DATABASE_URL": right,
        "NEON_DATABASE_URL": right,
        "LOG": right,
        "PGPASSWORD": MARKERS["PGPASSWORD"],
        "PGPASSFILE": str(vault / "pgpass"),
        "PGSERVICEFILE": str(vault / "service"),
        "FIREBASE_PRIVATE_KEY": MARKERS["private key"],
        "FIREBASE_CLIENT_EMAIL": "x@example.org",
        "FIREBASE_PROJECT_ID": "project",
        "BIGQUERY_PROJECT_ID": "project",
        "BIGQUERY_DATASET": "data",
        "BIGQUERY_CREDENTIALS_PATH": str(vault / "key.json"),
        "CTB_API_KEYS": f"ci:{MARKERS['API key']}",
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "home"),
    }
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "home").mkdir()
    folder = tmp_path / "repository"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "001_users.sql").write_text(SCHEMA)
    (folder / "SCHEMA.md").write_text(DOCUMENT)
    (folder / "ctb.toml").write_text('sources = ["env:SOURCE", "migrations"]\nlog = "env:LOG"\n')
    (folder / "fleet.toml").write_text(
        'log = "env:LOG"\n[[target]]\npath = "migrations"\n[[target]]\ndatabase = "SOURCE"\n'
    )
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments]
        subprocess.run(git, cwd=folder, check=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """The command line of every process that is started, and the environment of servers."""
    lines: list[str] = []
    listening = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if listening and event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
            lines.append(repr(arguments[:2]))
            if "ctb-scratch" in repr(arguments[1]):
                lines.append(repr(arguments[3]))

    sys.addaudithook(hook)
    yield lines
    listening = False


def quietly(arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(arguments)
    said = capfd.readouterr()
    return code, said.out + said.err


def test_every_command_has_its_run() -> None:
    assert {leaf.name for leaf in LEAVES} == set(ARGUMENTS)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.name.replace(" ", "-"))
def test_no_command_lets_a_secret_out(
    leaf: Leaf,
    planted: Path,
    seen: list[str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CTB_PG_BIN", "/nonexistent")  # a proof takes seconds and tells no more
    if leaf.name in ("report", "history", "fleet report", "fleet merge"):
        run(("audit", "--log", "env:LOG"))
        run(("history", "--create"))
        run(("audit",))
    if leaf.name.startswith("fleet "):
        run(("fleet", "run"))
    capfd.readouterr()
    for call in leaf.calls:
        _, text = quietly(call, capfd)
        assert holding(planted.parent / "repository", text) == [], call
        assert holding(planted.parent / "home", "".join(seen)) == [], call


@pytest.mark.parametrize("command", ["audit", "inspect", "report", "drift", "rules"])
def test_no_file_format_lets_a_secret_out(
    command: str, planted: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sources = ("env:SOURCE", "migrations") if command in ("audit", "inspect", "drift") else ()
    codes = []
    run(("history", "--create"))
    run(("audit",))
    capfd.readouterr()
    for suffix in ("json", "md", "html", "txt", "sarif", "xml", "svg"):
        code, text = quietly((command, *sources, "-o", f"out/report.{suffix}"), capfd)
        codes.append(code)
        assert holding(planted, text) == []
    assert list((planted / "out").iterdir())
    assert min(codes) <= 1


WRONG: dict[str, Callable[[int], str]] = {
    "wrong password": lambda port: (
        f"postgresql://reader:x{MARKERS['percent-encoded']}@127.0.0.1:{port}/postgres"
    ),
    "nobody there": lambda port: f"postgresql://u:{MARKERS['percent-encoded']}@127.0.0.1:1/db",
    "not encoded": lambda port: f"postgresql://u:{PASSWORD}@127.0.0.1:{port}/db",
    "at sign in it": lambda port: f"postgresql://u:a@{MARKERS['query']}@127.0.0.1:1/db",
    "in the query": lambda port: (
        f"postgresql://127.0.0.1:{port}/db?user=u&password={MARKERS['query']}"
    ),
    "of a key": lambda port: (
        f"postgresql://127.0.0.1:1/db?sslpassword={MARKERS['sslpassword']}&sslmode=require"
    ),
    "in options": lambda port: (
        f"postgresql://reader:{MARKERS['percent-encoded']}@127.0.0.1:{port}/postgres?options=-c%20work_mem%3D{MARKERS['options']}"
    ),
    "of a service": lambda port: "postgresql:///postgres?service=db",
    "of .pgpass": lambda port: f"postgresql://other@127.0.0.1:{port}/postgres",
    "unknown parameter": lambda port: f"postgresql://127.0.0.1:1/db?pasword={MARKERS['query']}",
    "bad port": lambda port: f"postgresql://u:{MARKERS['percent-encoded']}@127.0.0.1:x/db",
    "other scheme": lambda port: f"mysql://root:{MARKERS['query']}@127.0.0.1/db",
    "no scheme": lambda port: f"u:{MARKERS['query']}@127.0.0.1/db password={MARKERS['query']}",
}
TAKERS: dict[str, tuple[str, ...]] = {
    "source": ("audit", "--no-log", "{}"),
    "two sources": ("drift", "--no-settle", "{}", "migrations"),
    "catalog": ("inspect", "{}"),
    "log": ("audit", "migrations", "--log", "{}"),
    "log that is read": ("history", "--log", "{}"),
    "log of ids": ("id", "new", "heir", "--system", "A", "--mode", "B", "--log", "{}"),
    "log of tags": ("tag", "migrations", "--log", "{}"),
    "copy": ("remediate", "migrations", "--dry-run", "--no-log", "--verify-against", "{}"),
    "document": ("reference", "{}"),
    "folder": ("init", "{}"),
    "configuration": ("audit", "--config", "{}"),
    "output": ("audit", "migrations", "--no-log", "-o", "{}"),
    "revision": ("audit", "--no-log", "--since", "{}"),
    "no command": ("{}",),
    "an option": ("audit", "--log={}", "--nonsense={}"),
    "a choice": ("audit", "--format", "{}"),
    "a rule": ("explain", "{}"),
    "a standard": ("audit", "--standard", "{}"),
    "fleet": ("fleet", "run", "{}"),
    "doctor": ("doctor", "--config", "{}"),
}


@pytest.mark.parametrize("taker", TAKERS, ids=lambda name: name.replace(" ", "-"))
def test_no_error_lets_a_secret_out(
    taker: str,
    planted: Path,
    port: int,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CTB_PG_BIN", "/nonexistent")
    monkeypatch.setattr("ctb_audit.log.postgres._PAUSE", 0.0)
    monkeypatch.setenv("CTB_DEBUG", "1")
    for name, made in WRONG.items():
        url = made(port)
        code, text = quietly(tuple(part.format(url) for part in TAKERS[taker]), capfd)
        hits = [hit for hit in holding(planted, text) if url not in hit]
        assert hits == [], (name, code, text)
        monkeypatch.setenv("WRONG", url)
        code, text = quietly(tuple(part.format("env:WRONG") for part in TAKERS[taker]), capfd)
        assert holding(planted, text) == [], (name, code, text)
        shutil.rmtree(planted / "postgresql:", ignore_errors=True)


def test_values_that_hold_secrets_do_not_show_them(planted: Path) -> None:
    (planted / "ctb.toml").write_text(
        f'log = "postgresql://u:{MARKERS["query"]}@127.0.0.1:1/x"\n'
        f'sources = ["postgresql://u:{MARKERS["query"]}@127.0.0.1:1/x"]\n'
    )
    config = load_config(planted / "ctb.toml")
    log = open_log(config.log, root=planted)
    shown = repr(config) + str(config) + repr(log) + log.location + repr(vars(log).keys())
    assert MARKERS["query"] in config.log + config.sources[0]
    assert MARKERS["query"] not in shown


def test_a_configured_secret_does_not_come_out(
    planted: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one file that may hold it is the one that it was written into."""
    monkeypatch.setattr("ctb_audit.log.postgres._PAUSE", 0.0)
    url = f"postgresql://u:{MARKERS['query']}@127.0.0.1:1/x"
    text = f'log = "{url}"\nsources = ["{url}", "migrations"]\n'
    (planted / "ctb.toml").write_text(text)
    for call in (("audit",), ("doctor",), ("doctor", "--json"), ("history",), ("tag",)):
        code, said = quietly(call, capfd)
        found = [hit for hit in holding(planted, said) if not hit.startswith(("ctb.toml", ".git/"))]
        assert (found, code in (0, 1, 2, 3)) == ([], True), call
    assert (
        not (planted / ".ctb" / "cache").exists() or holding(planted / ".ctb" / "cache", "") == []
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no command postgresql://u:p@ss/w@h/db.", "no command postgresql://u:***@h/db."),
        ("host=h password=abc dbname=x", "host=h password=*** dbname=x"),
        ("password = 'a b' x", "password = *** x"),
        ("no u:secret@h/db", "no u:***@h/db"),
        ("no postgresql:/u:a b@h/db", "no postgresql:/u:***@h/db"),
        ("https://h/p?sslpassword=x&y=1 z", "https://h/p?*** z"),
        ("postgresql://u@h/db and a=b", "postgresql://u@h/db and a=b"),
    ],
)
def test_passwords_in_a_text_are_hidden(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_the_service_hides_what_it_is_asked_with(planted: Path) -> None:
    """In a process of its own: its log, its replies, and what it leaves."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    keys = subprocess.run(
        [sys.executable, "-m", "ctb_audit.cli", "serve", "--new-key", "ci", "--keys", "keys.txt"],
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    key = next(word for word in keys.stdout.split() if word.startswith("ctb_"))
    assert key not in (planted / "keys.txt").read_text()
    command = [sys.executable, "-m", "ctb_audit.cli", "serve", "--keys", "keys.txt", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        port = next(w for w in said.replace("/", " ").replace(":", " ").split() if w.isdigit())
        ask = [sys.executable, "-c", _ASK, port, key, os.environ["SOURCE"]]
        asked = subprocess.run(ask, check=True, timeout=60, capture_output=True, text=True)
        server.terminate()
        said += server.communicate(timeout=60)[0]
    assert set(asked.stdout.split()) >= {"401"}
    assert key not in said
    assert holding(planted, said) == []


_ASK = """
import http.client, sys
port, key, url = sys.argv[1:]
for headers in ({"Authorization": "Bearer " + key}, {"Authorization": "Bearer " + key + "x"}):
    for path in ("/api/ctb/history?table=" + url.replace(" ", "%20"), "/api/ctb/audit"):
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
        method, body = ("POST", b'{"sources": ["env:SOURCE"]}') if "audit" in path else ("GET", b"")
        connection.request(method, path, body, {**headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        print(answer.status)
        reply = answer.read().decode()
        assert key not in reply and "Marker" not in reply.replace("table=", ""), reply
"""
