"""What is known at one place of a trigger function, and how a path through it can end."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.semantics.values import Value

Written = Literal["now", "other", "unknown"]
"""What a column of NEW was last given: the current time, anything else, or not known."""


@dataclass(frozen=True)
class State:
    """`values` of variables by dotted name (`new.a`, `tg_op`); one that is missing is not known.

    `row` is what NEW holds as a whole. `unchanged`: only updates that change nothing come here.
    `doubtful`: it is not certain that any row comes here.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    written: Mapping[str, Written] = field(default_factory=dict)
    row: Literal["new", "old", "unknown", "null"] = "new"
    unchanged: bool = False
    doubtful: bool = False

    @property
    def key(self) -> object:
        parts = (frozenset(self.values.items()), frozenset(self.written.items()))
        return (*parts, self.row, self.unchanged, self.doubtful)

    def assign(self, name: str, value: Value, written: Written) -> "State":
        """With a variable or a column of NEW set."""
        values = {**self.values, name: value}
        column = name.removeprefix("new.")
        if column == name:
            return replace(self, values=values)
        return replace(self, values=values, written={**self.written, column: written})

    def forget(self, name: str) -> "State":
        """With a variable's value, and its fields', no longer known."""
        values = {
            key: value
            for key, value in self.values.items()
            if key != name and not key.startswith(f"{name}.")
        }
        if name != "new":
            return replace(self, values=values)
        return replace(self, values=values, written={}, row="unknown")

    def doubted(self) -> "State":
        return replace(self, doubtful=True)


def merged(states: Iterable[State]) -> list[State]:
    """States without repetitions."""
    return list({state.key: state for state in states}.values())


@dataclass(frozen=True)
class End:
    """How a path ends. `condition` of a raise: `raise_exception`, an SQLSTATE, or "" for any."""

    kind: Literal["new", "old", "null", "unknown", "raise"]
    state: State
    condition: str = ""


@dataclass(frozen=True)
class Jump:
    """EXIT or CONTINUE on its way to its loop; `label` "" is the innermost."""

    leaves: bool
    label: str
    state: State


@dataclass
class Flow:
    """Where control goes after a statement."""

    states: list[State] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    jumps: list[Jump] = field(default_factory=list)

    def add(self, other: "Flow") -> None:
        self.states.extend(other.states)
        self.ends.extend(other.ends)
        self.jumps.extend(other.jumps)
