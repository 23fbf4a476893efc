"""`ctb serve`: the endpoints of the schema reference over HTTP."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.errors import IncompleteError, UsageError

if TYPE_CHECKING:
    from ctb_audit.service.access_log import AccessLog
    from ctb_audit.service.guard import Guard
    from ctb_audit.service.jobs import Jobs
    from ctb_audit.service.keys import Keys
    from ctb_audit.service.repositories import Repositories

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_INSTALL = "install it with pip install 'ctb-audit[server]'"


@click.command("serve", epilog="Example: ctb serve --keys keys.txt --port 8000")
@click.argument("root", type=click.Path(path_type=Path), default=".", metavar="[FOLDER]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="0 for a free one.",
)
@click.option(
    "--keys",
    "key_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hashes of API keys; default: those in CTB_API_KEYS.",
)
@click.option(
    "--new-key", metavar="NAME", help="Print a new key, add its hash to --keys FILE, and end."
)
@click.option(
    "--repository",
    "repositories",
    multiple=True,
    metavar="HEIR-ID=FOLDER",
    help="A repository below FOLDER and the id that chooses it; repeatable.",
)
@click.option(
    "--allowed-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name that requests may call the service by; repeatable, * for any.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="ACTION=N",
    help="Requests a minute of a key; default: tag=10, audit=10, remediate=5, history=100.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Jobs at once, of different repositories.",
)
@click.option(
    "--queue", type=click.IntRange(0, 10_000), default=16, show_default=True, help="Jobs that wait."
)
@click.option(
    "--job-seconds",
    type=click.FloatRange(1),
    default=300,
    show_default=True,
    help="Longest time for a job.",
)
@click.option(
    "--grace",
    type=click.FloatRange(1),
    default=30,
    show_default=True,
    help="Seconds that running jobs have when the service stops.",
)
@click.option(
    "--access-log",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File of the access log; default: standard output.",
)
@click.option("--log", "log_url", metavar="URL", help="Compliance log; default: the configured.")
@click.option("--openapi", is_flag=True, help="Print the OpenAPI document, and end.")
def serve_command(root: Path, **values: Any) -> int:
    """Serve the audits of FOLDER, the current one by default, over HTTP.

    POST /api/ctb/tag, /audit, /remediate, GET /api/ctb/history, /api/health and
    /api/openapi.json, and pages for a browser. Every request but the last two needs an API key.
    Ends with 0 when stopped by SIGTERM or Ctrl-C, with 3 where a job had to be cut off.
    """
    key_file: Path | None = values["key_file"]
    if values["new_key"] is not None:
        return _new_key(values["new_key"], key_file)
    from ctb_audit.service.repositories import heir_pattern, registered

    if not root.is_dir():
        raise UsageError(str(root), "is no folder", "name the folder to serve")
    found = registered(root.resolve(), values["repositories"], values["log_url"])
    pattern = heir_pattern(found)
    if values["openapi"]:
        return _openapi(pattern)
    return _serve(found, pattern, values)


def _new_key(name: str, key_file: Path | None) -> int:
    from ctb_audit.service.keys import ENVIRONMENT, append_entry, new_key

    key, line = new_key(name)
    if key_file is None:
        click.echo(f"for {ENVIRONMENT}, or a file for --keys: {line}", err=True)
    else:
        append_entry(key_file, line)
        click.echo(f"its hash is in {key_file}; the key is shown once", err=True)
    click.echo(key)
    return 0


def _openapi(pattern: str) -> int:
    import json

    from ctb_audit.service.openapi import document

    click.echo(json.dumps(document(pattern), indent=2))
    return 0


def _serve(found: "Repositories", pattern: str, values: Mapping[str, Any]) -> int:
    try:
        from ctb_audit.service import server
    except ImportError as error:
        raise UsageError("ctb serve", f"{error.name} is not installed", _INSTALL) from None
    from ctb_audit.service.access_log import opened

    limits = _limits(values["limits"])
    log = opened(values["access_log"])
    bound = server.listening(values["host"], values["port"])
    with bound:
        hosts = _hosts(bound.getsockname()[0], server.is_loopback(bound), values["hosts"])
        keys = _keys(values["key_file"], is_loopback=server.is_loopback(bound))
        _greet(bound.getsockname(), found)
        make = partial(_made, found, pattern, (keys, limits, hosts), values, log)
        cut = server.run(make, bound, log, grace=values["grace"])
    click.echo("ctb: stopped", err=True)
    if cut:
        jobs = "job was" if cut == 1 else "jobs were"
        click.echo(f"ctb: {cut} {jobs} cut off and logged as failed", err=True)
        return IncompleteError.exit_code
    return 0


def _made(
    found: "Repositories",
    pattern: str,
    allowed: "tuple[Keys, Mapping[str, int], frozenset[str]]",
    values: Mapping[str, Any],
    log: "AccessLog",
) -> "tuple[Guard, Jobs]":
    """The application and its queue, made in the event loop."""
    from ctb_audit.service.access import Access
    from ctb_audit.service.api import Service
    from ctb_audit.service.app import application
    from ctb_audit.service.jobs import Bounds, Jobs
    from ctb_audit.service.limits import Limiter

    keys, limits, hosts = allowed
    bounds = Bounds(values["workers"], values["queue"], values["job_seconds"])
    jobs = Jobs(bounds, log)
    service = Service(found, Access(keys, Limiter(limits)), jobs, pattern)
    return application(service, hosts=hosts, told=log), jobs


def _limits(texts: tuple[str, ...]) -> Mapping[str, int]:
    from ctb_audit.service.limits import DEFAULT_LIMITS

    limits = dict(DEFAULT_LIMITS)
    for text in texts:
        action, _, number = text.partition("=")
        if action not in limits or not number.isascii() or not number.isdigit() or int(number) < 1:
            step = f"write ACTION=N, with one of {', '.join(limits)}"
            raise UsageError(f"--limit {text}", "is no limit", step)
        limits[action] = int(number)
    return limits


def _hosts(address: str, is_loopback: bool, named: tuple[str, ...]) -> frozenset[str]:
    """What a Host header may name, in lower case."""
    shown = f"[{address}]" if ":" in address else address
    given = frozenset(name.lower() for name in named)
    if is_loopback:
        return _LOOPBACK | {shown} | given
    if address not in ("0.0.0.0", "::"):
        return given | {shown}
    if not given:
        step = "name what clients call the service by with --allowed-host"
        raise UsageError(f"--host {address}", "listens on every address", step)
    return given


def _keys(path: Path | None, *, is_loopback: bool) -> "Keys":
    """The keys of the file, else of the environment; on loopback else one for this run alone."""
    from ctb_audit.service.keys import (
        ENVIRONMENT,
        KeyFile,
        Keys,
        entries_of,
        keys_of_environment,
        new_key,
    )

    if path is not None:
        return KeyFile(path)
    found = keys_of_environment()
    if found is not None:
        return found
    if not is_loopback:
        step = f"make one with ctb serve --new-key NAME --keys FILE, or set {ENVIRONMENT}"
        raise UsageError("ctb serve", "others can reach this address and there is no API key", step)
    key, line = new_key("this-run")
    click.echo(
        f"ctb: no keys are configured; this one is valid until the service stops: {key}", err=True
    )
    return Keys(entries_of(line, "this run"))


def _greet(address: Any, found: "Repositories") -> None:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    names = ", ".join(found.by_name)
    click.echo(f"ctb: serving {names} on http://{host}:{address[1]}/ (Ctrl-C stops it)", err=True)
