"""The command `ctb`. Commands are imported only when they run."""

import os
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> None:
    """Entry point: `--version` needs no import, everything else goes to `app`."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from ctb_audit import __version__

        print(f"ctb {__version__}")
        return
    import gc

    gc.set_threshold(
        50_000, 20, 100
    )  # values in trees, hardly a cycle: looking for them costs 10 %
    from ctb_audit.cli.app import run

    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End without taking every object apart, which takes 10 ms and more after a large audit."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)
    os._exit(code)
