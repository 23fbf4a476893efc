"""Real TLS sessions on loopback: a certificate of our own authority, libpq on the other side.

The server is a proxy that ends TLS before a scratch server, because the wheel's PostgreSQL knows
no TLS, and in turn each PostgreSQL here that does.
"""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ctb_audit.errors import LogError, SourceError
from ctb_audit.log import LogEntry, open_log
from ctb_audit.scratch import ScratchServer, available_binaries
from ctb_audit.sources.postgres import connect, read_live
from tests.faults.conftest import CTB
from tests.faults.proxies import Proxy

NATIVE = [binaries for binaries in available_binaries() if binaries.origin == "system"]
DAY = timedelta(days=1)


class Authority:
    """Issues certificates for names."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._issued(
            self._name, self._key.public_key(), x509.BasicConstraints(True, 0)
        )

    def _issued(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name)
        builder = builder.public_key(key).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - DAY).not_valid_after(now + DAY)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    def issue(self, folder: Path, host: str) -> tuple[Path, Path]:
        """The files of a certificate for `host` and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._issued(name, key.public_key(), names)
        (folder / "server.crt").write_bytes(certificate)
        (folder / "server.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (folder / "server.key").chmod(0o600)
        return folder / "server.crt", folder / "server.key"


class Secure(NamedTuple):
    """A TLS server named localhost; `ours` and `other` are files of authorities."""

    port: int
    ours: Path
    other: Path

    def url(self, query: str, host: str = "localhost") -> str:
        return f"postgresql://postgres@{host}:{self.port}/postgres?hostaddr=127.0.0.1&{query}"


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=["proxy", *NATIVE], ids=lambda p: getattr(p, "origin", p))
def secure(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("tls")
    authority, other = Authority("ctb test authority"), Authority("another authority")
    certificate, key = authority.issue(folder, "localhost")
    (folder / "ours.crt").write_bytes(authority.certificate)
    (folder / "other.crt").write_bytes(other.certificate)
    with ExitStack() as stack:
        if request.param == "proxy":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server = stack.enter_context(ScratchServer())
            port = stack.enter_context(Proxy(server, context=context)).port
        else:
            port = free_port()
            settings = {"listen_addresses": "127.0.0.1", "port": str(port)}
            server = stack.enter_context(ScratchServer(request.param, settings=settings))
            for file in (certificate, key):
                shutil.copy(file, server.data_folder)
                shutil.chown(server.data_folder / file.name, *_owner(server.data_folder))
            with psycopg.connect(f"{server.url()}?port={port}", autocommit=True) as session:
                session.execute("ALTER SYSTEM SET ssl = on")
                session.execute("SELECT pg_reload_conf()")
            _await_tls(port)
        yield Secure(port, folder / "ours.crt", folder / "other.crt")


@pytest.fixture(scope="module")
def plain() -> Iterator[int]:
    """The port of a server that knows no TLS."""
    with ScratchServer() as server, Proxy(server) as proxy:
        yield proxy.port


def _owner(path: Path) -> tuple[int, int]:
    return path.stat().st_uid, path.stat().st_gid


def _await_tls(port: int) -> None:
    """The server takes its new settings after it said so."""
    for _ in range(1000):
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/?sslmode=require").close()
        except psycopg.OperationalError:
            continue
        return
    raise AssertionError("the server speaks no TLS")


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_known_authority_and_name_are_accepted(secure: Secure, mode: str) -> None:
    catalog = read_live(secure.url(f"sslmode={mode}&sslrootcert={secure.ours}"))
    assert catalog.source == f"postgresql://postgres@localhost:{secure.port}/postgres"


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_another_authority_is_refused(secure: Secure, mode: str) -> None:
    with pytest.raises(SourceError, match="certificate was not accepted") as caught:
        read_live(secure.url(f"sslmode={mode}&sslrootcert={secure.other}"))
    assert caught.value.exit_code == 3


def test_another_name_is_refused_by_verify_full_alone(secure: Secure) -> None:
    query = f"sslrootcert={secure.ours}"
    found = read_live(secure.url(f"sslmode=verify-ca&{query}", host="db.example.org"))
    assert found.source.startswith("postgresql://postgres@db.example.org")
    with pytest.raises(SourceError, match="certificate was not accepted"):
        read_live(secure.url(f"sslmode=verify-full&{query}", host="db.example.org"))


@pytest.mark.parametrize("mode", ["", "sslmode=allow", "sslmode=prefer"])
def test_a_remote_host_is_spoken_to_over_tls_whatever_was_asked(
    secure: Secure, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "is_local", lambda host: False)
    used = []
    with connect.session(secure.url(mode), "it", timeout_s=5, connect_timeout_s=5) as connection:
        used.append(connection.pgconn.ssl_in_use)
    assert used == [True]


def test_a_remote_host_without_tls_is_refused(plain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "is_local", lambda host: False)
    url = f"postgresql://postgres@127.0.0.1:{plain}/postgres"
    with pytest.raises(SourceError, match="sslmode=disable, and TLS is required"):
        read_live(f"{url}?sslmode=disable")
    with pytest.raises(SourceError, match="no TLS session with the server"):
        read_live(url)
    log = open_log(f"{url}?sslmode=disable", root=Path())
    with pytest.raises(LogError, match="TLS is required for a remote host"):
        log.write(LogEntry("audit", 0, "completed", datetime.now(UTC)))


def test_a_name_that_only_looks_local_is_found_out_before_anything_is_sent(
    plain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """localhost that leads elsewhere: its name asks for no TLS, the address that it led to does."""
    monkeypatch.setattr(connect, "is_local", lambda host: host == "localhost")
    with pytest.raises(SourceError, match="not encrypted"):
        read_live(f"postgresql://postgres@localhost:{plain}/postgres?sslmode=disable")


def test_the_command_ends_in_3(secure: Secure, tmp_path: Path) -> None:
    url = secure.url(f"sslmode=verify-full&sslrootcert={secure.other}")
    command = [*CTB, "audit", "--no-log", url]
    done = subprocess.run(command, cwd=tmp_path, check=False, timeout=60, capture_output=True)
    assert done.returncode == 3
    assert b"certificate was not accepted" in done.stderr
