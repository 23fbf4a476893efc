"""What a check says of one table and one requirement."""

from collections.abc import Callable

from ctb_audit.lean import dataclass
from ctb_audit.model import Location
from ctb_audit.probe import Probe, Sample


@dataclass(frozen=True, slots=True)
class Pass:
    """The requirement is met."""

    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """The requirement is not met. `message` says only what the check knows: the defect, in one
    clause without the table's name. `object` is the index, constraint or trigger meant, where
    it is not the requirement. `location` is the column's or object's, else the engine takes the
    table's.
    `severity` overrides the rule's where one rule has two (exhausted-identifier-space).
    """

    message: str
    requirement: str = ""
    object: str = ""
    location: Location | None = None
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It should have been decided and could not be; never counted as passed."""

    reason: str
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The question does not arise; left out of the score."""

    reason: str
    requirement: str = ""


Verdict = Pass | Fail | Unknown | NotApplicable


@dataclass(frozen=True, slots=True)
class Question:
    """What only the rows can tell: `decide` makes the verdict of the probe's answer."""

    probe: Probe
    decide: Callable[[Sample], Verdict]
    requirement: str = ""
