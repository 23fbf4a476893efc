"""Lists, ranges and formats that a document states for a column: the database should hold them
(STANDARD sections 3 and 6).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ctb_audit.checks.documented import notes_of
from ctb_audit.checks.expectation import base_type, tracked
from ctb_audit.checks.guarding import ask
from ctb_audit.checks.inactive import NO_TRIGGERS_READ
from ctb_audit.checks.registry import check
from ctb_audit.model import Column, Location
from ctb_audit.project import Project, Subject
from ctb_audit.semantics import (
    enforces_format,
    enforces_range,
    enforces_values,
    fits,
    templates_pattern,
)
from ctb_audit.semantics.answers import Answer, Holds, Missing, Unsure
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.standard import TrackingField
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

if TYPE_CHECKING:
    from ctb_audit.document_model import ValueRule

NOTHING = "no document states a rule for a column"


@check
def unenforced_documented_values(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Lists of values that the standard gives for tracking columns, and what documents state."""
    judged: set[str] = set()
    for wanted, column in tracked(subject, project):
        if wanted.values:
            judged.add(column.name)
            answer = ask(
                enforces_values, subject, project, (column.name,), values=tuple(wanted.values)
            )
            yield _judged(answer, column, subject, None)
    stated = [
        (c, r)
        for c, r in documented_rules(subject, project)
        if r.kind not in ("format", "required")
    ]
    for column, rules in _grouped(stated).items():
        if column.name not in judged:
            yield _first_fault(column, rules, subject, project)
    if not stated and not judged:
        yield NotApplicable(NOTHING)


@check
def unenforced_documented_format(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Formats narrower than the one that the standard gives the column."""
    stated = [(c, r) for c, r in documented_rules(subject, project) if r.kind == "format"]
    for column, rules in _grouped(stated).items():
        pattern = templates_pattern(rules[0].formats, literal_number=False)
        if _is_general(column, pattern, subject, project):
            yield NotApplicable("the standard's own format is judged by its rule", column.name)
            continue
        answer = ask(enforces_format, subject, project, (column.name,), pattern=pattern)
        yield _judged(answer, column, subject, rules[0])
    if not stated:
        yield NotApplicable(NOTHING)


@check
def nullable_documented_column(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Columns that a document says must be there, tracking columns apart."""
    roles = {column.name for _, column in tracked(subject, project)}
    stated = [(c, r) for c, r in documented_rules(subject, project) if r.kind == "required"]
    for column, rules in _grouped(stated).items():
        if column.name in roles:
            yield NotApplicable("a tracking column is judged by its rule", column.name)
        elif column.nullable:
            told = f"{column.name} accepts NULL, and {_place(rules[0].location)} says: "
            told += _clipped(rules[0].text)
            yield Fail(told, column.name, location=column.location)
        else:
            yield Pass(column.name)
    if not stated:
        yield NotApplicable(NOTHING)


def documented_rules(subject: Subject, project: Project) -> Iterator["tuple[Column, ValueRule]"]:
    """The rules of documents with the columns that they mean."""
    for note in notes_of(subject, project):
        for rule in note.table.rules:
            column = named_column(rule.column, subject)
            if column is not None:
                yield column, rule


def named_column(label: str, subject: Subject) -> Column | None:
    """The column that a label means: as written, else in the singular, whatever its case."""
    from ctb_audit.sources.reference.value_rules import column_forms  # needed by documents alone

    known = {c.name.replace("_", "").lower(): c for c in subject.table.columns}
    forms = (form.replace("_", "") for form in column_forms(label))
    return next((known[form] for form in forms if form in known), None)


def _grouped(stated: "list[tuple[Column, ValueRule]]") -> "dict[Column, list[ValueRule]]":
    found: dict[Column, list[ValueRule]] = {}
    for column, rule in stated:
        found.setdefault(column, []).append(rule)
    return found


def _first_fault(
    column: Column, rules: "list[ValueRule]", subject: Subject, project: Project
) -> Verdict:
    """One verdict a column: of what is stated the first that is not held."""
    verdicts = [_verdict(column, rule, subject, project) for rule in rules]
    for kind in (Fail, Unknown, Pass):
        for verdict in verdicts:
            if isinstance(verdict, kind):
                return verdict
    return verdicts[0]


def _verdict(column: Column, rule: "ValueRule", subject: Subject, project: Project) -> Verdict:
    if rule.kind == "unique":
        held = is_unique(subject.table, (column.name,))
        told = f"{column.name} is not unique, and {_place(rule.location)} says that it is"
        return Pass(column.name) if held else Fail(told, column.name, location=column.location)
    if _is_standard_range(column, rule, subject, project):
        return NotApplicable("the standard's own range is judged by its rule", column.name)
    answer = _asked(column, rule, subject, project)
    if answer is None:
        return NotApplicable(f"a {rule.kind} says nothing of {column.type}", column.name)
    return _judged(answer, column, subject, rule)


def _asked(column: Column, rule: "ValueRule", subject: Subject, project: Project) -> Answer | None:
    from decimal import Decimal

    family = base_type(column, subject, project).family
    numeric = family in ("integer", "decimal", "float", "money", "serial")
    names = (column.name,)
    match rule.kind:
        case "values":
            return ask(enforces_values, subject, project, names, values=rule.values)
        case "range" if numeric:
            low, high = Decimal(rule.low), Decimal(rule.high)
            return ask(enforces_range, subject, project, names, low=low, high=high)
        case "positive" if numeric:
            least = 1 if family in ("integer", "serial") else Decimal("0.01")
            return ask(enforces_range, subject, project, names, low=least, high=None)
        case "non-empty" if family == "text":
            return ask(enforces_format, subject, project, names, pattern="^.+$")
    return None


def _judged(answer: Answer, column: Column, subject: Subject, rule: "ValueRule | None") -> Verdict:
    match answer:
        case Holds():
            return Pass(column.name)
        case Unsure(reason):
            return Unknown(reason, column.name)
        case Missing(reason):
            if subject.table.triggers is None:
                return Unknown(NO_TRIGGERS_READ, column.name)
            told = reason if column.name in reason else f"{column.name}: {reason}"
            source = f", and {_place(rule.location)} says: {_clipped(rule.text)}" if rule else ""
            return Fail(f"{told}{source}", column.name, location=column.location)


def _place(location: Location) -> str:
    return f"line {location.line} of the document"


def _clipped(text: str) -> str:
    text = text.replace("`", "")
    return text if len(text) <= 80 else f"{text[:77]}..."


def _tracking(column: Column, subject: Subject, project: Project) -> TrackingField | None:
    for wanted, tracking in tracked(subject, project):
        if tracking.name == column.name:
            return wanted
    return None


def _is_standard_range(
    column: Column, rule: "ValueRule", subject: Subject, project: Project
) -> bool:
    """A range that the standard gives a tracking column in the same words or narrower ones."""
    from decimal import Decimal

    wanted = _tracking(column, subject, project)
    return (
        wanted is not None
        and rule.kind == "range"
        and wanted.minimum is not None
        and wanted.maximum is not None
        and wanted.minimum >= Decimal(rule.low)
        and wanted.maximum <= Decimal(rule.high)
    )


def _is_general(column: Column, pattern: str, subject: Subject, project: Project) -> bool:
    """Whether a documented format allows all that the standard's allows."""
    wanted = _tracking(column, subject, project)
    probes = project.standard.probes.get(wanted.format) if wanted else None
    return probes is not None and all(fits(pattern, text) for text in probes.valid)
