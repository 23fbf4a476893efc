"""An audit for people at a terminal: lines of styled segments, printed plain or by rich."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ctb_audit.report.inert import inert
from ctb_audit.result import Audit, Change, Finding, TableResult
from ctb_audit.standard import SEVERITIES

GRADE_STYLES = {"EXCELLENT": "green", "GOOD": "green", "NEEDS WORK": "yellow", "FAIL": "red"}
SEVERITY_STYLES = {
    "CRITICAL": "bold red",
    "HIGH": "red",
    "MEDIUM": "yellow",
    "LOW": "cyan",
    "INFO": "dim",
}


class Segment(NamedTuple):
    text: str
    style: str = ""


Line = tuple[Segment, ...]
_segment = lru_cache(maxsize=4096)(Segment)  # of findings, whose messages and rules are alike
_INDENT = Segment("  ")
_RANKS = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_HEADS = {severity: Segment(f"{severity:<8}", SEVERITY_STYLES[severity]) for severity in SEVERITIES}


def audit_lines(audit: Audit, *, verbose: bool = False) -> Iterator[Line]:
    """The report, summary last so that it is what remains on the screen."""
    yield from _findings(audit, verbose)
    if audit.change is None or verbose:
        yield from _tables(audit.tables, audit.findings)
    yield from _gaps(audit, verbose)
    if audit.impact is not None:
        from ctb_audit.report.impact import impact_lines

        yield from impact_lines(audit)
    yield from _summary(audit)


def plain(lines: Iterable[Line]) -> str:
    """The lines without style, each ended by a newline."""
    return "".join(["".join([s.text for s in line]).rstrip() + "\n" for line in lines])


def _line(*parts: str | Segment) -> Line:
    return tuple(p if isinstance(p, Segment) else Segment(p) for p in parts)


def _findings(audit: Audit, verbose: bool) -> Iterator[Line]:
    by_table: dict[tuple[str, str], list[Finding]] = {}
    for finding in audit.asked_findings:
        if finding.waiver is None or verbose:
            by_table.setdefault((finding.system, finding.table), []).append(finding)
    tables = {(str(t.system), t.name): t for t in audit.tables}
    for key, findings in by_table.items():
        table = tables.get(key)
        head = inert(key[1])
        yield _line(Segment(head, "bold"), f"  {_about(table)}" if table else "")
        ordered = sorted(findings, key=lambda f: (_RANKS[f.severity], f.rule))
        for finding in ordered:
            yield _finding_line(finding)
        yield _line("")


def _about(table: TableResult) -> str:
    score = "no score" if table.score is None else str(table.score)
    return f"{table.level}  {score}"


def _finding_line(finding: Finding) -> Line:
    place = str(finding.location) if finding.location else ""
    waived = ""
    if finding.waiver is not None:
        owner = f" by {inert(finding.waiver.owner)}" if finding.waiver.owner else ""
        waived = f"  [{finding.waiver.kind}{owner}]"
    return (
        _INDENT,
        _HEADS[finding.severity],
        _segment(f"  {inert(finding.message)}  "),
        _segment(f"{finding.rule}{waived}", "dim"),
        _segment(f"  {inert(place)}" if place else "", "dim"),
        _points(finding.points),
    )


@lru_cache(maxsize=1024)
def _points(points: float) -> Segment:
    return Segment(f"  +{points:g}" if points else "", "green")


def _tables(tables: Sequence[TableResult], findings: Sequence[Finding]) -> Iterator[Line]:
    if not tables:
        return
    counts = Counter((f.system, f.table) for f in findings if f.waiver is None)
    width = max(len(inert(t.name)) for t in tables)
    yield _line(Segment(f"{'table':<{width}}  level     score  findings", "dim"))
    for table in tables:
        score = "-" if table.score is None else str(table.score)
        note = f"  exempt: {inert(table.exempt)}" if table.exempt else ""
        note += f"  planned: {inert(table.planned)}" if table.planned else ""
        yield _line(
            f"{inert(table.name):<{width}}  {table.level:<8}  {score:>5}  ",
            f"{counts[table.system, table.name]:>8}",
            Segment(note, "dim"),
        )
    yield _line("")


def _gaps(audit: Audit, verbose: bool) -> Iterator[Line]:
    """What this audit cannot say: not understood, unknown, not judged, waivers to look at."""
    shown = None if verbose else 10
    if audit.change is not None and not verbose:
        yield from (_line(f"  {inert(n)}") for n in audit.notices if ": not read: " not in n)
        return
    for title, items in (
        ("problems in the sources", [_problem_text(p) for p in audit.problems]),
        ("unknown", [f"{u.table}: {u.rule} {u.requirement}: {u.reason}" for u in audit.unknowns]),
        (
            "not judged",
            [
                f"{reason}: {', '.join(rules)}"
                for reason, rules in audit.not_judged_by_reason.items()
            ],
        ),
        ("notices", list(audit.notices)),
    ):
        if items:
            yield _line(Segment(f"{title} ({len(items)})", "bold"))
            yield from (_line(f"  {inert(item)}") for item in items[:shown])
            if shown is not None and len(items) > shown:
                yield _line(f"  ... and {len(items) - shown} more, shown with --verbose")
            yield _line("")


def _problem_text(problem: object) -> str:
    from ctb_audit.model import Problem

    assert isinstance(problem, Problem)
    place = f"{problem.location}: " if problem.location else ""
    return f"{place}{problem.kind}: {problem.message}"


def _summary(audit: Audit) -> Iterator[Line]:
    counts = Counter(f.severity for f in audit.open_findings)
    found = ", ".join(f"{counts[s]} {s.lower()}" for s in SEVERITIES if counts[s])
    coverage = audit.coverage
    yield _line(
        f"{len(audit.tables)} tables, standard {audit.standard}, ",
        f"{coverage.statements} statements ({coverage.percent:.1f} % accounted for), ",
        f"findings: {found or 'none'}",
        f", {audit.aside_text}" if audit.aside_text else "",
    )
    yield from _change(audit.change)
    grade = audit.grade
    score = "no score" if audit.score is None else f"score {audit.score}  {grade}"
    verdict = "passed" if audit.gate.passed else "blocked"
    yield _line(
        Segment(score, f"bold {GRADE_STYLES.get(grade or '', 'red')}"),
        f"  gate: {verdict}" if audit.change else f"  gate {audit.gate.threshold}: {verdict}",
    )
    yield from (_line(f"  {inert(reason)}") for reason in audit.gate.reasons)
    yield from (_line(Segment(f"  incomplete: {inert(r)}", "yellow")) for r in audit.incomplete)
    yield from _next_grade(audit)


def _change(change: Change | None) -> Iterator[Line]:
    if change is None:
        return
    before = "no score" if change.score is None else f"score {change.score}"
    yield _line(
        f"since {inert(change.base)} ({before}): ",
        f"{len(change.new)} new finding{'s' * (len(change.new) != 1)}, {len(change.fixed)} fixed",
    )


def _next_grade(audit: Audit) -> Iterator[Line]:
    step = audit.next_grade
    if step is None or audit.change is not None:
        return
    rules = Counter(f.rule for f in step.fixes)
    total = len(step.fixes)
    yield _line(
        f"cheapest way to {step.grade} ({step.threshold}): ",
        f"{total} fix{'es' if total != 1 else ''} reach {step.score}",
    )
    for rule, count in rules.most_common():
        chosen = [f for f in step.fixes if f.rule == rule]
        gain = sum(f.points for f in chosen)
        where = ", ".join(dict.fromkeys(inert(_target(f)) for f in chosen[:4]))
        more = f" and {count - 4} more" if count > 4 else ""
        yield _line(f"  +{gain:.1f}  {rule}: {where}{more}")


def _target(finding: Finding) -> str:
    return f"{finding.table}.{finding.requirement}" if finding.requirement else finding.table
