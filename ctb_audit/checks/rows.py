"""What rows hold, where the database does not already rule the contrary out (STANDARD section 13,
data). No message holds a value: examples are shapes.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from ctb_audit.checks.documented_values import documented_rules
from ctb_audit.checks.expectation import MISSING_COLUMN, base_type, column_of, tracked
from ctb_audit.checks.guarding import ask
from ctb_audit.checks.identifiers import is_registry, must_be_unique
from ctb_audit.checks.registry import asking_check
from ctb_audit.model import Column
from ctb_audit.probe import Probe, Sample, column_of_row, quoted
from ctb_audit.project import Project, Subject
from ctb_audit.semantics import (
    enforces_format,
    enforces_order,
    enforces_range,
    enforces_values,
    format_fault,
)
from ctb_audit.semantics.answers import Answer, Holds
from ctb_audit.semantics.indexes import is_unique, leads
from ctb_audit.verdict import Fail, NotApplicable, Pass, Question, Unknown, Verdict

Verdicts = Iterator[Verdict | Question]
NOT_LIVE = "rows are asked about in live databases only"
_NUMBERS = frozenset({"integer", "decimal", "float"})
_ENFORCED = "the database rules it out"


@asking_check
def invalid_value(subject: Subject, project: Project, *, role: str) -> Verdicts:
    """Texts that have not the format of their role; NULL is the column's matter."""
    wanted = project.standard.field(role)
    column = _live_column(role, subject, project)
    if isinstance(column, NotApplicable) or wanted is None:
        yield _none(column)
        return
    formats = project.standard.formats
    pattern = formats.get(f"{wanted.format}_value", formats.get(wanted.format, ""))
    if not pattern or base_type(column, subject, project).family != "text":
        yield NotApplicable("the role has no format, or the column no text")
        return
    fault = format_fault(pattern)
    if fault:
        yield Unknown(f"the server cannot be asked for {pattern}: {fault}")
        return
    if _held(enforces_format, subject, project, column.name, pattern=pattern):
        yield Pass()
        return
    condition = f"{_text(column)} !~ %s"
    probe = _probe(subject, condition, (f"^(?:{pattern})$",), column.name)
    what = f"a {column.name} outside of its format"
    yield Question(probe, partial(_told, what, column, ""))


@asking_check
def duplicate_value(subject: Subject, project: Project, *, role: str) -> Verdicts:
    """Ids in several rows, where a table must keep them unique and does not."""
    column = _live_column(role, subject, project)
    if isinstance(column, NotApplicable):
        yield column
    elif not must_be_unique(role, subject, project):
        yield NotApplicable("ids may repeat in this table")
    elif is_unique(subject.table, (column.name,)):
        yield Pass()
    else:
        probe = Probe(
            *(_source(subject), subject.name, "repeats", column.name),
            shown=column.name,
            index=leads(subject.table, (column.name,)),
        )
        what = f"{column.name} in more than one row"
        yield Question(probe, partial(_told, what, column, "", unit="value"))


@asking_check
def value_out_of_range(subject: Subject, project: Project, *, role: str) -> Verdicts:
    """Numbers outside of their role's bounds."""
    wanted = project.standard.field(role)
    column = _live_column(role, subject, project)
    if isinstance(column, NotApplicable) or wanted is None:
        yield _none(column)
        return
    low, high = wanted.minimum, wanted.maximum
    if base_type(column, subject, project).family not in _NUMBERS:
        yield NotApplicable("the column holds no numbers")
        return
    if _held(enforces_range, subject, project, column.name, low=low, high=high):
        yield Pass()
        return
    name = column_of_row(column.name)
    sides = ((f"{name} < %s", low), (f"{name} > %s", high))
    bounds = [(text, bound) for text, bound in sides if bound is not None]
    condition = " OR ".join(text for text, _ in bounds)
    indexed = leads(subject.table, (column.name,))
    parameters = tuple(bound for _, bound in bounds)
    probe = replace(_probe(subject, condition, parameters, column.name), index=indexed)
    yield Question(probe, partial(_told, f"{column.name} outside of {low} to {high}", column, ""))


@asking_check
def value_out_of_order(subject: Subject, project: Project, *, later: str, earlier: str) -> Verdicts:
    """Times of which the later one lies before the earlier one."""
    last = _live_column(later, subject, project)
    first = column_of(earlier, subject, project)
    if isinstance(last, NotApplicable) or first is None:
        yield _none(last)
    elif last.type.family != "timestamp" or first.type.family != "timestamp":
        yield NotApplicable("the columns hold no times")
    elif _held(enforces_order, subject, project, last.name, first.name):
        yield Pass()
    else:
        condition = f"{column_of_row(last.name)} < {column_of_row(first.name)}"
        probe = _probe(subject, condition, (), "")
        yield Question(probe, partial(_told, f"{last.name} before {first.name}", last, ""))


@asking_check
def value_out_of_list(subject: Subject, project: Project) -> Verdicts:
    """Values that are not among those that the standard, or else a document, lists for a column."""
    if _live(subject) is not None:
        return
    lists = {c.name: (c, tuple(w.values)) for w, c in tracked(subject, project) if w.values}
    for column, rule in documented_rules(subject, project):
        if rule.kind == "values":
            lists.setdefault(column.name, (column, rule.values))
    for name, (column, values) in lists.items():
        if column.type.dimensions:
            yield NotApplicable("the column holds lists", name)
        elif _held(enforces_values, subject, project, name, values=values):
            yield Pass(name)
        else:
            marks = ", ".join("%s" for _ in values)
            probe = _probe(subject, f"{_text(column)} NOT IN ({marks})", values, name)
            what = f"a {name} that is not listed"
            yield Question(probe, partial(_told, what, column, name), name)


@asking_check
def unregistered_identifier(subject: Subject, project: Project, *, role: str) -> Verdicts:
    """Row ids that the registry of row ids lacks."""
    column = _live_column(role, subject, project)
    if isinstance(column, NotApplicable):
        yield column
        return
    registry = next((s for s in project.subjects if is_registry(s, project.standard)), None)
    registered = None if registry is None else column_of(role, registry, project)
    if registry is None or registered is None or registry is subject:
        yield NotApplicable("there is no registry, or this is it")
    elif registry.surface != "live" or _source(registry) != _source(subject):
        yield Unknown("the registry stands in another source")
    elif not leads(registry.table, (registered.name,)):
        yield Unknown(f"{registry.name} has no index on {registered.name} to look it up in")
    else:
        name, known = column_of_row(column.name), quoted("registered", registered.name)
        listed = quoted(registry.name.schema, registry.name.name)
        condition = (
            f"{name} IS NOT NULL AND NOT EXISTS (SELECT FROM {listed} registered"
            f" WHERE {known} = {name})"
        )
        probe = _probe(subject, condition, (), column.name)
        what = f"a {column.name} that {registry.name} lacks"
        yield Question(probe, partial(_told, what, column, ""))


def _live(subject: Subject) -> NotApplicable | None:
    asked = subject.surface == "live" and subject.table.location is not None
    return None if asked else NotApplicable(NOT_LIVE)


def _live_column(role: str, subject: Subject, project: Project) -> Column | NotApplicable:
    column = column_of(role, subject, project)
    return _live(subject) or column or NotApplicable(MISSING_COLUMN)


def _none(found: Column | NotApplicable) -> NotApplicable:
    return found if isinstance(found, NotApplicable) else NotApplicable(MISSING_COLUMN)


def _held(
    question: Callable[..., Answer],
    subject: Subject,
    project: Project,
    *columns: str,
    **bounds: object,
) -> bool:
    """Whether types and validated constraints rule the contrary out. Triggers do not: they say
    nothing of rows that were there before.
    """
    declared = replace(subject, table=replace(subject.table, triggers=()))
    return isinstance(ask(question, declared, project, columns, **bounds), Holds)


def _source(subject: Subject) -> str:
    location = subject.table.location
    return location.path if location is not None else ""


def _text(column: Column) -> str:
    return f'{column_of_row(column.name)}::text COLLATE "C"'


def _probe(
    subject: Subject, condition: str, parameters: tuple[str | int, ...], shown: str
) -> Probe:
    return Probe(_source(subject), subject.name, "rows", condition, parameters, shown)


def _told(
    what: str, column: Column, requirement: str, sample: Sample, *, unit: str = "row"
) -> Verdict:
    """The verdict on rows (or values) that should not be there."""
    if sample.count:
        least = "" if sample.whole else "at least "
        units = unit if sample.count == 1 else f"{unit}s"
        holding = f"{least}{sample.count:,} {units} {'with ' if unit == 'row' else 'of '}{what}"
        shapes = f", shaped {' or '.join(sample.shapes)}" if sample.shapes else ""
        return Fail(f"{holding}{shapes}", requirement, location=column.location)
    if not sample.whole:
        share = f"in the first {sample.share:.0%} of the table" if sample.share else "so far"
        return Unknown(f"none {share}, and the time limit allowed no more", requirement)
    return Pass(requirement)
