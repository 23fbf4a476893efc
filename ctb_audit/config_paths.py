"""Paths in a configuration stay in its project.

A configuration comes with a repository, whoever sent the change that is audited: it must not make
an audit read or write elsewhere. What lies elsewhere is named by the person who runs it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from ctb_audit.errors import ConfigurationError

_SQLITE = "sqlite:///"
_STEPS: Mapping[str, str] = {
    "sources": "name it as an argument",
    "log": "name it with --log, or write env:NAME",
    "baseline": "name it with --baseline",
    "standard": "name it with --standard",
}


def refuse_outside(table: Mapping[str, Any], root: Path, place: str) -> None:
    """Raises ConfigurationError for the first path that leaves the repository around `root`, or
    `root` itself where there is none, links followed.
    """
    project = _project(root)
    for key, path in _paths(table):
        if not (root / path).resolve().is_relative_to(project):
            step = _STEPS.get(key, "keep it in the project")
            raise ConfigurationError(f"{place}{key}", f"{path} leaves the project", step)


def _project(root: Path) -> Path:
    chain = (root, *root.parents)
    return next((p for p in chain if (p / ".git").exists()), root).resolve()


def _paths(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("rules", "standards"):
        yield from ((key, path) for path in table.get(key, ()))
    yield from ((key, table[key]) for key in ("baseline", "templates") if key in table)
    if PurePosixPath(table.get("standard", "")).suffix == ".toml":
        yield "standard", table["standard"]
    yield from (("sources", s) for s in table.get("sources", ()) if not _is_elsewhere(s))
    log = table.get("log", "none")
    if log.startswith(_SQLITE):
        yield "log", unquote(log.removeprefix(_SQLITE))
    elif log != "none" and not _is_elsewhere(log):
        yield "log", log


def _is_elsewhere(text: str) -> bool:
    return text == "-" or text.startswith("env:") or "://" in text
