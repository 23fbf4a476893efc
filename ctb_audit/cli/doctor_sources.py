"""What `ctb doctor` says of configured sources and the log: there, missing, or opened."""

import os
from pathlib import Path
from typing import NamedTuple

from ctb_audit.config import Config
from ctb_audit.errors import CtbError
from ctb_audit.log import DEFAULT_LOG, open_log

ENVIRONMENT = (
    *("DATABASE_URL", "NEON_DATABASE_URL"),
    *("BIGQUERY_PROJECT_ID", "BIGQUERY_DATASET", "BIGQUERY_CREDENTIALS_PATH"),
    *("FIREBASE_PROJECT_ID", "FIREBASE_CLIENT_EMAIL", "FIREBASE_PRIVATE_KEY"),
    *("FIRESTORE_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS"),
)
_SCHEMES = ("postgresql", "postgres", "bigquery", "firestore")
_UNOPENED = "not opened, --connect does"


class Row(NamedTuple):
    """`note`: where from, or what for. `amiss`: something configured is not there."""

    name: str
    value: str
    note: str = ""
    amiss: bool = False


def source_rows(config: Config, *, connect: bool) -> list[Row]:
    """Each configured source, and whether it is there; live ones are read only to `connect`."""
    if not config.sources:
        return [Row("-", "none configured: what is below the folder", str(config.root))]
    return [_source(source, config, connect) for source in config.sources]


def log_rows(config: Config, *, connect: bool) -> list[Row]:
    """The compliance log; one on a server is asked only to `connect`."""
    named = config.log or DEFAULT_LOG
    if named == "none":
        return [Row("log", "none", config.origin("log"))]
    row = _environment(named) if named.startswith("env:") else Row("log", shown(named), _UNOPENED)
    if row.amiss:
        return [row]
    if not connect and _is_server(_resolved(named)):
        return [row]
    return [_asked(row.name, named, config)]


def environment_rows() -> list[Row]:
    """The variables that name systems, with nothing of what they hold."""
    note = "opened only by a source or log that names it as env:..."
    held = [Row(name, "set", note) for name in ENVIRONMENT if os.environ.get(name)]
    return held or [Row("-", "none set", f"known: {', '.join(ENVIRONMENT[:3])}, ...")]


def shown(text: str) -> str:
    """A source or log as written, without what may hold a password."""
    scheme, mark, _ = text.partition("://")
    if not mark or scheme in ("sqlite", "bigquery", "firestore"):
        return text
    from ctb_audit.sources.postgres.connect import UNNAMED, display_url

    found = display_url(text)
    return f"{scheme}://***" if found == UNNAMED else found


def _source(source: str, config: Config, connect: bool) -> Row:
    if not source.startswith("env:") and "://" not in source:
        path = config.root / source
        kind = "folder" if path.is_dir() else "file" if path.is_file() else ""
        return Row(source, kind or "missing", amiss=not kind)
    row = _environment(source) if source.startswith("env:") else _live(source)
    return row if row.amiss or not connect else _read(row.name, source, config)


def _environment(source: str) -> Row:
    value = os.environ.get(source.removeprefix("env:"), "")
    if not value:
        return Row(source, "not set", f"export {source.removeprefix('env:')}", amiss=True)
    return Row(source, shown(value) if "://" in value else "set", _UNOPENED)


def _live(source: str) -> Row:
    scheme = source.partition("://")[0]
    if scheme not in _SCHEMES:
        step = f"write {', '.join(f'{known}://...' for known in _SCHEMES)}"
        return Row(shown(source), f"no source is called {scheme}://", step, amiss=True)
    return Row(shown(source), "live", _UNOPENED)


def _read(name: str, source: str, config: Config) -> Row:
    from ctb_audit.sources.load import LoadOptions, load

    try:
        catalogs = load([source], LoadOptions(root=config.root))
    except CtbError as error:
        return Row(name, "cannot be read", str(error), amiss=True)
    tables = sum(len(catalog.tables) for catalog in catalogs)
    return Row(name, f"read: {tables} tables", "as an audit reads it")


def _asked(name: str, url: str, config: Config) -> Row:
    place = "" if name == "log" else f"{name}: "
    try:
        log = open_log(url, root=config.root)
        if not _is_server(_resolved(url)) and not Path(log.location).exists():
            return Row("log", f"{place}{shown(url)}", "made by the first audit")
        score = log.last_score()
    except CtbError as error:
        return Row("log", f"{place}{shown(url)}", str(error), amiss=True)
    last = "no audit yet" if score is None else f"last score {score}"
    return Row("log", f"{place}{shown(url)}", last)


def _resolved(url: str) -> str:
    return os.environ.get(url.removeprefix("env:"), "") if url.startswith("env:") else url


def _is_server(url: str) -> bool:
    return "://" in url and not url.startswith("sqlite:")
