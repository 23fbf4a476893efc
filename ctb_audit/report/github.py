"""An audit as workflow commands of GitHub Actions: one annotation a finding."""

from collections.abc import Iterator

from ctb_audit.report.inert import inert
from ctb_audit.result import Audit, Finding
from ctb_audit.standard import SEVERITIES

_COMMANDS = {"CRITICAL": "error", "HIGH": "error", "MEDIUM": "warning"}


def audit_github(audit: Audit) -> str:
    """The open findings, the worst first, because GitHub shows ten of a kind a step."""
    return "".join(f"{line}\n" for line in _lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    findings = [f for f in audit.asked_findings if f.waiver is None]
    for finding in sorted(findings, key=lambda f: SEVERITIES.index(f.severity)):
        yield _command(finding, audit.prefix)
    for reason in audit.incomplete:
        yield f"::error title=ctb audit::{_data('incomplete: ' + reason)}"
    if not audit.gate.passed:
        yield f"::error title=ctb audit::{_data('; '.join(audit.gate.reasons))}"


def _command(finding: Finding, prefix: str) -> str:
    keys = []
    place = finding.location
    if place is not None and place.path and "://" not in place.path:
        keys.append(f"file={_property(prefix + place.path)}")
        keys += [f"line={place.line}"] * bool(place.line)
        keys += [f"col={place.column}"] * bool(place.line and place.column)
    keys.append(f"title={_property(f'{finding.severity} {finding.rule}')}")
    command = _COMMANDS.get(finding.severity, "notice")
    return f"::{command} {','.join(keys)}::{_data(f'{finding.table}: {finding.message}')}"


def _data(text: str) -> str:
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
