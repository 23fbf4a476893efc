"""One job, as the service hands it to the process that does it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.log.entry import Action
from ctb_audit.log.identifiers import new_log_id
from ctb_audit.service.repositories import Repository


@dataclass(frozen=True, slots=True)
class Job:
    """`log_id` is given before the run, so that whoever writes its row, it is one row.

    `root`: what the service is confined to; `repository`: name of `folder` below it; `by`: who
    holds the key; `target`: a folder below `folder`, as written.
    """

    action: Action
    root: str
    repository: str
    folder: str
    log_url: str | None
    log_id: str
    heir_id: str
    by: str
    target: str = "."
    dry_run: bool = False

    @property
    def place(self) -> Repository:
        return Repository(self.repository, Path(self.folder), self.log_url)

    @property
    def request(self) -> dict[str, Any]:
        """What the row of the log keeps of the request."""
        return {
            "heir_id": self.heir_id,
            "repository": self.place.label,
            "target_dir": self.target,
            "by": self.by,
        }

    def text(self) -> str:
        return json.dumps(asdict(self))


def job_of(action: Action, repository: Repository, root: Path, **values: Any) -> Job:
    """A job with an id of its own."""
    return Job(
        action=action,
        root=str(root),
        repository=repository.name,
        folder=str(repository.folder),
        log_url=repository.log_url,
        log_id=new_log_id(datetime.now(UTC)),
        **values,
    )


def job_from(text: str) -> Job:
    """The job of a text that `Job.text` made."""
    return Job(**json.loads(text))
