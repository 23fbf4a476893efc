"""A portfolio as JSON; `rules/portfolio.schema.json` holds its field names."""

import json
from dataclasses import asdict
from typing import Any

from ctb_audit import __version__
from ctb_audit.fleet.portfolio import GroupRow, Portfolio, TargetRow, WhatIf
from ctb_audit.report.inert import inert_json
from ctb_audit.result import grade_of

SCHEMA_VERSION = "1.0"


def portfolio_json(portfolio: Portfolio) -> str:
    """One JSON text with a final newline."""
    text = json.dumps(portfolio_value(portfolio), ensure_ascii=False, indent=2)
    return inert_json(text) + "\n"


def portfolio_value(portfolio: Portfolio) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "ctb-audit", "version": __version__},
        "day": portfolio.day.isoformat(),
        "score": portfolio.score,
        "grade": portfolio.grade,
        "whole": portfolio.is_whole,
        "statuses": dict(portfolio.statuses),
        "grades": dict(portfolio.grades),
        "findings": dict(portfolio.findings),
        "tables": portfolio.tables,
        "targets": [_target(t) for t in portfolio.targets],
        "teams": [_group(g) for g in portfolio.teams],
        "systems": [_group(g) for g in portfolio.systems],
        "worst_tables": [asdict(t) for t in portfolio.worst_tables],
        "common_findings": [asdict(c) for c in portfolio.common],
        "trend": [asdict(step) for step in portfolio.past.trend],
        "trend_note": portfolio.past.note or None,
        "what_if": [_what_if(w) for w in portfolio.what_if],
    }


def _target(row: TargetRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "team": row.team or None,
        "system": row.system or None,
        "place": row.shown,
        "status": row.status,
        "score": row.score,
        "grade": row.grade,
        "before": row.before,
        "standard": row.standard or None,
        "revision": row.revision or None,
        "tables": row.tables,
        "findings": dict(row.findings),
        "reasons": list(row.reasons),
        "message": row.message or None,
    }


def _group(row: GroupRow) -> dict[str, Any]:
    return {
        "name": row.name or None,
        "targets": row.targets,
        "score": row.score,
        "grade": row.grade,
        "statuses": dict(row.statuses),
        "findings": dict(row.findings),
    }


def _what_if(asked: WhatIf) -> dict[str, Any]:
    return {
        "change": asked.change,
        "targets_asked": asked.asked,
        "before": {"score": asked.before, "grade": grade_of(asked.before)},
        "after": {"score": asked.after, "grade": grade_of(asked.after)},
        "passing_now": list(asked.passing_now),
        "blocked_now": list(asked.blocked_now),
        "moved": [asdict(moved) for moved in asked.moved],
        "tables_untold": asked.untold,
    }
