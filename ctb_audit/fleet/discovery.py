"""Finds targets below a folder.

A folder with a configuration of its own is a target, and nothing below it is another one. A
repository in which none is configured is a target. A folder directly below the top that holds
schema files and neither of both is a target too.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ctb_audit.config import CONFIG_NAME, PYPROJECT_NAME
from ctb_audit.errors import EmptySourceError, SourceError
from ctb_audit.sources.files import PASSED_OVER, kind_of, matches
from ctb_audit.sources.load import MAY_REFER

_STEP = "name the folder above the repositories, or list targets in fleet.toml"
_SCHEMA_KINDS = frozenset({"sql", "rules"})


def discovered(top: Path, shown: str, exclude: Sequence[str] = ()) -> tuple[str, ...]:
    """The targets as sorted paths from `top`; `shown` names it in messages.

    Raises SourceError where it cannot be listed, EmptySourceError where it holds no target.
    """
    if not top.is_dir():
        raise EmptySourceError(shown, "is no folder", "check the path")
    found = [path for child in _children(top, top, exclude) for path in _below(child, top, exclude)]
    if not found:
        raise EmptySourceError(shown, "holds no repository and no schema", _STEP)
    return tuple(sorted(path.relative_to(top).as_posix() for path in found))


def _below(child: Path, top: Path, exclude: Sequence[str]) -> list[Path]:
    marked = list(_marked(child, top, exclude))
    return marked or ([child] if _holds_schema(child) else [])


def _marked(folder: Path, top: Path, exclude: Sequence[str]) -> Iterator[Path]:
    if _is_configured(folder):
        yield folder
        return
    inner = [p for c in _children(folder, top, exclude) for p in _marked(c, top, exclude)]
    if not inner and (folder / ".git").exists() and _holds_schema(folder):
        inner = [folder]
    yield from inner


def _children(folder: Path, top: Path, exclude: Sequence[str]) -> list[Path]:
    try:
        entries = sorted(e.path for e in os.scandir(folder) if e.is_dir(follow_symlinks=False))
    except OSError as error:
        place = folder.relative_to(top).as_posix()
        reason = (error.strerror or str(error)).lower()
        raise SourceError(place, f"cannot be listed: {reason}", "check its permissions") from None
    return [path for path in map(Path, entries) if _is_entered(path, top, exclude)]


def _is_entered(path: Path, top: Path, exclude: Sequence[str]) -> bool:
    place = path.relative_to(top).as_posix()
    return not (
        path.name.startswith(".")
        or path.name in PASSED_OVER
        or any(matches(place, pattern) for pattern in exclude)
    )


def _holds_schema(folder: Path) -> bool:
    """Whether it holds SQL, security rules or a schema reference, at any depth."""
    for place, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in PASSED_OVER]
        if any(_is_schema(Path(place, name)) for name in files):
            return True
    return False


def _is_schema(path: Path) -> bool:
    kind = kind_of(path.name)
    return kind in _SCHEMA_KINDS or (kind == "document" and bool(MAY_REFER.search(_text(path))))


def _is_configured(folder: Path) -> bool:
    """A pyproject.toml that cannot be read is its owner's business, and said by the audit."""
    if (folder / CONFIG_NAME).is_file():
        return True
    text = _text(folder / PYPROJECT_NAME)
    if "ctb" not in text:
        return False
    from ctb_audit.toml_text import TOMLDecodeError, parse_toml

    try:
        return "ctb" in parse_toml(text).get("tool", {})
    except TOMLDecodeError:
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
