"""Tables that are missing as a whole: the registries and the compliance log.

What stands on no table of the audit (`Finding.table_level` False) is answered here.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ctb_audit.config import Config
from ctb_audit.log.entry import TABLE as LOG
from ctb_audit.model import Name
from ctb_audit.project import Project
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.proposals.site import Proposal, nothing
from ctb_audit.remedy.standard_tables import compliance_log, id_registry, table_registry
from ctb_audit.result import Finding

_PUBLIC = "public"


@dataclass(frozen=True)
class Lack:
    """A finding that belongs to no table of the database."""

    finding: Finding
    project: Project


def _registry_of_ids(lack: Lack) -> Proposal:
    return Proposal((id_registry(_placed(lack.finding.table, lack.project), lack.project),))


def _placed(name: str, project: Project) -> Name:
    schema, _, bare = name.rpartition(".")
    return Name(schema or _usual_schema(project), bare)


def _usual_schema(project: Project) -> str:
    """Where most tables stand."""
    found = Counter(s.name.schema or _PUBLIC for s in project.subjects if s.system == "postgresql")
    return found.most_common(1)[0][0] if found else _PUBLIC


def _documented_only(lack: Lack) -> Proposal:
    """Of documented tables only the log's definition is ours to know."""
    schema, _, bare = lack.finding.table.rpartition(".")
    if bare == LOG:
        return Proposal((compliance_log(schema or _PUBLIC),))
    return nothing("what the table holds is its author's to define; then remediate it")


def _untracked(lack: Lack) -> Proposal:
    return nothing("the migration tool makes its own list; run one")


MISSING: dict[str, Callable[[Lack], Proposal]] = {
    "missing_id_registry": _registry_of_ids,
    "ghost_table": _documented_only,
    "missing_migration_tracking": _untracked,
}
"""By the check that found it (`Rule.check`)."""


def asked_tables(project: Project, config: Config, *, log: bool) -> Iterator[Change]:
    """Tables that no rule asks for, but the caller (`log`) or the configuration does."""
    there = {s.name for s in project.subjects if s.system == "postgresql" and _is_real(s.surface)}
    made = [compliance_log()] if log and all(name.name != LOG for name in there) else []
    yield from made
    schema, _, bare = config.registry.tables.rpartition(".")
    name = Name(schema or _PUBLIC, bare)
    registered = any(c.surface == "registry" for c in project.catalogs)
    if bare and name not in there and not registered:
        yield table_registry(name, project, (*(c.table for c in made), *_ids(there, project)))


def _ids(there: Collection[Name], project: Project) -> Iterator[Name]:
    """The registry of row ids, where it is still to be made."""
    registry = project.standard.id_registry
    if registry and all(registry not in (name.name, str(name)) for name in there):
        yield _placed(registry, project)


def _is_real(surface: str) -> bool:
    return surface != "reference"
