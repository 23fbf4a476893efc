"""What checks see: subjects, their surfaces, documents and configuration, frozen."""

from collections.abc import Hashable, Mapping
from dataclasses import field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import (
    Catalog,
    Column,
    Declaration,
    Function,
    Name,
    Problem,
    Surface,
    System,
    Table,
    UserType,
)
from ctb_audit.probe import Probe, Sample
from ctb_audit.standard import Level, Standard, TrackingField

if TYPE_CHECKING:
    from ctb_audit.compare import Settle, Side


@dataclass(frozen=True, slots=True)
class LevelConflict:
    """Two declarations that give a table different levels (`conflicting-level`)."""

    used: Declaration
    other: Declaration


@dataclass(frozen=True)
class Subject:
    """One table across its surfaces, judged once, on its primary surface.

    `exempt` and `planned` say why ("" for not). `declarations` come from every surface, in the
    order of STANDARD section 3; `tables` holds the table on every surface.
    """

    table: Table
    surface: Surface
    level: Level
    level_source: str
    declarations: tuple[Declaration, ...] = ()
    conflicts: tuple[LevelConflict, ...] = ()
    exempt: str = ""
    planned: str = ""
    tables: Mapping[Surface, tuple[Table, ...]] = field(default_factory=dict)
    kind: Literal["log", "entity"] = "entity"
    row_level_security: bool = False  # asked for by the configuration

    @cached_property
    def name(self) -> Name:
        return self.table.qualified

    @cached_property
    def label(self) -> str:
        """The name as findings have it."""
        return str(self.name)

    @property
    def system(self) -> System:
        return self.table.system

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The different ids that the declarations give the table."""
        return tuple(dict.fromkeys(d.table_id for d in self.declarations if d.table_id))

    def column(self, name: str) -> Column | None:
        return self._columns.get(name)

    def tracking_column(self, wanted: TrackingField) -> Column | None:
        """The column that plays the field's role, under its name or an alias."""
        columns = self._columns
        for name in wanted.names_in(self.table.system):
            if name in columns:
                return columns[name]
        return None

    @cached_property
    def _columns(self) -> Mapping[str, Column]:
        """The table's columns by name; the first of those that share one."""
        return {column.name: column for column in reversed(self.table.columns)}

    @cached_property
    def memo(self) -> dict[Hashable, Any]:
        """What several checks would find out anew about the table, by who finds it out."""
        return {}


@dataclass(frozen=True)
class Project:
    """Everything an audit judges. `levels_declared`: some source declares levels at all.
    `stated`: rules that a reference states for all tables, by tracking role
    (`orbt_layer`, `blueprint_version`, `timestamp_order`, `heir_id`, `process_id`).
    `existing`: by a document's path the files it names that exist; none for a document that lies
    in no repository. `sides`: what drift compares, () for what the surfaces imply; `settle`
    answers what a comparison of expressions leaves open.
    """

    standard: Standard
    subjects: tuple[Subject, ...]
    catalogs: tuple[Catalog, ...]
    today: date
    levels_declared: bool = False
    stated: frozenset[str] = frozenset()
    root: str | None = None
    sides: "tuple[Side, ...]" = ()
    settle: "Settle | None" = None
    existing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facts: Mapping[Probe, Sample] | None = None  # None: rows are not asked about

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What rules may need besides surfaces: `root`, security `rules`, zod `models`."""
        present = {
            "root": self.root is not None,
            "rules": any(c.rules for c in self.catalogs),
            "models": any(c.models for c in self.catalogs),
        }
        return frozenset(kind for kind, is_there in present.items() if is_there)

    @cached_property
    def surfaces(self) -> frozenset[Surface]:
        return frozenset(c.surface for c in self.catalogs)

    def function(self, subject: Subject, name: Name) -> Function | None:
        """The function a trigger of the subject names; None where no source defines it."""
        return next(iter(self.functions.get(subject.surface, {}).get(name, ())), None)

    @cached_property
    def tables(self) -> Mapping[tuple[System, Name], Subject]:
        return {(s.system, s.name): s for s in self.subjects}

    @cached_property
    def table_ids(self) -> Mapping[str, tuple[Subject, ...]]:
        """Declared table id -> the tables that declare it."""
        found: dict[str, tuple[Subject, ...]] = {}
        for subject in self.subjects:
            for table_id in subject.table_ids:
                found[table_id] = (*found.get(table_id, ()), subject)
        return found

    @cached_property
    def tables_named(self) -> Mapping[tuple[System, str], tuple[Subject, ...]]:
        """The tables of a name in every schema."""
        found: dict[tuple[System, str], tuple[Subject, ...]] = {}
        for subject in self.subjects:
            key = (subject.system, subject.name.name)
            found[key] = (*found.get(key, ()), subject)
        return found

    @cached_property
    def problems_by_table(self) -> Mapping[tuple[Surface, Name], tuple[Problem, ...]]:
        """What went wrong with a statement that names a table, by surface and table.

        A statement that nobody read names its tables as written, without a schema perhaps.
        """
        found: dict[tuple[Surface, Name], list[Problem]] = {}
        for catalog in self.catalogs:
            for problem in catalog.problems:
                for name in dict.fromkeys(problem.objects):
                    found.setdefault((catalog.surface, name), []).append(problem)
        return {key: tuple(problems) for key, problems in found.items()}

    def problems_of(self, subject: Subject) -> tuple[Problem, ...]:
        """What went wrong with statements that name the table."""
        if not self.problems_by_table:
            return ()
        bare = Name(None, subject.name.name)
        names = (subject.name, bare)
        return tuple(p for n in names for p in self.problems_by_table.get((subject.surface, n), ()))

    @cached_property
    def functions(self) -> Mapping[Surface, Mapping[Name, tuple[Function, ...]]]:
        """Every function by surface and name."""
        found: dict[Surface, dict[Name, tuple[Function, ...]]] = {}
        for catalog in self.catalogs:
            here = found.setdefault(catalog.surface, {})
            for name, functions in catalog.functions_by_name.items():
                here[name] = (*here.get(name, ()), *functions)
        return found

    @cached_property
    def types(self) -> Mapping[Surface, Mapping[Name, UserType]]:
        """Every enum, domain and other type by surface and name."""
        found: dict[Surface, dict[Name, UserType]] = {}
        for catalog in self.catalogs:
            found[catalog.surface] = {**catalog.types_by_name, **found.get(catalog.surface, {})}
        return found

    @cached_property
    def memo(self) -> dict[Hashable, Any]:
        """What several checks would find out anew, by what decides it (`checks.guarding`)."""
        return {}

    def user_type(self, subject: Subject, name: str) -> UserType | None:
        """The enum, domain or other type that a column's type names as `schema.name`."""
        schema, _, bare = name.rpartition(".")
        return self.types.get(subject.surface, {}).get(Name(schema, bare))
