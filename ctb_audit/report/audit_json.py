"""An audit as JSON: field names are stable (rules/audit.schema.json holds them)."""

import json
from collections.abc import Iterable
from typing import Any

from ctb_audit import __version__
from ctb_audit.model import Location, Problem
from ctb_audit.report.inert import inert_json
from ctb_audit.result import (
    Audit,
    Change,
    Finding,
    Impact,
    Relation,
    TableResult,
    Waived,
    grade_of,
)

SCHEMA_VERSION = "1.0"


def audit_json(audit: Audit, *, indent: int | None = None) -> str:
    """The audit as one JSON text with a final newline; compact unless `indent` is given."""
    separators = None if indent else (",", ":")
    text = json.dumps(audit_value(audit), indent=indent, separators=separators, ensure_ascii=False)
    return inert_json(text) + "\n"


def audit_value(audit: Audit) -> dict[str, Any]:
    """The audit as a JSON value."""
    coverage = audit.coverage
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "ctb-audit", "version": __version__},
        "standard": {"id": audit.standard, "hash": audit.standard_hash},
        "sources": list(audit.sources),
        "revision": audit.revision or None,
        "score": audit.score,
        "grade": audit.grade,
        "gate": {
            "passed": audit.gate.passed,
            "threshold": audit.gate.threshold,
            "reasons": list(audit.gate.reasons),
        },
        "incomplete": list(audit.incomplete),
        "notices": list(audit.notices),
        "coverage": {
            "statements": coverage.statements,
            "understood": coverage.understood,
            "irrelevant": coverage.irrelevant,
            "not_understood": coverage.not_understood,
        },
        "systems": [{"system": s.system, "score": s.score} for s in audit.systems],
        "tables": [_table(t) for t in audit.tables],
        "findings": findings_value(audit.findings),
        "unknowns": [
            {
                "rule": u.rule,
                "severity": u.severity,
                "system": u.system,
                "table": u.table,
                "requirement": u.requirement,
                "reason": u.reason,
            }
            for u in audit.unknowns
        ],
        "not_judged": [{"rule": n.rule, "reason": n.reason} for n in audit.not_judged],
        "problems": [_problem(p) for p in audit.problems],
        "next_grade": _next_grade(audit),
        "change": _change(audit.change),
        "relations": [_relation(r) for r in audit.relations],
        "impact": _impact(audit.impact),
        **_changes(audit),
    }


def _changes(audit: Audit) -> dict[str, Any]:
    """Only `ctb drift` has them."""
    if audit.comparisons is None:
        return {}
    from ctb_audit.report.changes import changes_value

    return {"changes": changes_value(audit.comparisons)}


def findings_value(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as a JSON value; also what the log keeps as `issues`."""
    return [_finding(f) for f in findings]


def _next_grade(audit: Audit) -> dict[str, Any] | None:
    step = audit.next_grade
    if step is None:
        return None
    return {
        "grade": step.grade,
        "threshold": step.threshold,
        "score": step.score,
        "findings": list(step.fingerprints),
    }


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "base": change.base,
        "score": change.score,
        "new": sorted(change.new),
        "fixed": findings_value(change.fixed),
    }


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "system": relation.system,
        "table": relation.table,
        "columns": list(relation.columns),
        "target": relation.target,
        "target_columns": list(relation.target_columns),
    }


def _impact(impact: Impact | None) -> dict[str, Any] | None:
    if impact is None:
        return None
    return {
        "standard": impact.standard,
        "score": impact.score,
        "tables": [
            {
                "system": row.system,
                "name": row.name,
                "before": row.before,
                "before_grade": grade_of(row.before),
                "after": row.after,
                "after_grade": grade_of(row.after),
            }
            for row in impact.tables
        ],
    }


def _table(table: TableResult) -> dict[str, Any]:
    return {
        "system": table.system,
        "surface": table.surface,
        "name": table.name,
        "level": table.level,
        "level_source": table.level_source,
        "score": table.score,
        "exempt": table.exempt or None,
        "planned": table.planned or None,
        "weights": {
            "passed": table.passed,
            "failed": table.failed,
            "unknown": table.unknown,
        },
        "topics": dict(table.topics),
        "location": _location(table.location),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "system": finding.system,
        "surface": finding.surface,
        "table": finding.table if finding.table_level else None,
        "object": finding.object or (finding.table if not finding.table_level else None),
        "requirement": finding.requirement,
        "message": finding.message,
        "location": _location(finding.location),
        "points": finding.points,
        "fingerprint": finding.fingerprint,
        "waiver": _waiver(finding.waiver),
    }


def _waiver(waiver: Waived | None) -> dict[str, Any] | None:
    if waiver is None:
        return None
    return {
        "kind": waiver.kind,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "until": waiver.until or None,
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {"path": location.path, "line": location.line or None, "column": location.column or None}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "kind": problem.kind,
        "message": problem.message,
        "objects": [str(name) for name in problem.objects],
        "location": _location(problem.location),
    }
