"""An audit as one HTML file that loads nothing: for those who decide and those who repair.

`templates/report.html.j2` is the page, `report.css.j2` and `report.js.j2` stand inside it. A
content security policy allows exactly these two by their hashes, and no request at all.
"""

import base64
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ctb_audit import __version__
from ctb_audit.report.context import ReportContext
from ctb_audit.report.html_chart import chart
from ctb_audit.report.html_findings import (
    Anchors,
    anchors,
    finding_rows,
    listings,
    rule_cards,
    waiver_rows,
)
from ctb_audit.report.html_relations import drawing
from ctb_audit.report.impact import impact_rows
from ctb_audit.report.inert import inert
from ctb_audit.report.template import render
from ctb_audit.report.topics import TopicWeights, topic_of, topic_weights, used_topics
from ctb_audit.result import Audit, Finding, grade_of
from ctb_audit.scoring import Rescore, cheapest
from ctb_audit.standard import SEVERITIES

_GAINS = 6
_NONE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def audit_html(audit: Audit, context: ReportContext, templates: Path | None = None) -> str:
    """The page by `templates/report.html.j2`, or by the project's own of that name.

    Raises ConfigurationError for a template that cannot be used.
    """
    style, script = _embedded(templates)
    values = {
        **_values(audit, context),
        "style": style,
        "script": script,
        "policy": policy_of(style, script),
    }
    text = render("report.html.j2", values, templates)
    return text.strip() + "\n"


def content_policy(templates: Path | None = None) -> str:
    """The content security policy of every page that these templates make, for a header."""
    return f"{policy_of(*_embedded(templates))}; img-src data:"


def _embedded(templates: Path | None) -> tuple[str, str]:
    style, script = (render(f"report.{kind}.j2", {}, templates) for kind in ("css", "js"))
    return style.strip(), script.strip()


def policy_of(style: str, script: str) -> str:
    """A page may use this style and this script, and request nothing."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def _values(audit: Audit, context: ReportContext) -> dict[str, Any]:
    ids = anchors(audit, context)
    return {
        "head": _head(audit, context),
        "audit": audit,
        "severities": _severities(audit),
        "chart": chart(audit.score, context),
        "trend_note": inert(context.trend_note),
        "plan": _plan(audit, context),
        "gains": _gains(audit, ids),
        "heat": _heat(audit),
        "findings": finding_rows(audit, context, ids),
        "tables": [{"id": n, "name": inert(t.name)} for n, t in enumerate(audit.tables)],
        "topics": sorted({topic_of(audit, f.rule) for f in audit.findings}),
        "relations": drawing(audit),
        "waivers": waiver_rows(audit, context.today),
        "coverage": _coverage(audit),
        "gaps": _gaps(audit),
        "impact": _impact(audit),
        "rules": rule_cards(audit, ids),
        "listings": listings(context, ids),
        "lines_note": inert(context.lines_note),
    }


def _head(audit: Audit, context: ReportContext) -> dict[str, Any]:
    score = audit.score
    return {
        "score": _number(score),
        "has_score": score is not None,
        "arc": round((score or 0) * 2.51327, 2),  # of a half circle of radius 80
        "grade": audit.grade or "NO SCORE",
        "grade_class": _class(audit.grade),
        "sources": [inert(s) for s in audit.sources],
        "standard": inert(audit.standard),
        "standard_hash": audit.standard_hash[:12],
        "revision": inert(audit.revision[:12]),
        "today": context.today.isoformat(),
        "version": __version__,
        "threshold": audit.gate.threshold,
        "passed": audit.gate.passed,
        "reasons": [inert(r) for r in audit.gate.reasons],
        "incomplete": [inert(r) for r in audit.incomplete],
        "change": _since_last(audit, context),
        "systems": [{"name": s.system, "score": _number(s.score)} for s in audit.systems],
    }


def _since_last(audit: Audit, context: ReportContext) -> str:
    if not context.trend or audit.score is None:
        return ""
    last = context.trend[-1]
    moved = audit.score - last.score
    if not moved:
        return f"unchanged since {last.at:%Y-%m-%d}"
    return f"{'+' if moved > 0 else _MINUS}{abs(moved)} since {last.at:%Y-%m-%d}"


def _number(score: int | None) -> str:
    return _NONE if score is None else str(score)


def _class(grade: str | None) -> str:
    return (grade or "none").replace(" ", "-").lower()


def _severities(audit: Audit) -> list[dict[str, Any]]:
    counts = Counter(f.severity for f in audit.open_findings)
    return [{"name": s, "rank": n, "count": counts[s]} for n, s in enumerate(SEVERITIES)]


def _plan(audit: Audit, context: ReportContext) -> list[dict[str, Any]]:
    """Each threshold to come, and the fewest fixes that reach it."""
    ahead = sorted((s for s in context.schedule if s.since > context.today), key=lambda s: s.since)
    return [
        {
            "day": step.since.isoformat(),
            "days": (step.since - context.today).days,
            "threshold": step.threshold,
            **_way(audit, step.threshold),
        }
        for step in ahead
    ]


def _way(audit: Audit, threshold: int) -> dict[str, Any]:
    if audit.score is not None and audit.score >= threshold:
        return {"reached": True, "text": "reached already"}
    found = cheapest(threshold, audit.findings, audit.tables)
    if found is None:
        return {"reached": False, "text": "fixing every finding does not reach it"}
    fixes = len(found[0])
    return {"reached": False, "text": f"{fixes} fix{'es' * (fixes != 1)} to go"}


def _gains(audit: Audit, ids: Anchors) -> dict[str, Any]:
    """The way to the next grade by rule, then what else is to gain."""
    step = audit.next_grade
    on_way = frozenset(step.fingerprints) if step else frozenset()
    rescore = Rescore(audit.tables)
    gains = [(f, rescore.gain(f)) for f in audit.open_findings]
    way = _by_rule([(f, gain) for f, gain in gains if f.fingerprint in on_way], ids)
    rest = _by_rule([(f, gain) for f, gain in gains if f.fingerprint not in on_way], ids)
    shown = max(_GAINS - len(way), 3)
    return {
        "step": step,
        "count": len(on_way),
        "rows": way,
        "rest": rest[:shown],
        "more": max(0, len(rest) - shown),
    }


def _by_rule(gains: Sequence[tuple[Finding, float]], ids: Anchors) -> list[dict[str, Any]]:
    """What fixing these findings gains, rule by rule, the largest first."""
    groups: dict[str, list[Finding]] = {}
    sums: dict[str, float] = {}
    for finding, gain in gains:
        if gain:
            groups.setdefault(finding.rule, []).append(finding)
            sums[finding.rule] = sums.get(finding.rule, 0) + gain
    largest = max(sums.values(), default=1)
    return [
        {
            "rule": inert(rule),
            "rule_id": ids.rules[rule],
            "count": len(groups[rule]),
            "points": f"{sums[rule]:.1f}" if sums[rule] >= 0.1 else f"{sums[rule]:.2f}",
            "width": max(1, round(100 * sums[rule] / largest)),
            "where": _where(groups[rule]),
        }
        for rule in sorted(groups, key=lambda rule: -sums[rule])
    ]


def _where(findings: Sequence[Finding]) -> str:
    names = [f"{f.table}.{f.requirement}" if f.requirement else f.table for f in findings]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return inert(", ".join(names[:3])) + more


def _heat(audit: Audit) -> dict[str, Any]:
    """Tables, the lowest score first, by topics."""
    weights = topic_weights(audit)
    topics = used_topics(weights)
    rows = [
        {
            "id": number,
            "name": inert(table.name),
            "system": table.system,
            "level": table.level,
            "score": _number(table.score),
            "class": _class(grade_of(table.score)),
            "note": inert(
                f"exempt: {table.exempt}" if table.exempt else "planned" if table.planned else ""
            ),
            "findings": sum(w.findings for w in weights[table.system, table.name].values()),
            "cells": [_cell(weights[table.system, table.name].get(t)) for t in topics],
        }
        for number, table in enumerate(audit.tables)
    ]
    known = [t.score if t.score is not None else 101 for t in audit.tables]
    return {"topics": topics, "rows": sorted(rows, key=lambda row: known[row["id"]])}


def _cell(weights: TopicWeights | None) -> dict[str, Any]:
    if weights is None or (weights.score is None and not weights.findings):
        return {"text": _NONE, "class": "none", "findings": 0, "unknown": False}
    score = weights.score
    return {
        "text": "i" if score is None else score,
        "class": _class(grade_of(100 if score is None else score)),
        "findings": weights.findings,
        "unknown": bool(weights.unknown),
    }


def _coverage(audit: Audit) -> dict[str, Any]:
    found = audit.coverage
    total = max(found.statements, 1)
    parts = (
        ("understood", found.understood),
        ("irrelevant", found.irrelevant),
        ("not understood", found.not_understood),
    )
    x = 0.0
    bars = []
    for name, count in parts:
        width = 100 * count / total
        bars.append({"name": name, "count": count, "x": round(x, 2), "width": round(width, 2)})
        x += width
    return {"statements": found.statements, "percent": f"{found.percent:.1f}", "bars": bars}


def _gaps(audit: Audit) -> list[dict[str, Any]]:
    sections = (
        (
            "Problems in the sources",
            [
                f"{p.location}: {p.kind}: {p.message}" if p.location else f"{p.kind}: {p.message}"
                for p in audit.problems
            ],
        ),
        (
            "Unknown: should have been decided and could not be",
            [f"{u.table}: {u.rule} {u.requirement}: {u.reason}" for u in audit.unknowns],
        ),
        ("Rules not judged", [f"{n.rule}: {n.reason}" for n in audit.not_judged]),
        ("Notices", list(audit.notices)),
    )
    return [{"title": title, "items": [inert(i) for i in items]} for title, items in sections]


def _impact(audit: Audit) -> dict[str, Any] | None:
    found = audit.impact
    if found is None:
        return None
    return {
        "standard": inert(found.standard),
        "score": _number(found.score),
        "grade": grade_of(found.score) or "no score",
        "rows": impact_rows(audit),
    }
