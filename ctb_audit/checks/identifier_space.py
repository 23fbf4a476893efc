"""How long a table's ids can stay unique and valid (STANDARD section 2, Capacity)."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from ctb_audit.checks.expectation import MISSING_COLUMN, column_of
from ctb_audit.checks.registry import asking_check
from ctb_audit.lean import pattern
from ctb_audit.model import Column
from ctb_audit.probe import MonthUse, Probe, Sample
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.verdict import Fail, NotApplicable, Pass, Question, Unknown, Verdict

_COUNTER = pattern(r"\\d\{(\d)\}\$$|\[0-9\]\{(\d)\}\$$")
_MONTHS_AHEAD = 120
_SETTLED_DAYS = 7  # from when on the present month says something about its rate
_TREND = 6  # months that tell the present rate


@asking_check
def exhausted_identifier_space(
    subject: Subject, project: Project, *, role: str
) -> Iterator[Verdict | Question]:
    column = column_of(role, subject, project)
    capacity = project.standard.capacity
    if column is None or capacity <= 0:
        yield NotApplicable(MISSING_COLUMN if column is None else "the ids do not run out")
        return
    if not is_unique(subject.table, (column.name,)):
        yield NotApplicable(f"{column.name} is not unique")
        return
    probe = _probe(role, column, subject, project)
    if probe is not None:
        yield Question(probe, partial(_counted, column, capacity, project.today))
    else:
        yield _estimated(column, capacity, subject.table.row_estimate)


def _room(column: Column, capacity: int) -> str:
    return f"{column.name} is unique and its format gives {capacity} ids a month, system and mode"


def _estimated(column: Column, capacity: int, rows: int | None) -> Verdict:
    room = _room(column, capacity)
    if rows is None or rows < 0:
        return Fail(room, location=column.location)
    if rows > capacity:
        message = f"{room}; the table has about {rows} rows"
        return Fail(message, location=column.location, severity="HIGH")
    return Pass()


def _probe(role: str, column: Column, subject: Subject, project: Project) -> Probe | None:
    """The question for the real counts; None where rows are not asked about, or the format does
    not end in a counter of that capacity.
    """
    asked = project.facts is not None and subject.surface == "live" and subject.table.location
    if not asked or column.type.family != "text":
        return None
    wanted = project.standard.field(role)
    pattern = project.standard.formats.get(wanted.format, "") if wanted else ""
    counter = _COUNTER.search(pattern)
    if counter is None:
        return None
    digits = counter[1] or counter[2]
    if 10 ** int(digits) != project.standard.capacity:
        return None
    source = asked.path
    ending = f"[0-9]{{{digits}}}$"
    return Probe(source, subject.name, "months", column.name, (pattern, ending))


def _counted(column: Column, capacity: int, today: date, sample: Sample) -> Verdict:
    room = _room(column, capacity)
    full = [m for m in sample.months if m.fullest >= capacity]
    if full:
        last = full[-1]
        more = f" and {len(full) - 1} months before" if len(full) > 1 else ""
        message = f"{room}; in {last.month}{more} one system and mode has used {last.fullest}"
        return Fail(message, location=column.location, severity="HIGH")
    month = runs_out(sample.months, capacity, today)
    if month:
        fullest = max(sample.months, key=lambda m: m.fullest)
        used = f"{fullest.month} used {fullest.fullest} of one system and mode"
        message = f"{room}; {used}, and at the present rate {month} runs out"
        return Fail(message, location=column.location)
    if not sample.whole:
        return Unknown(f"no month is full in the first {sample.share:.0%} of the table")
    return Pass()


def runs_out(months: Sequence[MonthUse], capacity: int, today: date) -> str:
    """The first month (YYYY-MM) whose ids will not do at the present rate; "" for none in ten
    years.

    The rate is that of the present month so far, and the trend of the last six months.
    """
    used = {_number(m.month): m.fullest for m in months}
    now = today.year * 12 + today.month - 1
    so_far = used.pop(now, 0)
    if today.day >= _SETTLED_DAYS or so_far * 2 > capacity:
        days = (_first_of_next(today) - today.replace(day=1)).days
        used[now] = round(so_far * days / today.day)
    if used.get(now, 0) >= capacity:
        return _text(now)
    first = max(min(used, default=now), now - _TREND + 1)
    points = [(n, used.get(n, 0)) for n in range(first, now)]
    points += [(now, used[now])] if now in used else []
    if len(points) < 2:
        return ""
    slope, level = _line(points, now)
    ahead = next((n for n in range(1, _MONTHS_AHEAD + 1) if level + slope * n >= capacity), 0)
    return _text(now + ahead) if ahead else ""


def _first_of_next(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _line(points: Sequence[tuple[int, int]], at: int) -> tuple[float, float]:
    """Slope and value at `at` of the straight line through two or more points (least squares)."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * y for x, y in points) / spread
    return slope, mean_y + slope * (at - mean_x)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _text(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"
