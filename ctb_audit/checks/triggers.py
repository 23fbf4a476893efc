"""Triggers, judged by what they do (STANDARD sections 3 and 5)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ctb_audit.checks.expectation import MISSING_COLUMN, column_of
from ctb_audit.checks.inactive import NO_TRIGGERS_READ
from ctb_audit.checks.registry import check
from ctb_audit.lean import dataclass
from ctb_audit.model import Column, Function, Trigger
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.answers import Answer, Holds, Missing, Unsure
from ctb_audit.semantics.plpgsql import effect_of, keeps_current, row_keeps_current
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

if TYPE_CHECKING:
    from ctb_audit.semantics.plpgsql.effects import TriggerEffect

BUILT_IN = frozenset(
    {
        *("moddatetime", "autoinc", "insert_username", "lo_manage", "check_primary_key"),
        *("check_foreign_key", "suppress_redundant_updates_trigger", "tsvector_update_trigger"),
        *("tsvector_update_trigger_column", "unique_key_recheck"),
    }
)
UPDATED = "updated_at"  # the role that an update trigger keeps


@dataclass(frozen=True, slots=True)
class Ineffective:
    """A trigger that does not do its work; `columns` are those it was to keep or to check.
    `keeper`: it was to keep the time of the update.
    """

    trigger: Trigger
    fault: str
    columns: frozenset[str] = frozenset()
    keeper: bool = False


@check
def missing_update_trigger(
    subject: Subject, project: Project, *, role: str = UPDATED
) -> Iterator[Verdict]:
    triggers, column = subject.table.triggers, column_of(role, subject, project)
    if column is None:
        yield NotApplicable(MISSING_COLUMN)
        return
    if triggers is None:
        yield Unknown(NO_TRIGGERS_READ)
        return
    answer = _kept(column, subject, project)
    if isinstance(answer, Holds):
        yield Pass()
    elif any(i.keeper for i in ineffective(subject, project)):
        yield NotApplicable("its trigger is judged by ineffective-trigger")
    elif isinstance(answer, Unsure):
        yield Unknown(answer.reason)
    else:
        yield Fail(f"no BEFORE UPDATE trigger keeps {column.name}", location=column.location)


@check
def ineffective_trigger(subject: Subject, project: Project) -> Iterator[Verdict]:
    triggers = subject.table.triggers
    if triggers is None:
        yield Unknown(NO_TRIGGERS_READ)
        return
    active = _active(subject, project)
    found = ineffective(subject, project)
    unread = [r for run in active if (r := _unread(run))]
    if found:
        told = "; ".join(f"trigger {i.trigger.name} {i.fault}" for i in found)
        yield Fail(told, object=found[0].trigger.name, location=found[0].trigger.location)
    elif unread:
        yield Unknown(unread[0])
    elif active:
        yield Pass()
    else:
        yield NotApplicable("the table has no active trigger")


def ineffective(subject: Subject, project: Project) -> tuple[Ineffective, ...]:
    """The active triggers of a table that do not do their work."""
    found: tuple[Ineffective, ...] | None = subject.memo.get(ineffective)
    if found is None:
        found = subject.memo[ineffective] = tuple(_ineffective(subject, project))
    return found


def _ineffective(subject: Subject, project: Project) -> Iterator[Ineffective]:
    kept = None
    for run in _active(subject, project):
        found = _broken(run, subject)
        if found is None and run.function is not None:
            kept = _updated_is_kept(subject, project) if kept is None else kept
            found = _idle(run, run.function, subject, project, kept)
        if found is not None:
            yield found


class _Run(NamedTuple):
    """A trigger that fires, what it runs and what that can do."""

    trigger: Trigger
    function: Function | None
    effect: "TriggerEffect"


def _active(subject: Subject, project: Project) -> list[_Run]:
    found: list[_Run] | None = subject.memo.get(_active)
    if found is None:
        called = (
            (t, project.function(subject, t.function))
            for t in subject.table.triggers or ()
            if t.is_active
        )
        found = [_Run(t, f, effect_of(t, f, subject.table)) for t, f in called]
        subject.memo[_active] = found
    return found


def _broken(run: _Run, subject: Subject) -> Ineffective | None:
    """A trigger that fails, or would, whenever it fires."""
    trigger, function, effect = run
    updates = "update" in trigger.events
    if effect.missing:
        fault = f"assigns {', '.join(effect.missing)}, which the table lacks"
        return Ineffective(trigger, fault, frozenset(effect.missing), keeper=updates)
    defined = function is not None or trigger.function.name in BUILT_IN
    if defined or subject.surface == "live":
        return None
    return Ineffective(
        trigger, f"calls {trigger.function}, which no source defines", keeper=updates
    )


def _idle(
    run: _Run, function: Function, subject: Subject, project: Project, kept: bool
) -> Ineffective | None:
    """A trigger that runs and does not do what it could have been made for."""
    trigger, effect = run.trigger, run.effect
    meant = effect
    if trigger.timing != "before" or not trigger.row:
        before = replace(trigger, timing="before", row=True)
        meant = effect_of(before, function, subject.table)
    column = None if kept else column_of(UPDATED, subject, project)
    if column is not None and column.name in meant.assigns and "update" in trigger.events:
        answer = keeps_current(trigger, function, subject.table, column.name)
        if isinstance(answer, Missing):
            fault = f"does not keep {column.name}: {answer.reason}"
            return Ineffective(trigger, fault, frozenset({column.name}), keeper=True)
    if not effect.nothing:
        return None
    return Ineffective(trigger, _nothing(meant), frozenset((*meant.assigns, *meant.reads)))


def _nothing(meant: "TriggerEffect") -> str:
    if meant.assigns:
        return f"assigns {', '.join(meant.assigns)} when the row is already written"
    return "neither changes the row nor rejects it nor writes anything"


def _updated_is_kept(subject: Subject, project: Project) -> bool:
    column = column_of(UPDATED, subject, project)
    return column is not None and isinstance(_kept(column, subject, project), Holds)


def _kept(column: Column, subject: Subject, project: Project) -> Answer:
    """Whether every UPDATE of a row ends with the current time in the column."""
    key = (_kept, column.name)
    known: Answer | None = subject.memo.get(key)
    if known is None:
        called = _called(subject, project)
        known = subject.memo[key] = row_keeps_current(called, subject.table, column.name)
    return known


def _called(subject: Subject, project: Project) -> list[tuple[Trigger, Function | None]]:
    """The triggers that may keep a time, with their functions."""
    return [
        (t, project.function(subject, t.function))
        for t in subject.table.triggers or ()
        if t.function.name not in BUILT_IN or t.function.name == "moddatetime"
    ]


def _unread(run: _Run) -> str:
    """Why nothing is known of a trigger's function; "" where it is read."""
    if run.trigger.function.name in BUILT_IN or not run.effect.unknown:
        return ""
    return f"trigger {run.trigger.name}: {run.effect.unknown}"
