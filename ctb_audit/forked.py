"""Work that is divided among forked processes, which share what was read so far."""

import os
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def processes(wanted: int, work: int, worth: int) -> int:
    """How many to use: `wanted`, or where that is 0 one for each `worth` of the work, at most the
    cores. 1 where the system cannot fork safely.
    """
    if sys.platform != "linux":
        return 1
    return wanted or max(1, min(len(os.sched_getaffinity(0)), work // worth))


def divided(function: Callable[[Sequence[T]], R], items: Sequence[T], count: int) -> list[R]:
    """The function's results for `count` parts of the items, in their order.

    The first part is done here. Raises what the function raises; a part whose process died is
    done here again.
    """
    size = -(-len(items) // max(count, 1)) or 1
    parts = [items[at : at + size] for at in range(0, len(items), size)]
    children = [_started(function, part) for part in parts[1:]]
    found = [function(part) for part in parts[:1]]
    for part, (child, pipe) in zip(parts[1:], children, strict=True):
        with os.fdopen(pipe, "rb") as answer:
            content = answer.read()
        _, status = os.waitpid(child, 0)
        found.append(function(part) if status else pickle.loads(content))
    return found


def _started(function: Callable[[Sequence[T]], R], part: Sequence[T]) -> tuple[int, int]:
    """A child that works on the part, and the end of the pipe that its answer comes from."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    _answer(function, part, writing)


def _answer(function: Callable[[Sequence[T]], R], part: Sequence[T], pipe: int) -> NoReturn:
    """Never returns: the child must not run what follows in its parent."""
    status = 1
    try:
        with os.fdopen(pipe, "wb") as answer:
            pickle.dump(function(part), answer, protocol=pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)
