"""Defaults of tracking columns: there where the standard asks for one, and valid."""

from collections.abc import Iterator
from dataclasses import replace

from ctb_audit.checks.expectation import domain_of, fits, missing, roles, tracked
from ctb_audit.checks.registry import check
from ctb_audit.model import Column
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.defaults import (
    Call,
    Default,
    Generated,
    Literal,
    NextValue,
    Now,
    Null,
    Undecided,
    default_of,
)
from ctb_audit.standard import Standard, TrackingField
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict


@check
def missing_tracking_default(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield from missing(subject, project)
    for wanted, column, name, expected in roles(subject, project):
        if column is None or not wanted.default or not expected:
            continue
        if isinstance(_default(column, subject, project), Null):
            yield Fail(f"{name} has no default", name)
        else:
            yield Pass(name)


@check
def invalid_tracking_default(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield from missing(subject, project)
    for wanted, column in tracked(subject, project):
        if _is_bound(wanted):
            default = _default(column, subject, project)
            yield _default_verdict(wanted, column, default, project.standard)


def _is_bound(wanted: TrackingField) -> bool:
    """Whether the standard says anything about the column's value."""
    bounds = (wanted.minimum, wanted.maximum)
    return bool(wanted.default or wanted.format or wanted.values) or bounds != (None, None)


def _default(column: Column, subject: Subject, project: Project) -> Default:
    domain = domain_of(column, subject, project)
    if column.default is None and domain is not None and domain.default is not None:
        column = replace(column, default=domain.default)
    return default_of(column, subject.system)


def _default_verdict(
    wanted: TrackingField, column: Column, default: Default, standard: Standard
) -> Verdict:
    match default:
        case Null():
            return NotApplicable("the column has no default", column.name)
        case Generated():
            return NotApplicable("the engine generates the value", column.name)
        case Call(text):
            return _undecided(wanted, column, f"what {text} yields is not known")
        case Undecided(reason):
            return _undecided(wanted, column, reason)
    fault = _fault(wanted, default, standard)
    return Fail(f"{column.name} {fault}", column.name) if fault else Pass(column.name)


def _undecided(wanted: TrackingField, column: Column, reason: str) -> Verdict:
    """A computed default is fine where the standard asks for none."""
    if wanted.default:
        return Unknown(reason, column.name)
    return NotApplicable(reason, column.name)


def _fault(wanted: TrackingField, default: Now | NextValue | Literal, standard: Standard) -> str:
    """What is wrong with a default; "" for nothing."""
    match default:
        case Now():
            return "" if wanted.default == "now" else "defaults to the current time"
        case NextValue():
            return "takes its default from a sequence"
        case Literal(value):
            fault = _literal_fault(wanted, value, standard)
            return f"defaults to {value!r}, {fault}" if fault else ""


def _literal_fault(wanted: TrackingField, value: object, standard: Standard) -> str:
    if wanted.default == "now":
        return "a constant in place of the current time"
    if wanted.values and value not in wanted.values:
        return f"which is none of {', '.join(wanted.values)}"
    if wanted.format and not fits(str(value), wanted.format, standard):
        return f"which does not match {standard.formats[wanted.format]}"
    if (wanted.minimum, wanted.maximum) != (None, None) and not _in_range(wanted, value):
        return f"outside {wanted.minimum} to {wanted.maximum}"
    return ""


def _in_range(wanted: TrackingField, value: object) -> bool:
    from decimal import Decimal

    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return False
    above = wanted.minimum is None or number >= wanted.minimum
    return above and (wanted.maximum is None or number <= wanted.maximum)
