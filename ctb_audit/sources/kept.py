"""Remembers what scripts do: a warm audit reads those that changed.

What libpg_query and the readers behind it made of a script is kept as a pickle of its operations,
which is read back in a tenth of the time; it lies where only this user writes: in the user's own
cache, not in the repository that is audited.

A script's key is its whole text, its path and how it is read, so nothing is ever stale; a pack
holds what the last audits of a folder used and belongs to one state of this program.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ctb_audit.model import System
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import Parser
from ctb_audit.sources.pack import Pack, unpickled

KEPT_FROM = 16_384
"""Characters of scripts from which reading them costs more than looking for a pack."""

_UNUSED = 4
"""A pack of which more than the fourth part was not used is written anew."""

Reader = Callable[..., Script]
_PACKAGE = Path(__file__).resolve().parents[1]
_OURS = (
    *("lean.py", "lean_methods.py", "constructors.py", "model.py", "names.py"),
    *("document_model.py", "semantics", "sources/ddl", "sources/pack.py"),
)
"""The files of this package that decide what a script is read as."""


Key = tuple[str, str, System, Parser]
"""Everything that a script's operations depend on, beside the program: its text, its path, and how
it is read."""


class KeptScripts:
    """The scripts of the audits of one folder, `home`."""

    def __init__(self, home: Path) -> None:
        folder = _folder()
        name = f"{_mark(os.fsencode(home.absolute())):016x}.pack"
        self._pack = Pack(folder / name) if folder is not None else None
        self._known: dict[Key, bytes] | None = None
        self._used: dict[Key, bytes] = {}
        self._anew: dict[Key, Script] = {}

    def before(self, reader: Reader) -> Reader:
        """The reader, asked for what is not kept only."""

        def read(text: str, path: str, system: System, *, parser: Parser) -> Script:
            key = text, path, system, parser
            kept = self._kept(key)
            if kept is not None:
                return kept
            script = reader(text, path, system, parser=parser)
            self._anew[key] = script
            return script

        return reader if self._pack is None else read

    def keep(self) -> None:
        """Write what was read anew: behind the pack, or all that was used where a good part of the
        pack was not.
        """
        if self._pack is None or not self._anew:
            return
        from _pickle import dumps

        read = {
            key: dumps(Script(s.path, s.system, tuple(s.effects), s.mistakes), 5)
            for key, s in self._anew.items()
        }
        self._anew = {}
        unused = len(self._known or {}) - len(self._used)
        if unused * _UNUSED > len(self._used) or not self._pack.add(read):
            self._pack.write(_program(), {**self._used, **read})
        self._used |= read

    def _kept(self, key: Key) -> Script | None:
        if self._pack is None:
            return None
        if self._known is None:
            self._known = self._pack.read(_program())
        held = self._known.get(key)
        if held is None:
            return None
        found = unpickled(held)
        if not isinstance(found, Script):
            return None
        self._used[key] = held
        return found


def _mark(path: bytes) -> int:
    """FNV-1a: the libraries that make marks take longer to load than this takes."""
    found = 0xCBF29CE484222325
    for byte in path:
        found = (found ^ byte) * 0x100000001B3 % 2**64
    return found


# ---- where, and of which program -----------------------------------------------------------------


def _folder() -> Path | None:
    """Where packs lie: `CTB_CACHE`, else the place of the system; None for no such place."""
    named = os.environ.get("CTB_CACHE")
    if named:
        return Path(named) / "scripts"
    with suppress(RuntimeError):
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return Path(local or Path.home() / "AppData" / "Local") / "ctb" / "cache" / "scripts"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "ctb" / "scripts"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ctb" / "scripts"
    return None


@cache
def _program() -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """The files that decide what a script is read as: their names, sizes and times."""
    found: list[tuple[str, int, int]] = []
    for name in _OURS:
        found += _states(os.path.join(_PACKAGE, name))
    for library in ("pgparse", "sqlglot"):
        spec = find_spec(library)
        found += _states(spec.origin) if spec is not None and spec.origin else ()
    return sys.version, tuple(found)


def _states(path: str) -> Iterator[tuple[str, int, int]]:
    if os.path.isdir(path):
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir() and entry.name != "__pycache__":
                    yield from _states(entry.path)
                elif entry.name.endswith(".py"):
                    state = entry.stat()
                    yield entry.path, state.st_size, state.st_mtime_ns
    else:
        state = os.stat(path)
        yield path, state.st_size, state.st_mtime_ns
