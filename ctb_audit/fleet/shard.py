"""One part of a fleet, so that several machines can share it without talking to each other."""

import re
from collections.abc import Sequence

from ctb_audit.errors import UsageError
from ctb_audit.fleet.target import Target
from ctb_audit.lean import dataclass

_STEP = "write --shard 3/8 for the third of eight"


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`-th of `parts`, from 1."""

    number: int = 1
    parts: int = 1

    @classmethod
    def parse(cls, text: str) -> "Shard":
        found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
        if found is None:
            raise UsageError(f"--shard {text}", "is no part of a fleet", _STEP)
        number, parts = int(found[1]), int(found[2])
        if not 1 <= number <= parts:
            raise UsageError(f"--shard {text}", f"there is no part {number} of {parts}", _STEP)
        return cls(number, parts)

    def of(self, targets: Sequence[Target]) -> tuple[Target, ...]:
        """Every `parts`-th target, counted by name: parts differ by one target at most."""
        ordered = sorted(targets, key=lambda target: target.name)
        return tuple(ordered[self.number - 1 :: self.parts])

    def __str__(self) -> str:
        return f"{self.number}/{self.parts}"
