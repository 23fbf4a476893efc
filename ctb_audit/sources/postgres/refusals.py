"""What a server or libpq says, in our words where the cause is known, and never with a secret."""

import re
from typing import TYPE_CHECKING

from ctb_audit.errors import SourceError

if TYPE_CHECKING:
    import psycopg

CHANGED = ("its schema was changed while it was read", "try again once the migration has ended")
"""Problem and next step: definitions are printed as of now, not of the snapshot."""

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
    (
        r"could not open relation with OID|cache lookup failed for",
        *CHANGED,
    ),
    (r"starting up|shutting down", "the server is not ready", "try again later"),
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
        case psycopg.errors.LockNotAvailable():
            return SourceError(
                source,
                "another session keeps a lock that the catalog is read under",
                "try again once its ALTER TABLE, REFRESH or VACUUM FULL has ended",
            )
        case psycopg.errors.InsufficientPrivilege():
            return SourceError(
                source,
                f"the role may not read the catalog: {said(error, hidden)}",
                "grant it SELECT on pg_catalog's tables, or use another role",
            )
    text = said(error, hidden)
    for sign, problem, step in _STEPS:
        if re.search(sign, text):
            return SourceError(source, problem, step)
    if isinstance(error, psycopg.OperationalError):
        return SourceError(source, f"the connection failed: {text}", "check the server and retry")
    return SourceError(source, f"the catalog could not be read: {text}", "")


def said(error: "psycopg.Error", hidden: tuple[str, ...]) -> str:
    """The first line that says something, without secrets."""
    text = error.diag.message_primary or str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    for secret in hidden:
        first = first.replace(secret, "***")
    return first
