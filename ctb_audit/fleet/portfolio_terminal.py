"""A portfolio for people at a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from ctb_audit.fleet.portfolio import GroupRow, Portfolio, TargetRow, WhatIf
from ctb_audit.report.inert import inert
from ctb_audit.report.terminal import GRADE_STYLES, SEVERITY_STYLES, Line, Segment
from ctb_audit.result import grade_of
from ctb_audit.standard import SEVERITIES

_SHOWN = 10
_STATUS_STYLES = {"passed": "green", "blocked": "red", "incomplete": "yellow", "failed": "bold red"}


def portfolio_lines(portfolio: Portfolio, *, verbose: bool = False) -> Iterator[Line]:
    """The summary comes last, so that it is what remains on the screen. `verbose`: every target."""
    shown = [t for t in portfolio.targets if verbose or t.status != "passed"]
    yield from _targets(shown if verbose else shown[:_SHOWN], len(shown))
    yield from _groups("teams", portfolio.teams)
    if verbose:
        yield from _groups("systems", portfolio.systems)
    yield from _worst(portfolio)
    yield from _common(portfolio)
    for asked in portfolio.what_if:
        yield from _change(asked)
    yield from _summary(portfolio)


def _line(*parts: str | Segment) -> Line:
    return tuple(p if isinstance(p, Segment) else Segment(p) for p in parts)


def _score(score: int | None) -> Segment:
    return Segment(
        f"{'-' if score is None else score:>4}", GRADE_STYLES.get(grade_of(score) or "", "")
    )


def _targets(rows: Sequence[TargetRow], count: int) -> Iterator[Line]:
    width = max((len(inert(row.name)) for row in rows), default=0)
    for row in rows:
        why = inert(row.message or "; ".join(row.reasons))
        status = Segment(f"{row.status:<10}", _STATUS_STYLES[row.status])
        yield _line(status, _score(row.score), f"  {inert(row.name):<{width}}  {why}")
    if count > len(rows):
        yield _line(f"and {count - len(rows)} more that do not pass (-v lists all targets)")
    if rows:
        yield ()


def _groups(title: str, rows: Sequence[GroupRow]) -> Iterator[Line]:
    if len(rows) < 2:
        return
    width = max(len(inert(row.name)) for row in rows)
    yield _line(Segment(title, "bold"))
    for row in rows:
        told = f"  {inert(row.name) or '-':<{width}}  {row.targets} targets, {_told(row.statuses)}"
        yield _line(_score(row.score), told)
    yield ()


def _told(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in statuses.items() if n)


def _worst(portfolio: Portfolio) -> Iterator[Line]:
    rows = [t for t in portfolio.worst_tables if t.score < 90][:_SHOWN]
    if rows:
        yield _line(Segment("worst tables", "bold"))
        for row in rows:
            yield _line(_score(row.score), f"  {inert(row.target)}: {inert(row.name)}  {row.level}")
        yield ()


def _common(portfolio: Portfolio) -> Iterator[Line]:
    rows = portfolio.common[:_SHOWN]
    if rows:
        width = max(len(row.rule) for row in rows)
        yield _line(Segment("most common findings", "bold"))
        for row in rows:
            severity = Segment(f"{row.severity:<8}", SEVERITY_STYLES[row.severity])
            told = f"  {inert(row.rule):<{width}}  {row.findings} in {row.targets} targets"
            yield _line(severity, told)
        yield ()


def _change(asked: WhatIf) -> Iterator[Line]:
    yield _line(Segment(f"what if {inert(asked.change)}", "bold"))
    yield _line("  estate", _score(asked.before), " ->", _score(asked.after))
    told = f"{len(asked.passing_now)} would pass, {len(asked.blocked_now)} would be blocked"
    yield _line(f"  {len(asked.moved)} of {asked.asked} targets move, {told}")
    if asked.untold:
        told = f"{asked.untold} tables would be asked that were not: audit again to know"
        yield _line(Segment(f"  {told}", "yellow"))
    yield ()


def _summary(portfolio: Portfolio) -> Iterator[Line]:
    found = ", ".join(
        f"{portfolio.findings[s]} {s.lower()}" for s in SEVERITIES if portfolio.findings[s]
    )
    yield _line(f"{len(portfolio.targets)} targets: {_told(portfolio.statuses)}")
    yield _line(f"{portfolio.tables} tables, findings: {found or 'none'}")
    grade = portfolio.grade or "NO SCORE"
    yield _line(
        "estate score ", _score(portfolio.score), "  ", Segment(grade, GRADE_STYLES.get(grade, ""))
    )
    if not portfolio.is_whole:
        yield _line(Segment("incomplete: not every target could be audited as a whole", "bold red"))
