"""One model for every system that describes a schema.

Frozen values that refer to each other by name. `None` means that the source cannot say,
`()` and `""` that there is none. Identifiers are folded as the engine folds them. SQL that
the model keeps (defaults, checks, predicates, bodies) is the source's own text; its normal
form is computed where it is needed (`ctb_audit.semantics`).
"""

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from ctb_audit.lean import dataclass
from ctb_audit.names import SYSTEMS as SYSTEMS
from ctb_audit.names import Location as Location
from ctb_audit.names import Name as Name
from ctb_audit.names import Surface as Surface
from ctb_audit.names import System as System

if TYPE_CHECKING:  # `hints_of` of the codec knows them too
    from ctb_audit.document_model import Document
    from ctb_audit.rules_model import Rules
    from ctb_audit.zod_model import Model


@dataclass(frozen=True, slots=True)
class Type:
    """A column's type.

    `name` is the engine's own lower-case name without parameters or array marks, as
    PostgreSQL's `format_type` gives it (`character varying`, `timestamp with time zone`,
    `integer`), BigQuery's in upper case (`STRING`, `INT64`), Firestore's `string`, `number`,
    `Timestamp`. User-defined types: `schema.name` with `family` `enum`, `domain`, `composite`,
    or `unknown` where nothing defines it. `spelling` is the source's text.
    """

    name: str
    family: str = "unknown"
    parameters: tuple[int, ...] = ()
    dimensions: int = 0
    spelling: str = ""
    qualifier: str = ""  # interval fields, "" elsewhere

    def __str__(self) -> str:
        """The type as the engine formats it, e.g. `timestamp(3) with time zone[]`."""
        text = self.name
        if self.parameters:
            inner = ",".join(map(str, self.parameters))
            head, space, tail = text.partition(" ")
            timed = head in ("timestamp", "time") and space
            text = f"{head}({inner}) {tail}" if timed else f"{text}({inner})"
        if self.qualifier:
            text = f"{text} {self.qualifier}"
        return text + "[]" * self.dimensions


@dataclass(frozen=True, slots=True)
class Column:
    """`default` is SQL text, None for no default; `serial` the owned sequence behind it."""

    name: str
    type: Type
    nullable: bool = True
    default: str | None = None
    identity: Literal["", "always", "by default"] = ""
    generated: str | None = None
    generated_kind: Literal["", "stored", "virtual"] = ""
    serial: Name | None = None
    collation: Name | None = None
    inherited: bool = False
    comment: str | None = None
    fields: "tuple[Column, ...]" = ()  # of a BigQuery STRUCT or a Firestore map
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A declaration that the server merges into another one (STANDARD section 4)."""

    name: str
    location: Location | None = None


ConstraintKind = Literal["primary key", "unique", "foreign key", "check", "exclusion", "not null"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """`name` is "" before replay generates it. `expression` is the text inside CHECK (...)."""

    kind: ConstraintKind
    name: str = ""
    columns: tuple[str, ...] = ()
    expression: str | None = None
    target: Name | None = None
    target_columns: tuple[str, ...] = ()
    match: Literal["simple", "full", "partial"] = "simple"
    on_delete: str = "no action"
    on_update: str = "no action"
    on_delete_columns: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    nulls_not_distinct: bool = False
    period: bool = False  # WITHOUT OVERLAPS on the last column, PERIOD in a foreign key
    include: tuple[str, ...] = ()
    method: str = ""  # of an exclusion constraint
    elements: "tuple[IndexKey, ...]" = ()  # of an exclusion constraint
    operators: tuple[str, ...] = ()
    predicate: str | None = None
    using_index: str = ""  # ADD CONSTRAINT ... USING INDEX, before replay
    merged_from: tuple[Merged, ...] = ()
    inherited: bool = False
    comment: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index: a column or an expression. `nulls_first` None: the default."""

    column: str | None = None
    expression: str | None = None
    collation: Name | None = None
    opclass: Name | None = None
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index of its own; those that back a constraint are implied by the constraint and not
    listed. `intended`: a document asks for it and the engine would reject it; outside fidelity
    and drift.
    """

    name: str
    keys: tuple[IndexKey, ...]
    method: str = "btree"
    unique: bool = False
    include: tuple[str, ...] = ()
    predicate: str | None = None
    nulls_not_distinct: bool = False
    valid: bool = True
    intended: bool = False
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """`events` in the order insert, delete, update, truncate."""

    name: str
    timing: Literal["before", "after", "instead of"]
    events: tuple[str, ...]
    function: Name
    arguments: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # UPDATE OF
    row: bool = False
    when: str | None = None
    enabled: Literal["origin", "disabled", "replica", "always"] = "origin"
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    old_table: str = ""
    new_table: str = ""
    inherited: bool = False
    comment: str | None = None
    location: Location | None = None

    @property
    def is_active(self) -> bool:
        """Whether it fires in an ordinary session; a disabled one does not count as there."""
        return self.enabled in ("origin", "always")


@dataclass(frozen=True, slots=True)
class Policy:
    """A row-level security policy; `roles` holds `public` for PUBLIC."""

    name: str
    command: Literal["all", "select", "insert", "update", "delete"] = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    check: str | None = None
    comment: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege of one grantee (`public` for PUBLIC) on the object that holds it."""

    grantee: str
    privilege: str
    grantable: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declares of a table; `source` says who, in the order of STANDARD section 3."""

    source: Literal["configuration", "annotation", "comment", "section", "summary", "levels"]
    table_id: str | None = None
    heir_id: str | None = None
    level: str | None = None
    orbt: int | None = None
    purpose: str | None = None
    stamped: bool | None = None
    status: str | None = None
    location: Location | None = None
    tracking: tuple[str, ...] = ()  # roles of tracking columns that it asks for


@dataclass(frozen=True, slots=True)
class InlineWaiver:
    """`-- ctb: ignore[rule:requirement] owner=.. until=.. reason=".."` above a statement."""

    rule: str
    requirement: str = ""
    owner: str = ""
    until: str = ""
    reason: str = ""
    location: Location | None = None


TableKind = Literal["ordinary", "partitioned", "partition", "foreign", "collection"]


@dataclass(frozen=True, slots=True)
class Table:
    """`kind` "foreign" tables stand in `Catalog.foreign_tables`, all others in `tables`.

    `row_level_security` is None where the source cannot say. `foreign_dialect`: only another
    dialect's reader understood the statement that defines it. `drawn`: a diagram shows it, which
    leaves out what no diagram holds.
    """

    system: System
    schema: str
    name: str
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] | None = ()
    policies: tuple[Policy, ...] | None = ()
    kind: TableKind = "ordinary"
    row_level_security: bool | None = False
    force_row_level_security: bool = False
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    partition_by: str | None = None  # as pg_get_partkeydef: "RANGE (created_at)"
    partition_bound: str | None = None
    unlogged: bool = False
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    owner: str | None = None
    grants: tuple[Grant, ...] | None = ()
    row_estimate: int | None = None
    declarations: tuple[Declaration, ...] = ()
    waivers: tuple[InlineWaiver, ...] = ()
    foreign_dialect: bool = False
    location: Location | None = None
    drawn: bool = False

    @property
    def qualified(self) -> Name:
        return Name(self.schema, self.name)

    def column(self, name: str) -> Column | None:
        for column in self.columns:
            if column.name == name:
                return column
        return None


@dataclass(frozen=True, slots=True)
class View:
    """`columns` None: not resolved. `definition` is the text after AS."""

    schema: str
    name: str
    definition: str
    columns: tuple[str, ...] | None = None
    materialized: bool = False
    recursive: bool = False
    check_option: str = ""
    options: tuple[tuple[str, str], ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    comment: str | None = None
    owner: str | None = None
    grants: tuple[Grant, ...] | None = ()
    system: System = "postgresql"
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    type: Type
    name: str = ""
    mode: Literal["in", "out", "inout", "variadic", "table"] = "in"
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function, procedure or aggregate; `returns` is None for a procedure."""

    schema: str
    name: str
    arguments: tuple[Argument, ...] = ()
    returns: Type | None = None
    returns_set: bool = False
    language: str = "sql"
    body: str = ""
    kind: Literal["function", "procedure", "aggregate", "window"] = "function"
    volatility: Literal["volatile", "stable", "immutable"] = "volatile"
    security_definer: bool = False
    strict: bool = False
    leakproof: bool = False
    parallel: Literal["unsafe", "restricted", "safe"] = "unsafe"
    settings: tuple[tuple[str, str], ...] = ()  # SET search_path = ...
    comment: str | None = None
    owner: str | None = None
    grants: tuple[Grant, ...] | None = ()
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class UserType:
    """An enum, composite, domain or range type. `base` is a domain's type."""

    schema: str
    name: str
    kind: Literal["enum", "composite", "domain", "range", "base", "shell"]
    labels: tuple[str, ...] = ()
    attributes: tuple[Column, ...] = ()
    base: Type | None = None
    nullable: bool = True
    default: str | None = None
    constraints: tuple[Constraint, ...] = ()
    collation: Name | None = None
    comment: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    schema: str
    name: str
    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int | None = None
    maximum: int | None = None
    cache: int = 1
    cycle: bool = False
    owned_by: tuple[str, str, str] | None = None  # schema, table, column
    unlogged: bool = False
    comment: str | None = None
    grants: tuple[Grant, ...] | None = ()
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    name: str
    schema: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    name: str
    comment: str | None = None
    grants: tuple[Grant, ...] | None = ()
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One step of a chain of migrations on disk, of any tool and language.

    `path` is that of the file, `name` the file's or, where each step has a folder of its own, the
    folder's. `version`: what a tool with versions inside the file (Alembic) calls it, "" elsewhere;
    `after` the versions that it builds on.
    """

    path: str
    chain: str = ""
    name: str = ""
    version: str = ""
    after: tuple[str, ...] = ()


AppliedState = Literal["applied", "failed", "reverted", "baseline"]


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """A row of a tracker. `name` is what it says was run: a file, a name or a version. A
    `baseline` stands for every version up to its own.
    """

    name: str
    state: AppliedState = "applied"
    version: str = ""


@dataclass(frozen=True, slots=True)
class Tracker:
    """The table in which a migration tool keeps what it applied.

    `tool` is "" where no known tool has a table of this shape; `problem` says why its rows are not
    known. `heads`: it names only where the chain stands, not each step.
    """

    table: Name
    tool: str = ""
    applied: tuple[AppliedMigration, ...] = ()
    problem: str = ""
    heads: bool = False


class Declared(NamedTuple):
    """A declaration about a table that stands apart from its definition (a document's)."""

    system: System
    table: Name
    declaration: Declaration


ProblemKind = Literal[
    "invalid-sql",  # the grammar rejects it
    "foreign-dialect-sql",  # another dialect reads it
    "duplicate-object-name",
    "not-understood",  # valid, but this reader cannot say what it does
    "rejected",  # valid, but the server would refuse it here; no effect
    "hidden",  # privileges hide the object
    "unread-rule",  # a document's sentence that states a rule nobody can read
]


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement or object of the source that is not, or not wholly, in the model.

    `objects` are the tables it names (makes their rules Unknown); `excerpt` is source text.
    """

    kind: ProblemKind
    message: str
    objects: tuple[Name, ...] = ()
    excerpt: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Statements by what became of them (DESIGN: coverage is a result)."""

    statements: int = 0
    understood: int = 0
    irrelevant: int = 0

    @property
    def not_understood(self) -> int:
        return self.statements - self.understood - self.irrelevant

    @property
    def percent(self) -> float:
        """Share of statements that were understood or irrelevant, 0 to 100."""
        if not self.statements:
            return 100.0
        return 100.0 * (self.understood + self.irrelevant) / self.statements

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(
            self.statements + other.statements,
            self.understood + other.understood,
            self.irrelevant + other.irrelevant,
        )


@dataclass(frozen=True)
class Catalog:
    """Everything that one source, or several of one surface, say about schemas.

    `declared` and `stated` come from documents: what they declare of tables, and the tracking
    roles whose rules they state for all tables. `standard` is the one a document hints at.
    """

    surface: Surface = "ddl"
    source: str = ""
    tables: tuple[Table, ...] = ()
    foreign_tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()
    types: tuple[UserType, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    extensions: tuple[Extension, ...] = ()
    schemas: tuple[Schema, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    problems: tuple[Problem, ...] = ()
    declared: tuple[Declared, ...] = ()
    stated: tuple[str, ...] = ()
    standard: str = ""
    server_version: int | None = None  # e.g. 150018, of a live PostgreSQL
    documents: "tuple[Document, ...]" = ()  # what schema references say besides their DDL
    rules: "tuple[Rules, ...]" = ()  # Firestore security rules
    models: "tuple[Model, ...]" = ()  # zod schemas
    migrations: tuple[MigrationFile, ...] = ()  # chains on disk, in their order
    trackers: tuple[Tracker, ...] = ()  # of a live database

    @cached_property
    def tables_by_name(self) -> Mapping[tuple[System, Name], Table]:
        return {(t.system, t.qualified): t for t in self.tables}

    @cached_property
    def functions_by_name(self) -> Mapping[Name, tuple[Function, ...]]:
        found: dict[Name, tuple[Function, ...]] = {}
        for function in self.functions:
            name = Name(function.schema, function.name)
            found[name] = (*found.get(name, ()), function)
        return found

    @cached_property
    def types_by_name(self) -> Mapping[Name, UserType]:
        return {Name(t.schema, t.name): t for t in self.types}
