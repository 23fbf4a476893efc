"""A connection that gives up where its peer says nothing.

Timeouts of a server do not help against one that is stopped, or against a proxy that hangs.
"""

import logging
import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

R = TypeVar("R")
_LOOKS_EVERY_S = 0.1


def patient(limit_s: float) -> type["psycopg.Connection[Any]"]:
    """A class of connections that raise OperationalError after `limit_s` seconds of silence."""

    class Patient(psycopg.Connection[Any]):
        def wait(self, gen: PQGen[R], *arguments: Any, **options: Any) -> R:
            options.setdefault("interval", _LOOKS_EVERY_S)
            try:
                return super().wait(_listening(gen, limit_s), *arguments, **options)
            except _Silence as error:
                self.close()  # nothing that is sent on it would be answered
                raise psycopg.OperationalError(str(error)) from None

    # what it says about connections that it closes, nobody asked for
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    return Patient


class _Silence(Exception):
    """Not one of psycopg's, which its own code would handle."""


def _listening(gen: PQGen[R], limit_s: float) -> Generator[Any, Any, R]:
    """`gen`, as long as something comes in time."""
    heard = time.monotonic()
    ready: Any = None
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as end:
            found: R = end.value
            return found
        ready = yield wanted
        now = time.monotonic()
        if ready:
            heard = now
        elif now - heard > limit_s:
            raise _Silence(f"timeout: no answer for {limit_s:g} s")
