"""A file of pickles in the user's own cache: what one state of this program made, part by part.

A pickle can name anything, so these are read by an unpickler that knows the classes of operations
and models and nothing else. The first value of a file says which program wrote it; the parts behind
it are mappings, of which the last to name a key counts. A part is added in one write behind a head
that was read before: whoever reads meanwhile sees all of it, or takes the file for cut there.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from ctb_audit.lean_methods import rebuilt

LARGEST = 16_000_000
"""Bytes of a pack; what is larger is not kept."""

PACKS = 20
"""Of so many folders; the one whose pack was written longest ago is forgotten first."""

_HOLDING = frozenset(
    {"ctb_audit.model", "ctb_audit.names", "ctb_audit.sources.ddl.operations"}
    | {"ctb_audit.sources.ddl.statement"}
)
"""The modules whose classes a pickle of a script may hold."""

_ADDING = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Pack:
    """The pack at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._head = b""

    def read(self, program: object) -> dict[Any, Any]:
        """What this program kept; nothing where the file is missing, broken, another program's, or
        where others may write.
        """
        found: dict[Any, Any] = {}
        with suppress(OSError, TypeError, ValueError):
            if not _is_own(self.path.parent):
                return {}
            content = self.path.read_bytes()
            values = _values(content)
            written, end = next(values, (None, 0))
            if written != program:
                return {}
            head = content[:end]
            for part, behind in values:
                found.update(part)
                end = behind
            self._head = head if end == len(content) else b""
        return found

    def add(self, part: Mapping[Any, Any]) -> bool:
        """Whether the part stands behind what was read, which costs a tenth of writing it anew."""
        from _pickle import dumps

        content = dumps(part, 5)
        with suppress(OSError):
            if not self._head:
                return False
            with os.fdopen(os.open(self.path, _ADDING), "r+b", buffering=0) as file:
                size = os.fstat(file.fileno()).st_size + len(content)
                if size <= LARGEST and file.read(len(self._head)) == self._head:
                    return file.write(content) == len(content)
        return False

    def write(self, program: object, parts: Mapping[Any, Any]) -> None:
        """Write all of it; a folder that cannot be written keeps nothing."""
        from _pickle import dumps

        from ctb_audit.whole_file import keep_newest, write_whole

        content = dumps(program, 5) + dumps(parts, 5)
        if len(content) > LARGEST:
            return
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self.path, content, mode=0o600)
            keep_newest(self.path.parent, "*.pack", PACKS)


def _is_own(folder: Path) -> bool:
    """Nobody else can have written there."""
    if sys.platform == "win32":
        return True
    state = folder.stat()
    return state.st_uid == os.geteuid() and not state.st_mode & 0o022


# ---- pickles of operations ---------------------------------------------------------------------


def _values(content: bytes) -> Iterator[tuple[Any, int]]:
    """The values one behind the other, each with its end, up to one that cannot be read."""
    stream = BytesIO(content)
    while stream.tell() < len(content):
        try:
            value = _unpickler()(stream).load()
        except Exception:  # whatever a broken file makes of the machine that reads pickles
            return
        yield value, stream.tell()


@cache
def _unpickler() -> Callable[[BytesIO], Any]:
    from _pickle import Unpickler, UnpicklingError

    @cache
    def known(module: str, name: str) -> Any:
        found = _class(module, name)
        if found is None:
            raise UnpicklingError(f"{module}.{name} is no operation")
        return found

    return type("Known", (Unpickler,), {"find_class": staticmethod(known)})


def unpickled(content: bytes) -> Any:
    """The value, None for what is no pickle of operations."""
    try:
        return _unpickler()(BytesIO(content)).load()
    except Exception:  # whatever a broken file makes of the machine that reads pickles
        return None


def _class(module: str, name: str) -> Any:
    """What a pickle of operations may name, None for everything else."""
    if (module, name) == (rebuilt.__module__, rebuilt.__name__):
        return rebuilt
    found = vars(sys.modules[module]).get(name) if module in _HOLDING else None
    if not isinstance(found, type) or found.__module__ != module:
        return None
    return found if "__dataclass_fields__" in vars(found) or hasattr(found, "_fields") else None
