"""What the annotation of each table has to say, and which ids are still to be given out.

Configuration, annotation, COMMENT and reference count in the order of STANDARD section 3. A level
that nobody gives is left out, and so is a purpose: one that the reference tells already would only
grow old in a second place.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from ctb_audit.config import Config
from ctb_audit.errors import UsageError
from ctb_audit.ids import Kind, candidates, parse
from ctb_audit.ids import Wanted as WantedId
from ctb_audit.lean import dataclass
from ctb_audit.model import Declaration, Location, Table
from ctb_audit.project import Project, Subject
from ctb_audit.standard import Standard
from ctb_audit.tag.annotation import Wanted

GiveIds = Callable[[Kind, Sequence[Iterator[str]]], Sequence[str]]
_SYSTEM = "DATA"  # of the HEIR ids of tables, unless the configuration names another
_LONGEST_MODE = 12
_IDS: Mapping[str, tuple[Kind, Callable[[Declaration], str | None]]] = {
    "table": ("table", lambda declaration: declaration.table_id),
    "heir": ("heir", lambda declaration: declaration.heir_id),
}


_STRENGTH: Mapping[str, int] = {
    **dict.fromkeys(("configuration",), 0),
    **dict.fromkeys(("section", "summary", "levels"), 1),
    **dict.fromkeys(("annotation", "comment"), 2),
}


@dataclass(frozen=True, slots=True)
class _Owned:
    """The ids that belong to each subject, by its number, the one that counts first.

    `configured`: subjects whose id the configuration says, which no annotation may change.
    """

    ids: Mapping[int, tuple[str, ...]]
    configured: frozenset[int]

    @property
    def first(self) -> Mapping[int, str]:
        return {number: each[0] for number, each in self.ids.items()}

    def accepted(self, number: int) -> frozenset[str]:
        """What may stand in an annotation of the subject."""
        return frozenset(() if number in self.configured else self.ids.get(number, ()))


def created_tables(project: Project, paths: frozenset[str]) -> Mapping[str, tuple[Table, ...]]:
    """Path -> the tables of the file that take an annotation, of the files at `paths`.

    Partitions are their parent's; exempt tables need no ids, unless somebody gave them one.
    """
    found: dict[str, list[Table]] = {}
    for subject in project.subjects:
        for table in _tables(subject):
            is_own = table.kind in ("ordinary", "partitioned")
            if is_own and _path(table) in paths and (table.declarations or not subject.exempt):
                found.setdefault(_path(table), []).append(table)
    return {path: tuple(tables) for path, tables in found.items()}


def annotations(
    project: Project, config: Config, tables: frozenset[Location], at: datetime, give: GiveIds
) -> Mapping[str, tuple[Wanted, ...]]:
    """Path -> what the annotation of each of the tables that are created at `tables` must hold.

    `give` gives out ids, dated `at`, for those that have none.
    """
    judged = {
        number: subject
        for number, subject in enumerate(project.subjects)
        if any(table.location in tables for table in _tables(subject))
    }
    owned = {key: _owned(project, key) for key in _IDS}
    given = {key: dict(owned[key].first) for key in _IDS}
    for key, (kind, _) in _IDS.items():
        lacking = {n: s for n, s in judged.items() if n not in given[key] and not s.exempt}
        tries = dict(_tries(kind, lacking, project, config, at))
        if tries:
            given[key] |= zip(tries, give(kind, list(tries.values())), strict=True)
    found: dict[str, list[Wanted]] = {}
    for number, subject in judged.items():
        facts = {**{key: given[key].get(number, "") for key in _IDS}, **_declared_facts(subject)}
        accepted: dict[str, frozenset[str] | None] = {
            "enforcement": _accepted_levels(subject),
            **{key: owned[key].accepted(number) for key in _IDS},
        }
        for table in _tables(subject):
            if table.location in tables:
                found.setdefault(_path(table), []).append(_wanted(table, facts, accepted))
    return {path: tuple(wants) for path, wants in found.items()}


def _wanted(
    table: Table, facts: Mapping[str, str], accepted: Mapping[str, frozenset[str] | None]
) -> Wanted:
    assert table.location is not None
    given = {key: value for key, value in facts.items() if value}
    where = table.location
    return Wanted(str(table.qualified), where.line, where.column, given, accepted)


def _tables(subject: Subject) -> tuple[Table, ...]:
    return tuple(subject.tables.get("ddl", ()))


def _path(table: Table) -> str:
    return table.location.path if table.location else ""


def _declared_facts(subject: Subject) -> Mapping[str, str]:
    orbt = next((d.orbt for d in subject.declarations if d.orbt is not None), None)
    level = "" if subject.level_source == "default" else subject.level
    return {"enforcement": level, "orbt": "" if orbt is None else str(orbt)}


def _accepted_levels(subject: Subject) -> frozenset[str] | None:
    """Only the configuration overrides in silence; other disagreement is the audit's to report."""
    if subject.level_source != "configuration":
        return None
    return frozenset({subject.level, subject.level.lower()})


# ---- ids -----------------------------------------------------------------------------------------


def _owned(project: Project, key: str) -> _Owned:
    """Of an id that several tables declare: the document's table has it, since what is copied is
    DDL, else the first table.
    """
    claims = [
        (declaration.source, number, text)
        for number, subject in enumerate(project.subjects)
        for declaration in subject.declarations
        if (text := _IDS[key][1](declaration)) and _fits(key, text, subject, project.standard)
    ]
    owners: dict[str, int] = {}
    for _, number, text in sorted(claims, key=lambda claim: _STRENGTH[claim[0]]):
        owners.setdefault(text, number)
    ids: dict[int, dict[str, None]] = {}
    for _, number, text in claims:
        if owners[text] == number:
            ids.setdefault(number, {})[text] = None
    configured = {number for source, number, _ in claims if source == "configuration"}
    return _Owned(
        {number: tuple(each) for number, each in ids.items()}, frozenset(configured & ids.keys())
    )


def _fits(key: str, text: str, subject: Subject, standard: Standard) -> bool:
    if key == "table" and subject.system in standard.table_ids:
        return re.fullmatch(standard.table_ids[subject.system], text) is not None
    found = parse(text, standard)
    return found is not None and _IDS[key][0] in found.kinds


def _tries(
    kind: Kind, subjects: Mapping[int, Subject], project: Project, config: Config, at: datetime
) -> Iterator[tuple[int, Iterator[str]]]:
    """Candidates for the new ids of those subjects that can have one. Subjects whose ids begin
    alike share one iterator: what it gave to one is not tried again for the next.
    """
    names = Counter(subject.name.name for subject in project.subjects)
    shared: dict[WantedId, Iterator[str]] = {}
    for number, subject in subjects.items():
        wanted = _wanted_id(kind, subject, config, shared=names[subject.name.name] > 1)
        if wanted not in shared and _can_be_made(kind, wanted, project.standard, at):
            shared[wanted] = candidates(kind, wanted, project.standard, at)
        if wanted in shared:
            yield number, shared[wanted]


def _wanted_id(kind: Kind, subject: Subject, config: Config, *, shared: bool) -> WantedId:
    """`shared`: tables of other schemas have the name, too."""
    entry = config.table_entry(subject.system, subject.name)
    name = f"{subject.name.schema}_{subject.name.name}" if shared else subject.name.name
    table = re.sub("[^A-Za-z0-9]+", "_", name).strip("_")
    mode = re.sub("[^A-Z]", "", name.upper())[:_LONGEST_MODE]
    if kind == "heir":
        return WantedId(entry.system_code or _SYSTEM, entry.mode or mode or "TABLES")
    name = table if table[:1].isalpha() else f"T_{table}".rstrip("_")
    return WantedId(table=name, database=subject.system)


def _can_be_made(kind: Kind, wanted: WantedId, standard: Standard, at: datetime) -> bool:
    """Whether the standard has ids of the kind for this system, and can name this table by one."""
    if kind == "table" and wanted.database not in standard.table_ids:
        return False
    try:
        return next(candidates(kind, wanted, standard, at), None) is not None
    except UsageError:
        return False
