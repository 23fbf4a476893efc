"""The sources' lines near findings, for reports that quote them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ctb_audit.errors import SourceError
from ctb_audit.result import Audit
from ctb_audit.sources.files import read_text

BEFORE, AFTER = 2, 4
_WIDTH = 240  # characters of a line that are quoted
_LARGEST = 64_000_000  # bytes of a file that is read again for its lines


def source_lines(audit: Audit, roots: Sequence[Path]) -> Mapping[str, Mapping[int, str]]:
    """Path -> line number -> text, around every finding whose file is below one of `roots`.

    Files that are gone or unreadable are left out: a report without an excerpt is still one.
    """
    wanted: dict[str, set[int]] = {}
    for finding in audit.findings:
        place = finding.location
        if place is not None and place.line and "://" not in place.path:
            wanted.setdefault(place.path, set()).add(place.line)
    found = {path: _lines(path, numbers, roots) for path, numbers in wanted.items()}
    return {path: lines for path, lines in found.items() if lines}


def _lines(path: str, numbers: Iterable[int], roots: Sequence[Path]) -> Mapping[int, str]:
    text = next((text for root in roots if (text := _text(root, path)) is not None), None)
    if text is None:
        return {}
    lines = text.split("\n")
    near = {n for line in numbers for n in range(line - BEFORE, line + AFTER + 1)}
    return {n: _cut(lines[n - 1]) for n in sorted(near) if 1 <= n <= len(lines)}


def _text(root: Path, path: str) -> str | None:
    """The file's text; None where it lies outside the root or cannot be read."""
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file():
        return None
    if file.stat().st_size > _LARGEST:
        return None
    try:
        return read_text(file, path)
    except SourceError:
        return None


def _cut(line: str) -> str:
    line = line.rstrip("\r")
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
