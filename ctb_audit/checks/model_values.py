"""Values that a zod field accepts, held against the table's constraints and its documentation."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from ctb_audit.checks.documented import notes_of
from ctb_audit.checks.documented_values import named_column
from ctb_audit.checks.model_shapes import most_of
from ctb_audit.model import Column, Constraint, Type
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.evaluate import evaluate
from ctb_audit.semantics.values import Value
from ctb_audit.zod_model import ModelField

_SHOWN = 3


def accepted_wrongly(
    field: ModelField, column: Column, type_: Type, subject: Subject, project: Project
) -> Iterator[str]:
    """Values of the field's list, and its bounds, that a constraint of the table rejects."""
    labels = _labels(column, subject, project)
    if labels is not None and field.values is not None:
        wrong = [v for v in field.values if v not in labels]
        missing = [v for v in labels if v not in field.values]
        yield from _told(wrong, missing, f"the type {column.type}")
        return
    checks = [c for c in subject.table.constraints if _is_check(c)]
    samples: list[Value] = list(field.values or _bounds(field))
    most = most_of(type_)
    large = [s for s in samples if most is not None and isinstance(s, int) and abs(s) > most]
    if large and field.type in ("integer", "number", "bigint"):
        yield f"accepts {_listed(map(str, large))}, {type_} holds at most {most}"
        return
    rejected = [s for s in samples if any(_rejects(c, column, s) for c in checks)]
    if rejected:
        yield f"accepts {_listed(map(str, rejected))}, which the table rejects"


def lists_otherwise(
    field: ModelField, column: Column, subject: Subject, project: Project
) -> Iterator[str]:
    """A list of values that differs from the one a document states."""
    if field.values is None:
        return
    for note in notes_of(subject, project):
        for rule in note.table.rules:
            if rule.kind == "values" and named_column(rule.column, subject) == column:
                wrong = [v for v in field.values if v not in rule.values]
                missing = [v for v in rule.values if v not in field.values]
                yield from _told(wrong, missing, "the document")
                return


def _told(wrong: list[str], missing: list[str], against: str) -> Iterator[str]:
    if wrong:
        yield f"accepts {_listed(wrong)}, {against} does not"
    if missing:
        yield f"refuses {_listed(missing)}, {against} does not"


def _labels(column: Column, subject: Subject, project: Project) -> tuple[str, ...] | None:
    if column.type.family != "enum":
        return None
    found = project.user_type(subject, column.type.name)
    return None if found is None else found.labels


def _is_check(constraint: Constraint) -> bool:
    return constraint.kind == "check" and constraint.expression is not None and constraint.enforced


def _rejects(constraint: Constraint, column: Column, sample: Value) -> bool:
    return evaluate(constraint.expression or "", {column.name: sample}) is False


def _bounds(field: ModelField) -> Iterator[Value]:
    """Numbers at the edges of what the field accepts."""
    for text, step in ((field.minimum, 0), (field.maximum, 0), (field.above, 1), (field.below, -1)):
        try:
            number = Decimal(text) + step if text else None
        except InvalidOperation:
            number = None
        if number is not None:
            yield int(number) if number == number.to_integral_value() else number


def _listed(values: "Iterator[str] | list[str] | map[str]") -> str:
    found = list(values)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more
