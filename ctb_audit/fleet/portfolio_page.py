"""A portfolio as one HTML file that loads nothing, and as Markdown: `templates/portfolio.*.j2`."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ctb_audit import __version__
from ctb_audit.fleet.portfolio import (
    CommonFinding,
    GroupRow,
    Portfolio,
    TargetRow,
    WhatIf,
    WorstTable,
)
from ctb_audit.report.context import ReportContext, TrendPoint
from ctb_audit.report.html import policy_of
from ctb_audit.report.html_chart import chart
from ctb_audit.report.inert import inert
from ctb_audit.report.template import render
from ctb_audit.result import grade_of
from ctb_audit.standard import SEVERITIES

_NONE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_NAMED = 20
"""Targets that one change names; the JSON has all."""


def portfolio_html(portfolio: Portfolio, templates: Path | None = None) -> str:
    """Raises ConfigurationError for a template that cannot be used."""
    shared, own, script = (
        render(name, {}, templates).strip()
        for name in ("report.css.j2", "portfolio.css.j2", "portfolio.js.j2")
    )
    style = f"{shared}\n{own}"
    values = {
        **_values(portfolio),
        "chart": _chart(portfolio),
        "style": style,
        "script": script,
        "policy": policy_of(style, script),
    }
    return render("portfolio.html.j2", values, templates).strip() + "\n"


def portfolio_markdown(portfolio: Portfolio, templates: Path | None = None) -> str:
    """Raises ConfigurationError for a template that cannot be used."""
    text = render("portfolio.md.j2", _values(portfolio), templates)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _values(portfolio: Portfolio) -> dict[str, Any]:
    return {
        **_head(portfolio),
        "failed": [_open(t) for t in portfolio.targets if t.status in ("failed", "incomplete")],
        "targets": [_target(t) for t in portfolio.targets],
        "teams": [_group(g) for g in portfolio.teams],
        "systems": [_group(g) for g in portfolio.systems],
        "worst": [_worst(t) for t in portfolio.worst_tables],
        "common": [_common(c) for c in portfolio.common],
        "trend": [
            {"day": s.day, "score": s.score, "targets": s.targets} for s in portfolio.past.trend
        ],
        "trend_note": inert(portfolio.past.note),
        "changes": [_change(w) for w in portfolio.what_if],
    }


def _head(portfolio: Portfolio) -> dict[str, Any]:
    return {
        "score": _number(portfolio.score),
        "has_score": portfolio.score is not None,
        "arc": round((portfolio.score or 0) * 2.51327, 2),  # of a half circle of radius 80
        "grade": portfolio.grade or "NO SCORE",
        "grade_class": _class(portfolio.score),
        "day": portfolio.day.isoformat(),
        "version": __version__,
        "whole": portfolio.is_whole,
        "count": len(portfolio.targets),
        "tables": portfolio.tables,
        "statuses": portfolio.statuses,
        "grades": [
            {"name": name, "count": count, "class": name.lower().replace(" ", "-")}
            for name, count in portfolio.grades.items()
        ],
        "severities": [
            {"name": s, "rank": n, "count": portfolio.findings[s]} for n, s in enumerate(SEVERITIES)
        ],
    }


def _open(row: TargetRow) -> dict[str, Any]:
    why = row.message or "; ".join(row.reasons)
    return {"name": inert(row.name), "status": row.status, "why": inert(why)}


def _worst(table: WorstTable) -> dict[str, Any]:
    return {
        "target": inert(table.target),
        "team": inert(table.team) or _NONE,
        "database": table.database,
        "name": inert(table.name),
        "level": table.level,
        "score": table.score,
        "class": _class(table.score),
        "findings": table.findings,
    }


def _common(found: CommonFinding) -> dict[str, Any]:
    return {
        "rule": inert(found.rule),
        "severity": found.severity,
        "rank": [*SEVERITIES].index(found.severity),
        "findings": found.findings,
        "tables": found.tables,
        "targets": found.targets,
        "without": _number(found.without),
    }


def _chart(portfolio: Portfolio) -> Mapping[str, Any] | None:
    """Days before this one, and the present score."""
    earlier = tuple(
        TrendPoint(datetime.fromisoformat(f"{step.day}T12:00:00+00:00"), step.score)
        for step in portfolio.past.trend
        if step.day < portfolio.day.isoformat()
    )
    return chart(portfolio.score, ReportContext(portfolio.day, earlier))


def _target(row: TargetRow) -> dict[str, Any]:
    return {
        "name": inert(row.name),
        "team": inert(row.team) or _NONE,
        "system": inert(row.system) or _NONE,
        "place": inert(row.shown),
        "status": row.status,
        "score": _number(row.score),
        "moved": _moved(row.before, row.score),
        "grade": row.grade or "NO SCORE",
        "class": _class(row.score),
        "tables": row.tables,
        "findings": sum(row.findings.values()),
        "why": inert(row.message or "; ".join(row.reasons)),
    }


def _group(row: GroupRow) -> dict[str, Any]:
    return {
        "name": inert(row.name) or _NONE,
        "targets": row.targets,
        "score": _number(row.score),
        "grade": row.grade or "NO SCORE",
        "class": _class(row.score),
        "passed": row.statuses.get("passed", 0),
        "blocked": row.statuses.get("blocked", 0),
        "open": row.statuses.get("failed", 0) + row.statuses.get("incomplete", 0),
        "findings": sum(row.findings.values()),
        "grave": row.findings.get("CRITICAL", 0) + row.findings.get("HIGH", 0),
    }


def _change(asked: WhatIf) -> dict[str, Any]:
    return {
        "change": inert(asked.change),
        "asked": asked.asked,
        "before": _number(asked.before),
        "before_grade": grade_of(asked.before) or "NO SCORE",
        "after": _number(asked.after),
        "after_grade": grade_of(asked.after) or "NO SCORE",
        "passing": _named(asked.passing_now),
        "passing_count": len(asked.passing_now),
        "blocked": _named(asked.blocked_now),
        "blocked_count": len(asked.blocked_now),
        "moved": len(asked.moved),
        "rows": [
            {"name": inert(m.name), "before": _number(m.before), "after": _number(m.after)}
            for m in sorted(asked.moved, key=lambda m: (-_size(m.before, m.after), m.name))[:_NAMED]
        ],
        "untold": asked.untold,
    }


def _size(before: int | None, after: int | None) -> int:
    """How far a score moves; losing or winning one is the farthest."""
    if before is None or after is None:
        return 101 if before != after else 0
    return abs(after - before)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return inert(", ".join(names[:_NAMED])) + more


def _moved(before: int | None, score: int | None) -> str:
    if before is None or score is None or before == score:
        return ""
    return f"+{score - before}" if score > before else f"{_MINUS}{before - score}"


def _number(score: int | None) -> str:
    return _NONE if score is None else str(score)


def _class(score: int | None) -> str:
    return (grade_of(score) or "none").replace(" ", "-").lower()
