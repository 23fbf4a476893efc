"""Garbage collection stands still while a source is read and judged, and large values are not taken
apart just before the process ends.
"""

import gc

_left: list[list[object]] = []
"""One list, in a process that runs one command and ends."""


def leave_to_exit() -> None:
    """From now on `until_exit` keeps: this process ends without taking values apart (`cli`)."""
    _left.append([])


def until_exit(value: object) -> None:
    """Keep a value that nobody needs any more: taking a catalog of 7,000 tables apart costs 0.1 s.
    Nothing is kept in a process that goes on.
    """
    for kept in _left:
        kept.append(value)


class collector_paused:  # as `contextlib.suppress`, which is quick to enter too
    """Operations, rows, models and verdicts hold no cycles; scanning them as they grow costs up
    to half of the time. What was made meanwhile ends among the old objects without having been
    scanned (freeze and unfreeze only join lists). A pause inside a pause changes nothing.
    """

    def __enter__(self) -> None:
        self._running = gc.isenabled()
        gc.disable()

    def __exit__(self, *error: object) -> None:
        if self._running:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
