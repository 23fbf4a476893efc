"""What a remediation is made of: changes that render themselves up, down and as a test.

A change is a proposal (STYLE 15): `safe` where it neither rejects nor rewrites what rows and
writers hold today, `review` where somebody must decide first.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ctb_audit.model import Name, Table

Safety = Literal["safe", "review"]
Phase = Literal["expand", "backfill", "enforce", "index", "guard", "remove"]
PHASES: tuple[Phase, ...] = ("expand", "backfill", "enforce", "index", "guard", "remove")
Lock = Literal["brief", "online", "none"]
"""What a statement waits for: `brief` takes a lock that stops writers for as long as it waits, so
it must give up soon; `online` lets readers and writers pass; `none` takes no lock on a table.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement, without its semicolon. `told` stands above it, a comment a line: what spares
    it a lock that a linter without a database would warn of.
    """

    sql: str
    lock: Lock = "brief"
    told: tuple[str, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether it cannot run in a transaction, nor in one message with others."""
        return "CONCURRENTLY" in self.sql.split("(", 1)[0] or self.sql.startswith("DO ")


@dataclass(frozen=True, slots=True)
class Held:
    """What is true once a change is applied: `sql` is a boolean expression."""

    what: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(ABC):
    """The base of all changes.

    `reason` says what it repairs and, for `review`, what to decide. `repairs` are the fingerprints
    of the findings behind it. `empty`: no table holds rows, so nothing is phased.
    """

    phase: ClassVar[Phase] = "expand"
    table: Name
    safety: Safety = "safe"
    reason: str = field(default="", compare=False)
    repairs: tuple[str, ...] = field(default=(), compare=False)

    @abstractmethod
    def up(self, *, empty: bool = False) -> Sequence[Step]:
        """The statements that make the change, in order."""

    @abstractmethod
    def down(self) -> Sequence[Step]:
        """The statements that take it back, in order."""

    def holds(self) -> Sequence[Held]:
        return ()

    def on(self, table: Table) -> Table:
        """The table of the model once the change is applied."""
        return table


@dataclass(frozen=True, slots=True)
class Left:
    """A finding that no statement repairs, and why; what to do instead."""

    fingerprint: str
    rule: str
    table: str
    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes in the order that applies them, and what they leave.

    Scores are those of the model with the changes applied; None for no score.
    """

    changes: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()
    score_before: int | None = None
    score_safe: int | None = None
    score_after: int | None = None

    def of(self, safety: Safety) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.safety == safety)
