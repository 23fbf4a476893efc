"""Objects that are defined and do not act: disabled, not validated (STANDARD section 5)."""

from collections.abc import Iterator

from ctb_audit.checks.registry import check
from ctb_audit.model import Constraint, Trigger
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

NO_TRIGGERS_READ = "the source does not show triggers"


@check
def disabled_trigger(subject: Subject, project: Project) -> Iterator[Verdict]:
    triggers = subject.table.triggers
    if triggers is None:
        yield Unknown(NO_TRIGGERS_READ)
        return
    silent = [t for t in triggers if not t.is_active]
    if silent:
        told = "; ".join(f"trigger {t.name} {_state(t)}" for t in silent)
        yield Fail(told, object=silent[0].name, location=silent[0].location)
    elif triggers:
        yield Pass()
    else:
        yield NotApplicable("the table has no trigger")


def _state(trigger: Trigger) -> str:
    return "is disabled" if trigger.enabled == "disabled" else "fires on replicas only"


@check
def unvalidated_constraint(subject: Subject, project: Project) -> Iterator[Verdict]:
    own = (c for c in subject.table.constraints if not c.inherited)
    judged = [c for c in own if _can_be_unvalidated(c)]
    if not judged:
        yield NotApplicable("the table has no constraint of this kind")
    for constraint in judged:
        if constraint.validated and constraint.enforced:
            yield Pass(constraint.name)
        else:
            how = "is not enforced" if not constraint.enforced else "is not validated"
            message = f"constraint {constraint.name} {how}"
            yield Fail(message, constraint.name, location=constraint.location)


def _can_be_unvalidated(constraint: Constraint) -> bool:
    """NOT NULL is judged as a column's property, so here only where it does not act."""
    if constraint.kind == "not null":
        return not (constraint.validated and constraint.enforced)
    return constraint.kind in ("check", "foreign key")
