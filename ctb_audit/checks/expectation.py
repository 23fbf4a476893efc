"""What a standard expects of one table: which tracking columns, of which type."""

from collections.abc import Iterator
from typing import NamedTuple

from ctb_audit import semantics
from ctb_audit.model import Column, Type, UserType
from ctb_audit.project import Project, Subject
from ctb_audit.standard import Standard, TrackingField
from ctb_audit.verdict import NotApplicable

MISSING_COLUMN = "the column is missing"


class Role(NamedTuple):
    """One tracking role at one table. `column`: the one that plays it, None for none. `name`: the
    column's, else the proper one.
    """

    wanted: TrackingField
    column: Column | None
    name: str
    expected: bool  # the table must have the column


def roles(subject: Subject, project: Project) -> tuple[Role, ...]:
    """Every tracking role of the standard at the table."""
    known: tuple[Role, ...] | None = subject.memo.get(roles)
    if known is None:
        found = [_role(wanted, subject) for wanted in project.standard.fields]
        known = subject.memo[roles] = tuple(found)
    return known


def _role(wanted: TrackingField, subject: Subject) -> Role:
    column = subject.tracking_column(wanted)
    return Role(wanted, column, _name(wanted, column, subject), expects(wanted, subject))


def _name(wanted: TrackingField, column: Column | None, subject: Subject) -> str:
    return wanted.names_in(subject.system)[0] if column is None else column.name


def expects(wanted: TrackingField, subject: Subject) -> bool:
    """Whether the table must have the column."""
    if not wanted.required or not wanted.tables:
        return wanted.required
    return all(_is_of_kind(kind, wanted, subject) for kind in wanted.tables)


def _is_of_kind(kind: str, wanted: TrackingField, subject: Subject) -> bool:
    if kind == "declared":
        return any(wanted.role in d.tracking for d in subject.declarations)
    return subject.kind == kind


def column_name(wanted: TrackingField, subject: Subject) -> str:
    """The column that plays the role, or its proper name where none does."""
    return _name(wanted, subject.tracking_column(wanted), subject)


def tracked(subject: Subject, project: Project) -> Iterator[tuple[TrackingField, Column]]:
    """The tracking columns that the table has."""
    for wanted, column, _, _ in roles(subject, project):
        if column is not None:
            yield wanted, column


def missing(subject: Subject, project: Project) -> Iterator[NotApplicable]:
    """For what depends on a column: one NotApplicable for each expected one that is missing."""
    for _, column, name, expected in roles(subject, project):
        if expected and column is None:
            yield NotApplicable(MISSING_COLUMN, name)


def column_of(role: str, subject: Subject, project: Project) -> Column | None:
    """The table's column in a role; None where it, or the role itself, does not exist."""
    played = role_of(role, subject, project)
    return None if played is None else played.column


def role_of(role: str, subject: Subject, project: Project) -> Role | None:
    """The role at the table; None where the standard has none of that name."""
    known: dict[str, Role] | None = subject.memo.get(role_of)
    if known is None:
        known = subject.memo[role_of] = {r.wanted.role: r for r in roles(subject, project)}
    return known.get(role)


def domain_of(column: Column, subject: Subject, project: Project) -> UserType | None:
    if column.type.family != "domain":
        return None
    return project.user_type(subject, column.type.name)


def base_type(column: Column, subject: Subject, project: Project) -> Type:
    """The column's type, for a domain the type it narrows."""
    type_ = column.type
    for _ in range(8):
        found = project.user_type(subject, type_.name) if type_.family == "domain" else None
        if found is None or found.base is None:
            return type_
        type_ = found.base
    return type_


def fits(value: str, format_: str, standard: Standard) -> bool:
    """Whether a value has a format of the standard, by its stricter form for values if it has
    one (a HEIR id's month is 01 to 12). A format without a pattern fits everything.
    """
    pattern = standard.formats.get(f"{format_}_value", standard.formats.get(format_, ""))
    return not pattern or semantics.fits(pattern, value)
