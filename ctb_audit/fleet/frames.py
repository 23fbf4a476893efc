"""Values through a pipe between a process and the one it started: a length, then a pickle."""

import pickle
from typing import IO, Any

_LENGTH = 8


def write_frame(stream: IO[bytes], value: Any) -> None:
    """Raises OSError where the other end is gone."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """The next value; None where the other end closed, in the middle of a value too."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None
