"""`ctb id`: make, check and take apart identifiers of a standard."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from ctb_audit.config import Config, load_config, with_options
from ctb_audit.errors import UsageError
from ctb_audit.ids import KINDS, Kind, Parsed, Wanted, candidates, complaint, parse
from ctb_audit.report.inert import inert
from ctb_audit.rulebook.load import load_standard, standard_ids
from ctb_audit.standard import Standard

_MOST = 10_000
_config_option = click.option(
    "--config", type=click.Path(), metavar="FILE", help="Configuration file."
)
_standard_option = click.option(
    "--standard", metavar="ID", help="Standard: ctb-1.0, ctb-1.3, one of yours, or a file."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one id a line.")


@click.group("id", epilog="Example: ctb id new heir --system USER --mode AUTH")
def id_command() -> None:
    """Make, check and take apart identifiers.

    What an id looks like is data of the standard. Kinds: heir (the origin of a table or file),
    row (the value in a row), process (the value of process_id) and table.
    """


@id_command.command("new", epilog="Example: ctb id new heir --system USER --mode AUTH")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--system", default="", help="SYSTEM of a HEIR or process id, as USER.")
@click.option("--mode", default="", help="MODE of a HEIR id, as AUTH.")
@click.option("--table", default="", help="Name of the table of a table id.")
@click.option(
    "--database",
    type=click.Choice(["postgresql", "firestore", "bigquery"]),
    default="postgresql",
    help="Where the table is; default: postgresql.",
)
@click.option("--db", default="", help="First part of a row or process id of ctb-1.3.")
@click.option("--subhive", default="", help="Second part of such an id.")
@click.option("--app", default="", help="Third part of such an id.")
@click.option("--version", default="1", help="Version in a process id of ctb-1.3; default: 1.")
@click.option("--stage", default="", help="Stage in a process id of ctb-1.3.")
@click.option(
    "--count",
    type=click.IntRange(1, _MOST),
    default=1,
    metavar="N",
    help="How many; default: 1.",
)
@click.option("--log", "log_url", metavar="URL", help="The log that gives the ids out.")
@_config_option
@_standard_option
def new_command(kind: Kind, **values: Any) -> int:
    """Give out new ids: no two callers ever get the same.

    They are noted beside the compliance log (table ctb_ids). HEIR and table ids that the
    project's files hold already are passed over.
    """
    count, log_url = values.pop("count"), values.pop("log_url")
    config, standards = _chosen(values.pop("config"), values.pop("standard"))
    from ctb_audit.cli.known_ids import known_ids
    from ctb_audit.log.allocation import open_allocator

    at, wanted = datetime.now(UTC), Wanted(**values)
    tries = [candidates(kind, wanted, standards[0], at) for _ in range(count)]
    taken = known_ids(config) if kind in ("heir", "table") else frozenset[str]()
    allocator, notice = open_allocator(log_url or config.log, root=config.root)
    for text in allocator.allocate(kind, tries, taken):
        click.echo(text)
    if notice:
        click.echo(f"ctb: note: {notice}", err=True)
    return 0


@id_command.command("check", epilog="Example: ctb id check HEIR-2025-10-USER-AUTH-01")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--kind", type=click.Choice(KINDS), help="Accept this kind alone.")
@_config_option
@_standard_option
def check_command(
    ids: tuple[str, ...], kind: Kind | None, config: str | None, standard: str | None
) -> int:
    """Say whether each is an id; `-` reads them from standard input, one a line.

    Exits 1 where one is not. Without --standard and configuration, an id of any built-in
    standard counts.
    """
    _, standards = _chosen(config, standard)
    wrong = 0
    for text in _texts(ids):
        found = [p for p in _parsed(text, standards) if kind is None or kind in p.kinds]
        if found:
            where = "; ".join(f"{', '.join(p.kinds)} id of {p.standard}" for p in found)
            click.echo(f"{inert(text)}: {where}")
            continue
        wrong += 1
        click.echo(f"{inert(text)}: {_why(text, standards, kind)}")
    return 1 if wrong else 0


@id_command.command("parse", epilog="Example: ctb id parse PRC-AUTH-1761177600")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_json_option
@_config_option
@_standard_option
def parse_command(
    ids: tuple[str, ...], as_json: bool, config: str | None, standard: str | None
) -> int:
    """Take ids apart. Exits 1 where one is no id."""
    _, standards = _chosen(config, standard)
    wrong = 0
    for text in _texts(ids):
        found = _parsed(text, standards)
        wrong += not found
        click.echo(_as_json(text, found) if as_json else _as_text(text, found, standards))
    return 1 if wrong else 0


def _chosen(path: str | None, standard: str | None) -> tuple[Config, tuple[Standard, ...]]:
    """The configuration and its standard, or all built-in ones where none is named."""
    from pathlib import Path

    config = with_options(load_config(Path(path) if path else None), standard=standard)
    named = (config.standard,) if config.standard else standard_ids()
    load = [
        load_standard(name, rule_folders=config.rules, standard_folders=config.standards)
        for name in named
    ]
    return config, tuple(load)


def _texts(ids: tuple[str, ...]) -> list[str]:
    if ids != ("-",):
        return list(ids)
    lines = [line.rstrip("\r\n") for line in sys.stdin]
    if not any(lines):
        raise UsageError("ctb id", "standard input holds no id", "give one a line")
    return [line for line in lines if line]


def _parsed(text: str, standards: tuple[Standard, ...]) -> list[Parsed]:
    return [found for standard in standards if (found := parse(text, standard))]


def _why(text: str, standards: tuple[Standard, ...], kind: Kind | None) -> str:
    others = {k for parsed in _parsed(text, standards) for k in parsed.kinds}
    if others:
        return f"is no {kind} id but one of a {' or '.join(sorted(others))}"
    return complaint(text, standards[0])


def _as_json(text: str, found: list[Parsed]) -> str:
    first = found[0] if found else None
    value = {
        "id": text,
        "valid": first is not None,
        "standards": [p.standard for p in found],
        "kinds": list(first.kinds) if first else [],
        "parts": dict(first.parts) if first else {},
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_text(text: str, found: list[Parsed], standards: tuple[Standard, ...]) -> str:
    if not found:
        return f"{inert(text)}: {complaint(text, standards[0])}"
    rows = [("kind", ", ".join(found[0].kinds)), ("standard", ", ".join(p.standard for p in found))]
    rows += list(found[0].parts.items())
    return "\n".join([inert(text), *(f"  {name:<9} {value}" for name, value in rows)])
