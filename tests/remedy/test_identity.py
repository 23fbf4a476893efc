"""The audited database is never the copy, whatever it is called."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.remedy.identity import refuse_audited
from ctb_audit.scratch import ScratchServer
from tests.remedy.test_command import SQL, ctb


@pytest.fixture(scope="module")
def listening() -> Iterator[tuple[ScratchServer, int]]:
    """A server with a port, so that one database has many addresses."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = {"listen_addresses": "127.0.0.1", "port": str(port)}
    with ScratchServer(settings=settings) as server:
        yield server, port


@pytest.fixture(scope="module")
def audited(listening: tuple[ScratchServer, int]) -> str:
    """The name of a database that holds a table."""
    _run(listening, "postgres", "CREATE DATABASE audited")
    _run(listening, "audited", SQL)
    return "audited"


def _run(listening: tuple[ScratchServer, int], database: str, sql: str) -> None:
    with psycopg.connect(_url(listening, database), autocommit=True) as session:
        session.execute(sql.encode())


def _url(listening: tuple[ScratchServer, int], database: str) -> str:
    return f"{listening[0].url(database)}?port={listening[1]}"


def aliases(server: ScratchServer, port: int, name: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Other names of the database: what to write, and the environment it needs."""
    folder = quote(str(server.folder), safe="")
    return {
        "socket": (f"postgresql://postgres@{folder}:{port}/{name}", {}),
        "host parameter": (f"postgresql:///{name}?host={folder}&port={port}&user=postgres", {}),
        "localhost": (f"postgresql://postgres@localhost:{port}/{name}", {}),
        "address": (f"postgresql://postgres@127.0.0.1:{port}/{name}", {}),
        "other spelling": (f"postgres://postgres@localhost.:{port}/{name}?hostaddr=127.0.0.1", {}),
        "several hosts": (f"postgresql://postgres@127.0.0.1:1,localhost:{port}/{name}", {}),
        "environment": (
            "postgresql://",
            {
                "PGHOST": "127.0.0.1",
                "PGPORT": str(port),
                "PGDATABASE": name,
                "PGUSER": "postgres",
            },
        ),
        "service": ("postgresql://?service=audited", {"PGSERVICEFILE": ""}),
    }


@pytest.mark.parametrize(
    "alias",
    [
        *("socket", "host parameter", "localhost", "address", "other spelling"),
        *("several hosts", "environment", "service"),
    ],
)
def test_an_alias_of_the_audited_database_is_refused(
    alias: str,
    listening: tuple[ScratchServer, int],
    audited: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server, port = listening
    file = tmp_path / "services.conf"
    file.write_text(f"[audited]\nhost=127.0.0.1\nport={port}\ndbname={audited}\nuser=postgres\n")
    url, environment = aliases(server, port, audited)[alias]
    for name, value in environment.items():
        monkeypatch.setenv(name, str(file) if name == "PGSERVICEFILE" else value)
    source = f"postgresql://postgres@127.0.0.1:{port}/{audited}"
    with (
        psycopg.connect(url, autocommit=True) as copy,
        pytest.raises(UsageError, match="is the audited"),
    ):
        refuse_audited(copy, [source])
    if alias != "service":  # which may be anywhere, so that auditing it takes TLS
        with (
            psycopg.connect(source, autocommit=True) as copy,
            pytest.raises(UsageError, match="is the audited"),
        ):
            refuse_audited(copy, [url])


def test_another_database_of_the_server_is_a_copy(
    listening: tuple[ScratchServer, int], audited: str
) -> None:
    _run(listening, "postgres", f"CREATE DATABASE copied TEMPLATE {audited}")
    with psycopg.connect(_url(listening, "copied"), autocommit=True) as copy:
        refuse_audited(copy, [f"postgresql://postgres@127.0.0.1:{listening[1]}/{audited}"])
        held = copy.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
    assert held == (0,)


def test_an_audited_database_that_does_not_answer_is_an_error(
    listening: tuple[ScratchServer, int], audited: str
) -> None:
    with (
        psycopg.connect(_url(listening, audited), autocommit=True) as copy,
        pytest.raises(SourceError),
    ):
        refuse_audited(copy, ["postgresql://postgres@127.0.0.1:1/gone"])


def test_the_command_applies_nothing_to_an_alias(
    listening: tuple[ScratchServer, int], audited: str, tmp_path: Path
) -> None:
    server, port = listening
    source, _ = aliases(server, port, audited)["address"]
    alias, _ = aliases(server, port, audited)["localhost"]
    done: subprocess.CompletedProcess[str] = ctb(
        tmp_path, source, "--rows", "5", "--no-log", "--verify-against", alias, **dict(os.environ)
    )
    assert done.returncode == 2
    assert "is the audited" in done.stderr and "name a copy of it" in done.stderr
    with psycopg.connect(source) as session:
        columns = session.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'invoices'::regclass AND attnum > 0"
        ).fetchall()
    assert columns == [("id",), ("status",), ("email",)]
