"""What a fleet audits: one target is one repository, folder or database of a team."""

from typing import Literal

from ctb_audit.lean import dataclass

Kind = Literal["folder", "git", "database", "bigquery", "firestore"]
KINDS: tuple[Kind, ...] = ("folder", "git", "database", "bigquery", "firestore")
LIVE: frozenset[Kind] = frozenset({"database", "bigquery", "firestore"})


@dataclass(frozen=True, slots=True)
class Target:
    """One target. `team` and `system` are the organisation's words, "" for none.

    `place`: an absolute folder, a git URL or repository, the name of an environment variable,
    `project/dataset`, or a project. `ref` and `folder` belong to git: what is fetched, and the
    folder in it that is audited. `config`: an absolute ctb.toml of a live target. `timeout`:
    seconds, 0 for the fleet's. `shown` names the place in reports, without a path of this machine.
    `key` is where the target was declared, for messages.
    """

    name: str
    kind: Kind
    place: str
    shown: str
    team: str = ""
    system: str = ""
    ref: str = ""
    folder: str = ""
    config: str = ""
    standard: str = ""
    timeout: float = 0.0
    key: str = ""

    @property
    def location(self) -> tuple[str, ...]:
        """Equal for two declarations of the same thing."""
        return self.kind, self.place, self.ref, self.folder
