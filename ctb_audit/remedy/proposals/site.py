"""What a proposal sees of a finding, and how proposals are registered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ctb_audit.checks.expectation import base_type
from ctb_audit.config import TableEntry
from ctb_audit.model import Column, Name, Table
from ctb_audit.project import Project, Subject
from ctb_audit.remedy.change import Change, Safety
from ctb_audit.remedy.generators import Generator, Words, generator_for, words_of
from ctb_audit.remedy.quoting import free_name
from ctb_audit.result import Finding
from ctb_audit.standard import Rule, TrackingField


@dataclass(frozen=True, slots=True)
class Proposal:
    """The changes that repair a finding; without any, `reason` says why none does."""

    changes: tuple[Change, ...] = ()
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Site:
    """One finding and its surroundings.

    `values`: what the caller gives old rows, by role. `added`: columns that this plan adds.
    `defects`: the checks that found something on the table. `taken`: names in use, of the plan too.
    """

    finding: Finding
    rule: Rule
    subject: Subject
    project: Project
    entry: TableEntry
    values: Mapping[str, str] = field(default_factory=dict)
    added: frozenset[tuple[Name, str]] = frozenset()
    defects: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        return self.subject.table

    @property
    def name(self) -> Name:
        return self.subject.name

    @property
    def role(self) -> TrackingField | None:
        """The tracking field that the finding's requirement is a column of."""
        wanted = self.finding.requirement
        fields = self.project.standard.fields
        return next((f for f in fields if wanted in f.names_in("postgresql")), None)

    def column_of(self, role: str) -> Column | None:
        wanted = self.project.standard.field(role)
        return None if wanted is None else self.subject.tracking_column(wanted)

    def safety(self, *columns: str) -> Safety:
        """`safe` where the plan itself adds the columns: no writer knows them yet."""
        return "safe" if all((self.name, c) in self.added for c in columns) else "review"

    def free(self, suffix: str, *parts: str) -> str:
        return free_name((self.table.name, *parts), suffix, self.taken)

    def generator(self, wanted: TrackingField) -> Generator | None:
        sequence = Name(self.table.schema, self.free("seq", wanted.names_in("postgresql")[0]))
        day = self.project.today
        return generator_for(wanted.format, self.words(), self.project.standard, sequence, day)

    def words(self) -> Words:
        heir = next((d.heir_id for d in self.subject.declarations if d.heir_id), "")
        alike = self.project.tables_named.get(("postgresql", self.table.name), ())
        return words_of(
            self.name, self.entry.system_code, self.entry.mode, heir or "", ambiguous=len(alike) > 1
        )

    def parents(self) -> Iterable[Subject]:
        """The tables that this one inherits from, nearest first."""
        for name in self.table.inherits:
            parent = self.project.tables.get(("postgresql", name))
            if parent is not None:
                yield parent


Propose = Callable[[Site], Proposal]
PROPOSALS: dict[str, Propose] = {}


def proposal(*checks: str) -> Callable[[Propose], Propose]:
    """Registers what repairs the findings of the checks (`Rule.check`)."""

    def register(function: Propose) -> Propose:
        for check in checks:
            PROPOSALS[check] = function
        return function

    return register


def nothing(reason: str) -> Proposal:
    return Proposal(reason=reason)


def wrong_type(site: Site, column: Column) -> str:
    """What is wrong with a tracking column's type; "" for nothing, or for another column."""
    fields = site.project.standard.fields
    wanted = next((f for f in fields if site.subject.tracking_column(f) is column), None)
    if wanted is None:
        return ""
    families = wanted.families.get("postgresql", wanted.families.get("*", ()))
    type_ = base_type(column, site.subject, site.project)
    if type_.family in families and not column.type.dimensions:
        return ""
    return f"{column.name} is {column.type}, not {wanted.spelling}; correct its type first"
