"""Writes one row of the compliance log for a run (STANDARD section 10)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from ctb_audit import __version__
from ctb_audit.config import Config
from ctb_audit.errors import CtbError, LogError
from ctb_audit.log import LogEntry, open_log
from ctb_audit.log.entry import Action, Status
from ctb_audit.report.audit_json import audit_value, findings_value
from ctb_audit.report.inert import inert
from ctb_audit.result import Audit


def log_audit(audit: Audit, config: Config, *, report_path: str | None) -> None:
    """Write the audit's row.

    A log that was named raises LogError where it cannot be written (the report comes first);
    the default one only warns.
    """
    _write(audit_entry(audit, report_path or ""), config)


def log_broken_run(error: CtbError, config: Config) -> None:
    """Write a `failed` row for a run that ended before it could judge; never raises."""
    with suppress(CtbError):
        open_log(config.log, root=config.root).write(broken_entry("audit", str(error), config))


def broken_entry(action: Action, problem: str, config: Config) -> LogEntry:
    """The `failed` row of a run that broke; `problem` says why."""
    return LogEntry(
        action=action,
        score=0,
        status="failed",
        at=datetime.now(UTC),
        actions={
            "schema_version": 1,
            "standard": config.standard or "ctb-1.0",
            "standard_hash": "0" * 64,
            "tool": {"name": "ctb-audit", "version": __version__},
            "error": problem,
        },
    )


def _write(entry: LogEntry, config: Config) -> None:
    log = open_log(config.log, root=config.root)
    try:
        log.write(entry)
    except LogError as error:
        if config.log:
            raise
        click.echo(f"ctb: warning: {inert(str(error))}", err=True)
    for notice in log.notices:
        click.echo(f"ctb: warning: {inert(notice)}", err=True)


def audit_entry(audit: Audit, report_path: str) -> LogEntry:
    """The row of an audit: what it found, what to gain next, and how it was judged."""
    return LogEntry(
        action="audit",
        score=audit.score or 0,
        status=_status(audit),
        at=datetime.now(UTC),
        issues=findings_value(audit.findings),
        recommendations=_recommendations(audit),
        actions=_actions(audit),
        report_path=report_path,
    )


def _status(audit: Audit) -> Status:
    if audit.incomplete:
        return "partial"
    return "completed" if audit.gate.passed else "failed"


def _recommendations(audit: Audit) -> Sequence[Mapping[str, Any]]:
    """The fixes on the cheapest way to the next grade, the largest gain first."""
    if audit.next_grade is None:
        return ()
    chosen = audit.next_grade.fixes
    return [
        {
            "rule": f.rule,
            "table": f.table,
            "requirement": f.requirement,
            "points": f.points,
            "fingerprint": f.fingerprint,
        }
        for f in chosen
    ]


_KEPT = (
    *("sources", "incomplete", "notices", "unknowns", "not_judged", "problems"),
    *("relations", "impact"),
)
"""What the row keeps of an audit's JSON, so that a report can be made of it later."""


def _actions(audit: Audit) -> Mapping[str, Any]:
    value = audit_value(replace(audit, findings=()))
    return {
        "schema_version": 1,
        "standard": audit.standard,
        "standard_hash": audit.standard_hash,
        "tool": {"name": "ctb-audit", "version": __version__},
        "revision": audit.revision or None,
        "gate": value["gate"],
        "coverage": value["coverage"],
        "tables": [
            {**table, "exempt": bool(table["exempt"]), "exempt_reason": table["exempt"]}
            for table in value["tables"]
        ],
        "unscored": audit.score is None,
        "findings": dict(Counter(f.severity for f in audit.open_findings)),
        **{name: value[name] for name in _KEPT},
    }
