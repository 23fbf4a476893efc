"""The files that `ctb tag` reads and writes."""

import os
from collections.abc import Sequence
from pathlib import Path

from ctb_audit.cli.tag_checksums import Checksums
from ctb_audit.errors import UsageError
from ctb_audit.lean import dataclass
from ctb_audit.sources.files import discover
from ctb_audit.tag.plan import Change, File, file_of
from ctb_audit.tag.syntax import is_taggable
from ctb_audit.whole_file import write_whole

_WRITABLE = 0o222


@dataclass(frozen=True, slots=True)
class Seen:
    """`all`: files of known kinds, whose ids count; `targets`: those that are to be tagged.
    `passed`: path -> why it was passed over; `refused`: likewise, though it was named.
    """

    root: Path
    all: tuple[File, ...]
    targets: tuple[File, ...]
    passed: dict[str, str]
    refused: dict[str, str]


def look(
    root: Path, paths: Sequence[Path], exclude: Sequence[str], *, checksummed: bool = False
) -> Seen:
    """Reads the project. Raises UsageError for a path that is not there or not in it.

    `checksummed`: do not keep off migrations of which a tool keeps a checksum.
    """
    found = discover(root, root, exclude, is_taggable)
    passed = {skipped.path: skipped.reason for skipped in found.skipped}
    names, refused = list(found.files), dict[str, str]()
    wanted = [_inside(path, root) for path in paths]
    for place in wanted:
        if not (root / place).is_dir() and place not in names:
            _add(place, root, names, refused)
    files, checksums = [], Checksums(root)
    for name in names:
        try:
            content = (root / name).read_bytes()
        except OSError as error:
            refused[name] = f"cannot be read: {(error.strerror or '').lower()}"
            continue
        keeper = "" if checksummed else checksums.keeper(name, content)
        file = file_of(name, content, f"{keeper} keeps a checksum of it" if keeper else "")
        files += [file] if file else []
    chosen = [file for file in files if not wanted or _below(file.path, wanted)]
    return Seen(root, tuple(files), tuple(chosen), passed, refused)


def put(root: Path, change: Change) -> str:
    """Write a file all or nothing, its mode kept; why it could not be done, "" where it was."""
    path = (root / change.path).resolve()
    try:
        mode = path.stat().st_mode
        if not mode & _WRITABLE:
            return "is read-only and left as it is"
        if path.read_bytes() != change.before:
            return "changed meanwhile and is left as it is; run again"
        write_whole(path, change.after, mode=mode)
    except OSError as error:
        return f"cannot be written: {(error.strerror or '').lower()}"
    return ""


def _inside(path: Path, root: Path) -> str:
    place = Path(os.path.abspath(path))
    if not place.exists():
        raise UsageError(str(path), "does not exist", "check the path")
    place = place.parent.resolve() / place.name if place.name else place
    if not place.is_relative_to(root):
        raise UsageError(str(path), f"lies outside of {root}", "run ctb tag in its own project")
    return place.relative_to(root).as_posix()


def _add(place: str, root: Path, names: list[str], refused: dict[str, str]) -> None:
    """A file that was named though discovery passes over it: hidden, ignored, of another kind."""
    if not (root / place).resolve().is_relative_to(root):
        refused[place] = "is a link that leaves the project, and left as it is"
    elif not (root / place).is_file():
        refused[place] = "is no file that could be read and written"
    elif not is_taggable(place):
        refused[place] = "is of a kind whose comments ctb does not know"
    else:
        names.append(place)


def _below(path: str, wanted: Sequence[str]) -> bool:
    return any(place in (".", path) or path.startswith(f"{place}/") for place in wanted)
