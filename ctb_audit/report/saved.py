"""An audit read back: from the JSON that `ctb audit` wrote, or from a row of the compliance log.

The value is checked against `rules/audit.schema.json` before it is used: it may come from
anybody. Nothing in it is executed, and no path in it is opened.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from ctb_audit.errors import SourceError
from ctb_audit.log import LogRow
from ctb_audit.log.entry import Status
from ctb_audit.model import Coverage, Location, Name, Problem
from ctb_audit.resources import resource_text
from ctb_audit.result import (
    Audit,
    Change,
    Finding,
    Gate,
    Impact,
    ImpactRow,
    NextGrade,
    NotJudged,
    Relation,
    SystemResult,
    TableResult,
    UnknownVerdict,
    Waived,
)
from ctb_audit.scoring import next_grade, system_scores
from ctb_audit.standard import Rule

MAJOR = "1"
LOG_SCHEMA_VERSION = 1
_STEP = "name a file that ctb audit --format json wrote"


def audit_from_json(text: str, place: str, rules: Mapping[str, Rule]) -> Audit:
    """The audit in a JSON text. `rules` are those of its standard, for why and fix.

    Raises SourceError where `place` holds no audit, or one of a newer version.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(place, f"is no JSON ({error})", _STEP) from None
    if not isinstance(value, dict) or "findings" not in value or "gate" not in value:
        raise SourceError(place, "holds no audit", _STEP)
    version = str(value.get("schema_version", ""))
    if version.partition(".")[0] != MAJOR:
        raise SourceError(place, f"is an audit of version {version}", "upgrade ctb-audit")
    _check(value, place)
    return _audit(value, rules)


def standard_of(text: str) -> str:
    """The id of the standard that a saved audit names, "" where it names none."""
    try:
        return str(json.loads(text)["standard"]["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def audit_from_row(row: LogRow, place: str, rules: Mapping[str, Rule]) -> Audit:
    """The audit that a row of the log keeps; SourceError for a row of another kind.

    Rows of earlier versions hold less: what they lack is left out of the report.
    """
    actions = row.actions
    name = f"{place}: {row.log_id}"
    if row.action != "audit" or "error" in actions:
        what = actions.get("error") or f"it is a row of {row.action}"
        raise SourceError(name, f"holds no audit: {what}", "see ctb history")
    if actions.get("schema_version", 0) > LOG_SCHEMA_VERSION:
        raise SourceError(name, "was written by a newer ctb", "upgrade ctb-audit")
    try:
        return _from_row(row, actions, rules)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(name, f"does not hold an audit as ctb writes it ({error!r})") from None


def _check(value: Mapping[str, Any], place: str) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(resource_text("rules/audit.schema.json"))
    found = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if found is not None:
        where = ".".join(map(str, found.absolute_path)) or "the top"
        message = found.message if len(found.message) < 200 else found.message[:199] + "…"
        raise SourceError(place, f"holds no audit: {where}: {message}", _STEP)


def _next_grade(step: Mapping[str, Any] | None, findings: Iterable[Finding]) -> NextGrade | None:
    if step is None:
        return None
    by_print = {f.fingerprint: f for f in findings}
    fixes = tuple(by_print[p] for p in step["findings"] if p in by_print)
    return NextGrade(step["grade"], step["threshold"], fixes, step["score"])


def _audit(value: Mapping[str, Any], rules: Mapping[str, Rule]) -> Audit:
    coverage = value["coverage"]
    change, impact = value.get("change"), value.get("impact")
    findings = tuple(_finding(f) for f in value["findings"])
    return Audit(
        standard=value["standard"]["id"],
        standard_hash=value["standard"]["hash"],
        sources=tuple(value["sources"]),
        tables=tuple(_table(t) for t in value["tables"]),
        findings=findings,
        unknowns=tuple(UnknownVerdict(**u) for u in value["unknowns"]),
        not_judged=tuple(NotJudged(**n) for n in value["not_judged"]),
        coverage=Coverage(coverage["statements"], coverage["understood"], coverage["irrelevant"]),
        problems=tuple(_problem(p) for p in value["problems"]),
        score=value["score"],
        systems=tuple(SystemResult(**s) for s in value["systems"]),
        gate=Gate(**{**value["gate"], "reasons": tuple(value["gate"]["reasons"])}),
        next_grade=_next_grade(value["next_grade"], findings),
        incomplete=tuple(value["incomplete"]),
        notices=tuple(value["notices"]),
        revision=value["revision"] or "",
        rules=rules,
        change=None if change is None else _change(change),
        relations=tuple(_relation(r) for r in value.get("relations", ())),
        impact=None if impact is None else _impact(impact),
    )


def _from_row(row: LogRow, actions: Mapping[str, Any], rules: Mapping[str, Rule]) -> Audit:
    findings = findings_of(row.issues)
    tables = tables_of(actions)
    weighed = any(t.passed or t.failed for t in tables)
    score = None if actions.get("unscored") else row.score
    coverage = actions.get("coverage", {})
    gate = actions.get("gate", {})
    return Audit(
        standard=actions["standard"],
        standard_hash=actions["standard_hash"],
        sources=tuple(actions.get("sources", ())),
        tables=tables,
        findings=findings,
        unknowns=unknowns_of(actions),
        not_judged=tuple(NotJudged(**n) for n in actions.get("not_judged", ())),
        coverage=Coverage(
            *(coverage.get(k, 0) for k in ("statements", "understood", "irrelevant"))
        ),
        problems=tuple(_problem(p) for p in actions.get("problems", ())),
        score=score,
        systems=system_scores(tables),
        gate=Gate(
            bool(gate.get("passed")), gate.get("threshold") or 0, tuple(gate.get("reasons", ()))
        ),
        next_grade=next_grade(score, findings, tables) if weighed else None,
        incomplete=tuple(actions.get("incomplete", _incomplete(row.status))),
        notices=tuple(actions.get("notices", ())),
        revision=actions.get("revision") or "",
        rules=rules,
        relations=tuple(_relation(r) for r in actions.get("relations", ())),
    )


def findings_of(issues: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings that the log keeps as `issues`."""
    return tuple(_finding(f) for f in issues)


def tables_of(actions: Mapping[str, Any]) -> tuple[TableResult, ...]:
    """The tables of a row's `actions_performed`."""
    return tuple(_table_of_row(t) for t in actions.get("tables", ()))


def unknowns_of(actions: Mapping[str, Any]) -> tuple[UnknownVerdict, ...]:
    """What a row's `actions_performed` says could not be decided."""
    return tuple(UnknownVerdict(**u) for u in actions.get("unknowns", ()))


def _incomplete(status: Status) -> tuple[str, ...]:
    return ("the log says so, without a reason",) if status == "partial" else ()


def _table_of_row(value: Mapping[str, Any]) -> TableResult:
    """A table of `actions_performed`, whose `exempt` is a flag beside its reason."""
    reason = value.get("exempt_reason") or "exempt"
    filled = {
        "surface": "ddl",
        "level_source": "default",
        "planned": None,
        "weights": {"passed": 0, "failed": 0, "unknown": 0},
        "topics": {},
        "location": None,
        **value,
        "exempt": reason if value.get("exempt") else None,
    }
    return _table(filled)


def _table(value: Mapping[str, Any]) -> TableResult:
    weights = value["weights"]
    return TableResult(
        system=value["system"],
        surface=value["surface"],
        name=value["name"],
        level=value["level"],
        level_source=value["level_source"],
        passed=weights["passed"],
        failed=weights["failed"],
        unknown=weights["unknown"],
        score=value["score"],
        exempt=value["exempt"] or "",
        planned=value["planned"] or "",
        location=_location(value["location"]),
        topics=tuple(value.get("topics", {}).items()),
    )


def _finding(value: Mapping[str, Any]) -> Finding:
    waiver = value["waiver"]
    return Finding(
        rule=value["rule"],
        severity=value["severity"],
        system=value["system"],
        surface=value["surface"],
        table=value["table"] or value["object"] or "",
        requirement=value["requirement"],
        message=value["message"],
        object=value["object"] or "",
        location=_location(value["location"]),
        table_level=value["table"] is not None,
        points=value["points"],
        waiver=None if waiver is None else Waived(**{**waiver, "until": waiver["until"] or ""}),
    )


def _problem(value: Mapping[str, Any]) -> Problem:
    return Problem(
        kind=value["kind"],
        message=value["message"],
        objects=tuple(_name(text) for text in value["objects"]),
        location=_location(value["location"]),
    )


def _name(text: str) -> Name:
    schema, _, name = text.rpartition(".")
    return Name(schema or None, name)


def _location(value: Mapping[str, Any] | None) -> Location | None:
    if value is None:
        return None
    return Location(value["path"], value["line"] or 0, value["column"] or 0)


def _relation(value: Mapping[str, Any]) -> Relation:
    return Relation(
        value["system"],
        value["table"],
        tuple(value["columns"]),
        value["target"],
        tuple(value["target_columns"]),
    )


def _change(value: Mapping[str, Any]) -> Change:
    fixed = tuple(_finding(f) for f in value["fixed"])
    return Change(value["base"], value["score"], frozenset(value["new"]), fixed)


def _impact(value: Mapping[str, Any]) -> Impact:
    rows = tuple(
        ImpactRow(cast(Any, r["system"]), r["name"], r["before"], r["after"])
        for r in value["tables"]
    )
    return Impact(value["standard"], value["score"], rows)
