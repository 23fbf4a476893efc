"""An audit as GitLab's code quality report: a JSON list of open findings."""

import json
from typing import Any

from ctb_audit.report.inert import inert
from ctb_audit.result import Audit, Finding

_SEVERITIES = {
    "CRITICAL": "blocker",
    "HIGH": "critical",
    "MEDIUM": "major",
    "LOW": "minor",
    "INFO": "info",
}


def audit_gitlab(audit: Audit) -> str:
    """One issue a finding; GitLab compares fingerprints of two branches itself."""
    issues = [_issue(f, audit.prefix) for f in audit.asked_findings if f.waiver is None]
    return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"


def _issue(finding: Finding, prefix: str) -> dict[str, Any]:
    """GitLab asks for a path and a line: what has none stands on its source's first line."""
    place = finding.location
    is_file = place is not None and bool(place.path) and "://" not in place.path
    path = prefix + place.path if place is not None and is_file else finding.system
    return {
        "description": inert(f"{finding.table}: {finding.message}"),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": path, "lines": {"begin": (place.line if place else 0) or 1}},
    }
