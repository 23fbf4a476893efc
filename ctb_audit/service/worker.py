"""The process of one job: the job comes on standard input, the answer goes to standard output.

    {"reply": {...}}      done
    {"problem": "..."}    the repository cannot be worked on as it is

Any other end is a crash. What the job prints goes to standard error.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from ctb_audit.cli.interrupts import INTERRUPTED, raising
from ctb_audit.errors import CtbError
from ctb_audit.service.history import without_root
from ctb_audit.service.job import Job, job_from
from ctb_audit.service.refusal import raised_at


def run() -> int:
    """Does the job that stands on standard input; the exit code of the process.

    SIGTERM ends it; what it started is stopped on the way out.
    """
    try:
        with raising():
            return _main()
    except KeyboardInterrupt:
        return INTERRUPTED


def _main() -> int:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    text = sys.stdin.read()
    if not text:
        return 1  # the service was killed before it said what to do
    job = job_from(text)
    try:
        os.chdir(job.folder)
        answer: dict[str, object] = {"reply": _done(job)}
    except CtbError as error:
        answer = {"problem": without_root(str(error), Path(job.root))}
    except Exception as error:
        if os.environ.get("CTB_DEBUG"):
            raise
        told = f"{type(error).__name__} at {raised_at(error)}"
        print(f"ctb: {job.log_id}: internal error: {told}", file=sys.stderr)
        return 1
    answers.write(json.dumps(answer))
    answers.close()
    return 0


def _done(job: Job) -> dict[str, object]:
    """The reply; a run that cannot be carried out is logged as failed."""
    from ctb_audit.service.rows import write_broken
    from ctb_audit.service.runs import carried_out
    from ctb_audit.service.turns import alone_in

    config = job.place.config()
    try:
        with alone_in(job):
            return dict(carried_out(job, config))
    except CtbError as error:
        if not job.dry_run:
            with suppress(CtbError):
                write_broken(job, config, str(error))
        raise
