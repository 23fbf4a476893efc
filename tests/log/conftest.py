from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ctb_audit.log import LogEntry
from ctb_audit.scratch import ScratchServer

AT = datetime(2026, 11, 22, 8, 15, 30, 123456, tzinfo=UTC)


@pytest.fixture
def entry() -> Callable[..., LogEntry]:
    """An entry; keywords replace its values."""

    def make(**values: Any) -> LogEntry:
        given: dict[str, Any] = {"action": "audit", "score": 83, "status": "completed", "at": AT}
        return LogEntry(**{**given, **values})

    return make


@pytest.fixture(scope="session")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


@pytest.fixture
def database(server: ScratchServer) -> Iterator[str]:
    with server.database() as url:
        yield url
