"""Answers about what a database does: yes, no, and an honest third with its reason."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from ctb_audit.lean import dataclass

if TYPE_CHECKING:
    from ctb_audit.semantics.values import Value


@dataclass(frozen=True, slots=True)
class Holds:
    """The database does it; `by` names the constraint, trigger or type, `note` a condition."""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    reason: str


Answer = Holds | Missing | Unsure


@dataclass(frozen=True, slots=True)
class Yes:
    """The row is refused, by the constraint, trigger, domain or type named."""

    by: str


@dataclass(frozen=True)
class No:
    """The row is stored; `row` as BEFORE triggers leave it, by column name."""

    row: "Mapping[str, Value]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undecided:
    reason: str


Rejection = Yes | No | Undecided
