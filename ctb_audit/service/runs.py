"""What the three actions do, in the process of their job: the same parts as the command line."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.cli.output import write_file
from ctb_audit.cli.server import settling
from ctb_audit.cli.sources import configured_sources, read_sources
from ctb_audit.config import Config
from ctb_audit.errors import ConfigurationError, UsageError
from ctb_audit.log.entry import Action
from ctb_audit.result import Audit
from ctb_audit.service.job import Job
from ctb_audit.service.paths import folder_below
from ctb_audit.service.repositories import STATE
from ctb_audit.service.rows import write_row
from ctb_audit.service.turns import state_folder
from ctb_audit.sources.load import Loaded

Reply = Mapping[str, Any]
REPORTS = "reports"
REMEDIATION = "remediation"
_KEPT = 200  # reports of a repository; the log can make those of audits anew


def carried_out(job: Job, config: Config) -> Reply:
    """Does the job, writes its report and its row; the reply of the endpoint.

    Raises CtbError where the repository cannot be worked on as it is.
    """
    return _RUNS[job.action](job, config)


def _audit(job: Job, config: Config) -> Reply:
    from ctb_audit.cli.logging import audit_entry
    from ctb_audit.cli.past import report_context
    from ctb_audit.report.audit_json import findings_value
    from ctb_audit.report.formats import formatters

    today = datetime.now(UTC).date()
    audit = _judged(_loaded(job, config), config, AuditSettings(today=today))
    context = partial(report_context, audit, config, today=today)
    page = formatters(audit, templates=config.templates, context=context)["html"]()
    path = _report(job, ".html", page)
    write_row(job, config, audit_entry(audit, path), path)
    return {
        "success": not audit.incomplete,
        "compliance_score": audit.score,
        "status": audit.grade,
        "issues": findings_value(audit.findings),
        "report_path": path,
        "heir_id": job.heir_id,
    }


def _judged(loaded: Loaded, config: Config, settings: AuditSettings) -> Audit:
    with settling(loaded.catalogs, settings) as chosen:
        audit = audit_catalogs(loaded.catalogs, config, chosen)
    skipped = tuple(f"{s.path}: not read: {s.reason}" for s in loaded.skipped)
    return replace(audit, notices=(*audit.notices, *skipped))


def _tag(job: Job, config: Config) -> Reply:
    from ctb_audit.cli.tag_log import tagging_entry
    from ctb_audit.cli.tag_run import Asked, carry_out
    from ctb_audit.log import open_log
    from ctb_audit.service.run_reports import tagging_report

    target = folder_below(Path(job.folder), job.target)
    if target is None:
        raise UsageError("target_dir", "is no folder of the repository", "correct it")
    outcome = carry_out(config, Asked([target]))
    path = _report(job, ".md", tagging_report(job, outcome))
    score = open_log(config.log, root=config.root).last_score()
    write_row(job, config, tagging_entry(outcome, config, score), path)
    return {
        "success": not outcome.incomplete,
        "tagged_files": len(outcome.plan.changes) - len(outcome.failed),
        "report_path": path,
        "heir_id": job.heir_id,
    }


def _remediate(job: Job, config: Config) -> Reply:
    from ctb_audit.cli.remediation import Asked, Remediation
    from ctb_audit.cli.remediation_log import remediation_entry
    from ctb_audit.service.run_reports import actions_of, remediation_report

    at = datetime.now(UTC)
    settings = AuditSettings(today=at.date())
    catalogs = _loaded(job, config).catalogs
    folder = Path(STATE, REMEDIATION, job.log_id)
    asked = Asked(at=at, folder=folder, dry_run=job.dry_run)
    outcome = Remediation(catalogs, config, settings, asked).carry_out()
    path = _report(job, ".md", remediation_report(job, outcome))
    if not job.dry_run:
        proven = (outcome.plan, outcome.proof)
        entry = remediation_entry(catalogs, config, settings, proven, outcome.written)
        write_row(job, config, entry, path)
    return {
        "success": outcome.whole,
        "actions_performed": actions_of(outcome, dry_run=job.dry_run),
        "report_path": path,
        "heir_id": job.heir_id,
    }


_RUNS: Mapping[Action, Callable[[Job, Config], Reply]] = {
    "audit": _audit,
    "tag": _tag,
    "remediate": _remediate,
}


def _loaded(job: Job, config: Config) -> Loaded:
    """What the repository's sources hold; those in files lie below the service's root."""
    root = Path(job.root)
    for written, source in zip(config.sources, configured_sources(config), strict=True):
        if source == "-":
            step = "name files, folders or databases"
            raise ConfigurationError("sources", "a service reads no standard input", step)
        is_file = "://" not in source and not source.startswith("env:")
        if is_file and not Path(source).resolve().is_relative_to(root):
            problem = f"{written} lies outside of what the service may read"
            raise ConfigurationError("sources", problem, "move it, or serve a folder further up")
    values: dict[str, Any] = {
        "parser": "auto",
        "stdin_filename": None,
        "jobs": 0,
        "no_cache": True,
    }
    return read_sources((), config, values)


def _report(job: Job, suffix: str, text: str) -> str:
    """Writes the report of the run; its path below the repository. Old ones give way."""
    folder = state_folder(job) / REPORTS
    path = PurePosixPath(STATE, REPORTS, f"{job.log_id}{suffix}")
    write_file(folder / path.name, text)
    for old in sorted(folder.glob("LOG-*"))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return str(path)
