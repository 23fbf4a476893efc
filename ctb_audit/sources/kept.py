"""Remembers what scripts do: a warm audit reads those that changed.

What libpg_query and the readers behind it made of a script is kept as a pickle of its operations,
which is read back in a tenth of the time. A pickle can name anything, so this one is read by an
unpickler that knows the classes of operations and models and nothing else, and it lies where only
this user writes: in the user's own cache, not in the repository that is audited.

A script's key is its whole text, its path and how it is read, so nothing is ever stale; a pack
holds what the last audit of a folder used and belongs to one state of this program.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from ctb_audit.lean import rebuilt
from ctb_audit.model import System
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import Parser

KEPT_FROM = 16_384
"""Characters of scripts from which reading them costs more than looking for a pack."""

LARGEST = 16_000_000
"""Bytes of a pack; what is larger is not kept."""

PACKS = 20
"""Of so many folders; the one whose pack was written longest ago is forgotten first."""

Reader = Callable[..., Script]
_PACKAGE = Path(__file__).resolve().parents[1]
_OURS = ("lean.py", "model.py", "names.py", "document_model.py", "semantics", "sources/ddl")
"""The files of this package that decide what a script is read as."""

_HOLDING = frozenset(
    {"ctb_audit.model", "ctb_audit.names", "ctb_audit.sources.ddl.operations"}
    | {"ctb_audit.sources.ddl.statement"}
)
"""The modules whose classes a pickle of a script may hold."""


class Key(NamedTuple):
    """Everything that a script's operations depend on, beside the program."""

    text: str
    path: str
    system: System
    parser: Parser


class KeptScripts:
    """The scripts of the audits of one folder, `home`."""

    def __init__(self, home: Path) -> None:
        self._folder = _folder()
        self._name = f"{_mark(os.fsencode(home.absolute())):016x}.pack"
        self._known: dict[Key, bytes] | None = None
        self._used: dict[Key, bytes | Script] = {}
        self._read_anew = False

    def before(self, reader: Reader) -> Reader:
        """The reader, asked for what is not kept only."""

        def read(text: str, path: str, system: System, *, parser: Parser) -> Script:
            key = Key(text, path, system, parser)
            kept = self._kept(key)
            if kept is not None:
                return kept
            script = reader(text, path, system, parser=parser)
            self._used[key] = script
            self._read_anew = True
            return script

        return reader if self._folder is None else read

    def keep(self) -> None:
        """Write what was used, where anything of it was read anew. A folder that cannot be
        written keeps nothing.
        """
        if self._folder is None or not self._read_anew:
            return
        from _pickle import dumps

        from ctb_audit.whole_file import keep_newest, write_whole

        self._read_anew = False
        for key, held in self._used.items():
            if isinstance(held, Script):
                whole = Script(held.path, held.system, tuple(held.effects), held.mistakes)
                self._used[key] = dumps(whole, 5)
        content = dumps((_program(), {tuple(k): v for k, v in self._used.items()}), 5)
        if len(content) > LARGEST:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._folder / self._name, content, mode=0o600)
            keep_newest(self._folder, "*.pack", PACKS)

    def _kept(self, key: Key) -> Script | None:
        if self._known is None:
            self._known = self._load()
        held = self._known.get(key)
        if held is None:
            return None
        found = unpickled(held)
        if not isinstance(found, Script):
            return None
        self._used[key] = held
        return found

    def _load(self) -> dict[Key, bytes]:
        """The pack; an empty one where it is missing, broken, or another program's."""
        assert self._folder is not None
        with suppress(OSError, TypeError, ValueError):
            if not _is_own(self._folder):
                return {}
            program, scripts = unpickled((self._folder / self._name).read_bytes())
            if program == _program():
                return dict(scripts)
        return {}


@cache
def _unpickler() -> Callable[[BytesIO], Any]:
    from _pickle import Unpickler, UnpicklingError

    class Known(Unpickler):
        def find_class(self, module: str, name: str, /) -> Any:
            found = _class(module, name)
            if found is None:
                raise UnpicklingError(f"{module}.{name} is no operation")
            return found

    return Known


def unpickled(content: bytes) -> Any:
    """The value, None for what is no pickle of operations."""
    try:
        return _unpickler()(BytesIO(content)).load()
    except Exception:  # whatever a broken file makes of the machine that reads pickles
        return None


@cache
def _class(module: str, name: str) -> Any:
    """What a pickle of operations may name, None for everything else."""
    if (module, name) == (rebuilt.__module__, rebuilt.__name__):
        return rebuilt
    found = vars(sys.modules[module]).get(name) if module in _HOLDING else None
    if not isinstance(found, type) or found.__module__ != module:
        return None
    return found if "__dataclass_fields__" in vars(found) or hasattr(found, "_fields") else None


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


def _is_own(folder: Path) -> bool:
    """Nobody else can have written there."""
    if sys.platform == "win32":
        return True
    state = folder.stat()
    return state.st_uid == os.geteuid() and not state.st_mode & 0o022


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
