"""Where a report goes: stdout for one, files that are there whole or not at all."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from ctb_audit.errors import IncompleteError, UsageError
from ctb_audit.lean import pattern
from ctb_audit.report.terminal import Line, plain

SUFFIXES: Mapping[str, str] = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".txt": "terminal",
    ".sarif": "sarif",
    ".xml": "junit",
    ".svg": "badge",
}
_EXPLICIT = pattern(r"([a-z]{2,}):(.+)", re.S)


class Target(NamedTuple):
    """A file to write; `format` "" is told by its suffix."""

    path: Path
    format: str = ""

    @classmethod
    def of(cls, text: str, folder: Path | None = None) -> "Target":
        """What `--output` says: `report.sarif`, or `gitlab:quality.json`."""
        explicit = _EXPLICIT.fullmatch(text)
        name, path = explicit.groups() if explicit else ("", text)
        return cls(folder / path if folder else Path(path), name)


class OutputError(IncompleteError):
    """A report that cannot be written; what stood there before is untouched."""


def write_file(path: Path, text: str) -> None:
    """Write all or nothing; the folder is made. Raises OutputError."""
    from ctb_audit.whole_file import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise OutputError(str(path), f"cannot be written: {error.strerror}", _STEP) from None


_STEP = "name a file in a folder that you can write"


def format_of(target: Target, formats: Mapping[str, object]) -> str:
    """The format that a target names, else its suffix."""
    place = f"--output {target.path}"
    if target.format:
        if target.format not in formats:
            place = f"--output {target.format}:{target.path}"
            step = f"use one of {', '.join(formats)}"
            raise UsageError(place, f"there is no format {target.format}", step)
        return target.format
    found = SUFFIXES.get(target.path.suffix.lower())
    if found is None or found not in formats:
        known = ", ".join(s for s, name in SUFFIXES.items() if name in formats)
        step = f"use one of {known}, or write FORMAT:{target.path}"
        raise UsageError(place, "no format has this suffix", step)
    return found


def write_reports(
    targets: tuple[Target, ...], formats: Mapping[str, Callable[[], str]], chosen: str | None
) -> None:
    """Every `--output` in its own format, or in `chosen` where a single one names none."""
    alone = chosen if len(targets) == 1 and not targets[0].format else None
    plans = [(target.path, alone or format_of(target, formats)) for target in targets]
    for path, name in plans:
        write_file(path, formats[name]())


def show(lines: Iterable[Line]) -> None:
    """Styled lines on a terminal, plain text elsewhere and with NO_COLOR."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        click.echo(plain(lines), nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((s.text, s.style) for s in line)))
