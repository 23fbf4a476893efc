"""Opens a session: TLS where the host is remote (STANDARD section 9), and no secret in an error."""

import contextlib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from ctb_audit.errors import SourceError
from ctb_audit.lean import pattern

if TYPE_CHECKING:
    import psycopg

OLDEST_VERSION = 140000
_WEAK_MODES = ("allow", "prefer")
_STRONG_MODES = ("require", "verify-ca", "verify-full")
_KEEPALIVE: Mapping[str, str] = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
_STEPS: tuple[tuple[str, str, str], ...] = (
    # what the text holds, the problem, the next step
    (r"password authentication failed", "wrong password", "check user and password of the URL"),
    (
        r"no password supplied",
        "the server asks for a password",
        "put it into the URL or PGPASSWORD",
    ),
    (r"(translate|resolve) host|[Nn]ame or service", "unknown host", "check the host of the URL"),
    (r"refused", "the connection was refused", "check host and port, and that the server runs"),
    (r"timeout|timed out", "no answer in time", "check host, port and firewall"),
    (
        r"No such file|does not exist.*socket",
        "no server at this socket",
        "check the socket's folder",
    ),
    (r"database .* does not exist", "no such database", "check the database of the URL"),
    (r"role .* does not exist", "no such role", "check the user of the URL"),
    (r"certificate", "the server's certificate was not accepted", "check sslrootcert and the host"),
    (
        r"SSL|TLS|encryption",
        "no TLS session with the server",
        "enable TLS on the server; only loopback and sockets go without",
    ),
    (r"too many (clients|connections)", "no free connection slot", "try again later"),
    (r"pg_hba\.conf", "the server refuses this role from here", "allow it in pg_hba.conf"),
    (r"starting up|shutting down", "the server is not ready", "try again later"),
)


_HOST = r"(?:\[[0-9A-Fa-f:.%]+\]|[^@?#\s:/,\[\]]*)(?::\d*)?"
_URL = pattern(
    rf"postgres(?:ql)?://(?:(?P<user>[^:@/?#\s]*)(?::[^@/?#\s]*)?@)?"
    rf"(?P<rest>{_HOST}(?:,{_HOST})*(?:/[^@:?#\s]*)?)(?:\?.*)?"
)
UNNAMED = "postgresql connection"


def display_url(url: str) -> str:
    """`url` without its password and query: the name of a live source.

    What is not wholly recognised is not shown: an unescaped password may stand anywhere in it.
    """
    match = _URL.fullmatch(url)
    if match is None:
        return UNNAMED
    user = match["user"]
    return f"postgresql://{'' if user is None else user + '@'}{match['rest']}"


def secrets(url: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts that no message may hold."""
    written = urlsplit(url).netloc.rpartition("@")[0].partition(":")[2]
    found = [str(parameters.get(name) or "") for name in ("password", "sslpassword")]
    found += [written, unquote(written), os.environ.get("PGPASSWORD", "")]
    known = {text for secret in found if secret for text in (secret, quote(secret, safe=""))}
    return tuple(sorted(known, key=len, reverse=True))


def parse(url: str, source: str) -> dict[str, Any]:
    """Libpq's parameters; raises SourceError, whose text holds nothing of a malformed URL."""
    import psycopg.conninfo

    with contextlib.suppress(psycopg.ProgrammingError):
        return dict(psycopg.conninfo.conninfo_to_dict(url))
    raise SourceError(
        UNNAMED if source == display_url(url) else source,
        "is not a valid connection URL",
        "percent-encode special characters in it",
    )


def is_local(host: str) -> bool:
    """A Unix socket or a loopback address; "" is libpq's default socket."""
    if not host or host[0] in "/@" or host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def secured(parameters: Mapping[str, Any], source: str) -> dict[str, Any]:
    """`parameters` with TLS required where a host is remote; raises where TLS is refused."""
    settings = dict(parameters)
    hosts = _setting(settings, "hostaddr") or _setting(settings, "host")
    named_elsewhere = not hosts and _setting(settings, "service")
    if all(is_local(host) for host in hosts.split(",")) and not named_elsewhere:
        return settings
    mode = _setting(settings, "sslmode")
    if mode == "disable":
        raise SourceError(
            source,
            "sslmode=disable, and TLS is required for a remote host",
            "remove sslmode or set it to verify-full",
        )
    if mode not in _STRONG_MODES:
        settings["sslmode"] = "require"
    settings.setdefault("gssencmode", "disable")
    return settings


def _setting(parameters: Mapping[str, Any], name: str) -> str:
    return str(parameters.get(name) or os.environ.get(f"PG{name.upper()}") or "")


@contextlib.contextmanager
def session(
    url: str, source: str, *, timeout_s: float, connect_timeout_s: int
) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
    """A connection with one read-only transaction at REPEATABLE READ.

    Whatever psycopg raises inside comes out as a SourceError without a secret and without the
    original exception, whose text may hold one.
    """
    import psycopg

    parameters = parse(url, source)
    hidden = secrets(url, parameters)
    settings = {**_KEEPALIVE, **secured(parameters, source)}
    settings.setdefault("connect_timeout", str(connect_timeout_s))
    settings.setdefault("application_name", "ctb-audit")
    failure: SourceError
    try:
        with psycopg.connect(**settings, prepare_threshold=None) as connection:
            _prepare(connection, source, timeout_s)
            yield connection
            return
    except psycopg.Error as error:
        failure = failed(error, source, hidden, timeout_s)
    except UnicodeDecodeError:
        failure = SourceError(
            source,
            "holds text that is not in the encoding that the database declares",
            "read a dump of it instead",
        )
    raise failure


def _prepare(
    connection: "psycopg.Connection[tuple[Any, ...]]", source: str, timeout_s: float
) -> None:
    import psycopg

    info = connection.info
    if info.server_version < OLDEST_VERSION:
        raise SourceError(
            source,
            f"PostgreSQL {info.server_version // 10000} is too old",
            "PostgreSQL 14 to 18 are read; audit a pg_dump --schema-only of it",
        )
    if not (is_local(info.hostaddr or info.host) or connection.pgconn.ssl_in_use):
        raise SourceError(source, "the session is not encrypted", "enable TLS on the server")
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    milliseconds = max(1, round(timeout_s * 1000))
    connection.execute(
        "SELECT set_config('statement_timeout', %s, true), set_config('search_path', '', true),"
        " set_config('lock_timeout', %s, true), set_config('quote_all_identifiers', 'off', true),"
        " set_config('client_encoding', 'UTF8', true), set_config('jit', 'off', true)",
        (str(milliseconds), str(milliseconds)),
    )


def failed(
    error: "psycopg.Error", source: str, hidden: tuple[str, ...], timeout_s: float
) -> SourceError:
    """What went wrong, in our words where the cause is known."""
    import psycopg

    match error:
        case psycopg.errors.QueryCanceled():
            return SourceError(
                source,
                f"a catalog query took longer than {timeout_s:g} s",
                "raise the timeout, or name the schemas to read",
            )
        case psycopg.errors.InsufficientPrivilege():
            return SourceError(
                source,
                f"the role may not read the catalog: {_text(error, hidden)}",
                "grant it SELECT on pg_catalog's tables, or use another role",
            )
    text = _text(error, hidden)
    for sign, problem, step in _STEPS:
        if re.search(sign, text):
            return SourceError(source, problem, step)
    if isinstance(error, psycopg.OperationalError):
        return SourceError(source, f"the connection failed: {text}", "check the server and retry")
    return SourceError(source, f"the catalog could not be read: {text}", "")


def _text(error: "psycopg.Error", hidden: tuple[str, ...]) -> str:
    """The first line that says something, without secrets."""
    text = error.diag.message_primary or str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    for secret in hidden:
        first = first.replace(secret, "***")
    return first
