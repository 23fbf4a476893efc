"""Catalogs and settings to a Project: which tables are judged, at which level, on which surface.

Level, exemption and planned state follow STANDARD section 3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from ctb_audit.config import TableEntry
from ctb_audit.lean import dataclass
from ctb_audit.model import SYSTEMS, Catalog, Declaration, Name, Surface, System, Table
from ctb_audit.project import LevelConflict, Project, Subject
from ctb_audit.standard import LEVELS, Level, Standard, matches_table
from ctb_audit.wording import did_you_mean

Key = tuple[System, Name]
PRIMARY: tuple[Surface, ...] = ("live", "ddl", "reference")
SOURCES = ("configuration", "annotation", "comment", "section", "summary", "levels")


Entry = Callable[[System, Name], TableEntry]


def _nothing_said(system: System, name: Name) -> TableEntry:
    return TableEntry(name=str(name), system=system)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What every subject is built by."""

    standard: Standard
    level: Level
    entry: Entry


def build_project(
    catalogs: Sequence[Catalog],
    standard: Standard,
    *,
    entry: Entry = _nothing_said,
    default_level: Level | None = None,
    today: date,
    root: str | None = None,
    existing: Mapping[str, frozenset[str]] | None = None,
) -> Project:
    """The frozen project of these catalogs; every table of a judged surface is one subject."""
    tables = _by_key(catalogs)
    declared = _declared(catalogs, tables, entry)
    levels_declared = any(d.level for found in declared.values() for d in found)
    chosen = _Chosen(standard, default_level or standard.default_level, entry)
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
        existing=existing or {},
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
    entry: Entry,
) -> dict[Key, tuple[Declaration, ...]]:
    """What every source declares of a table, in the order that decides."""
    found: dict[Key, list[Declaration]] = {}
    for catalog in catalogs:
        for item in catalog.declared:
            found.setdefault((item.system, item.table), []).append(item.declaration)
    for key, surfaces in tables.items():
        written = [d for group in surfaces.values() for t in group for d in t.declarations]
        own = _from_entry(entry(*key))
        if written or own:
            found.setdefault(key, []).extend((*written, *own))
    return {
        key: tuple(dict.fromkeys(sorted(items, key=lambda d: SOURCES.index(d.source))))
        for key, items in found.items()
    }


def _from_entry(entry: TableEntry) -> tuple[Declaration, ...]:
    """What the configuration declares of a table, () for nothing."""
    declaration = Declaration(
        source="configuration",
        table_id=entry.table_id or None,
        heir_id=entry.heir_id or None,
        level=entry.level,
        status={True: "Planned", False: "Active", None: None}[entry.planned],
    )
    return () if declaration == Declaration(source="configuration") else (declaration,)


def _subject(
    key: Key,
    surfaces: dict[Surface, tuple[Table, ...]],
    declarations: tuple[Declaration, ...],
    chosen: _Chosen,
) -> Subject:
    surface = next(s for s in PRIMARY if s in surfaces)
    level, source, conflicts = _level(declarations, chosen.level)
    entry = chosen.entry(*key)
    is_log = matches_table(key[1], chosen.standard.log_tables)
    return Subject(
        table=surfaces[surface][0],
        surface=surface,
        level=level,
        level_source=source,
        declarations=declarations,
        conflicts=conflicts,
        exempt=entry.exempt or _exemption(key, declarations, chosen.standard),
        planned=_planned(declarations),
        tables=surfaces,
        kind=entry.kind or ("log" if is_log else "entity"),
        row_level_security=bool(entry.row_level_security),
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


def _exemption(key: Key, declarations: Iterable[Declaration], standard: Standard) -> str:
    """Why the table is exempt, "" where it is not."""
    for declaration in declarations:
        if declaration.stamped is False:
            return f"declared not STAMPED by its {declaration.source}"
    if matches_table(key[1], standard.exempt):
        return "the tracker of a migration tool"
    return ""


def _planned(declarations: Iterable[Declaration]) -> str:
    """The status that makes a table planned, "" where none does."""
    for declaration in declarations:
        if declaration.status is not None:
            return declaration.status if "planned" in declaration.status.lower() else ""
    return ""


def misspelt_entries(entries: Iterable[TableEntry], project: Project) -> tuple[str, ...]:
    """Notices of configured tables that fit no subject and resemble one; a typo would silently
    leave a table at another level.
    """
    names = {name for s in project.subjects for name in (str(s.name), s.name.name)}
    found = []
    for entry in entries:
        if "*" in entry.name or any(matches_table(s.name, [entry.name]) for s in project.subjects):
            continue
        hint = did_you_mean(entry.name, names)
        if hint:
            found.append(f"configuration: table {entry.name} fits no table{hint}")
    return tuple(found)


def systems_of(project: Project) -> tuple[System, ...]:
    """The systems that hold subjects, in the model's order."""
    present = {s.system for s in project.subjects}
    return tuple(s for s in SYSTEMS if s in present)
