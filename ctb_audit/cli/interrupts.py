"""Ctrl-C and SIGTERM: one line and exit code 130, whatever the program is doing.

While a command runs they raise KeyboardInterrupt, so that it can clean up; before and after it
they end the process at once. What they cut off is either whole or swept by the next run.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TYPE_CHECKING = False  # the module typing is not there yet, and Ctrl-C may come now
if TYPE_CHECKING:
    from typing import Any, NoReturn

INTERRUPTED = 130
MESSAGE = "interrupted; nothing was written half"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def quiet() -> None:
    """End at once from now on, without a traceback."""
    for number in _SIGNALS:
        signal.signal(number, _end)
    sys.unraisablehook = _unraisable


@contextmanager
def raising() -> Iterator[None]:
    """KeyboardInterrupt inside; what was there before comes back behind it.

    It also leaves in place of an exception, or of nothing, that the interruption was turned into:
    `__set_name__`, compiled modules and finalizers do that.
    """
    before = [signal.getsignal(number) for number in _SIGNALS]
    came: list[int] = []

    def interrupt(signum: int, frame: object) -> "NoReturn":
        came.append(signum)
        raise KeyboardInterrupt

    try:
        for number in _SIGNALS:
            signal.signal(number, interrupt)
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)
        if came:
            raise KeyboardInterrupt


def _end(signum: int, frame: object) -> "NoReturn":
    with suppress(OSError):
        os.write(2, f"ctb: {MESSAGE}\n".encode())
    os._exit(INTERRUPTED)


def _unraisable(unraisable: "Any") -> None:
    """A finalizer's exception is forgotten by Python; an interruption must not be."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _end(signal.SIGINT, None)
    sys.__unraisablehook__(unraisable)
