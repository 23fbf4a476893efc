"""Catalogs and settings to a Project: which tables are judged, at which level, on which surface.

Level, exemption and planned state follow STANDARD section 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from ctb_audit.model import SYSTEMS, Catalog, Declaration, Name, Surface, System, Table
from ctb_audit.project import LevelConflict, Project, Subject
from ctb_audit.standard import LEVELS, Level, Standard

Key = tuple[System, Name]
PRIMARY: tuple[Surface, ...] = ("live", "ddl", "reference")
SOURCES = ("configuration", "annotation", "comment", "section", "summary", "levels")


@dataclass(frozen=True, slots=True)
class TableSetting:
    """One `[[table]]` of the configuration; `name` is `schema.table` and may hold `*`."""

    name: str
    system: System | None = None
    level: Level | None = None
    exempt: str = ""
    planned: bool = False
    kind: Literal["log", "entity"] | None = None
    table_id: str | None = None
    heir_id: str | None = None
    row_level_security: bool | None = None

    def covers(self, key: Key) -> bool:
        system, name = key
        return (self.system is None or self.system == system) and _matches(self.name, name)


def _matches(pattern: str, name: Name) -> bool:
    """Whether `table`, `schema.table` or a pattern of either names the table."""
    return fnmatchcase(str(name) if "." in pattern else name.name, pattern)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What every subject is built by."""

    standard: Standard
    level: Level
    settings: Sequence[TableSetting]


def build_project(
    catalogs: Sequence[Catalog],
    standard: Standard,
    *,
    settings: Sequence[TableSetting] = (),
    default_level: Level | None = None,
    today: date,
    root: str | None = None,
) -> Project:
    """The frozen project of these catalogs; every table of a judged surface is one subject."""
    tables = _by_key(catalogs)
    declared = _declared(catalogs, tables, settings)
    levels_declared = any(d.level for found in declared.values() for d in found)
    chosen = _Chosen(standard, default_level or standard.default_level, settings)
    subjects = tuple(
        _subject(key, surfaces, declared.get(key, ()), chosen) for key, surfaces in tables.items()
    )
    return Project(
        standard=standard,
        subjects=subjects,
        catalogs=tuple(catalogs),
        today=today,
        levels_declared=levels_declared,
        stated=frozenset(role for catalog in catalogs for role in catalog.stated),
        root=root,
    )


def _by_key(catalogs: Iterable[Catalog]) -> dict[Key, dict[Surface, tuple[Table, ...]]]:
    """Every table on a surface that can be judged, by system and name, in order of appearance."""
    found: dict[Key, dict[Surface, tuple[Table, ...]]] = {}
    for catalog in sorted(catalogs, key=lambda c: _rank(c.surface)):
        if catalog.surface not in PRIMARY:
            continue
        for table in catalog.tables:
            surfaces = found.setdefault((table.system, table.qualified), {})
            surfaces[catalog.surface] = (*surfaces.get(catalog.surface, ()), table)
    return found


def _rank(surface: Surface) -> int:
    return PRIMARY.index(surface) if surface in PRIMARY else len(PRIMARY)


def _declared(
    catalogs: Iterable[Catalog],
    tables: Mapping[Key, Mapping[Surface, Iterable[Table]]],
    settings: Sequence[TableSetting],
) -> dict[Key, tuple[Declaration, ...]]:
    """What every source declares of a table, in the order that decides."""
    found: dict[Key, list[Declaration]] = {}
    for catalog in catalogs:
        for item in catalog.declared:
            found.setdefault((item.system, item.table), []).append(item.declaration)
    for key, surfaces in tables.items():
        written = [d for group in surfaces.values() for t in group for d in t.declarations]
        own = [_from_setting(s) for s in settings if s.covers(key)]
        if written or own:
            found.setdefault(key, []).extend((*written, *own))
    return {
        key: tuple(dict.fromkeys(sorted(items, key=lambda d: SOURCES.index(d.source))))
        for key, items in found.items()
    }


def _from_setting(setting: TableSetting) -> Declaration:
    return Declaration(
        source="configuration",
        table_id=setting.table_id,
        heir_id=setting.heir_id,
        level=setting.level,
        status="Planned" if setting.planned else None,
        stamped=False if setting.exempt else None,
    )


def _subject(
    key: Key,
    surfaces: dict[Surface, tuple[Table, ...]],
    declarations: tuple[Declaration, ...],
    chosen: _Chosen,
) -> Subject:
    surface = next(s for s in PRIMARY if s in surfaces)
    level, source, conflicts = _level(declarations, chosen.level)
    return Subject(
        table=surfaces[surface][0],
        surface=surface,
        level=level,
        level_source=source,
        declarations=declarations,
        conflicts=conflicts,
        exempt=_exemption(key, declarations, chosen),
        planned=_planned(declarations),
        tables=surfaces,
    )


def _level(
    declarations: Iterable[Declaration], default: Level
) -> tuple[Level, str, tuple[LevelConflict, ...]]:
    """The level, who gives it, and who disagrees; configuration overrides in silence."""
    given = [(d, level) for d in declarations if (level := _as_level(d.level)) is not None]
    if not given:
        return default, "default", ()
    used, level = given[0]
    conflicts = tuple(
        LevelConflict(used, other)
        for other, theirs in given[1:]
        if theirs != level and used.source != "configuration"
    )
    return level, used.source, conflicts


def _as_level(text: str | None) -> Level | None:
    return next((level for level in LEVELS if text and level == text.upper()), None)


def _exemption(
    key: Key,
    declarations: Iterable[Declaration],
    chosen: _Chosen,
) -> str:
    """Why the table is exempt, "" where it is not."""
    for setting in chosen.settings:
        if setting.exempt and setting.covers(key):
            return setting.exempt
    for declaration in declarations:
        if declaration.stamped is False:
            return f"declared not STAMPED by its {declaration.source}"
    if any(_matches(pattern, key[1]) for pattern in chosen.standard.exempt):
        return "the tracker of a migration tool"
    return ""


def _planned(declarations: Iterable[Declaration]) -> str:
    """The status that makes a table planned, "" where none does."""
    for declaration in declarations:
        if declaration.status is not None:
            return declaration.status if "planned" in declaration.status.lower() else ""
    return ""


def systems_of(project: Project) -> tuple[System, ...]:
    """The systems that hold subjects, in the model's order."""
    present = {s.system for s in project.subjects}
    return tuple(s for s in SYSTEMS if s in present)
