"""Writes the `remediate` row of the compliance log (STANDARD section 10)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.cli.logging import audit_entry
from ctb_audit.config import Config
from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry, open_log
from ctb_audit.log.entry import Status
from ctb_audit.model import Catalog
from ctb_audit.report.inert import inert

if TYPE_CHECKING:
    from ctb_audit.remedy.change import Plan
    from ctb_audit.remedy.elsewhere import Elsewhere
    from ctb_audit.remedy.in_place.edit import Edited
    from ctb_audit.remedy.prove import Proof


def log_remediation(
    catalogs: Sequence[Catalog],
    config: Config,
    settings: AuditSettings,
    outcome: "tuple[Plan, Proof | None]",
    written: Sequence[Path],
    *,
    others: "Sequence[Elsewhere]" = (),
) -> None:
    """Write the run's row; `others` are the remedies of other systems.

    Raises LogError where a log that was named cannot be written; the default one only warns.
    """
    entry = remediation_entry(catalogs, config, settings, outcome, written)
    if others:
        entry = _with_others(entry, others)
    _write(entry, config)


def _with_others(entry: LogEntry, others: "Sequence[Elsewhere]") -> LogEntry:
    """The row with what became of the other systems, each of which may be proven or not."""
    details: dict[str, str] = {other.system: _state(other) for other in others}
    actions: Any = entry.actions
    acted = [
        {**action, "detail": details.get(Path(action["path"]).parent.name, action["detail"])}
        for action in actions["actions"]
    ]
    told = [
        {
            "system": other.system,
            "files": len(other.files),
            "left": len(other.left),
            "score_after": other.score_after,
            "failures": list(other.failures),
        }
        for other in others
    ]
    remediation = {**actions["remediation"], "others": told}
    status = entry.status
    if status == "completed" and not all(other.holds for other in others):
        status = "failed" if any(other.failures for other in others) else "partial"
    return replace(
        entry, status=status, actions={**actions, "actions": acted, "remediation": remediation}
    )


def _state(other: "Elsewhere") -> str:
    return "proven" if other.holds else "unproven"


def log_edits(edited: "Edited", config: Config, settings: AuditSettings) -> None:
    """Write the row of edits in place, under the same conditions as `log_remediation`."""
    entry = audit_entry(audit_catalogs(edited.catalogs, config, settings), "")
    details = {
        "changes": len(edited.changes),
        "left": len(edited.plan.left),
        "in_place": [str(table) for table in edited.tables],
        "refused": [str(refusal) for refusal in edited.refused],
        "score_before": edited.score_before,
        "score_after": edited.score_after,
        "server": edited.server or None,
    }
    acted = [{"action": "edit", "path": file.shown, "detail": "proven"} for file in edited.files]
    actions = {**entry.actions, "actions": acted, "remediation": details}
    status: Status = "partial" if edited.is_blocked else "completed"
    score = edited.score_after or 0
    _write(replace(entry, action="remediate", score=score, status=status, actions=actions), config)


def _write(entry: LogEntry, config: Config) -> None:
    try:
        open_log(config.log, root=config.root).write(entry)
    except LogError as error:
        if config.log:
            raise
        click.echo(f"ctb: warning: {inert(str(error))}", err=True)


def remediation_entry(
    catalogs: Sequence[Catalog],
    config: Config,
    settings: AuditSettings,
    outcome: "tuple[Plan, Proof | None]",
    written: Sequence[Path],
) -> LogEntry:
    """The score is the one that the written files reach; the findings are those of today."""
    plan, proof = outcome
    entry = audit_entry(audit_catalogs(catalogs, config, settings), "")
    detail = "proven" if proof is not None and proof.holds else "unproven"
    return replace(
        entry,
        action="remediate",
        score=plan.score_after or 0,
        status=_status(plan, proof),
        actions={
            **entry.actions,
            "actions": [
                {"action": "write", "path": path.as_posix(), "detail": detail} for path in written
            ],
            "remediation": {
                "changes": len(plan.changes),
                "left": len(plan.left),
                "score_before": plan.score_before,
                "score_safe": plan.score_safe,
                "score_after": plan.score_after,
                "server": proof.server if proof else None,
                "failures": [f.what for f in proof.failures] if proof else [],
            },
        },
    )


def _status(plan: "Plan", proof: "Proof | None") -> Status:
    if proof is not None and proof.failures:
        return "failed"
    whole = not plan.changes or (proof is not None and proof.holds)
    return "completed" if whole else "partial"
