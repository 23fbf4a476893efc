"""What another standard says of the same sources: `ctb audit --compare`."""

from collections.abc import Iterator
from typing import Any

from ctb_audit.report.inert import inert
from ctb_audit.report.terminal import Line, Segment
from ctb_audit.result import Audit, grade_of


def impact_rows(audit: Audit) -> list[dict[str, Any]]:
    """The tables whose score differs, those whose grade does first."""
    if audit.impact is None:
        return []
    rows = [
        {
            "name": inert(row.name),
            "before": "-" if row.before is None else row.before,
            "after": "-" if row.after is None else row.after,
            "before_grade": grade_of(row.before) or "no score",
            "after_grade": grade_of(row.after) or "no score",
            "moved": grade_of(row.before) != grade_of(row.after),
        }
        for row in audit.impact.tables
    ]
    return sorted(rows, key=lambda row: not row["moved"])


def impact_lines(audit: Audit) -> Iterator[Line]:
    """For the terminal: one line a table, then both database scores."""
    impact = audit.impact
    if impact is None:
        return
    rows = impact_rows(audit)
    moved = sum(row["moved"] for row in rows)
    head = f"{impact.standard} against {audit.standard}: {len(rows)} tables score differently"
    yield (Segment(inert(f"{head}, {moved} change grade"), "bold"),)
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        grades = f"{row['before_grade']} -> {row['after_grade']}" if row["moved"] else ""
        scores = f"{row['before']:>3} -> {row['after']:>3}"
        yield (Segment(f"  {row['name']:<{width}}  {scores}  "), Segment(grades, "yellow"))
    before = "no score" if impact.score is None else impact.score
    after = "no score" if audit.score is None else audit.score
    yield (Segment(f"  database: {before} -> {after}"),)
    yield (Segment(""),)
