"""Keys and indexes (STANDARD section 4)."""

from collections.abc import Iterable, Iterator

from ctb_audit.checks.expectation import MISSING_COLUMN, column_of
from ctb_audit.checks.registry import check
from ctb_audit.model import Column
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import accesses, leads
from ctb_audit.standard import name_patterns
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict


@check
def missing_primary_key(subject: Subject, project: Project) -> Iterator[Verdict]:
    held = any(c.kind == "primary key" for c in subject.table.constraints)
    yield Pass() if held else Fail("it has no primary key")


@check
def unindexed_foreign_key(subject: Subject, project: Project) -> Iterator[Verdict]:
    keys = {c.columns: c for c in subject.table.constraints if c.kind == "foreign key"}
    if not keys:
        yield NotApplicable("the table has no foreign key")
    for columns, constraint in keys.items():
        requirement = ",".join(columns)
        if leads(subject.table, columns):
            yield Pass(requirement)
        else:
            told = (
                f"no index starts with ({', '.join(columns)}), which refers to {constraint.target}"
            )
            yield Fail(told, requirement, object=constraint.name, location=constraint.location)


@check
def unindexed_tracking_column(
    subject: Subject, project: Project, *, role: str
) -> Iterator[Verdict]:
    column = column_of(role, subject, project)
    if column is None:
        yield NotApplicable(MISSING_COLUMN)
    else:
        yield _indexed(subject, column, "")


@check
def unindexed_timestamp(
    subject: Subject, project: Project, *, roles: tuple[str, ...]
) -> Iterator[Verdict]:
    """A block range index serves times, which mostly come in order."""
    columns = [c for role in roles if (c := column_of(role, subject, project)) is not None]
    ranged = {
        key.column
        for access in accesses(subject.table)
        if access.index.method == "brin" and access.index.predicate is None
        for key in access.index.keys
    }
    yield from (Pass(c.name) for c in columns if c.name in ranged)
    yield from _all_indexed(subject, [c for c in columns if c.name not in ranged])


@check
def unindexed_status(
    subject: Subject, project: Project, *, names: tuple[str, ...]
) -> Iterator[Verdict]:
    named = name_patterns(names)
    columns = [c for c in subject.table.columns if named.fits(c.name) and not c.type.dimensions]
    yield from _all_indexed(subject, columns)


def _all_indexed(subject: Subject, columns: Iterable[Column]) -> Iterator[Verdict]:
    for column in columns:
        yield _indexed(subject, column, column.name)


def _indexed(subject: Subject, column: Column, requirement: str) -> Verdict:
    if leads(subject.table, (column.name,)):
        return Pass(requirement)
    return Fail(f"no index starts with {column.name}", requirement, location=column.location)
