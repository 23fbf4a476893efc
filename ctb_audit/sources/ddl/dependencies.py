"""Orders scripts whose names say nothing, so that what others refer to comes first."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ctb_audit.model import Constraint, Name
from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AddConstraint,
    AlterTable,
    AttachPartition,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableAs,
    CreateTrigger,
    CreateType,
    CreateView,
    Inherit,
    Operation,
    Script,
)

_MAKES = (CreateTable, CreateTableAs, CreateView, CreateType, CreateSequence, CreateFunction)


def order_scripts(scripts: Sequence[Script]) -> tuple[Script, ...]:
    """The scripts so that each comes after those that make what it names, else as they stand.

    Names count without their schema, as an unqualified name may mean any. Where scripts need each
    other, the first stays first.
    """
    makers: dict[str, set[int]] = {}
    for place, script in enumerate(scripts):
        for name in _each(script, _made):
            makers.setdefault(name, set()).add(place)
    needs = [
        {maker for name in _each(script, _needed) for maker in makers.get(name, ())} - {place}
        for place, script in enumerate(scripts)
    ]
    return tuple(scripts[place] for place in _sorted(needs, [_rank(s) for s in scripts]))


def _sorted(needs: Sequence[set[int]], ranks: Sequence[int]) -> list[int]:
    """Depth first without recursion; an edge that closes a circle is ignored."""
    done: list[int] = []
    state = [0] * len(needs)  # 1 begun, 2 done
    for start in sorted(range(len(needs)), key=lambda place: (ranks[place], place)):
        stack = [start]
        while stack:
            place = stack[-1]
            if state[place] == 0:
                state[place] = 1
                stack.extend(n for n in sorted(needs[place], reverse=True) if state[n] == 0)
                continue
            stack.pop()
            if state[place] == 1:
                state[place] = 2
                done.append(place)
    return done


def _rank(script: Script) -> int:
    """Scripts that make schemas and extensions come first: others need them without a name."""
    makes = (CreateSchema, CreateExtension)
    return 0 if any(isinstance(o, makes) for e in script.effects for o in e.operations) else 1


def _each(script: Script, names: Any) -> Iterator[str]:
    for effect in script.effects:
        for operation in effect.operations:
            yield from names(operation)


def _made(operation: Operation) -> Iterator[str]:
    if isinstance(operation, _MAKES):
        yield operation.name.name
    elif isinstance(operation, CreateIndex) and operation.index.name:
        yield operation.index.name


def _needed(operation: Operation) -> Iterator[str]:
    match operation:
        case CreateTable(table=table, likes=likes, of_type=of_type):
            yield from _names([*table.inherits, *(like.source for like in likes), of_type])
            yield from _names([table.partition_of])
            yield from _targets(table.constraints)
            for column in table.columns:
                yield column.type.name.rpartition(".")[2]
        case CreateView(sources=sources):
            yield from _names(sources)
        case CreateTrigger(table=relation, trigger=trigger):
            yield from _names([relation, trigger.function])
        case CreateIndex(table=relation) | CreatePolicy(table=relation):
            yield relation.name
        case AlterTable(name=name, actions=actions):
            yield name.name
            yield from _needed_by_actions(actions)
        case _:
            yield from _targeted(operation)


def _targeted(operation: Operation) -> Iterator[str]:
    references = (*getattr(operation, "targets", ()), getattr(operation, "target", None))
    return _names(getattr(reference, "name", None) for reference in references)


def _needed_by_actions(actions: Iterable[object]) -> Iterator[str]:
    for action in actions:
        match action:
            case AddConstraint(constraint=constraint):
                yield from _targets([constraint])
            case AddColumn(constraints=constraints):
                yield from _targets(constraints)
            case AttachPartition(partition=name) | Inherit(parent=name):
                yield name.name


def _targets(constraints: Iterable[Constraint]) -> Iterator[str]:
    return _names(constraint.target for constraint in constraints)


def _names(names: Iterable[Name | None]) -> Iterator[str]:
    return (name.name for name in names if isinstance(name, Name))
