"""An audit as Markdown, for pull requests, job summaries and files."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ctb_audit.model import Problem
from ctb_audit.report.impact import impact_rows
from ctb_audit.report.template import render
from ctb_audit.result import Audit, Change, Finding, NextGrade
from ctb_audit.standard import SEVERITIES


def audit_markdown(audit: Audit, templates: Path | None = None) -> str:
    """The report by `templates/report.md.j2`, or by the project's own of that name."""
    text = render("report.md.j2", _values(audit), templates)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _values(audit: Audit) -> dict[str, Any]:
    counts = Counter(f.severity for f in audit.open_findings)
    found = ", ".join(f"{counts[s]} {s.lower()}" for s in SEVERITIES if counts[s])
    return {
        "audit": {
            "standard": audit.standard,
            "sources": audit.sources,
            "revision": audit.revision,
            "coverage": audit.coverage,
            "gate": audit.gate,
            "incomplete": audit.incomplete,
            "waived": audit.aside_text,
        },
        "score_text": "no score" if audit.score is None else f"{audit.score} ({audit.grade})",
        "verdict_text": _verdict(audit),
        "counts_text": found or "none",
        "change_text": _change(audit.change),
        "step": None if audit.change else _step(audit.next_grade),
        "tables": _tables(audit),
        "impact": audit.impact,
        "impact_rows": impact_rows(audit),
        "groups": _groups(audit.asked_findings),
        "gaps": _gaps(audit),
    }


def _verdict(audit: Audit) -> str:
    state = "passes" if audit.gate.passed else "does not pass"
    if audit.change is not None:
        return f"The change {state}."
    return f"The audit {state} the gate of {audit.gate.threshold}."


def _change(change: Change | None) -> str:
    """What a change brings; "" where the whole schema is judged."""
    if change is None:
        return ""
    before = "no score" if change.score is None else f"score {change.score}"
    plural = "s" * (len(change.new) != 1)
    return (
        f"Since {change.base} ({before}): {len(change.new)} new finding{plural}, "
        f"{len(change.fixed)} fixed."
    )


def _step(step: NextGrade | None) -> dict[str, Any] | None:
    if step is None:
        return None
    rows: dict[str, list[Finding]] = {}
    for fix in step.fixes:
        rows.setdefault(fix.rule, []).append(fix)
    return {
        "grade": step.grade,
        "threshold": step.threshold,
        "score": step.score,
        "count": len(step.fixes),
        "rows": [
            {
                "rule": rule,
                "where": ", ".join(_target(f) for f in fixes),
                "points": f"{sum(f.points for f in fixes):.1f}",
            }
            for rule, fixes in rows.items()
        ],
    }


def _target(finding: Finding) -> str:
    return f"{finding.table}.{finding.requirement}" if finding.requirement else finding.table


def _tables(audit: Audit) -> list[dict[str, Any]]:
    counts = Counter((f.system, f.table) for f in audit.open_findings)
    asked = {(f.system, f.table) for f in audit.asked_findings}
    return [
        {
            "name": t.name,
            "system": t.system,
            "level": t.level,
            "score": "-" if t.score is None else t.score,
            "findings": counts[t.system, t.name],
            "note": "; ".join(
                [f"exempt: {t.exempt}"] * bool(t.exempt) + [f"{t.planned}"] * bool(t.planned)
            ),
        }
        for t in audit.tables
        if audit.change is None or (t.system, t.name) in asked
    ]


def _groups(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.system, finding.table), []).append(finding)
    return [
        {"name": name, "findings": [_row(f) for f in sorted(found, key=_order)]}
        for (_, name), found in groups.items()
    ]


def _order(finding: Finding) -> tuple[int, str, str]:
    return SEVERITIES.index(finding.severity), finding.rule, finding.requirement


def _row(finding: Finding) -> dict[str, Any]:
    waiver = finding.waiver
    return {
        "severity": finding.severity,
        "message": finding.message,
        "rule": finding.rule,
        "place": str(finding.location) if finding.location else "",
        "points": f"+{finding.points:g}" if finding.points else "",
        "waived": "" if waiver is None else f" (waived by {waiver.owner or waiver.kind})",
    }


def _gaps(audit: Audit) -> list[dict[str, Any]]:
    sections = (
        ("Problems in the sources", [_problem(p) for p in audit.problems]),
        (
            "Unknown",
            [f"{u.table}: {u.rule} {u.requirement}: {u.reason}" for u in audit.unknowns],
        ),
        (
            "Not judged",
            [
                f"{reason}: {', '.join(rules)}"
                for reason, rules in audit.not_judged_by_reason.items()
            ],
        ),
        ("Notices", list(audit.notices)),
    )
    return [{"title": title, "items": items} for title, items in sections if items]


def _problem(problem: Problem) -> str:
    place = f"{problem.location}: " if problem.location else ""
    return f"{place}{problem.kind}: {problem.message}"
