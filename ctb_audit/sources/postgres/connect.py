"""Opens connections: over TLS where the host is remote (STANDARD section 9), without a secret in an
error, and not waiting for ever. All of the program goes through here, the log included.
"""

import contextlib
import ipaddress
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from ctb_audit.errors import SourceError
from ctb_audit.lean import pattern

if TYPE_CHECKING:
    import psycopg

OLDEST_VERSION = 140000
_STRONG_MODES = ("require", "verify-ca", "verify-full")
_GRACE_S = 15.0  # beyond the server's own timeouts
_DEFAULTS: Mapping[str, str] = {
    "application_name": "ctb-audit",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
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
    found += [
        word for word in _setting(parameters, "options").replace("=", " ").split() if len(word) > 3
    ]
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
    in_a_file = _setting(settings, "service")
    if all(is_local(host) for host in hosts.split(",")) and not in_a_file:
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
def connected(
    parameters: Mapping[str, Any], source: str, *, patience_s: float, **options: Any
) -> "Iterator[psycopg.Connection[Any]]":
    """An open connection, closed on leaving. `parameters` are libpq's, `options` psycopg's.

    A server that says nothing for `patience_s` seconds is given up. Raises SourceError where TLS is
    due and not there, else what psycopg raises.
    """
    from ctb_audit.sources.postgres.patience import patient

    settings = {**_DEFAULTS, **secured(parameters, source)}
    with patient(patience_s).connect(**settings, **options) as connection:
        if not (_peer_is_local(connection) or connection.pgconn.ssl_in_use):
            raise SourceError(source, "the session is not encrypted", "enable TLS on the server")
        yield connection


def _peer_is_local(connection: "psycopg.Connection[Any]") -> bool:
    """By the address that was reached: a name like localhost may be anybody's."""
    return is_local(connection.info.hostaddr or connection.info.host)


@contextlib.contextmanager
def session(
    url: str, source: str, *, timeout_s: float, connect_timeout_s: int
) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
    """A connection with one read-only transaction at REPEATABLE READ.

    Whatever psycopg raises inside comes out as a SourceError without a secret and without the
    original exception, whose text may hold one.
    """
    import psycopg

    from ctb_audit.sources.postgres.refusals import failed

    parameters = parse(url, source)
    hidden = secrets(url, parameters)
    parameters.setdefault("connect_timeout", str(connect_timeout_s))
    patience_s = timeout_s + _GRACE_S
    failure: SourceError
    try:
        with connected(
            parameters, source, patience_s=patience_s, prepare_threshold=None
        ) as connection:
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
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    milliseconds = max(1, round(timeout_s * 1000))
    waiting = max(1, milliseconds // 2)  # so that a lock of somebody else is told from slowness
    connection.execute(
        "SELECT set_config('statement_timeout', %s, true), set_config('search_path', '', true),"
        " set_config('lock_timeout', %s, true), set_config('quote_all_identifiers', 'off', true),"
        " set_config('client_encoding', 'UTF8', true), set_config('jit', 'off', true),"
        " set_config('max_parallel_workers_per_gather', '0', true)",
        (str(milliseconds), str(waiting)),
    )
