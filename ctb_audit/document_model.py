"""What a schema reference says of its tables, besides the DDL that its code blocks hold.

Plain values, part of `Catalog`, so that the audit of a snapshot equals the audit of its document.
Texts are as written, without markup; nothing here is judged yet.
"""

from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.names import Location, Name, System

Chapter = Literal["S", "T", "A", "M", "P", "E", "D"]


@dataclass(frozen=True, slots=True)
class Remark:
    """A text of the document and its place."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True)
class Fact:
    """A `**Key**: value` of a table's section; `key` in lower case. `chapter` "" for its head."""

    key: str
    value: str
    location: Location
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class ChapterNote:
    """A chapter of a table's documentation; `empty`: no text, or only a placeholder."""

    letter: Chapter
    location: Location
    empty: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that a table's section names; `kind` as written in lower case: schema, migration,
    model, security rules, ...
    """

    kind: str
    path: str
    location: Location


@dataclass(frozen=True, slots=True)
class Process:
    """A process that works on a table: its code as written, and what is said of it."""

    code: str
    text: str
    location: Location


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    location: Location


AccessKind = Literal["read", "write", "delete", "row-level security"]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what, as written, remarks included."""

    kind: AccessKind
    text: str
    location: Location


RuleKind = Literal["values", "range", "positive", "non-empty", "unique", "format", "required"]


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A rule that a sentence states for a column (STANDARD section 6).

    `column` is the label folded to a column's spelling, plural kept. `low`, `high` are the bounds
    of a range as numbers in text; `formats` the templates of a format.
    """

    kind: RuleKind
    column: str
    text: str
    location: Location
    values: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """A column of a list or grid of columns; `nullable` None where it is not said."""

    name: str
    type: str
    location: Location
    nullable: bool | None = None
    key: str = ""  # PK, UK, FK as a diagram writes them
    default: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class KeyNote:
    """A foreign key in words; `target` None where only its columns are named."""

    columns: tuple[str, ...]
    target: str
    location: Location
    target_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """After how many days rows go; `text` says which."""

    days: int
    text: str
    location: Location


@dataclass(frozen=True)
class DocumentTable:
    """A table or collection of a document.

    `section`: it has one of its own. `columns` None: no list of columns. `foreign_keys` None: not
    stated, (): said to have none. `defined`: a code block or list shows its structure. `soft`: what
    refers to it does so without foreign keys, and the document says so.
    """

    system: System
    name: Name
    kind: Literal["table", "collection"]
    location: Location
    section: bool = True
    planned: bool = False
    stamped: bool | None = None
    defined: bool = False
    soft: bool = False
    chapters: tuple[ChapterNote, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    processes: tuple[Process, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    access: tuple[Access, ...] = ()
    rules: tuple[ValueRule, ...] = ()
    columns: tuple[ColumnNote, ...] | None = None
    indexes: tuple[Remark, ...] = ()
    foreign_keys: tuple[KeyNote, ...] | None = None
    retention: tuple[Retention, ...] = ()
    rollback: bool = False  # a way back is written down

    def fact(self, *keys: str) -> Fact | None:
        """The first fact under one of the keys."""
        return next((f for f in self.facts if f.key in keys), None)

    def chapter(self, letter: str) -> ChapterNote | None:
        return next((c for c in self.chapters if c.letter == letter), None)


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure or statement about the whole that the document's own content can refute.

    `kind` "figure": `subject` is what is counted; number, percent, or `at_least` for `15+`.
    "indexes": all tables have indexes on `items`. "columns": all tables have the columns `items`.
    "rules": security rules are enforced. `system` None: all systems.
    """

    kind: Literal["figure", "indexes", "columns", "rules"]
    subject: str
    text: str
    location: Location
    number: float | None = None
    percent: float | None = None
    at_least: bool = False
    system: System | None = None
    items: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """An edge of a diagram; names as written. `ends`: the Mermaid cardinalities, "" for none."""

    left: str
    right: str
    label: str
    location: Location
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    name: str
    columns: tuple[ColumnNote, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Diagram:
    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class FormatNote:
    """A format of ids as templates ("HEIR-YYYY-MM-SYSTEM-MODE-NN") or, from code, as a pattern."""

    label: str
    templates: tuple[str, ...]
    location: Location
    pattern: bool = False
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """A row of a table of id prefixes with its example."""

    prefix: str
    example: str
    location: Location


@dataclass(frozen=True, slots=True)
class ObjectTitle:
    """A heading among triggers, functions or views, and what the SQL below it defines."""

    kind: Literal["trigger", "function", "view"]
    name: str
    defines: tuple[str, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of tables that means to be whole: of levels, or a summary. `tables` resolved."""

    kind: Literal["levels", "summary", "purposes"]
    title: str
    tables: tuple[tuple[System, Name], ...]
    location: Location


@dataclass(frozen=True, slots=True)
class SystemNote:
    """A database that the document lists as active."""

    system: System
    text: str
    location: Location


@dataclass(frozen=True)
class Document:
    """One schema reference. `unread` are sentences that state rules nobody can read.
    `known`: how many statements about rules, figures and diagrams were read.
    """

    path: str
    title: str = ""
    tables: tuple[DocumentTable, ...] = ()
    claims: tuple[Claim, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    migrations: tuple[SourceFile, ...] = ()
    formats: tuple[FormatNote, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    titles: tuple[ObjectTitle, ...] = ()
    listings: tuple[Listing, ...] = ()
    systems: tuple[SystemNote, ...] = ()
    unread: tuple[Remark, ...] = ()
    known: int = 0
    matched: tuple[str, ...] = ()  # collections that security rules in code blocks match
