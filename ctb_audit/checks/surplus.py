"""Indexes and constraints that add nothing, or do not work (STANDARD section 4)."""

from collections.abc import Iterator
from dataclasses import replace

from ctb_audit.checks.registry import check
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import accesses, duplicate_unique, redundant
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict


@check
def redundant_index(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Indexes that a document only intends are judged as if they were built."""
    table = subject.table
    if any(index.intended for index in table.indexes):
        built = tuple(replace(i, intended=False) for i in table.indexes)
        table = replace(table, indexes=built)
    found = {r.index.name: r for r in redundant(table)}
    for access in accesses(table):
        name = access.name
        if access.constraint or access.index.unique:
            continue
        if name in found:
            message = f"{name} serves nothing that {found[name].covered_by} does not"
            yield Fail(message, name, location=access.location)
        else:
            yield Pass(name)


@check
def redundant_unique(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Separate unique indexes or constraints on the same columns."""
    doubled = {",".join(d.columns): d for d in duplicate_unique(subject.table)}
    for requirement in _unique_columns(subject):
        if requirement not in doubled:
            yield Pass(requirement)
    for requirement, duplicate in doubled.items():
        message = f"{duplicate.second} and {duplicate.first} make the same columns unique"
        yield Fail(message, requirement, duplicate.second, duplicate.location)


def _unique_columns(subject: Subject) -> Iterator[str]:
    found = {
        ",".join(str(key.column) for key in access.index.keys): None
        for access in accesses(subject.table)
        if access.index.unique and all(key.column is not None for key in access.index.keys)
    }
    yield from found


@check
def repeated_unique(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Declarations that the server merged into one constraint."""
    for constraint in subject.table.constraints:
        if constraint.kind not in ("unique", "primary key"):
            continue
        requirement = ",".join(constraint.columns)
        if constraint.merged_from:
            names = ", ".join(
                dict.fromkeys(m.name or "without a name" for m in constraint.merged_from)
            )
            message = f"({requirement}) is unique already; the server keeps {constraint.name} only"
            yield Fail(message, requirement, names, constraint.merged_from[0].location)
        else:
            yield Pass(requirement)


@check
def invalid_index(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Passes only on a live database: elsewhere nothing has been built that could fail."""
    for index in subject.table.indexes:
        if not index.valid:
            yield Fail(f"index {index.name} is invalid", index.name, location=index.location)
        elif subject.surface == "live":
            yield Pass(index.name)
        else:
            yield NotApplicable("no source is a live database", index.name)
