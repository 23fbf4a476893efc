"""Where a report goes: stdout for one, files written to a temporary name and renamed."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from ctb_audit.errors import IncompleteError, UsageError
from ctb_audit.report.terminal import Line, plain

SUFFIXES: Mapping[str, str] = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".txt": "terminal",
}


class OutputError(IncompleteError):
    """A report that cannot be written; what stood there before is untouched."""


def write_file(path: Path, text: str) -> None:
    """Write all or nothing: a temporary file beside the target, renamed over it."""
    place = str(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputError(place, f"cannot be written: {error.strerror}", _STEP) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise OutputError(place, f"cannot be written: {error.strerror}", _STEP) from None
        raise


_STEP = "name a file in a folder that you can write"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def format_of(path: Path, formats: Mapping[str, object]) -> str:
    """The format that a file's suffix names."""
    found = SUFFIXES.get(path.suffix.lower())
    if found is None or found not in formats:
        known = ", ".join(s for s, name in SUFFIXES.items() if name in formats)
        raise UsageError(f"--output {path}", "no format has this suffix", f"use one of {known}")
    return found


def write_reports(
    outputs: tuple[Path, ...], formats: Mapping[str, Callable[[], str]], chosen: str | None
) -> None:
    """Every `--output` in the format of its suffix, or in `chosen` where a single one is given."""
    plans = [
        (path, chosen if chosen and len(outputs) == 1 else format_of(path, formats))
        for path in outputs
    ]
    for path, name in plans:
        write_file(path, formats[name]())


def show(lines: list[Line]) -> None:
    """Styled lines on a terminal, plain text elsewhere and with NO_COLOR."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        click.echo(plain(lines), nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((s.text, s.style) for s in line)))
