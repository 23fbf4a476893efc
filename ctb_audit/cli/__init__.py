"""The command `ctb`. Commands are imported only when they run."""

import os
import sys

TYPE_CHECKING = False  # the module typing takes longer to import than all of this
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]

UNDELIVERED, UNREAD = 3, 141
"""The output could not be written; whoever read it has gone, as the shell tells SIGPIPE."""


def main() -> None:
    """Entry point: `--version` needs no import, everything else goes to `app`."""
    import gc

    # values in trees, hardly a cycle: looking for them costs 10 %
    gc.set_threshold(50_000, 20, 100)
    from ctb_audit.cli.postponed import postpone

    postpone()
    from ctb_audit.cli.interrupts import quiet

    quiet()
    _open_streams()
    if sys.argv[1:] in (["--version"], ["-V"]):
        from ctb_audit import __version__

        _leave(0, f"ctb {__version__}\n")
    if sys.argv[1:2] == ["audit"]:
        from ctb_audit.collector import leave_to_exit

        leave_to_exit()
    from ctb_audit.cli.app import run

    _leave(run(sys.argv[1:]))


def _open_streams() -> None:
    """What was started without standard streams must not print into the files that it opens."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if (
            stream.errors == "strict"
        ):  # names that the terminal's encoding lacks are no reason to end
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _leave(code: int, said: str = "") -> "NoReturn":
    """End without taking every object apart, which takes 10 ms and more after a large audit."""
    try:
        sys.stdout.write(said)
        sys.stdout.flush()
    except BrokenPipeError:
        code = UNREAD
    except OSError:
        code = UNDELIVERED
    try:
        sys.stderr.flush()
    finally:
        os._exit(code)
