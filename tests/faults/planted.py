"""How every command is run for the planted-secret test, and where secrets could have gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import click

from ctb_audit.cli.app import cli

PASSWORD = "Marker-of-URL /&%:x"
MARKERS = {
    "URL": PASSWORD,
    "percent-encoded": quote(PASSWORD, safe=""),
    "PGPASSWORD": "MarkerOfEnvironment",
    ".pgpass": "MarkerOfPgpass",
    "service file": "MarkerOfService",
    "query": "MarkerOfQuery",
    "sslpassword": "MarkerOfSslpassword",
    "options": "MarkerOfOptions",
    "private key": "MarkerOfPrivateKey",
    "credentials file": "MarkerOfCredentials",
    "API key": "MarkerOfApiKey",
}
OTHER = "postgresql://u:MarkerOfOther@127.0.0.1:1/none"

SOURCES = ("env:SOURCE", "migrations", "SCHEMA.md")
ARGUMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "audit": (
        (*SOURCES, "--check-data"),
        ("migrations", "--via-postgres"),
        ("--staged", "--no-log"),
        ("--since", "HEAD", "--no-log"),
    ),
    "inspect": (("env:SOURCE",),),
    "drift": (("env:SOURCE", "migrations", "--no-settle"),),
    "remediate": (("env:SOURCE", "--force", "--verify-against", OTHER), ("env:SOURCE", "--force")),
    "baseline write": (("env:SOURCE",),),
    "baseline update": (("env:SOURCE",),),
    "baseline prune": (("env:SOURCE",),),
    "init": ((".",),),
    "reference": (("env:SOURCE", "-o", "NEW.md"),),
    "report": ((),),
    "history": ((), ("--create",), ("--diff", "latest~1", "latest")),
    "rules": ((),),
    "tag": (("migrations",), ("--diff",)),
    "id new": (("heir", "--system", "USER", "--mode", "AUTH"),),
    "id check": (("HEIR-2025-10-USER-AUTH-01",),),
    "id parse": (("HEIR-2025-10-USER-AUTH-01",),),
    "serve": (("--openapi",), ("--new-key", "ci", "--keys", "keys.txt")),
    "doctor": ((), ("--connect",), ("--json",)),
    "fleet run": (("--fleet", "fleet.toml"),),
    "fleet list": (("--fleet", "fleet.toml"),),
    "fleet report": ((),),
    "fleet merge": ((".ctb/fleet.db",),),
    "explain": (("missing-primary-key",),),
}
SUFFIXES = ("json", "md", "html", "txt", "sarif", "xml", "svg")


@dataclass(frozen=True)
class Leaf:
    """A command that does something; `formats`: option and values of the way it prints."""

    name: str
    command: click.Command
    formats: tuple[tuple[str, str], ...]

    @property
    def calls(self) -> Iterator[tuple[str, ...]]:
        for given in ARGUMENTS[self.name]:
            for chosen in self.formats or ((),):
                yield (*self.name.split(), *given, *chosen)


def leaves() -> tuple[Leaf, ...]:
    """Every command there is, with every format that it knows."""
    return tuple(_leaves(cli, ()))


def _leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[Leaf]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _leaves(found, (*path, name))
        return
    formats = tuple(
        (parameter.opts[0], value)
        for parameter in command.params
        if parameter.name in ("format_", "layout", "shape")
        and isinstance(parameter.type, click.Choice)
        for value in parameter.type.choices
    )
    yield Leaf(" ".join(path), command, formats)


def holding(folder: Path, text: str) -> list[str]:
    """Every place that holds a marker: what was printed, and files below the folder by name."""
    found = [f"output: {name}" for name, marker in MARKERS.items() if marker in text]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [
                f"{path.relative_to(folder)}: {name}"
                for name, marker in MARKERS.items()
                if marker.encode() in content
            ]
    return found
