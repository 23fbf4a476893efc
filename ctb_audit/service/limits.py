"""How many requests a minute a key has, for each action."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping

DEFAULT_LIMITS: Mapping[str, int] = {"tag": 10, "audit": 10, "remediate": 5, "history": 100}
WINDOW = 60.0  # seconds


class Limiter:
    """At most `limits[action]` requests of a key in any 60 seconds, whatever their outcome."""

    def __init__(
        self, limits: Mapping[str, int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._taken: dict[tuple[str, str], deque[float]] = {}

    def wait(self, key: str, action: str) -> int:
        """0 and the request counts, or the whole seconds until the next one is let in."""
        now, limit = self._clock(), self._limits[action]
        taken = self._taken.setdefault((key, action), deque())
        while taken and taken[0] <= now - WINDOW:
            taken.popleft()
        if len(taken) < limit:
            taken.append(now)
            return 0
        return max(1, math.ceil(taken[0] + WINDOW - now)) if taken else int(WINDOW)
