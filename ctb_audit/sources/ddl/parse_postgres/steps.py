"""What a PL/pgSQL block does, step by step; expressions and queries as written."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from ctb_audit.lean import dataclass
from ctb_audit.sources.ddl.statement import Statement


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement whose first word may change a schema."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Execute:
    """`statement` is all of EXECUTE; `value` the expression that gives the text."""

    statement: Statement
    value: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """SELECT ... INTO `names`, or PERFORM; `statement` is the query without INTO."""

    statement: Statement
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assign:
    """`value` None: what the variable holds afterwards, only a run could tell. `part`: the field
    of the record that gets it.
    """

    name: str
    value: str | None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """`condition` None: ELSE."""

    condition: str | None
    steps: "tuple[Step, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """IF or CASE: the first branch whose condition holds."""

    statement: Statement
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """`source` by kind: a query, the text of EXECUTE, an array, a condition, or `low..high`;
    `once` is a block with a label.
    """

    statement: Statement
    kind: Literal["query", "execute", "array", "while", "range", "endless", "once"]
    name: str
    source: str
    steps: "tuple[Step, ...]"
    reverse: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Handler:
    """`conditions`: names such as duplicate_object, or SQLSTATEs; lower case."""

    conditions: tuple[str, ...]
    steps: "tuple[Step, ...]"


@dataclass(frozen=True, slots=True)
class Attempt:
    """BEGIN ... EXCEPTION ... END."""

    steps: "tuple[Step, ...]"
    handlers: tuple[Handler, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """RETURN, EXIT or CONTINUE; `condition` "" where there is none, `label` of the loop meant."""

    what: Literal["return", "exit", "continue"]
    condition: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """RAISE EXCEPTION, with the condition that it names, if any."""

    statement: Statement
    condition: str = ""


Step: TypeAlias = Sql | Execute | Query | Assign | Choice | Loop | Attempt | Leave | Fail


def within(step: Step) -> "Iterator[tuple[Step, ...]]":
    """The lists of steps that stand in a step, whether they run or not."""
    match step:
        case Choice(_, branches):
            yield from (branch.steps for branch in branches)
        case Loop(steps=steps):
            yield steps
        case Attempt(steps, handlers):
            yield steps
            yield from (handler.steps for handler in handlers)
