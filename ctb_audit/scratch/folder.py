"""Private folders of scratch servers and of runs: made, recognised, and swept after a crash.

A folder's name starts with our prefix; it holds `lock`, which the process that owns it
keeps locked while it lives. A folder of ours whose lock is free belongs to a dead process.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ctb_audit.errors import ScratchError
from ctb_audit.scratch.account import Account

PREFIX = "ctb-scratch-"
SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103  # bytes; macOS 104 with the final zero, Linux 108
_RANDOM = 8  # characters that mkdtemp adds


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of this run, removed on leaving, or by the next run where this one is killed."""
    account = Account()
    sweep(account)
    path, descriptor = make_folder(account, Path(tempfile.gettempdir()))
    try:
        yield path
    finally:
        remove_folder(path)
        os.close(descriptor)


def make_folder(account: Account, base: Path | None = None) -> tuple[Path, int]:
    """A new private folder that `account` owns and the descriptor of its held lock; below `base`,
    or where a server's socket can be.
    """
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base or _base()))
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    account.own(path)
    return path, descriptor


def _base() -> Path:
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):
        socket = base / (PREFIX + "x" * _RANDOM) / SOCKET_NAME
        fits = len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH
        if fits and os.access(base, os.W_OK) and (os.geteuid() != 0 or _open_to_all(base)):
            return base
    raise ScratchError(
        "scratch server",
        f"{tempfile.gettempdir()} and /tmp are too long for a socket's path or not writable",
        "set TMPDIR to a short folder that all users may enter",
    )


def _open_to_all(base: Path) -> bool:
    return all(p.stat().st_mode & stat.S_IXOTH for p in (base, *base.parents))


def sweep(account: Account) -> int:
    """Ends the servers and removes the folders that dead processes left; how many there were."""
    swept = 0
    for base in {Path(tempfile.gettempdir()), Path("/tmp")}:
        for path in base.glob(PREFIX + "*"):
            if _ours(path, account) and _abandoned(path):
                end_server(path)
                remove_folder(path)
                swept += 1
    return swept


def _ours(path: Path, account: Account) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(status.st_mode) and not stat.S_IMODE(status.st_mode) & 0o077
    return private and status.st_uid in (os.geteuid(), account.owner)


def _abandoned(path: Path) -> bool:
    """True where the lock is there and nobody holds it."""
    try:
        descriptor = os.open(path / "lock", os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return _older_than_a_minute(path)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _older_than_a_minute(path: Path) -> bool:
    """A folder without a lock is being made just now, or its removal was cut off."""
    try:
        return time.time() - path.lstat().st_mtime > 60
    except OSError:
        return False


def remove_folder(path: Path) -> None:
    for _ in range(50):  # a server that is ending may still be writing
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(0.02)


def end_server(path: Path, patience_s: float = 10.0) -> None:
    """Ends the server of the folder `path` at once, if its process is proven to be that."""
    pid = server_pid(path)
    if pid is None:
        return
    deadline = time.monotonic() + patience_s
    for number in (signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
        while time.monotonic() < deadline:
            if server_pid(path) != pid:
                return
            time.sleep(0.01)
        deadline = time.monotonic() + 1.0


def server_pid(path: Path) -> int | None:
    """The process that `postmaster.pid` names, if its command line holds this very folder."""
    try:
        pid = int((path / "data" / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return None
    return pid if pid > 1 and str(path / "data") in _command_line(pid) else None


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    if Path("/proc/self").exists():
        return ""
    listed = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout
