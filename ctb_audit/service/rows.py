"""The rows that runs of the service write into the compliance log."""

from dataclasses import replace

from ctb_audit.cli.logging import broken_entry
from ctb_audit.config import Config
from ctb_audit.log import LogEntry, open_log
from ctb_audit.service.job import Job


def write_row(job: Job, config: Config, entry: LogEntry, report_path: str = "") -> None:
    """Writes the row under the job's id, with who asked for it; a row that is there stays.

    Raises LogError where the log cannot take it.
    """
    entry = replace(
        entry,
        log_id=job.log_id,
        report_path=report_path,
        actions={**entry.actions, "request": job.request},
    )
    open_log(config.log, root=config.root).write(entry)


def write_broken(job: Job, config: Config, problem: str) -> None:
    """Writes the `failed` row of a run that broke. Raises LogError."""
    write_row(job, config, broken_entry(job.action, problem, config))
