import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ctb_audit.errors import SourceError
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import connect, read_live
from ctb_audit.sources.postgres.connect import display_url, is_local, secured

SECRET = "hunter2 /&%"
WRITTEN = "hunter2%20%2F%26%25"


def refusal(url: str, **options: float) -> SourceError:
    """The error, once it is sure that no part of its traceback holds the password."""
    with pytest.raises(SourceError) as caught:
        read_live(url, connect_timeout_s=2, **options)  # type: ignore[arg-type]
    error = caught.value
    text = "".join(traceback.format_exception(error)) + repr(error.__context__)
    assert SECRET not in text
    assert WRITTEN not in text
    assert error.__cause__ is None
    return error


@pytest.fixture(scope="module")
def tcp() -> Iterator[tuple[ScratchServer, int]]:
    """A server on loopback that asks for a password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"listen_addresses": "127.0.0.1", "port": str(port)}
    with ScratchServer(settings=settings) as server:
        with psycopg.connect(f"{server.url()}?port={port}", autocommit=True) as session:
            session.execute(f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'".encode())
            rules = server.data_folder / "pg_hba.conf"
            rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
            session.execute("SELECT pg_reload_conf()")
        yield server, port


def test_a_right_password_is_accepted_on_loopback(tcp: tuple[ScratchServer, int]) -> None:
    url = f"postgresql://reader:{WRITTEN}@127.0.0.1:{tcp[1]}/postgres"
    catalog = read_live(url)
    assert catalog.source == f"postgresql://reader@127.0.0.1:{tcp[1]}/postgres"


def test_a_wrong_password_is_said_and_not_shown(tcp: tuple[ScratchServer, int]) -> None:
    error = refusal(f"postgresql://reader:x{WRITTEN}@127.0.0.1:{tcp[1]}/postgres")
    assert error.problem == "wrong password"
    assert error.step


def test_an_unknown_database_is_named(tcp: tuple[ScratchServer, int]) -> None:
    error = refusal(f"postgresql://reader:{WRITTEN}@127.0.0.1:{tcp[1]}/absent")
    assert error.problem == "no such database"


def test_an_unknown_host_is_said() -> None:
    error = refusal(f"postgresql://u:{WRITTEN}@no-such-host.invalid/db")
    assert error.problem == "unknown host"
    assert error.place == "postgresql://u@no-such-host.invalid/db"


def test_a_closed_port_is_said() -> None:
    error = refusal(f"postgresql://u:{WRITTEN}@127.0.0.1:1/db")
    assert error.problem == "the connection was refused"


def test_a_missing_socket_is_said(tmp_path: Path) -> None:
    error = refusal(f"postgresql://u:{WRITTEN}@/db?host={tmp_path}")
    assert error.problem == "no server at this socket"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{WRITTEN}@host/db?nonsense={WRITTEN}",
        f"postgresql://u:{SECRET}@[host/db",
        f"password={SECRET} host",
    ],
)
def test_a_malformed_url_is_not_quoted(url: str) -> None:
    assert "not a valid connection URL" in refusal(url).problem


def test_a_server_that_is_too_old_is_refused(
    tcp: tuple[ScratchServer, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "OLDEST_VERSION", 990000)
    error = refusal(f"postgresql://reader:{WRITTEN}@127.0.0.1:{tcp[1]}/postgres")
    assert "too old" in error.problem


def test_a_slow_query_ends_at_the_timeout(tcp: tuple[ScratchServer, int]) -> None:
    server, port = tcp
    row = "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(100))
    url = f"{server.url()}?port={port}"
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"CREATE VIEW v AS {' UNION ALL '.join([row] * 500)}".encode())
        error = refusal(url, timeout_s=0.001)
        session.execute("DROP VIEW v")
    assert error.problem == "a catalog query took longer than 0.001 s"
    assert "timeout" in error.step


def test_a_cut_connection_is_a_source_error() -> None:
    """A peer that accepts and hangs up at once."""
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        for _ in range(2):
            try:
                listener.accept()[0].close()
            except OSError:
                return

    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    error = refusal(f"postgresql://u:{WRITTEN}@127.0.0.1:{listener.getsockname()[1]}/db")
    listener.close()
    assert error.problem


def test_a_remote_host_needs_tls() -> None:
    assert secured({"host": "db.example.com"}, "x")["sslmode"] == "require"
    assert secured({"host": "db.example.com", "sslmode": "prefer"}, "x")["sslmode"] == "require"
    strict = secured({"host": "db.example.com", "sslmode": "verify-full"}, "x")
    assert strict["sslmode"] == "verify-full"
    assert secured({"host": "localhost,db.example.com"}, "x")["sslmode"] == "require"
    assert secured({"host": "localhost", "hostaddr": "10.0.0.1"}, "x")["sslmode"] == "require"
    with pytest.raises(SourceError, match="TLS is required"):
        secured({"host": "db.example.com", "sslmode": "disable"}, "x")


def test_the_environment_cannot_weaken_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGHOST", "db.example.com")
    with pytest.raises(SourceError, match="TLS is required"):
        secured({}, "x")


@pytest.mark.parametrize(
    "host", ["", "/run/postgresql", "@abstract", "localhost", "127.0.0.9", "::1"]
)
def test_loopback_and_sockets_go_without_tls(host: str) -> None:
    assert is_local(host)
    assert "sslmode" not in secured({"host": host}, "x")


@pytest.mark.parametrize("host", ["localhost.example.com", "10.0.0.1", "127.0.0.1.nip.io"])
def test_what_only_looks_local_is_remote(host: str) -> None:
    assert not is_local(host)


def test_a_session_without_tls_to_a_remote_address_is_refused(
    tcp: tuple[ScratchServer, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the parameters looked local, the address that was reached decides."""
    monkeypatch.setattr(connect, "is_local", lambda host: host != "127.0.0.1")
    monkeypatch.setattr(connect, "secured", lambda parameters, source: dict(parameters))
    error = refusal(f"postgresql://reader:{WRITTEN}@127.0.0.1:{tcp[1]}/postgres")
    assert "not encrypted" in error.problem


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:5/d?password=p", "postgresql://u@h:5/d"),
        ("postgres://u@[::1]:5,h2/d", "postgresql://u@[::1]:5,h2/d"),
        ("postgres://u:a:b@c@h/d", "postgresql connection"),
        ("postgresql://u:p/x@h/d", "postgresql connection"),
        ("postgresql://u:p?x@h/d", "postgresql connection"),
        ("postgresql:///d?host=/x", "postgresql:///d"),
        ("host=h password=p", "postgresql connection"),
    ],
)
def test_a_source_is_named_without_password_and_query(url: str, shown: str) -> None:
    assert display_url(url) == shown


def test_a_catalog_that_the_role_may_not_read_is_counted(
    tcp: tuple[ScratchServer, int],
) -> None:
    server, port = tcp
    admin = f"{server.url()}?port={port}"
    reader = f"postgresql://reader:{WRITTEN}@127.0.0.1:{port}/postgres"
    with psycopg.connect(admin, autocommit=True) as session:
        session.execute("CREATE TABLE hidden_policies (a int)")
        session.execute("REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC")
        try:
            catalog = read_live(reader)
            session.execute("REVOKE SELECT ON pg_catalog.pg_constraint FROM PUBLIC")
            without_keys = read_live(reader)
            session.execute("REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC")
            error = refusal(reader)
        finally:
            names = ("pg_policy", "pg_constraint", "pg_class")
            session.execute(f"GRANT SELECT ON {', '.join(names)} TO PUBLIC".encode())
            session.execute("DROP TABLE hidden_policies")
    assert [(p.kind, "pg_policy" in p.message) for p in catalog.problems] == [("hidden", True)]
    assert catalog.tables[0].policies is None
    told = [p.message for p in without_keys.problems if "pg_constraint" in p.message]
    assert len(told) == 1 and "constraints are not in the model" in told[0]
    assert "pg_class" in error.problem


def test_importing_the_reader_does_not_import_psycopg() -> None:
    code = "import sys; import ctb_audit.sources.postgres; print('psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
