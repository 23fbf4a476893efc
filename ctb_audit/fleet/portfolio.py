"""The estate in one value: teams, systems, grades, trend, worst tables, common findings, changes.

Everything in it follows from the results and the log alone, in the order of names: the same for
every engine, whatever finished first.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.result import GRADES, Grade, grade_of
from ctb_audit.standard import SEVERITIES, Severity

Status = Literal["passed", "blocked", "incomplete", "failed"]
STATUSES: tuple[Status, ...] = ("passed", "blocked", "incomplete", "failed")


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target. `message` says why it failed; `findings` are open ones by severity."""

    name: str
    team: str
    system: str
    shown: str
    status: Status
    score: int | None = None
    before: int | None = None
    standard: str = ""
    revision: str = ""
    tables: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    message: str = ""

    @property
    def grade(self) -> Grade | None:
        return grade_of(self.score)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A team or a system; `score` is that of all its tables as one database."""

    name: str
    targets: int
    score: int | None
    statuses: Mapping[str, int]
    findings: Mapping[str, int]

    @property
    def grade(self) -> Grade | None:
        return grade_of(self.score)


@dataclass(frozen=True, slots=True)
class WorstTable:
    target: str
    team: str
    database: str
    name: str
    level: str
    score: int
    findings: int


@dataclass(frozen=True, slots=True)
class CommonFinding:
    """A rule with open findings. `without`: the estate's score if the rule were off; None where
    stored results cannot tell.
    """

    rule: str
    severity: Severity
    findings: int
    tables: int
    targets: int
    without: int | None


@dataclass(frozen=True, slots=True)
class TrendStep:
    """The estate at the end of a day, each target at its latest score."""

    day: str
    score: int
    targets: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A target that a rule change would move."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One rule change over the whole estate. `asked`: targets whose standard holds the rule;
    `untold`: tables that the change would ask and that were not asked.
    """

    change: str
    asked: int
    before: int | None
    after: int | None
    passing_now: tuple[str, ...]
    blocked_now: tuple[str, ...]
    moved: tuple[Moved, ...]
    untold: int


@dataclass(frozen=True, slots=True)
class Past:
    """What the log says: the trend, and each target's score before this result."""

    trend: tuple[TrendStep, ...] = ()
    before: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Portfolio:
    """`score`: of all tables as one database. `tables`: how many were judged."""

    day: date
    score: int | None
    targets: tuple[TargetRow, ...]
    teams: tuple[GroupRow, ...]
    systems: tuple[GroupRow, ...]
    worst_tables: tuple[WorstTable, ...]
    tables: int
    common: tuple[CommonFinding, ...]
    past: Past
    what_if: tuple[WhatIf, ...] = ()

    @property
    def grade(self) -> Grade | None:
        return grade_of(self.score)

    @property
    def grades(self) -> Mapping[str, int]:
        """Targets by grade; those without a score come last."""
        counts: Counter[str] = Counter(t.grade or "NO SCORE" for t in self.targets)
        return {name: counts[name] for name in (*(g for _, g in GRADES), "NO SCORE")}

    @property
    def statuses(self) -> Mapping[str, int]:
        counts = Counter(t.status for t in self.targets)
        return {name: counts[name] for name in STATUSES}

    @property
    def is_whole(self) -> bool:
        """Every target was audited, and every audit is complete."""
        return all(t.status in ("passed", "blocked") for t in self.targets)

    @property
    def findings(self) -> Mapping[str, int]:
        counts: Counter[str] = Counter()
        for target in self.targets:
            counts.update(target.findings)
        return {severity: counts[severity] for severity in SEVERITIES}
