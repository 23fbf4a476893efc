"""Files that are there whole or not at all: written under another name, then renamed.

The temporary file is locked as long as its writer lives. One whose lock is free was left by a
process that was killed, and the next write into its folder removes it.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

_PREFIX, _SUFFIX = ".ctb-", ".tmp"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL
_SEEN = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def write_whole(
    path: Path, content: bytes, *, mode: int | None = None, durable: bool = False
) -> None:
    """Makes `content` the file at `path`, or leaves what is there.

    `mode`: permission bits, the file's own or those that the umask gives unless given. `durable`:
    on the disk, name and content, before this returns. Raises OSError.
    """
    _sweep(path.parent)
    handle, temporary = _made(path.parent, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _prepare(handle, path, mode)
            if durable:
                os.fsync(handle)
            if sys.platform != "win32":
                temporary.replace(path)  # while it is locked
        if sys.platform == "win32":
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        _sync_folder(path.parent)


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Remove the files of the folder that fit `pattern`, but for those written last."""
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns)
    for path in files[:-count]:
        path.unlink(missing_ok=True)


def _prepare(handle: int, path: Path, mode: int | None) -> None:
    if mode is None:
        with suppress(OSError):
            mode = path.stat().st_mode
    if mode is not None and sys.platform != "win32":
        os.fchmod(handle, mode & 0o7777)


def _made(folder: Path, mode: int) -> tuple[int, Path]:
    """A new temporary file, locked. Another's sweep may remove it before the lock is held."""
    while True:
        temporary = folder / f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"
        handle = os.open(temporary, _NEW, mode)
        if _lock(handle, wait=True) is None or os.fstat(handle).st_nlink:
            return handle, temporary
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool | None:
    """True where the lock is held now, False where another holds it, None without locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _sweep(folder: Path) -> None:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                _remove_abandoned(entry.path)


def _remove_abandoned(path: str) -> None:
    with suppress(OSError):
        handle = os.open(path, _SEEN)
        try:
            if _lock(handle, wait=False) and os.path.samestat(os.fstat(handle), os.lstat(path)):
                os.unlink(path)
        finally:
            os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Not every system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
