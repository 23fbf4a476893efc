"""An audit comes back from its JSON and from the log as it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.cli.logging import audit_entry
from ctb_audit.errors import SourceError
from ctb_audit.log import LogEntry, LogRow, open_log
from ctb_audit.report.audit_json import audit_json, audit_value
from ctb_audit.report.saved import audit_from_json, audit_from_row, standard_of
from ctb_audit.result import Audit, Change, Impact, ImpactRow


def test_an_audit_comes_back_from_its_json(hostile: Audit) -> None:
    impact = Impact("ctb-1.3", 50, (ImpactRow("postgresql", "public.a", 3, None),))
    change = Change("HEAD", 3, frozenset({hostile.findings[0].fingerprint}), hostile.findings[:1])
    audit = replace(hostile, impact=impact, change=change)
    text = audit_json(audit)
    again = audit_from_json(text, "a.json", audit.rules)
    assert audit_json(again) == text
    assert (again.score, again.grade, again.tables) == (audit.score, audit.grade, audit.tables)
    assert [f.fingerprint for f in again.findings] == [f.fingerprint for f in audit.findings]
    assert standard_of(text) == "ctb-1.0"


def _row(tmp_path: Path, entry: LogEntry) -> LogRow:
    log = open_log("log.db", root=tmp_path)
    log.write(entry)
    return next(iter(log.entries()))


def test_an_audit_comes_back_from_the_log(hostile: Audit, tmp_path: Path) -> None:
    row = _row(tmp_path, audit_entry(hostile, ""))
    value = audit_value(audit_from_row(row, "log", hostile.rules))
    wanted = audit_value(hostile)
    clean = json.dumps(wanted).replace("\\u0000", "")
    assert value == json.loads(clean)


def test_rows_of_an_earlier_version_give_a_shorter_report(hostile: Audit, tmp_path: Path) -> None:
    entry = audit_entry(hostile, "")
    early = ("schema_version", "standard", "standard_hash", "gate", "coverage")
    table = {"system": "postgresql", "name": "public.a", "level": "STRICT", "score": 40}
    actions = {key: entry.actions[key] for key in early}
    row = _row(tmp_path, replace(entry, actions={**actions, "tables": [table]}))
    audit = audit_from_row(row, "log", {})
    assert audit.score == hostile.score
    assert [(t.name, t.score) for t in audit.tables] == [("public.a", 40)]
    assert audit.relations == () and audit.next_grade is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "holds no audit"),
        ('{"tables": []}', "holds no audit"),
        ('{"findings": [], "gate": {}}', "is an audit of version"),
        ('{"schema_version": "9.1", "findings": [], "gate": {}}', "is an audit of version 9.1"),
        ('{"schema_version": "1.0", "findings": [], "gate": {}}', "holds no audit: "),
    ],
)
def test_what_is_no_audit_is_refused(text: str, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        audit_from_json(text, "x.json", {})


def test_a_wrong_value_is_named_by_its_place(hostile: Audit) -> None:
    value = audit_value(hostile)
    value["findings"][3]["severity"] = "AWFUL"
    with pytest.raises(SourceError, match=r"findings\.3\.severity: 'AWFUL' is not one of"):
        audit_from_json(json.dumps(value), "x.json", {})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"action": "tag"}, "it is a row of tag"),
        ({"actions": {"error": "no source"}}, "holds no audit: no source"),
        ({"actions": {"schema_version": 2}}, "was written by a newer ctb"),
        ({"actions": {}}, "does not hold an audit as ctb writes it"),
        ({"issues": [{"rule": 1}]}, "does not hold an audit as ctb writes it"),
    ],
)
def test_a_row_of_another_kind_is_refused(
    hostile: Audit, tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    row = replace(_row(tmp_path, audit_entry(hostile, "")), **change)
    with pytest.raises(SourceError, match=problem):
        audit_from_row(row, "log", {})


def test_the_time_of_a_row_is_kept(hostile: Audit, tmp_path: Path) -> None:
    at = datetime(2026, 3, 4, 5, tzinfo=UTC)
    assert _row(tmp_path, replace(audit_entry(hostile, ""), at=at)).at == at
