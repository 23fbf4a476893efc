"""An audit in short Markdown, for a comment on a pull request or the summary of a job.

GitHub takes 65,536 characters in a comment and 1 MiB in a summary, GitLab 1,000,000 in a note.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ctb_audit.report.context import ReportContext
from ctb_audit.report.template import render
from ctb_audit.result import Audit, Finding
from ctb_audit.scoring import cheapest
from ctb_audit.standard import SEVERITIES

LIMIT = 60_000
_SIZES = (25, 10, 3, 0)  # findings and tables that are shown, the first that fits


def audit_summary(
    audit: Audit, context: ReportContext, templates: Path | None = None, limit: int = LIMIT
) -> str:
    """The summary by `templates/summary.md.j2`, or by the project's own of that name.

    At most `limit` characters, unless even the head alone is longer.
    """
    text = ""
    for size in _SIZES:
        values = _values(audit, context, size)
        text = render("summary.md.j2", values, templates)
        text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
        if len(text) <= limit:
            break
    return text


def _values(audit: Audit, context: ReportContext, size: int) -> dict[str, Any]:
    asked = [f for f in audit.asked_findings if f.waiver is None]
    ordered = sorted(asked, key=lambda f: (SEVERITIES.index(f.severity), -f.points, f.table))
    named = "new finding" if audit.change is not None else "finding"
    counts = Counter((f.system, f.table) for f in audit.open_findings)
    lowest = sorted(
        (t for t in audit.tables if t.score is not None), key=lambda t: (t.score, t.name)
    )
    step = audit.next_grade
    return {
        "head": _head(audit, context, asked),
        "plan": _plan(audit, context),
        "grade": step.grade if step else "",
        "count": len(step.fixes) if step else 0,
        "steps": _steps(audit) if size else [],
        "title": f"{len(asked)} {named}{'s' * (len(asked) != 1)}",
        "findings": [_row(f) for f in ordered[:size]],
        "left": max(0, len(ordered) - size),
        "tables": [
            {
                "name": t.name,
                "level": t.level,
                "score": t.score,
                "findings": counts[t.system, t.name],
            }
            for t in lowest[:size]
        ],
        "tables_left": max(0, len(lowest) - size),
        "impact": _impact(audit, size),
    }


def _head(audit: Audit, context: ReportContext, asked: Sequence[Finding]) -> dict[str, Any]:
    counts = Counter(f.severity for f in asked)
    found = ", ".join(f"{counts[s]} {s.lower()}" for s in SEVERITIES if counts[s])
    named = "New findings" if audit.change is not None else "Findings"
    last = context.trend[-1] if context.trend else None
    change = ""
    if last is not None and audit.score is not None and audit.score != last.score:
        change = f"{audit.score - last.score:+d} since {last.at:%Y-%m-%d}"
    return {
        "score": "no score" if audit.score is None else audit.score,
        "grade": audit.grade or "",
        "passed": audit.gate.passed,
        "threshold": audit.gate.threshold,
        "reasons": audit.gate.reasons,
        "incomplete": audit.incomplete,
        "change": change,
        "findings": f"{named}: {found or 'none'}.",
    }


def _plan(audit: Audit, context: ReportContext) -> dict[str, Any] | None:
    """The next threshold that rises, and what it takes."""
    ahead = sorted((s for s in context.schedule if s.since > context.today), key=lambda s: s.since)
    if not ahead or audit.score is None:
        return None
    step = ahead[0]
    found = cheapest(step.threshold, audit.findings, audit.tables)
    text = "reached already" if audit.score >= step.threshold else "out of reach by fixes alone"
    if audit.score < step.threshold and found is not None:
        text = f"{len(found[0])} fixes to go" if len(found[0]) != 1 else "1 fix to go"
    return {"day": step.since.isoformat(), "threshold": step.threshold, "text": text}


def _steps(audit: Audit) -> list[dict[str, Any]]:
    if audit.next_grade is None:
        return []
    groups: dict[str, list[Finding]] = {}
    for fix in audit.next_grade.fixes:
        groups.setdefault(fix.rule, []).append(fix)
    return [
        {
            "rule": rule,
            "count": len(found),
            "points": f"{sum(f.points for f in found):.1f}",
            "where": _where(found),
        }
        for rule, found in groups.items()
    ]


def _where(findings: Sequence[Finding]) -> str:
    names = [f"{f.table}.{f.requirement}" if f.requirement else f.table for f in findings[:3]]
    more = f" and {len(findings) - 3} more" if len(findings) > 3 else ""
    return ", ".join(names) + more


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "table": finding.table,
        "message": finding.message,
        "rule": finding.rule,
        "place": str(finding.location) if finding.location else "",
    }


def _impact(audit: Audit, size: int) -> dict[str, Any] | None:
    found = audit.impact
    if found is None:
        return None
    rows = [{"name": r.name, "before": r.before, "after": r.after} for r in found.tables[:size]]
    return {"standard": found.standard, "score": found.score, "rows": rows}
