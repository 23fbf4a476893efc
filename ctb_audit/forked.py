"""Work that is divided among forked processes, which share what was read so far."""

import os
import signal
import sys
from _thread import start_new_thread
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeVar

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
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
    done here again. No child outlives this call, nor this process, in whatever way it ends.
    """
    size = -(-len(items) // max(count, 1)) or 1
    parts = [items[at : at + size] for at in range(0, len(items), size)]
    children: list[_Child] = []
    life = os.pipe()
    try:
        children.extend(_started(_answering(function, part), life) for part in parts[1:])
        found = [function(part) for part in parts[:1]]
        for part in parts[1:]:
            content = _answered(children)
            found.append(function(part) if content is None else _unpickled(content))
        return found
    finally:
        for child in children:
            _stop(child)
        for end in life:
            os.close(end)


def _unpickled(content: bytes) -> Any:
    import pickle  # most runs need no second process

    return pickle.loads(content)


class _Child(NamedTuple):
    process: int
    answer: BinaryIO


def _stop(child: _Child) -> None:
    os.kill(child.process, signal.SIGKILL)
    os.waitpid(child.process, 0)
    child.answer.close()


def _answered(children: list[_Child]) -> bytes | None:
    """What the first child says, None where it failed; it is waited for and taken off."""
    content = children[0].answer.read()
    _, status = os.waitpid(children[0].process, 0)
    children.pop(0).answer.close()
    return None if status else content


def _answering(function: Callable[[Sequence[T]], R], part: Sequence[T]) -> "_Work":
    def work(answer: BinaryIO) -> None:
        import pickle

        pickle.dump(function(part), answer, protocol=pickle.HIGHEST_PROTOCOL)

    return work


class Streamed(Iterator[T]):
    """What `function` gives, made by another process ahead of who takes it; Linux only.

    Raises ChildProcessError where that process died before its end. It ends with this value, and
    with this process, in whatever way that ends. What waits to be taken lies in memory.
    """

    def __init__(self, function: Callable[[], Iterable[T]]) -> None:
        self._taken = 0
        self._held = _nameless_file()
        self._life = os.pipe()
        self._child: _Child | None = _started(_streaming(function, self._held), self._life)

    def __next__(self) -> T:
        if self._child is None:
            raise StopIteration
        size = self._child.answer.read(_SIZE)
        if len(size) < _SIZE:
            failed = os.waitpid(self._child.process, 0)[1]
            self._child.answer.close()
            self._close()
            if failed:
                raise ChildProcessError("the process that reads ahead died")
            raise StopIteration
        content = os.pread(self._held, int.from_bytes(size, "big"), self._taken)
        self._taken += len(content)
        found: T = _unpickled(content)
        return found

    def __del__(self) -> None:
        if self._child is not None:
            _stop(self._child)
            self._close()

    def _close(self) -> None:
        self._child = None
        for opened in (*self._life, self._held):
            os.close(opened)


def _nameless_file() -> int:
    """In memory where the system offers and allows that, else in the folder of temporary files."""
    with suppress(AttributeError, OSError):
        return os.memfd_create("ctb-streamed")  # type: ignore[attr-defined,unused-ignore]
    import tempfile

    handle, path = tempfile.mkstemp()
    os.unlink(path)
    return handle


_SIZE = 8
"""Bytes of the length of an item."""


def _streaming(function: Callable[[], Iterable[Any]], held: int) -> "_Work":
    def work(answer: BinaryIO) -> None:
        import pickle

        with open(held, "wb", closefd=False) as store:
            for item in function():
                content = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
                store.write(content)
                store.flush()
                answer.write(len(content).to_bytes(_SIZE, "big"))
                answer.flush()

    return work


_Work = Callable[[BinaryIO], None]


def _started(work: _Work, life: tuple[int, int]) -> _Child:
    """A child that works. Signals wait until it has put their handlers aside: what its parent
    does on Ctrl-C must not happen twice.
    """
    reading, writing = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        process = os.fork()
        if process:
            os.close(writing)
            return _Child(process, os.fdopen(reading, "rb"))
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(reading)
    _answer(work, writing, life)


def _answer(work: _Work, pipe: int, life: tuple[int, int]) -> NoReturn:
    """Never returns: the child must not run what follows in its parent."""
    status = 1
    try:
        os.close(life[1])
        start_new_thread(_end_with_parent, (life[0],))
        with os.fdopen(pipe, "wb") as answer:
            work(answer)
        status = 0
    finally:
        os._exit(status)


def _end_with_parent(life: int) -> None:
    """The other end of this pipe is the parent's alone: it closes when that dies."""
    os.read(life, 1)
    os._exit(1)
