"""What a report shows beside the audit itself: the past, the plan and the sources' lines."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from ctb_audit.gate import DEFAULT_THRESHOLD, Step
from ctb_audit.lean import dataclass


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One earlier audit of the same sources and standard; `at` carries a time zone."""

    at: datetime
    score: int
    threshold: int | None = None
    passed: bool | None = None
    log_id: str = ""


@dataclass(frozen=True, slots=True)
class ReportContext:
    """`trend` runs from the oldest audit to the one before this. `lines`: path -> line number ->
    text of the sources' lines near findings. `lines_note` says how far they can be trusted.
    """

    today: date
    trend: tuple[TrendPoint, ...] = ()
    schedule: tuple[Step, ...] = ()
    fail_under: int = DEFAULT_THRESHOLD
    lines: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    lines_note: str = ""
    trend_note: str = ""
