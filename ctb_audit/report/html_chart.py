"""The score over time against the thresholds that rise by date, as geometry for an SVG."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.report.context import ReportContext, TrendPoint

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 40, 20, 16, 34
TICKS = (0, 20, 40, 60, 80, 100)
_DOTS = 60  # more points than that are a line alone
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The days that the chart spans, and where they stand."""

    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    @staticmethod
    def y(score: float) -> float:
        return round(TOP + (100 - score) / 100 * (HEIGHT - TOP - BOTTOM), 1)


def chart(score: int | None, context: ReportContext) -> dict[str, Any] | None:
    """What the template draws, up to the present score; None without one."""
    if score is None:
        return None
    now = _midday(context.today)
    earlier = [p for p in context.trend if p.at <= now + timedelta(days=1)]
    points = [*earlier, TrendPoint(max([now, *(p.at for p in earlier)]), score)]
    frame = _frame(points, context)
    steps = list(_steps(frame, context))
    place = [(frame.x(p.at), frame.y(p.score)) for p in points]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
        "ticks": [{"score": s, "y": frame.y(s)} for s in TICKS],
        "days": list(_days(frame)),
        "line": " ".join(f"{x},{y}" for x, y in place),
        "dots": [{"x": x, "y": y} for x, y in place] if len(place) <= _DOTS else [],
        "now": {"x": place[-1][0], "y": place[-1][1], "score": score},
        "now_left": place[-1][0] > WIDTH * 0.8,
        "threshold": _step_line(frame, steps),
        "steps": steps,
        "rows": [_row(p) for p in points[-12:]],
        "shown": len(points),
    }


def _midday(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _frame(points: list[TrendPoint], context: ReportContext) -> _Frame:
    first, last = points[0].at, points[-1].at
    ahead = [_midday(s.since) for s in context.schedule if s.since > context.today]
    last = max(last, *ahead) if ahead else last
    span = last - first
    margin = max(span * 0.06, timedelta(days=2))
    if span < timedelta(days=1):
        first -= _MONTH
    return _Frame(first - margin, last + margin)


def _steps(frame: _Frame, context: ReportContext) -> Iterator[dict[str, Any]]:
    """The threshold on the first day shown, then each that begins later."""
    begun = [s for s in context.schedule if _midday(s.since) <= frame.first]
    start = max(begun, key=lambda s: s.since).threshold if begun else context.fail_under
    yield {"x": LEFT, "y": frame.y(start), "threshold": start, "day": "", "ahead": False}
    for step in sorted(context.schedule, key=lambda s: s.since):
        if _midday(step.since) > frame.first:
            yield {
                "x": frame.x(_midday(step.since)),
                "y": frame.y(step.threshold),
                "threshold": step.threshold,
                "day": step.since.isoformat(),
                "ahead": step.since > context.today,
            }


def _step_line(frame: _Frame, steps: list[dict[str, Any]]) -> str:
    path = f"M{LEFT} {steps[0]['y']}"
    for step in steps[1:]:
        path += f"H{step['x']}V{step['y']}"
    return f"{path}H{WIDTH - RIGHT}"


def _days(frame: _Frame) -> Iterator[dict[str, Any]]:
    """Up to six days along the axis."""
    span = frame.last - frame.first
    for number in range(6):
        at = frame.first + span * ((number + 0.5) / 6)
        yield {"x": frame.x(at), "label": f"{at:%d %b %Y}" if span.days > 300 else f"{at:%d %b}"}


def _row(point: TrendPoint) -> dict[str, Any]:
    threshold = "" if point.threshold is None else point.threshold
    return {"day": f"{point.at:%Y-%m-%d}", "score": point.score, "threshold": threshold}
