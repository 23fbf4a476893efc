"""Findings, rules and the sources' lines as the HTML report shows them.

Findings refer to rules and to lines, which stand once each: ten thousand findings stay small.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.model import Location
from ctb_audit.report.context import ReportContext
from ctb_audit.report.inert import inert
from ctb_audit.report.topics import topic_of
from ctb_audit.result import Audit, Finding
from ctb_audit.standard import SEVERITIES

_NAME = 26  # characters of a file name in the list of findings
_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Numbers that stand for tables, rules and files in the ids of elements."""

    tables: Mapping[tuple[str, str], int]
    rules: Mapping[str, int]
    files: Mapping[str, int]

    def line(self, location: Location | None, lines: Mapping[str, Mapping[int, str]]) -> str:
        """The id of a line that the report holds, "" for any other."""
        if location is None or location.line not in lines.get(location.path, ()):
            return ""
        return f"f{self.files[location.path]}-{location.line}"


def anchors(audit: Audit, context: ReportContext) -> Anchors:
    used = dict.fromkeys(f.rule for f in audit.findings)
    return Anchors(
        {(t.system, t.name): n for n, t in enumerate(audit.tables)},
        {rule: n for n, rule in enumerate(used)},
        {path: n for n, path in enumerate(context.lines)},
    )


def finding_rows(audit: Audit, context: ReportContext, ids: Anchors) -> list[dict[str, Any]]:
    """One row a finding: the severest first, those that gain most before others."""
    ordered = sorted(
        audit.findings,
        key=lambda f: (f.waiver is not None, SEVERITIES.index(f.severity), -f.points, f.table),
    )
    return [_row(f, audit, context, ids) for f in ordered]


def _row(finding: Finding, audit: Audit, context: ReportContext, ids: Anchors) -> dict[str, Any]:
    place = finding.location
    return {
        "severity": finding.severity,
        "rank": SEVERITIES.index(finding.severity),
        "table": inert(finding.table),
        "table_id": ids.tables.get((finding.system, finding.table)),
        "message": inert(finding.message),
        "rule": inert(finding.rule),
        "rule_id": ids.rules[finding.rule],
        "topic": topic_of(audit, finding.rule),
        "place": inert(_short(place)),
        "line_id": ids.line(place, context.lines),
        "points": f"{finding.points:g}" if finding.points else "",
        "waived": _waived(finding),
        "is_new": audit.change is not None and finding.fingerprint in audit.change.new,
    }


def _short(place: Location | None) -> str:
    """File and line; the folder stands where the lines do."""
    if place is None:
        return ""
    name = place.path if "://" in place.path else place.path.rpartition("/")[2]
    if len(name) > _NAME:
        name = f"{name[: _NAME // 2]}…{name[-_NAME // 2 + 1 :]}"
    return f"{name}:{place.line}" if place.line else name


def _waived(finding: Finding) -> str:
    if finding.waiver is None:
        return ""
    return "baseline" if finding.waiver.kind == "baseline" else "waived"


def rule_cards(audit: Audit, ids: Anchors) -> list[dict[str, Any]]:
    """Every rule that found something: what it asks, why, and how it is met."""
    cards = []
    for rule, number in ids.rules.items():
        known = audit.rules.get(rule)
        cards.append(
            {
                "id": number,
                "rule": inert(rule),
                "topic": known.topic if known else "",
                "summary": _text(known.summary) if known else "",
                "clause": inert(known.clause) if known else "",
                "why": _blocks(known.why) if known else [],
                "remedy": _blocks(known.remedy) if known else [],
                "count": sum(f.rule == rule for f in audit.open_findings),
            }
        )
    return sorted(cards, key=lambda c: str(c["rule"]))


def _text(text: str) -> str:
    return inert(" ".join(text.split()))


def _blocks(text: str) -> list[dict[str, Any]]:
    """Paragraphs of a rule's text; those indented by four spaces are code."""
    blocks = []
    for part in text.strip("\n").split("\n\n"):
        lines = part.strip("\n").splitlines()
        is_code = all(line.startswith("    ") or not line.strip() for line in lines)
        shown = "\n".join(inert(line[4:]) for line in lines) if is_code else _text(part)
        if shown.strip():
            blocks.append({"code": is_code, "text": shown})
    return blocks


def listings(context: ReportContext, ids: Anchors) -> list[dict[str, Any]]:
    """The lines near findings, file by file; `gap` marks what is left out before a line."""
    found = []
    for path, lines in context.lines.items():
        numbers = sorted(lines)
        rows = [
            {"number": n, "text": inert(lines[n].replace("\t", "    ")), "gap": n - 1 not in lines}
            for n in numbers
        ]
        found.append({"id": ids.files[path], "path": inert(path), "lines": rows})
    return found


def waiver_rows(audit: Audit, today: date) -> list[dict[str, Any]]:
    """Waivers with what they cover, the next to expire first; a baseline is one row."""
    groups: dict[tuple[str, str, str, str, str], list[Finding]] = {}
    for finding in audit.findings:
        waiver = finding.waiver
        if waiver is not None:
            rule = "" if waiver.kind == "baseline" else finding.rule
            key = (waiver.kind, rule, waiver.owner, waiver.reason, waiver.until)
            groups.setdefault(key, []).append(finding)
    rows = [_waiver(key, found, today) for key, found in groups.items()]
    return sorted(rows, key=lambda row: (not row["until"], row["until"], row["rule"]))


def _waiver(
    key: tuple[str, str, str, str, str], found: Sequence[Finding], today: date
) -> dict[str, Any]:
    kind, rule, owner, reason, until = key
    tables = list(dict.fromkeys(inert(f.table) for f in found))
    soon = bool(until) and date.fromisoformat(until) - today <= _SOON
    return {
        "kind": {"inline": "in the DDL", "configuration": "configured"}.get(kind, kind),
        "rule": inert(rule) or "known findings",
        "owner": inert(owner),
        "reason": _text(reason),
        "until": until,
        "soon": soon,
        "count": len(found),
        "where": _few(tables),
    }


def _few(names: Sequence[str], shown: int = 4) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
