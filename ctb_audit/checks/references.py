"""Columns that are named after a table should refer to it (STANDARD section 3)."""

from collections.abc import Iterator

from ctb_audit.checks.expectation import base_type
from ctb_audit.checks.registry import check
from ctb_audit.model import Column, Constraint, Name, System
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict


@check
def missing_foreign_key(subject: Subject, project: Project, *, suffix: str) -> Iterator[Verdict]:
    tracking = _tracking_names(subject.system, project)
    named = False
    for column in subject.table.columns:
        target = None
        if column.name.endswith(suffix) and column.name not in tracking:
            target = _named_table(column.name.removesuffix(suffix), subject, project)
        if target is not None:
            named = True
            yield _verdict(column, target, subject, project)
    if not named:
        yield NotApplicable("no column is named after a table")


def _tracking_names(system: System, project: Project) -> frozenset[str]:
    key = (_tracking_names, system)
    known: frozenset[str] | None = project.memo.get(key)
    if known is None:
        known = frozenset(n for f in project.standard.fields for n in f.names_in(system))
        project.memo[key] = known
    return known


def reference_of(column: str, subject: Subject, project: Project) -> tuple[Name, str] | None:
    """The table and key that a `*_id` column names and could refer to; None for none."""
    found = subject.table.column(column)
    target = _named_table(column.rpartition("_")[0], subject, project)
    if found is None or target is None:
        return None
    family = _family(found, subject, project)
    for name in _keys(target, column):
        key = target.table.column(name)
        if key is not None and _family(key, target, project) == family:
            return target.name, name
    return None


def _named_table(base: str, subject: Subject, project: Project) -> Subject | None:
    """The table a column's name means: of the own schema first, else the only one."""
    for name in _forms(base):
        found = project.tables_named.get((subject.system, name), ())
        near = [s for s in found if s.name.schema == subject.name.schema]
        if len(near or found) == 1:
            return (near or found)[0]
    return None


def _forms(base: str) -> tuple[str, ...]:
    """A table's name from a column's: `category` is in `category`, `categorys` or `categories`."""
    plural = f"{base[:-1]}ies" if base.endswith("y") else f"{base}es"
    return (f"{base}s", plural, base) if base else ()


def _verdict(column: Column, target: Subject, subject: Subject, project: Project) -> Verdict:
    keys = [c for c in subject.table.constraints if c.kind == "foreign key"]
    held = [c for c in keys if column.name in c.columns]
    if any(c.validated and c.enforced for c in held):
        return Pass(column.name)
    if target is subject:
        return NotApplicable("it is the table's own identifier", column.name)
    if target.planned and not subject.planned:
        return NotApplicable(f"{target.name} is planned", column.name)
    if not _fits(column, target, subject, project):
        return NotApplicable(f"its type is not that of a key of {target.name}", column.name)
    if held:
        return Fail(f"{column.name}: foreign key {held[0].name} is not validated", column.name)
    return Fail(f"{column.name} names {target.name} and has no foreign key", column.name)


def _fits(column: Column, target: Subject, subject: Subject, project: Project) -> bool:
    """Whether the column could refer to the target: its primary key, or a key named alike."""
    family = _family(column, subject, project)
    keys = (target.table.column(name) for name in _keys(target, column.name))
    return any(key is not None and _family(key, target, project) == family for key in keys)


def _family(column: Column, subject: Subject, project: Project) -> str:
    type_ = base_type(column, subject, project)
    family = "integer" if type_.family == "serial" else type_.family
    return f"{family}{'[]' * type_.dimensions}"


def _keys(target: Subject, alike: str) -> Iterator[str]:
    for constraint in target.table.constraints:
        if _is_key(constraint) and (
            constraint.kind == "primary key" or alike in constraint.columns
        ):
            yield constraint.columns[0]


def _is_key(constraint: Constraint) -> bool:
    return constraint.kind in ("primary key", "unique") and len(constraint.columns) == 1
