"""The command `ctb`. Commands are imported only when they run."""

import sys

__all__ = ["main"]


def main() -> None:
    """Entry point: `--version` needs no import, everything else goes to `app`."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from ctb_audit import __version__

        print(f"ctb {__version__}")
        return
    from ctb_audit.cli.app import run

    sys.exit(run(sys.argv[1:]))
