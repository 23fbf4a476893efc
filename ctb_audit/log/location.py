"""From what a user names a log by to the log."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ctb_audit.errors import LogError, UsageError
from ctb_audit.log.entry import Log

if TYPE_CHECKING:
    from ctb_audit.log.postgres import PostgresLog

DEFAULT_LOG = ".ctb/compliance.db"
_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql", "postgres")
_FORMS = "write sqlite:///relative, sqlite:////absolute, a path, postgresql://... or env:NAME"


def open_log(url: str = "", *, root: Path, create: bool | None = None) -> Log:
    """The log that `url` names; "" is `.ctb/compliance.db` below `root`.

    `sqlite:///relative` and bare paths count from `root`; `env:NAME` reads the URL from the
    environment. `create` decides whether a missing table is made on the first write: by
    default in SQLite, and in PostgreSQL only on request; rows for a PostgreSQL log that cannot be
    reached wait in `.ctb/spool` below `root`. Nothing is opened before the first use.

    Raises UsageError for a form that is not known, LogError for an empty variable.
    """
    named = resolved(url)
    if "://" in named and not named.startswith("sqlite:"):
        from ctb_audit.log.spool import SPOOL, SpooledLog

        return SpooledLog(postgres_log(named, create is True), root / SPOOL)
    from ctb_audit.log.sqlite import SqliteLog

    return SqliteLog(root / sqlite_path(named), create is not False)


def sqlite_path(url: str) -> Path:
    """The file of a SQLite URL or bare path, as written (relative ones stay so)."""
    if not url.startswith("sqlite:"):
        return Path(url or DEFAULT_LOG)
    path = unquote(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE) or not path or "?" in path:
        raise UsageError(f"log {url}", "not a SQLite URL", _FORMS)
    return Path(path)


def postgres_log(url: str, create: bool = False) -> "PostgresLog":
    """Raises UsageError for a URL of another kind."""
    scheme = urlsplit(url).scheme
    if scheme not in _POSTGRES:
        raise UsageError(f"log {scheme}://...", "no such kind of log", _FORMS)
    from ctb_audit.log.postgres import PostgresLog

    return PostgresLog(url, create)


def resolved(url: str) -> str:
    """The URL, that of the environment for `env:NAME`; LogError where the variable is empty."""
    if not url.startswith("env:"):
        return url
    value = os.environ.get(url.removeprefix("env:"), "")
    if not value:
        raise LogError(f"log {url}", "the variable is not set", "set it, or use --no-log")
    return value
