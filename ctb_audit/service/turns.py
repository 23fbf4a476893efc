"""One job of a repository at a time, whichever service runs it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ctb_audit.errors import IncompleteError
from ctb_audit.service.job import Job
from ctb_audit.service.repositories import STATE

_FILE = "service.lock"
_AGAIN = 0.1  # seconds between attempts where the system cannot wait for a lock


@contextmanager
def alone_in(job: Job) -> Iterator[None]:
    """Holds the repository's lock, which ends with the process at the latest.

    Waits as long as it takes; who started the process bounds that. Raises IncompleteError where
    the repository cannot be written.
    """
    folder = state_folder(job)
    try:
        handle = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        _wait(handle)
        yield
    finally:
        os.close(handle)


def state_folder(job: Job) -> Path:
    """`.ctb` of the repository, made where it is missing. Raises IncompleteError for one that
    leads elsewhere or cannot be made.
    """
    folder = Path(job.folder) / STATE
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from None
    if folder.resolve() != Path(job.folder).resolve() / STATE:
        raise IncompleteError(STATE, "is a link that leads elsewhere", "make it a folder")
    return folder


def _unwritable(folder: Path, error: OSError) -> IncompleteError:
    problem = f"cannot be written ({error.strerror})"
    return IncompleteError(str(folder), problem, "let the service write there")


def _wait(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(_AGAIN)
            else:
                return
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX)
