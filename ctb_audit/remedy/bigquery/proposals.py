"""Which change answers a finding on a BigQuery table, and why most others have none."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ctb_audit.checks.expectation import column_name
from ctb_audit.config import TableEntry
from ctb_audit.model import Name, Table, Type
from ctb_audit.project import Project, Subject
from ctb_audit.remedy.bigquery.changes import (
    AddField,
    Describe,
    FillField,
    SetFieldDefault,
    WidenField,
    text,
)
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.generators import generator_for, words_of
from ctb_audit.result import Finding
from ctb_audit.semantics.defaults import Literal, default_of
from ctb_audit.standard import TrackingField

_NO_NULL = (
    "BigQuery makes no column that is there NOT NULL; create the table anew with it, copy the rows,"
    " and swap the names in a pause of the writers"
)
_NO_RETYPE = (
    "BigQuery only widens a type in place; add a column of the right one, fill it with CAST, and"
    " drop the old one"
)
_NO_DEFAULT = "BigQuery's defaults hold constants and a few functions, no expression: writers set"


@dataclass(frozen=True)
class FieldSite:
    """One finding on a BigQuery table. `values`: what the caller gives, by tracking role."""

    finding: Finding
    subject: Subject
    project: Project
    entry: TableEntry
    values: Mapping[str, str]

    @property
    def table(self) -> Table:
        return self.subject.table

    @property
    def role(self) -> TrackingField | None:
        wanted = self.finding.requirement
        fields = self.project.standard.fields
        return next((f for f in fields if wanted in f.names_in("bigquery")), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """The changes that repair a finding; without any, `reason` says why none does."""

    changes: tuple[Change, ...] = ()
    reason: str = ""
    note: str = ""


def answer(check: str, site: FieldSite) -> Answer:
    """The answer to a finding of a check (`Rule.check`)."""
    known = _ANSWERS.get(check)
    return known(site) if known else Answer(reason="no statement repairs it; see `ctb explain`")


def _add(site: FieldSite) -> Answer:
    wanted = site.role
    if wanted is None:
        return Answer(reason="the standard does not name the column")
    name = column_name(wanted, site.subject)
    default = _default(wanted, site)
    if default is None and not wanted.format:
        told = f"declare it above the table or pass --value {wanted.role}=..."
        return Answer(reason=f"no source says which {wanted.role} its rows have; {told}")
    why = f"{name} is missing; BigQuery adds it without NOT NULL"
    made: list[Change] = [
        AddField(table=site.subject.name, column=name, type=_type(wanted), reason=why)
    ]
    if default is not None:
        made.append(
            SetFieldDefault(
                table=site.subject.name,
                column=name,
                default=default,
                reason=f"{name} of writers that leave it out",
            )
        )
    old = default or _old(wanted, site)
    if old is not None:
        reason = f"fills {name} of the rows that are there with {old}; look whether that is so"
        made.append(
            FillField(
                table=site.subject.name, column=name, value=old, safety="review", reason=reason
            )
        )
    return Answer(tuple(made), note="" if default is not None else f"{_NO_DEFAULT} {name}")


def _default(wanted: TrackingField, site: FieldSite) -> str | None:
    """What BigQuery takes as the column's default; None where it takes or knows nothing."""
    given = site.values.get(wanted.role)
    if given is not None:
        return text(given) if _is_text(wanted) else str(int(given))
    if wanted.default == "now":
        return "CURRENT_TIMESTAMP()"
    if wanted.role == "created_by":
        return "SESSION_USER()"
    if wanted.role == "orbt_layer":
        layers = (d.orbt for d in site.subject.declarations if d.orbt is not None)
        return next(map(str, layers), None)
    return _usual(wanted, site) if wanted.default else None


def _usual(wanted: TrackingField, site: FieldSite) -> str | None:
    """The constant that most other tables of any system give the column."""
    found: Counter[str] = Counter()
    for subject in site.project.subjects:
        column = subject.tracking_column(wanted)
        match default_of(column) if column is not None else None:
            case Literal(value):
                found[text(str(value)) if _is_text(wanted) else str(value)] += 1
    return found.most_common(1)[0][0] if found else None


def _old(wanted: TrackingField, site: FieldSite) -> str | None:
    """The constant that rows share which were there before, None where each has its own."""
    words = words_of(
        site.subject.name, site.entry.system_code, site.entry.mode, _heir(site), ambiguous=False
    )
    sequence = Name(site.table.schema, "unused")
    standard = site.project.standard
    made = generator_for(wanted.format, words, standard, sequence, site.project.today)
    return text(made.old) if made is not None and made.old else None


def _heir(site: FieldSite) -> str:
    return next((d.heir_id for d in site.subject.declarations if d.heir_id), "")


def _is_text(wanted: TrackingField) -> bool:
    return "text" in wanted.families.get("bigquery", wanted.families.get("*", ()))


def _type(wanted: TrackingField) -> Type:
    families = wanted.families.get("bigquery", wanted.families.get("*", ()))
    if "timestamp" in families:
        return Type("TIMESTAMP", "timestamp", spelling="TIMESTAMP")
    if "integer" in families:
        return Type("INT64", "integer", spelling="INT64")
    return Type("STRING", "text", spelling="STRING")


def _require(site: FieldSite) -> Answer:
    return Answer(reason=_NO_NULL)


def _set_default(site: FieldSite) -> Answer:
    name, wanted = site.finding.requirement, site.role
    column = site.table.column(name)
    default = _default(wanted, site) if wanted is not None else None
    if column is None or wanted is None or default is None:
        return Answer(reason=f"{_NO_DEFAULT} {name}")
    families = wanted.families.get("bigquery", wanted.families.get("*", ()))
    if column.type.family not in families or column.type.dimensions:
        return Answer(reason=f"{name} is {column.type}, which the default does not fit")
    is_new = column.default is None
    change = SetFieldDefault(
        table=site.subject.name,
        column=name,
        default=default,
        former=column.default,
        safety="safe" if is_new else "review",
        reason=f"{name} has {'no default' if is_new else 'a default that the standard refuses'}",
    )
    return Answer((change,))


def _widen(site: FieldSite) -> Answer:
    column, wanted = site.table.column(site.finding.requirement), site.role
    if column is None or wanted is None or column.type.name != "STRING" or not wanted.min_length:
        return Answer(reason=_NO_RETYPE)
    if column.type.dimensions or not column.type.parameters:
        return Answer(reason=_NO_RETYPE)
    length = wanted.min_length
    change = WidenField(
        table=site.subject.name,
        column=column.name,
        type=Type("STRING", "text", (length,), spelling=f"STRING({length})"),
        reason=f"{column.name} is too short; BigQuery does not shorten it again",
    )
    return Answer((change,))


def _describe(site: FieldSite) -> Answer:
    purpose = next((d.purpose for d in site.subject.declarations if d.purpose), "")
    if site.finding.requirement != "table" or not purpose:
        return Answer(reason="what it is for is in its owner's words")
    change = Describe(
        table=site.subject.name,
        description=purpose,
        former=site.table.comment,
        reason="the purpose that a source declares",
    )
    return Answer((change,))


_ANSWERS: dict[str, Callable[[FieldSite], Answer]] = {
    "missing_tracking_column": _add,
    "nullable_tracking_column": _require,
    "missing_tracking_default": _set_default,
    "invalid_tracking_default": _set_default,
    "wrong_tracking_type": _widen,
    "placeholder_comment": _describe,
}
