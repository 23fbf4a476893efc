"""An audit as SARIF 2.1.0, for code scanning: fingerprints, suppressions, rule help, fixes."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ctb_audit import __version__
from ctb_audit.model import Location
from ctb_audit.report.fixes import Fix, mechanical_fix
from ctb_audit.result import Audit, Finding
from ctb_audit.standard import Rule, Severity

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {
    "CRITICAL": "error",
    "HIGH": "error",
    "MEDIUM": "warning",
    "LOW": "note",
    "INFO": "note",
}
_SECURITY: Mapping[Severity, str] = {
    "CRITICAL": "9.5",
    "HIGH": "8.0",
    "MEDIUM": "5.0",
    "LOW": "2.0",
    "INFO": "0.0",
}


def audit_sarif(audit: Audit) -> str:
    """The audit as one SARIF log with a final newline."""
    return json.dumps(_log(audit), ensure_ascii=False, separators=(",", ":")) + "\n"


def _log(audit: Audit) -> dict[str, Any]:
    rules = list(dict.fromkeys(f.rule for f in audit.findings))
    driver = {
        "name": "ctb-audit",
        "semanticVersion": __version__,
        "rules": [_rule(name, audit.rules.get(name)) for name in rules],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The top of the repository."}}},
        "invocations": [_invocation(audit)],
        "results": [_result(f, rules.index(f.rule), audit) for f in audit.findings],
        "properties": {
            "standard": audit.standard,
            "score": audit.score,
            "grade": audit.grade,
            "gate": {"passed": audit.gate.passed, "threshold": audit.gate.threshold},
        },
    }
    if audit.change is not None:
        run["results"] += [
            _absent(f, audit.prefix) for f in audit.change.fixed if f.rule in audit.rules
        ]
    return {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}


def _invocation(audit: Audit) -> dict[str, Any]:
    """Whether the audit is whole; what it could not read stands as notifications."""
    notes = [("error", reason) for reason in audit.incomplete]
    notes += [
        ("warning", f"{p.location}: {p.message}" if p.location else p.message)
        for p in audit.problems
    ]
    notes += [("note", notice) for notice in audit.notices]
    return {
        "executionSuccessful": not audit.incomplete,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": text}} for level, text in notes
        ],
    }


def _rule(name: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": name}
    text = f"{rule.why}\n\n{rule.remedy}".strip()
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": text, "markdown": _help(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": _rule_properties(rule),
    }


def _rule_properties(rule: Rule) -> dict[str, Any]:
    """`security-severity` ranks alerts on GitHub; only rules about security carry it."""
    tags = [rule.topic, *rule.tags]
    found: dict[str, Any] = {"tags": list(dict.fromkeys(tags)), "precision": "very-high"}
    if rule.topic == "security":
        found["security-severity"] = _SECURITY[rule.severity]
    return found


def _help(rule: Rule) -> str:
    parts = [f"**{rule.summary}**", rule.why, f"**Remedy.** {rule.remedy}"]
    for kind, title in (("fail", "Found"), ("fixed", "Fixed"), ("ok", "In order")):
        example = next((e for e in rule.examples if e.kind == kind and e.sql), None)
        if example is not None:
            parts.append(f"{title}:\n\n```sql\n{example.sql.strip()}\n```")
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _result(finding: Finding, index: int, audit: Audit) -> dict[str, Any]:
    found = _identity(finding, audit.prefix)
    found["ruleIndex"] = index
    if audit.change is not None:
        new = finding.fingerprint in audit.change.new
        found["baselineState"] = "new" if new else "unchanged"
    if finding.waiver is not None:
        found["suppressions"] = [_suppression(finding, audit.prefix)]
    fix = mechanical_fix(finding)
    if fix is not None:
        found["fixes"] = [_fix(fix, audit.prefix)]
    found["properties"] = {
        "severity": finding.severity,
        "points": finding.points,
        "requirement": finding.requirement,
        "level": finding.level,
    }
    return found


def _identity(finding: Finding, prefix: str) -> dict[str, Any]:
    logical = {
        "name": finding.table.rpartition(".")[2],
        "fullyQualifiedName": f"{finding.system}:{finding.table}",
        "kind": "object" if not finding.table_level else "table",
    }
    place: dict[str, Any] = {"logicalLocations": [logical]}
    physical = _physical(finding.location, prefix)
    if physical is not None:
        place["physicalLocation"] = physical
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.table}: {finding.message}"},
        "locations": [place],
        "partialFingerprints": {"ctbFinding/v1": finding.fingerprint},
    }


def _absent(finding: Finding, prefix: str) -> dict[str, Any]:
    return {**_identity(finding, prefix), "baselineState": "absent"}


def _physical(location: Location | None, prefix: str) -> dict[str, Any] | None:
    if location is None or not location.path or "://" in location.path:
        return None
    found: dict[str, Any] = {
        "artifactLocation": {"uri": quote(prefix + location.path), "uriBaseId": "ROOT"}
    }
    if location.line:
        column = {"startColumn": location.column} if location.column else {}
        found["region"] = {"startLine": location.line, **column}
    return found


def _suppression(finding: Finding, prefix: str) -> dict[str, Any]:
    """Waivers in the source are `inSource`; configuration and baseline stand outside."""
    waiver = finding.waiver
    assert waiver is not None
    parts = [waiver.reason or "known in the baseline"]
    parts += [f"owner {waiver.owner}"] * bool(waiver.owner)
    parts += [f"until {waiver.until}"] * bool(waiver.until)
    found: dict[str, Any] = {
        "kind": "inSource" if waiver.kind == "inline" else "external",
        "status": "accepted",
        "justification": "; ".join(parts),
    }
    place = _physical(waiver.location, prefix) if waiver.kind == "inline" else None
    if place is not None:
        found["location"] = {"physicalLocation": place}
    return found


def _fix(fix: Fix, prefix: str) -> dict[str, Any]:
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": fix.text}}
    return {
        "description": {"text": fix.description},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": quote(prefix + fix.path), "uriBaseId": "ROOT"},
                "replacements": [replacement],
            }
        ],
    }
