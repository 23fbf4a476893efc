"""Digests of what an audit of a target reads: equal ones need no second audit."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path

from ctb_audit import __version__
from ctb_audit.config import Config
from ctb_audit.fleet.task import Task
from ctb_audit.rulebook import load_standard, standard_ids
from ctb_audit.sources.files import PASSED_OVER
from ctb_audit.trees import READ

_NOT_READ = frozenset({"key", "timeout", "place", "team", "system"})


def digest_of(task: Task, content: str) -> str:
    """Of the whole task: tool, rules, settings, target, and the `content` that it stands for."""
    target = {k: v for k, v in asdict(task.target).items() if k not in _NOT_READ}
    settings = {k: v for k, v in asdict(task.settings).items() if k != "run"}
    named = [Path(s) for s in (task.settings.standard, task.target.standard) if s.endswith(".toml")]
    files = [_hash(path).hex() for path in named]
    parts = [__version__, built_in(), target, settings, files, content]
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def content_of(folder: Path, config: Config) -> str:
    """Digest of the files that an audit of the folder may read, of the names of all others (a
    document may name them), and of the configuration, baseline and rules, wherever they are.
    """
    found = sha256()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        found.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        if path.suffix.lower() in READ or path.name == ".gitignore":
            found.update(_hash(path))
    extras = [path for path in (config.path, config.baseline) if path is not None]
    rules = [path for place in (*config.rules, *config.standards) for path in _files(place)]
    for extra in (*extras, *rules):
        found.update(_hash(extra))
    return found.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in PASSED_OVER)
        yield from (Path(place, name) for name in sorted(files))


def _hash(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            found = sha256()
            while block := file.read(1 << 20):
                found.update(block)
    except OSError as error:
        return f"{error.errno}".encode()
    return found.digest()


@cache
def built_in() -> str:
    """Digest of every built-in rule and standard."""
    hashes = " ".join(load_standard(name).hash for name in standard_ids())
    return sha256(hashes.encode()).hexdigest()
