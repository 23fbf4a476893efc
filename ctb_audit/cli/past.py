"""Earlier audits of the same sources, out of the compliance log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from ctb_audit.audit import gate_settings
from ctb_audit.cli.excerpts import source_lines
from ctb_audit.config import Config
from ctb_audit.errors import LogError, UsageError
from ctb_audit.gate import with_decline
from ctb_audit.log import LogFilter, LogRow, open_log
from ctb_audit.report.context import ReportContext, TrendPoint
from ctb_audit.result import Audit

_AGAIN = "As the files are now; they may have changed since the audit."
_ROWS = 200  # audits of all sources that are looked through


def report_context(
    audit: Audit,
    config: Config,
    *,
    today: date,
    sources: Sequence[str] = (),
    ran: datetime | None = None,
) -> ReportContext:
    """What a page shows beside the audit. A log that cannot be read is said, not fatal.

    `ran`: when an audit of the past ran; the files may have changed since.
    """
    note = ""
    try:
        trend = trend_of(audit, config, ran)
    except LogError as error:
        trend, note = (), f"The log could not be read: {error.problem}."
    settings = gate_settings(config)
    return ReportContext(
        today=today,
        trend=trend,
        schedule=settings.schedule,
        fail_under=settings.fail_under,
        lines=source_lines(audit, [config.root, *_roots(sources)]),
        lines_note=_AGAIN if ran else "",
        trend_note=note,
    )


def _roots(sources: Sequence[str]) -> list[Path]:
    """Where the locations of sources outside the root count from."""
    paths = [Path(source) for source in sources if "://" not in source and source != "-"]
    return [path if path.is_dir() else path.parent for path in paths if path.exists()]


def trend_of(
    audit: Audit, config: Config, before: datetime | None = None
) -> tuple[TrendPoint, ...]:
    """Earlier whole audits of the same sources by the same standard, the oldest first."""
    rows = reversed(_rows(audit, config))
    return tuple(_point(row) for row in rows if before is None or row.at < before)


def _rows(audit: Audit, config: Config) -> list[LogRow]:
    if config.log == "none":
        return []
    log = open_log(config.log, root=config.root)
    path = getattr(log, "path", None)
    if isinstance(path, Path) and not path.exists():
        return []
    wanted = LogFilter(action="audit", limit=_ROWS, details=False)
    return [row for row in log.entries(wanted) if _is_comparable(row, audit)]


def _is_comparable(row: LogRow, audit: Audit) -> bool:
    return (
        row.status != "partial"
        and "error" not in row.actions
        and row.actions.get("standard") == audit.standard
        and list(row.actions.get("sources", ())) == list(audit.sources)
    )


def _point(row: LogRow) -> TrendPoint:
    gate = row.actions.get("gate") or {}
    return TrendPoint(row.at, row.score, gate.get("threshold"), gate.get("passed"), row.log_id)


def guarded_against_decline(audit: Audit, config: Config) -> Audit:
    """The audit with its gate lost where its score is below that of the audit before.

    The audit before is the latest that passed its gate; where none did, the one of the highest
    score: a lost gate that is simply run again must not lower the bar.
    Raises UsageError without a log, LogError where it cannot be read.
    """
    if config.log == "none":
        step = "leave out --no-log, or --fail-on-decline"
        raise UsageError("--fail-on-decline", "compares with the compliance log", step)
    points = trend_of(audit, config)
    passed = [p for p in points if p.passed]
    before = passed[-1] if passed else max(points, key=lambda p: p.score, default=None)
    if before is None:
        notice = "--fail-on-decline: the log holds no earlier audit of these sources"
        return replace(audit, notices=(*audit.notices, notice))
    named = f"{before.log_id} of {before.at:%Y-%m-%d}"
    return replace(audit, gate=with_decline(audit.gate, audit.score, before.score, named))
