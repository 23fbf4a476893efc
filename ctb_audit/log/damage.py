"""A damaged SQLite log: whose it is, and how it is kept."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ctb_audit.errors import LogError

APPLICATION_ID = 0x4354424C  # "CTBL"
_AT = 68  # where SQLite's header holds the application id
_STEP = "move it away, or name another file with --log"


def is_ours(path: Path) -> bool:
    """True if the header says so, or the file stands where only `ctb` puts its log."""
    if path.parent.name == ".ctb" and path.name == "compliance.db":
        return True
    with suppress(OSError), path.open("rb") as file:
        file.seek(_AT)
        return file.read(4) == APPLICATION_ID.to_bytes(4, "big")
    return False


def keep_aside(path: Path) -> Path:
    """Gives the file, and what SQLite keeps beside it, another name that nothing has.

    Returns the new name. Raises LogError where the folder does not allow it; the file is then
    where it was.
    """
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    try:
        path.rename(aside)
    except OSError as error:
        problem = f"is damaged and cannot be kept aside ({error.strerror})"
        raise LogError(str(path), problem, _STEP) from error
    for suffix in ("-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside
