"""What the compliance log says of an estate's past."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from ctb_audit.errors import CtbError
from ctb_audit.fleet.portfolio import Past, TrendStep
from ctb_audit.fleet.standing import Standing
from ctb_audit.log import Log, LogFilter, LogRow

ROWS = 100_000
"""Rows of the log that are looked through, the newest."""


class _Point(NamedTuple):
    day: str
    target: str
    score: int | None
    standing: Standing
    log_id: str


def past_of(log: Log | None, names: Sequence[str], present: frozenset[str]) -> Past:
    """The trend of these targets, and each one's score before its row in `present` (log_ids).

    A log that cannot be read is said, not fatal: the estate is known without its past.
    """
    if log is None or not _exists(log):
        return Past()
    try:
        points = list(_points(log, frozenset(names)))
    except CtbError as error:
        return Past(note=f"The log could not be read: {error}")
    return Past(_trend(points), _before(points, present))


def _exists(log: Log) -> bool:
    path = getattr(log, "path", None)
    return not isinstance(path, Path) or path.exists()


def _points(log: Log, names: frozenset[str]) -> Iterator[_Point]:
    """The oldest audit first; rows of merged shards are written later than they were made."""
    wanted = LogFilter(action="audit", limit=ROWS, details=False, only="fleet")
    for row in sorted(log.entries(wanted), key=attrgetter("at")):
        point = _point(row)
        if point is not None and point.target in names:
            yield point


def _point(row: LogRow) -> _Point | None:
    """None for a row that another program wrote in another shape."""
    about: Any = row.actions.get("fleet")
    try:
        standing = Standing(int(about["weight"]), int(about["reached"]))
        return _Point(
            f"{row.at:%Y-%m-%d}", str(about["target"]), about["score"], standing, row.log_id
        )
    except (KeyError, TypeError, ValueError):
        return None


def _trend(points: Sequence[_Point]) -> tuple[TrendStep, ...]:
    """The estate at the end of each day on which something was audited: a target that was not
    counts as it was. A target that failed keeps its latest score; that it failed is said elsewhere.
    """
    latest: dict[str, Standing] = {}
    days: dict[str, TrendStep] = {}
    for number, point in enumerate(points):
        if point.score is not None:
            latest[point.target] = point.standing
        ends = number + 1 == len(points) or points[number + 1].day != point.day
        total = _sum(latest.values()) if ends else Standing()
        if total.score is not None:
            days[point.day] = TrendStep(point.day, total.score, len(latest))
    return tuple(days.values())


def _sum(standings: Any) -> Standing:
    found = Standing()
    for standing in standings:
        found = found.plus(standing)
    return found


def _before(points: Sequence[_Point], present: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for point in points:
        if point.log_id not in present and point.score is not None:
            found[point.target] = point.score
    return found
