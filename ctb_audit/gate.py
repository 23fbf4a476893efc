"""Whether an audit may pass (STANDARD section 11)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ctb_audit.lean import dataclass
from ctb_audit.model import Coverage
from ctb_audit.result import Finding, Gate, TableResult
from ctb_audit.standard import SEVERITIES, Severity

DEFAULT_THRESHOLD = 70
DEFAULT_COVERAGE = 95.0
NO_SCORE = "there is no score: no table was weighed"
NOTHING_WEIGHED = "no table was weighed, so there is no score"


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold, 0 to 100, that holds from a day on."""

    since: date
    threshold: int


@dataclass(frozen=True, slots=True)
class GateSettings:
    """`fail_on`: the least severity that blocks; `per_table`: least score of every table."""

    fail_under: int = DEFAULT_THRESHOLD
    schedule: tuple[Step, ...] = ()
    per_table: int | None = None
    fail_on: Severity | None = None
    min_coverage: float = DEFAULT_COVERAGE

    def threshold(self, today: date) -> int:
        """The threshold in force: the latest step that has begun, else `fail_under`."""
        begun = [step for step in self.schedule if step.since <= today]
        return max(begun, key=lambda s: s.since).threshold if begun else self.fail_under


def decide(
    settings: GateSettings,
    score: int | None,
    tables: Sequence[TableResult],
    findings: Sequence[Finding],
    today: date,
) -> Gate:
    """Passed, or the reasons why not. No score never passes."""
    threshold = settings.threshold(today)
    reasons = [
        *_score_reasons(score, threshold),
        *_severity_reasons(settings, findings),
        *_table_reasons(settings.per_table, tables),
    ]
    return Gate(not reasons, threshold, tuple(reasons))


def _score_reasons(score: int | None, threshold: int) -> list[str]:
    if score is None:
        return [NO_SCORE]
    if score < threshold:
        return [f"the database score {score} is below {threshold}"]
    return []


def _severity_reasons(settings: GateSettings, findings: Sequence[Finding]) -> list[str]:
    """Unwaived CRITICAL findings outside RELAXED and NONE, and what `fail_on` asks for."""
    unwaived = [f for f in findings if f.waiver is None]
    judged = [f for f in unwaived if f.level not in ("RELAXED", "NONE")]
    critical = sum(f.severity == "CRITICAL" for f in judged)
    reasons = [f"{critical} critical finding{'s' * (critical != 1)}"] if critical else []
    if settings.fail_on is not None:
        bound = SEVERITIES.index(settings.fail_on)
        found = sum(SEVERITIES.index(f.severity) <= bound for f in unwaived)
        if found:
            reasons.append(f"{found} finding{'s' * (found != 1)} of {settings.fail_on} or above")
    return reasons


def _table_reasons(bound: int | None, tables: Sequence[TableResult]) -> list[str]:
    if bound is None:
        return []
    return [
        f"{t.name} scores {t.score}, below {bound} for each table"
        for t in tables
        if t.score is not None and t.score < bound and t.level not in ("RELAXED", "NONE")
    ]


def with_decline(gate: Gate, score: int | None, before: int, named: str) -> Gate:
    """The gate, lost where the score is below an earlier one; `named` says which."""
    if score is None or score >= before:
        return gate
    reason = f"the database score fell from {before} ({named}) to {score}"
    return replace(gate, passed=False, reasons=(*gate.reasons, reason))


def incompleteness(
    settings: GateSettings, coverage: Coverage, score: int | None, hidden: int
) -> tuple[str, ...]:
    """Why the audit is not whole (exit 3), () where it is."""
    reasons = []
    if coverage.percent < settings.min_coverage:
        reasons.append(
            f"{coverage.percent:.1f} % of the statements are accounted for, "
            f"below {settings.min_coverage:g} % ({coverage.not_understood} not understood)"
        )
    if hidden:
        reasons.append(f"privileges hide {hidden} object{'s' * (hidden != 1)}")
    if score is None:
        reasons.append(NOTHING_WEIGHED)
    return tuple(reasons)
