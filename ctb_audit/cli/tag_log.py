"""Writes the `tag` row of the compliance log (STANDARD section 10)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ctb_audit import __version__
from ctb_audit.config import Config
from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry, open_log
from ctb_audit.report.inert import inert
from ctb_audit.revision import revision_of
from ctb_audit.tag.plan import Change

if TYPE_CHECKING:
    from ctb_audit.cli.tag_run import Outcome


def log_tagging(outcome: "Outcome", config: Config) -> None:
    """The score is that of the last audit; 0 and `partial` where there was none.

    Raises LogError where a log that was named cannot be written; the default one only warns.
    """
    if config.log == "none":
        return
    log = open_log(config.log, root=config.root)
    try:
        score = log.last_score()
        log.write(tagging_entry(outcome, config, score))
    except LogError as error:
        if config.log:
            raise
        click.echo(f"ctb: warning: {inert(str(error))}", err=True)


def tagging_entry(outcome: "Outcome", config: Config, score: int | None) -> LogEntry:
    """The row of a tagging; `score` is that of the last audit, None without one."""
    plan, standard = outcome.plan, outcome.standard
    return LogEntry(
        action="tag",
        score=score or 0,
        status="partial" if score is None or outcome.failed else "completed",
        at=datetime.now(UTC),
        actions={
            "schema_version": 1,
            "standard": standard.id,
            "standard_hash": standard.hash,
            "tool": {"name": "ctb-audit", "version": __version__},
            "revision": revision_of(config.root) or None,
            "actions": [
                {"action": change.what, "path": change.path, "detail": _detail(change, outcome)}
                for change in plan.changes
            ],
            "tagging": {
                "changed": len(plan.changes) - len(outcome.failed),
                "kept": len(plan.kept),
                "skipped": len(plan.skipped),
                "annotated": sum(len(c.written) + len(c.refreshed) for c in plan.changes),
                "uncertain": sum(change.uncertain for change in plan.changes),
            },
        },
    )


def _detail(change: Change, outcome: "Outcome") -> str:
    return outcome.failed.get(change.path) or change.detail or "header taken out"
