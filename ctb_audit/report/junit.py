"""An audit as JUnit XML: a suite a table, a case a finding; waived ones are skipped."""

from collections import defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree as xml

from ctb_audit.report.inert import inert
from ctb_audit.result import Audit, Finding, UnknownVerdict


def audit_junit(audit: Audit) -> str:
    """The audit as JUnit XML with a final newline; an incomplete audit is an error."""
    root = xml.Element("testsuites", {"name": f"ctb audit {audit.standard}"})
    findings: dict[str, list[Finding]] = defaultdict(list)
    unknowns: dict[str, list[UnknownVerdict]] = defaultdict(list)
    for finding in audit.asked_findings:
        findings[finding.table].append(finding)
    for unknown in audit.unknowns:
        unknowns[unknown.table].append(unknown)
    for name in dict.fromkeys((*(t.name for t in audit.tables), *findings)):
        _suite(root, name, findings[name], unknowns[name])
    if audit.incomplete:
        suite = xml.SubElement(root, "testsuite", {"name": "audit"})
        case = xml.SubElement(suite, "testcase", {"name": "complete", "classname": "audit"})
        message = _legal("; ".join(audit.incomplete))
        xml.SubElement(case, "error", {"message": message, "type": "incomplete"})
        _count(suite)
    for attribute in ("tests", "failures", "errors", "skipped"):
        total = sum(int(suite.get(attribute, "0")) for suite in root)
        root.set(attribute, str(total))
    xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(root, "unicode") + "\n"


def _suite(
    root: xml.Element, name: str, findings: Sequence[Finding], unknowns: Sequence[UnknownVerdict]
) -> None:
    suite = xml.SubElement(root, "testsuite", {"name": _legal(name)})
    for finding in findings:
        case = _case(suite, name, finding.rule, finding.requirement)
        if finding.location is not None:
            case.set("file", _legal(finding.location.path))
            if finding.location.line:
                case.set("line", str(finding.location.line))
        if finding.waiver is not None:
            reason = finding.waiver.reason or "known in the baseline"
            xml.SubElement(case, "skipped", {"message": _legal(reason)})
        elif finding.severity == "INFO":
            xml.SubElement(case, "system-out").text = _legal(finding.message)
        else:
            attributes = {"message": _legal(finding.message), "type": finding.severity}
            xml.SubElement(case, "failure", attributes).text = _legal(_text(finding))
    for unknown in unknowns:
        case = _case(suite, name, unknown.rule, unknown.requirement)
        xml.SubElement(case, "skipped", {"message": _legal(f"unknown: {unknown.reason}")})
    if not findings and not unknowns:
        _case(suite, name, "audit", "")
    _count(suite)


def _case(suite: xml.Element, table: str, rule: str, requirement: str) -> xml.Element:
    name = f"{rule} [{requirement}]" if requirement and requirement != rule else rule
    return xml.SubElement(suite, "testcase", {"name": _legal(name), "classname": _legal(table)})


def _text(finding: Finding) -> str:
    place = f"{finding.location}: " if finding.location else ""
    return f"{place}{finding.severity} {finding.table}: {finding.message} ({finding.rule})"


def _count(suite: xml.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


def _legal(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return inert(text).replace("\ufffe", "").replace("\uffff", "")
