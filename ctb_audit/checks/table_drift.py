"""Tables that one surface has and another one has not (STANDARD section 8)."""

from collections.abc import Iterator

from ctb_audit.checks.drifts import Drift, Pair, drift_of, is_registry
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.compare import Side
from ctb_audit.compare.sides import Key
from ctb_audit.model import Surface, System, Table
from ctb_audit.names import Location
from ctb_audit.project import Project, Subject
from ctb_audit.standard import Standard
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

_DESCRIBED = ("section", "summary")
_ABSENT_LIVE = "it is planned, so no database need have it"


def _key(subject: Subject) -> Key:
    return subject.system, subject.name


@check
def rogue_table(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Live, and in neither the DDL nor the registry."""
    drift, key = drift_of(project), _key(subject)
    if not drift.has("live", key):
        yield NotApplicable("it is in no live database")
    elif not (drift.shows("ddl", subject.system) or "registry" in drift.catalogs):
        yield NotApplicable("no DDL and no registry of this system is among the sources")
    elif drift.has("ddl", key) or drift.has("registry", key):
        yield Pass()
    elif project.standard.is_tracker(subject.name) or is_registry(key, project):
        yield NotApplicable("it is the registry, or a migration tool makes it itself")
    else:
        yield _rogue(subject, drift)


def _rogue(subject: Subject, drift: Drift) -> Verdict:
    unread = next((p for p in drift.problems("ddl") if _may_create(p.kind, p.excerpt)), None)
    if any(p.kind == "hidden" and "table registry" in p.message for p in drift.problems("live")):
        return Unknown("the table registry may know it, and the role may not read it")
    if unread is not None:
        place = f" ({unread.location})" if unread.location else ""
        return Unknown(f"DDL that builds its statements when it runs may create it{place}")
    return Fail(f"it is in {_titles(drift, 'live')}, and neither DDL nor registry knows it")


def _may_create(kind: str, excerpt: str) -> bool:
    return kind == "not-understood" and "EXECUTE" in excerpt.upper()


def _titles(drift: Drift, surface: Surface) -> str:
    return next(side.title for side in drift.sides if side.surface == surface)


def is_rogue(subject: Subject, project: Project) -> bool:
    return any(isinstance(v, Fail | Unknown) for v in rogue_table(subject, project))


@check
def orphan_table(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Live or in the DDL, and in no reference, or only as a plan there."""
    drift, key = drift_of(project), _key(subject)
    if not (drift.has("live", key) or drift.has("ddl", key)):
        yield NotApplicable("it is in no database and in no DDL")
    elif drift.has("live", key) and subject.planned:
        yield Fail(f"it is in the live database, and documented as {subject.planned}")
    elif drift.has("reference", key):
        yield Pass()
    elif project.standard.is_tracker(subject.name):
        yield NotApplicable("the tracker of a migration tool needs no reference")
    elif is_rogue(subject, project):
        yield NotApplicable("it is a rogue table")
    else:
        yield Fail("no reference describes it")


@check
def ghost_table(subject: Subject, project: Project) -> Iterator[Verdict]:
    """In the reference and not planned, neither live nor in the DDL."""
    drift, key = drift_of(project), _key(subject)
    if not drift.has("reference", key):
        yield NotApplicable("no reference describes it")
    elif subject.planned:
        yield NotApplicable(_ABSENT_LIVE)
    elif drift.has("live", key) or drift.has("ddl", key):
        yield Pass()
    elif not _shown(drift, subject.system):
        yield NotApplicable("no live database and no DDL of this system is among the sources")
    else:
        yield Fail("the reference describes it, and neither database nor DDL has it")


def _shown(drift: Drift, system: System) -> bool:
    return drift.shows("live", system) or drift.shows("ddl", system)


@beside(ghost_table)
def ghost_description(project: Project) -> Iterator[ProjectFinding]:
    """Tables that a reference describes without showing their DDL."""
    drift = drift_of(project)
    for key, where in _described(drift).items():
        system, name = key
        if key not in project.tables and _shown(drift, system):
            message = "the reference describes it, and neither database nor DDL has it"
            yield ProjectFinding(str(name), Fail(message, location=where), system, "reference")


def _described(drift: Drift) -> dict[Key, Location | None]:
    """Those with a section or a row in a summary, without the planned ones."""
    found: dict[Key, Location | None] = {}
    planned = set()
    for catalog in drift.catalogs.get("reference", ()):
        for item in catalog.declared:
            key = (item.system, item.table)
            if "planned" in (item.declaration.status or "").lower():
                planned.add(key)
            if item.declaration.source in _DESCRIBED:
                found.setdefault(key, item.declaration.location)
    return {key: where for key, where in found.items() if key not in planned}


@check
def phantom_table(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Registered, and not live."""
    drift, key = drift_of(project), _key(subject)
    if not drift.has("registry", key) or not drift.shows("live", subject.system):
        yield NotApplicable("it is not registered, or no live database of its system is here")
    elif drift.has("live", key):
        yield Pass()
    elif subject.planned:
        yield NotApplicable(_ABSENT_LIVE)
    else:
        yield Fail("it is registered, and no live database has it")


@beside(phantom_table)
def phantom_entry(project: Project) -> Iterator[ProjectFinding]:
    """Registered tables that no other source has."""
    drift = drift_of(project)
    for catalog in drift.catalogs.get("registry", ()):
        for table in catalog.tables:
            if not drift.shows("live", table.system):
                continue
            if (table.system, table.qualified) not in project.tables:
                message = "it is registered, and no live database has it"
                yield _registered(table, Fail(message, location=table.location))


def _registered(table: Table, fail: Fail) -> ProjectFinding:
    return ProjectFinding(str(table.qualified), fail, table.system, "registry")


@check
def table_presence(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Defined by one source and absent from another, where no other drift rule says so."""
    drift, key = drift_of(project), _key(subject)
    asked = False
    for pair in drift.pairs:
        lacking = _lacking(key, pair)
        if lacking is None:
            continue
        asked = True
        if key in pair.shared:
            yield Pass(pair.label)
        elif _expected(subject, pair, lacking, drift, project.standard):
            here = next(side for side in pair.sides if side is not lacking)
            yield _missing(subject, pair, lacking, here)
    if not asked:
        yield NotApplicable("no two sources should both have it")


def _missing(subject: Subject, pair: Pair, lacking: Side, here: Side) -> Verdict:
    doubt = pair.doubt(_key(subject))
    if doubt:
        return Unknown(doubt, pair.label)
    place = here.catalog.tables_by_name[_key(subject)].location
    return Fail(f"it is in {here.title} and not in {lacking.title}", pair.label, location=place)


def _lacking(key: Key, pair: Pair) -> Side | None:
    """The side that lacks the table, or the second where none does; None where neither has it,
    or other rules judge the pair.
    """
    if "reference" in (pair.a.surface, pair.b.surface):
        return None
    having = [key in side.catalog.tables_by_name for side in pair.sides]
    if not any(having):
        return None
    return pair.b if having[0] else pair.a


def _expected(
    subject: Subject, pair: Pair, lacking: Side, drift: Drift, standard: Standard
) -> bool:
    """A live table that the DDL lacks is rogue or out of step with the registry; a planned table
    need not be live, and a second definition of some tables not hold the others.
    """
    if not lacking.whole or subject.system not in drift.systems.get(lacking.surface, ()):
        return False
    if lacking.surface == "live":
        return not subject.planned and not standard.is_tracker(subject.name)
    other = pair.a if lacking is pair.b else pair.b
    return other.surface != "live"
