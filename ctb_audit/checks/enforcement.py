"""Formats, ranges, orders and lists of values that the database itself should hold
(STANDARD section 3).
"""

from collections.abc import Iterator

from ctb_audit.checks.expectation import MISSING_COLUMN, base_type, column_of, role_of
from ctb_audit.checks.guarding import ask
from ctb_audit.checks.inactive import NO_TRIGGERS_READ
from ctb_audit.checks.registry import check
from ctb_audit.checks.triggers import ineffective
from ctb_audit.model import Column
from ctb_audit.project import Project, Subject
from ctb_audit.semantics import enforces_email, enforces_format, enforces_order, enforces_range
from ctb_audit.semantics.answers import Answer, Holds, Missing, Unsure
from ctb_audit.standard import name_patterns
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict


@check
def unenforced_format(
    subject: Subject, project: Project, *, role: str, stated: str = ""
) -> Iterator[Verdict]:
    """A documented format. `stated`: the rule that below STRICT a reference may state instead."""
    played = role_of(role, subject, project)
    if played is None or played.column is None or not played.wanted.format:
        yield NotApplicable(MISSING_COLUMN)
        return
    column = played.column
    pattern = project.standard.formats[played.wanted.format]
    answer = ask(enforces_format, subject, project, (column.name,), pattern=pattern)
    verdict = _judged(answer, column, subject)
    if isinstance(verdict, Fail) and _watched(column, subject, project):
        verdict = NotApplicable("its trigger is judged by ineffective-trigger")
    yield _or_stated(verdict, stated, subject, project)


@check
def unenforced_range(
    subject: Subject, project: Project, *, role: str, stated: str = ""
) -> Iterator[Verdict]:
    """The bounds of a tracking column; `stated` as in `unenforced_format`."""
    played = role_of(role, subject, project)
    if played is None or played.column is None:
        yield NotApplicable(MISSING_COLUMN)
        return
    column, low, high = played.column, played.wanted.minimum, played.wanted.maximum
    answer = ask(enforces_range, subject, project, (column.name,), low=low, high=high)
    yield _or_stated(_judged(answer, column, subject), stated, subject, project)


@check
def unenforced_order(
    subject: Subject, project: Project, *, later: str, earlier: str, stated: str = ""
) -> Iterator[Verdict]:
    """One time never before another, where the standard asks for both; `stated` as in
    `unenforced_format`.
    """
    last = column_of(later, subject, project)
    first = column_of(earlier, subject, project)
    asked = all(f is not None and f.required for f in map(project.standard.field, (later, earlier)))
    if last is None or first is None or not asked:
        yield NotApplicable(MISSING_COLUMN)
        return
    answer = ask(enforces_order, subject, project, (last.name, first.name))
    yield _or_stated(_judged(answer, last, subject), stated, subject, project)


@check
def unenforced_email_format(
    subject: Subject, project: Project, *, names: tuple[str, ...]
) -> Iterator[Verdict]:
    named = name_patterns(names)
    for column in subject.table.columns:
        if not named.fits(column.name):
            continue
        type_ = base_type(column, subject, project)
        if type_.family == "text" and not column.type.dimensions:
            answer = ask(enforces_email, subject, project, (column.name,))
            yield _judged(answer, column, subject, column.name)


def _judged(answer: Answer, column: Column, subject: Subject, requirement: str = "") -> Verdict:
    match answer:
        case Holds():
            return Pass(requirement)
        case Unsure(reason):
            return Unknown(reason, requirement)
        case Missing(reason):
            if subject.table.triggers is None:
                return Unknown(NO_TRIGGERS_READ, requirement)
            told = reason if column.name in reason else f"{column.name}: {reason}"
            return Fail(told, requirement, location=column.location)


def _watched(column: Column, subject: Subject, project: Project) -> bool:
    """Whether a trigger was meant to check the column and does not."""
    return any(column.name in i.columns for i in ineffective(subject, project))


def _or_stated(verdict: Verdict, stated: str, subject: Subject, project: Project) -> Verdict:
    """Below STRICT it is enough that the reference states the rule."""
    if subject.level == "STRICT" or not stated or isinstance(verdict, Pass | NotApplicable):
        return verdict
    if stated in project.stated:
        return Pass(verdict.requirement)
    if "reference" not in project.surfaces:
        return NotApplicable("no reference is among the sources", verdict.requirement)
    if isinstance(verdict, Fail):
        return Fail(
            f"{verdict.message}, and no reference states the rule",
            verdict.requirement,
            location=verdict.location,
        )
    return verdict
