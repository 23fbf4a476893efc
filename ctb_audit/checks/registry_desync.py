"""The table registry against DDL and references (STANDARD section 8)."""

from collections.abc import Iterator

from ctb_audit.checks.drifts import Drift, drift_of, is_registry
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.compare.sides import TITLES, Key
from ctb_audit.model import Surface, Table
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

_DEFINED: tuple[Surface, ...] = ("ddl", "reference")


@check
def registry_desync(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Present in both or in neither, with the same id and level."""
    drift, key = drift_of(project), (subject.system, subject.name)
    entry = _entry(drift, key)
    if not any(drift.shows(surface, subject.system) for surface in _DEFINED):
        yield NotApplicable("no DDL and no reference of its system is among the sources")
    elif is_registry(key, project) or project.standard.is_tracker(subject.name):
        yield NotApplicable("it is a registry or the tracker of a migration tool")
    else:
        yield _compared(subject, entry, [s for s in _DEFINED if drift.has(s, key)])


def _compared(subject: Subject, entry: Table | None, surfaces: list[Surface]) -> Verdict:
    """`surfaces`: those that define the table."""
    if entry is None and (subject.planned or not surfaces):
        return NotApplicable("it need not be registered")
    if entry is None:
        return Fail(f"it is in {TITLES[surfaces[0]]} and not registered")
    if not surfaces:
        return Fail("it is registered, and nothing defines it", location=entry.location)
    faults = list(_faults(subject, entry))
    return Fail("; ".join(faults), location=entry.location) if faults else Pass()


def _faults(subject: Subject, entry: Table) -> Iterator[str]:
    levels = {d.level.upper() for d in subject.declarations if d.level}
    for said in entry.declarations:
        level = said.level.upper() if said.level else None
        pairs = (("table id", said.table_id, set(subject.table_ids)), ("level", level, levels))
        for what, registered, others in pairs:
            if registered and others and registered not in others:
                shown = " and ".join(sorted(others))
                yield f"its {what} is {registered} in the registry and {shown} elsewhere"


def _entry(drift: Drift, key: Key) -> Table | None:
    catalogs = drift.catalogs.get("registry", ())
    return next((c.tables_by_name[key] for c in catalogs if key in c.tables_by_name), None)


@beside(registry_desync)
def registered_alone(project: Project) -> Iterator[ProjectFinding]:
    """Entries of tables that no other source has."""
    drift = drift_of(project)
    for catalog in drift.catalogs.get("registry", ()):
        for table in catalog.tables:
            key = (table.system, table.qualified)
            covered = any(drift.shows(surface, table.system) for surface in _DEFINED)
            defined = any(drift.has(surface, key) for surface in _DEFINED)
            if key not in project.tables and covered and not defined:
                message = "it is registered, and neither DDL nor reference has it"
                fail = Fail(message, location=table.location)
                yield ProjectFinding(str(table.qualified), fail, table.system, "registry")
