"""The access log: one JSON object a line, for every request, every job, and what went wrong.

No line holds a key, a header, a query string or a body.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from ctb_audit.errors import UsageError
from ctb_audit.service.keys import KEY

_LONGEST = 300  # characters of a value that a stranger chose


class AccessLog:
    """Lines on a stream; a stream that is gone stops nothing."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __call__(self, event: Mapping[str, Any]) -> None:
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        shown = {k: _shown(v) if isinstance(v, str) else v for k, v in event.items()}
        try:
            self._stream.write(json.dumps({"time": at, **shown}, default=str) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return


def _shown(text: str) -> str:
    """In bounds, and without a key that somebody put into a path."""
    return KEY.sub("ctb_...", text)[:_LONGEST]


def opened(path: Path | None) -> AccessLog:
    """The log in a file of the owner alone, which grows, or on standard output.

    Raises UsageError for a file that cannot be written.
    """
    if path is None:
        return AccessLog(sys.stdout)
    import os

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        place, problem = f"--access-log {path}", f"cannot be written ({error.strerror})"
        raise UsageError(place, problem, "name another file") from None
    return AccessLog(os.fdopen(handle, "a", encoding="utf-8"))


class Warnings(logging.Handler):
    """What the HTTP server warns of, as lines of the access log."""

    def __init__(self, log: AccessLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        event: dict[str, Any] = {"event": "server", "level": record.levelname.lower()}
        event["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            event["error"] = record.exc_info[0].__name__
        self._log(event)
