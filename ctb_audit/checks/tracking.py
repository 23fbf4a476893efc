"""Tracking columns: there, of the right type, and NOT NULL."""

from collections.abc import Iterator
from functools import lru_cache

from ctb_audit.checks.expectation import (
    MISSING_COLUMN,
    base_type,
    domain_of,
    missing,
    roles,
    tracked,
)
from ctb_audit.checks.registry import check
from ctb_audit.model import Column, Constraint, Type
from ctb_audit.project import Project, Subject
from ctb_audit.semantics import evaluated
from ctb_audit.standard import TrackingField
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict


@check
def missing_tracking_column(subject: Subject, project: Project) -> Iterator[Verdict]:
    for wanted, column, name, expected in roles(subject, project):
        if not expected:
            continue
        if column is not None:
            yield Pass(name)
        else:
            yield Fail(f"{name} ({wanted.spelling}) is missing", name, location=None)


@check
def wrong_tracking_type(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield from missing(subject, project)
    for wanted, column in tracked(subject, project):
        yield _type_verdict(wanted, column, base_type(column, subject, project), subject)


def _type_verdict(wanted: TrackingField, column: Column, type_: Type, subject: Subject) -> Verdict:
    several = column.type.dimensions or type_.dimensions
    if type_.family in ("unknown", "domain") and not several:
        return Unknown(f"no source defines the type {column.type}", column.name)
    fault = _type_fault(wanted, column, type_, subject)
    if fault:
        return Fail(f"{column.name} is {column.type}, {fault}", column.name)
    return Pass(column.name)


def _type_fault(wanted: TrackingField, column: Column, type_: Type, subject: Subject) -> str:
    """What is wrong with a column's type, "" for nothing."""
    if column.type.dimensions or type_.dimensions:
        return f"{wanted.spelling} holds a single value"
    if type_.family not in wanted.families.get(subject.system, wanted.families.get("*", ())):
        return f"the standard asks for {wanted.spelling}"
    length = _length(type_)
    if wanted.min_length is not None and length is not None and length < wanted.min_length:
        return f"shorter than {wanted.spelling}"
    return ""


def _length(type_: Type) -> int | None:
    """How many characters a text type holds; None for no bound."""
    if type_.family != "text":
        return None
    if type_.parameters:
        return type_.parameters[0]
    return 1 if type_.name in ("character", '"char"') else None


@check
def nullable_tracking_column(subject: Subject, project: Project) -> Iterator[Verdict]:
    for wanted, column, name, expected in roles(subject, project):
        if not expected:
            continue
        if column is None:
            yield NotApplicable(MISSING_COLUMN, name)
        elif wanted.nullable:
            continue
        elif _rejects_null(column, subject, project):
            yield Pass(name)
        else:
            yield Fail(f"{name} accepts NULL", name)


def _rejects_null(column: Column, subject: Subject, project: Project) -> bool:
    """NOT NULL, a domain's NOT NULL, or a CHECK that is validated."""
    domain = domain_of(column, subject, project)
    if domain is not None and not domain.nullable:
        return True
    constraints = subject.table.constraints
    if not column.nullable:
        return not any(
            c.kind == "not null" and column.name in c.columns and not _counts(c)
            for c in constraints
        )
    return any(
        c.kind == "check" and _counts(c) and _refuses_null(c.expression or "", column.name)
        for c in constraints
    )


@lru_cache(maxsize=4096)
def _refuses_null(expression: str, column: str) -> bool:
    """Whether a CHECK of the expression stores no row without a value in the column."""
    return bool(expression) and evaluated(expression, {column: None}) is False


def _counts(constraint: Constraint) -> bool:
    return constraint.validated and constraint.enforced
