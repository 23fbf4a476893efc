"""What the database enforces, asked once for all tables that are guarded alike.

Following every path of a trigger for every probe value takes about 0.1 s a table; tables of
one organisation share their column names, CHECKs and trigger functions.
"""

from collections.abc import Callable, Hashable
from typing import Any

from ctb_audit.model import Trigger, Type
from ctb_audit.project import Project, Subject
from ctb_audit.semantics import Guarded, relevant_checks
from ctb_audit.semantics.answers import Answer, Unsure
from ctb_audit.semantics.plpgsql import effect_of


def ask(
    question: Callable[..., Answer],
    subject: Subject,
    project: Project,
    columns: tuple[str, ...],
    **bounds: Hashable,
) -> Answer:
    """The answer of `question(table, functions, types, *columns, **bounds)`.

    Doubts are not shared: their reasons name the table's own triggers.
    """
    functions = project.functions.get(subject.surface, {})
    types = project.types.get(subject.surface, {})
    guarded = subject.memo.get(Guarded)
    if guarded is None:
        guarded = subject.memo[Guarded] = Guarded(subject.table, functions, types)
    key = (question.__name__, columns, tuple(bounds.items()), _shape(guarded, columns, subject))
    known: Answer | None = project.memo.get(key)
    if known is not None:
        return known
    answer = question(subject.table, functions, types, *columns, **bounds)
    if not isinstance(answer, Unsure):
        project.memo[key] = answer
    return answer


def _shape(guarded: Guarded, columns: tuple[str, ...], subject: Subject) -> Hashable:
    """Everything about a table that decides what is stored in the columns."""
    found = [c for name in columns if (c := subject.column(name)) is not None]
    wanted = frozenset(columns)
    return (
        subject.surface,
        subject.system,
        tuple([(c.name, _type_shape(c.type), c.nullable) for c in found]),
        tuple([c.expression for c in relevant_checks(guarded, wanted)]),
        tuple(
            (c.columns, c.validated, c.enforced)
            for c in guarded.table.constraints
            if c.kind == "foreign key" and wanted.issuperset(c.columns)
        ),
        _trigger_shapes(guarded, subject),
    )


def _type_shape(type_: Type) -> Hashable:
    """The type, however it is spelled."""
    return type_.name, type_.family, type_.parameters, type_.dimensions, type_.qualifier


def _trigger_shapes(guarded: Guarded, subject: Subject) -> Hashable:
    """The table's triggers, in firing order."""
    known: Hashable = subject.memo.get(_trigger_shapes)
    if known is None:
        triggers = sorted(guarded.table.triggers or (), key=lambda t: t.name)
        known = tuple(_trigger_shape(t, guarded) for t in triggers)
        subject.memo[_trigger_shapes] = known
    return known


def _trigger_shape(trigger: Trigger, guarded: Guarded) -> Hashable:
    """A trigger without its name, unless the function asks for names."""
    functions: tuple[Any, ...] = guarded.functions.get(trigger.function, ())
    bound = any("tg_" in function.body.lower() for function in functions)
    effect = effect_of(trigger, functions[0] if functions else None, guarded.table)
    return (
        *(trigger.function, trigger.timing, trigger.events, trigger.row, trigger.enabled),
        *(trigger.columns, trigger.when, trigger.arguments, effect.missing),
        (trigger.name, guarded.table.qualified) if bound else None,
    )
