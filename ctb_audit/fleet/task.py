"""What an engine is given and what comes back: values that travel between processes."""

from datetime import date, datetime
from typing import Literal

from ctb_audit.fleet.target import Target
from ctb_audit.lean import dataclass
from ctb_audit.standard import Severity

Reason = Literal["source", "configuration", "timeout", "lost", "version", "internal"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How every target is audited; what is None or empty is left to the target's configuration.

    `day`: what schedules and waivers are judged by. `run`: which run of the fleet this is.
    """

    day: date
    run: str
    standard: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_under: int | None = None
    fail_on: Severity | None = None
    min_coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One target to audit within `timeout` seconds. `known`: the digest of the inputs of the
    result that is there, "" for none.
    """

    target: Target
    settings: Settings
    timeout: float
    known: str = ""


@dataclass(frozen=True, slots=True)
class Audited:
    """A result: `content` is what `kept.pack` made, `inputs` the digest of what was read.

    `version` is that of the ctb that audited; `seconds` is the wall time, `processor` the
    processor time, and `peak` the memory in MB that its process reached so far.
    """

    at: datetime
    inputs: str
    version: str
    content: bytes
    seconds: float = 0.0
    processor: float = 0.0
    peak: float = 0.0


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The inputs are those of the known result."""

    inputs: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No result; `message` says why, without a secret or a path of the machine."""

    reason: Reason
    message: str


Outcome = Audited | Unchanged | Failed
