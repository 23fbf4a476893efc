"""Row ids, table ids and the registry of row ids (STANDARD sections 1 and 2)."""

from collections.abc import Iterator

from ctb_audit import semantics
from ctb_audit.checks.expectation import MISSING_COLUMN, column_of, fits
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.model import Name
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.defaults import Literal, default_of
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.standard import RegistryColumn, Standard
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict


@check
def non_unique_identifier(subject: Subject, project: Project, *, role: str) -> Iterator[Verdict]:
    column = column_of(role, subject, project)
    if column is None:
        yield NotApplicable(MISSING_COLUMN)
    elif not must_be_unique(role, subject, project):
        yield NotApplicable("ids may repeat in this table")
    elif is_unique(subject.table, (column.name,)):
        yield Pass()
    else:
        yield Fail(f"{column.name} is not unique", location=column.location)


def must_be_unique(role: str, subject: Subject, project: Project) -> bool:
    wanted = project.standard.field(role)
    return wanted is not None and wanted.unique in ("all", subject.kind)


@check
def invalid_table_id(subject: Subject, project: Project) -> Iterator[Verdict]:
    pattern = project.standard.table_ids.get(subject.system)
    if pattern is None or not subject.table_ids:
        yield NotApplicable("no table id is declared, or the system has none")
        return
    faults = [
        _table_id_fault(table_id, subject, project.standard)
        for table_id in subject.table_ids
        if not semantics.fits(pattern, table_id)
    ]
    yield Fail("; ".join(faults)) if faults else Pass()


def _table_id_fault(table_id: str, subject: Subject, standard: Standard) -> str:
    for system, pattern in standard.table_ids.items():
        if semantics.fits(pattern, table_id):
            return f"{table_id} is an id of {system}, the table is in {subject.system}"
    return f"{table_id} does not match {standard.table_ids[subject.system]}"


@check
def duplicate_table_id(subject: Subject, project: Project) -> Iterator[Verdict]:
    if not subject.table_ids:
        yield NotApplicable("no table id is declared")
        return
    faults = []
    for table_id in subject.table_ids:
        others = [str(s.name) for s in project.table_ids[table_id] if s is not subject]
        if others:
            faults.append(f"{table_id} is declared by {', '.join(sorted(others))} too")
    yield Fail("; ".join(faults)) if faults else Pass()


@check
def invalid_documented_id(subject: Subject, project: Project) -> Iterator[Verdict]:
    declared = [(d.heir_id, d.location) for d in subject.declarations if d.heir_id]
    if not declared:
        yield NotApplicable("no HEIR id is declared")
        return
    wrong = [(i, at) for i, at in declared if not fits(i, "table_heir_id", project.standard)]
    if wrong:
        pattern = project.standard.formats["table_heir_id"]
        message = f"{', '.join(dict(wrong))} does not match {pattern}"
        yield Fail(message, location=wrong[0][1])
    else:
        yield Pass()


@check
def missing_id_registry(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Judges the registry itself; what its tracking columns lack is their rules' to say."""
    if not is_registry(subject, project.standard):
        yield NotApplicable("the table is not the registry")
        return
    roles = {name for f in project.standard.fields for name in f.names_in(subject.system)}
    wanted = [c for c in project.standard.registry_columns if c.name not in roles]
    faults = [fault for column in wanted if (fault := _registry_fault(column, subject))]
    yield Fail("; ".join(faults)) if faults else Pass()


@beside(missing_id_registry)
def no_id_registry(project: Project) -> Iterator[ProjectFinding]:
    registry = project.standard.id_registry
    judged = [s for s in project.subjects if s.system == "postgresql" and not s.exempt]
    if not registry or not judged:
        return
    if not any(is_registry(s, project.standard) for s in project.subjects):
        verdict = Fail(f"no table {registry} registers the row ids of {len(judged)} tables")
        yield ProjectFinding(registry, verdict, surface=judged[0].surface)


def is_registry(subject: Subject, standard: Standard) -> bool:
    registry = standard.id_registry
    name: Name = subject.name
    return bool(registry) and registry in (name.name, str(name))


def _registry_fault(wanted: RegistryColumn, subject: Subject) -> str:
    column = subject.table.column(wanted.name)
    if column is None:
        return f"{wanted.name} is missing"
    if column.nullable and not wanted.nullable:
        return f"{wanted.name} accepts NULL"
    if wanted.unique and not is_unique(subject.table, (wanted.name,)):
        return f"{wanted.name} is not unique"
    if wanted.default and default_of(column, subject.system) != Literal(wanted.default):
        return f"{wanted.name} does not default to {wanted.default!r}"
    return ""
