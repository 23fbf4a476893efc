"""What a schema reference says, as frozen values."""

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal

from ctb_audit.document_model import Document
from ctb_audit.lean import dataclass
from ctb_audit.model import Coverage, Declaration, Location, Name, Problem, System
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.reference.sections import Section, Sections
from ctb_audit.sources.reference.wording import Field

FenceRole = Literal["schema", "rollback", "migration", "query", "other"]


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block as written. `role` says whether its SQL is schema; only "schema" is replayed.

    `line` is that of the first line of `text` in the document, `margin` the characters before
    each of its lines there (inside lists and quotations). `section` indexes the sections.
    """

    language: str
    text: str
    line: int
    role: FenceRole
    system: System
    schema: str
    section: int
    headings: tuple[str, ...] = ()
    label: str = ""
    margin: int = 0


@dataclass(frozen=True, slots=True)
class DocumentedTable:
    """A table or collection that a reference names.

    `section` indexes `Reference.sections`; None where only a summary or a list of levels
    names it. `fields` are the `**Key**: value` lines of its section. `declarations` hold those of
    its section, of summary tables and of lists of levels, in this order. `exempt` is the remark of
    `STAMPED Compliant: No` ("" where not exempt, "not STAMPED" without a remark).
    """

    name: Name
    system: System
    kind: Literal["table", "collection"]
    location: Location
    declarations: tuple[Declaration, ...] = ()
    section: int | None = None
    fields: tuple[Field, ...] = ()
    exempt: str = ""
    planned: bool = False


@dataclass(frozen=True, slots=True)
class StatedRule:
    """One item of a list of rules that hold for all tables; `role` "" where it is not known."""

    text: str
    role: str
    location: Location


@dataclass(frozen=True)
class Reference:
    """One schema reference.

    `scripts` holds one entry for each SQL fence that is schema, in the order of the document.
    `stated` are the roles (STANDARD section 3) of `statements`. `coverage` counts the
    headings, rows, items and fields that should name or describe a table; the SQL is counted by
    its scripts.
    """

    path: str
    title: str = ""
    tables: tuple[DocumentedTable, ...] = ()
    scripts: tuple[Script, ...] = ()
    statements: tuple[StatedRule, ...] = ()
    fences: tuple[Fence, ...] = ()
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    sections: Sections = field(default_factory=lambda: Sections(()))
    facts: Document = field(default_factory=lambda: Document(""))

    @cached_property
    def stated(self) -> frozenset[str]:
        return frozenset(rule.role for rule in self.statements if rule.role)

    @cached_property
    def tables_by_name(self) -> Mapping[tuple[System, Name], tuple[DocumentedTable, ...]]:
        found: dict[tuple[System, Name], list[DocumentedTable]] = {}
        for table in self.tables:
            found.setdefault((table.system, table.name), []).append(table)
        return {key: tuple(tables) for key, tables in found.items()}

    def section_of(self, table: DocumentedTable) -> Section | None:
        return None if table.section is None else self.sections.all[table.section]
