"""What the service answers in place of what was asked for."""

import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import Literal

Code = Literal[
    "INVALID_API_KEY",
    "INVALID_HOST",
    "INVALID_REQUEST",
    "RESOURCE_NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "REQUEST_TIMEOUT",
    "PAYLOAD_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "REPOSITORY_NOT_READY",
    "RATE_LIMIT_EXCEEDED",
    "QUEUE_FULL",
    "JOB_TIMEOUT",
    "INTERNAL_ERROR",
    "LOG_UNAVAILABLE",
    "SHUTTING_DOWN",
]


class Refusal(Exception):
    """A reply of another status than 200. `details`: field -> what is wrong with it."""

    def __init__(
        self,
        status: int,
        code: Code,
        message: str,
        *,
        details: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        heir_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code: Code = code
        self.message = message
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        self.heir_id = heir_id


def invalid(details: Mapping[str, str]) -> Refusal:
    """422, with what is wrong in the message too."""
    message = "; ".join(
        f"{field}: {problem}" if field else problem for field, problem in details.items()
    )
    return Refusal(422, "INVALID_REQUEST", message, details=details)


def busy(code: Code, message: str, seconds: int) -> Refusal:
    """429; `seconds` until another attempt is worth it, at least 1."""
    return Refusal(429, code, message, headers={"Retry-After": str(max(1, seconds))})


def raised_at(error: BaseException) -> str:
    """`file:line` of where an error was raised, "" where that is not known."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{PurePath(last[0].filename).name}:{last[0].lineno}" if last else ""
