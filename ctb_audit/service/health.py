"""Whether the service can do its work."""

import asyncio
import time
from collections.abc import Mapping

from ctb_audit.errors import CtbError
from ctb_audit.service.repositories import Repositories, Repository, is_begun

_FRESH = 5.0  # seconds for which an answer holds: anybody may ask, and a log is not to suffer


class Health:
    """The state of the logs: connected, empty (no run yet) or unavailable."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories
        self._known: Mapping[str, str] = {}
        self._until = 0.0
        self._turn = asyncio.Lock()

    async def services(self) -> Mapping[str, str]:
        """By name: the worst log of all repositories, and the jobs. One request looks at a time."""
        async with self._turn:
            if time.monotonic() >= self._until:
                log = await asyncio.to_thread(self._worst)
                self._known = {"compliance_log": log, "jobs": "running"}
                self._until = time.monotonic() + _FRESH
            return self._known

    def _worst(self) -> str:
        states = {_state(r) for r in self._repositories.by_name.values()}
        return next(s for s in ("unavailable", "connected", "empty") if s in states)


def _state(repository: Repository) -> str:
    try:
        log = repository.log()
        if not is_begun(log):
            return "empty"
        log.last_score()
    except CtbError:
        return "unavailable"
    return "connected"
