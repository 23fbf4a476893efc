"""Garbage collection stands still while a source is read and judged."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Operations, rows, models and verdicts hold no cycles; scanning them as they grow costs up
    to half of the time. What was made meanwhile ends among the old objects without having been
    scanned (freeze and unfreeze only join lists). A pause inside a pause changes nothing.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
