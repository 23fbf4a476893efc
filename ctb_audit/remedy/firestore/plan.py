"""Findings on Firestore to patches of document types and security rules, which somebody applies
with `git apply`. The patched texts are read again: the findings are gone, the rest means the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ctb_audit.audit import AuditSettings, audit_catalogs, project_of
from ctb_audit.checks.expectation import column_name
from ctb_audit.config import Config
from ctb_audit.errors import SourceError
from ctb_audit.model import Catalog, Column, Location
from ctb_audit.project import Project, Subject
from ctb_audit.remedy.change import Left
from ctb_audit.remedy.elsewhere import Elsewhere
from ctb_audit.remedy.firestore.documents import TYPES, added, required, shape_at
from ctb_audit.remedy.firestore.patches import patches_of
from ctb_audit.remedy.firestore.proof import document_faults, rule_faults
from ctb_audit.remedy.firestore.rules import RuleSite, places, repair
from ctb_audit.remedy.in_place.edits import Edit, edited
from ctb_audit.remedy.in_place.files import SourceFile, find
from ctb_audit.remedy.plan import Wanted
from ctb_audit.result import Audit, Finding
from ctb_audit.revision import prefix_of
from ctb_audit.sources.firestore_rules import read_rules
from ctb_audit.standard import TrackingField

ROUNDS = 12  # one edit of a statement in each
RULES = (
    "open_collection",
    "unauthenticated_access",
    "create_reads_resource",
    "mutable_owner",
    "unvalidated_collection",
)
_TYPES = ("missing_tracking_column", "nullable_tracking_column")
_UNKNOWN = "no patch repairs it; see `ctb explain`"
_OWNER = "who may do what is its owner's to say"


_Edits = dict[str, dict[Location, tuple[Edit, ...]]]
"""By path and statement."""


@dataclass
class _Draft:
    """Texts as they grow, by the path that sources show."""

    files: dict[str, SourceFile] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    repaired: set[str] = field(default_factory=set)
    fields: Counter[str] = field(default_factory=Counter)


def plan_firestore(
    catalogs: Sequence[Catalog],
    judged: tuple[Config, AuditSettings],
    wanted: Wanted,
    at: datetime,
    folders: Sequence[Path],
) -> Elsewhere:
    """The patches that repair what an audit finds of Firestore; paths in them count from the top of
    the repository. All of it is for review: types bind the programs that write, rules people.
    """
    run = _Run(tuple(catalogs), judged, wanted, folders)
    return run.planned(at)


class _Run:
    def __init__(
        self,
        catalogs: tuple[Catalog, ...],
        judged: tuple[Config, AuditSettings],
        wanted: Wanted,
        folders: Sequence[Path],
    ) -> None:
        self._catalogs = catalogs
        self._config, self._settings = judged
        self._wanted = wanted
        self._folders = folders
        self._draft = _Draft()

    def planned(self, at: datetime) -> Elsewhere:
        first = audit_catalogs(self._catalogs, self._config, self._settings)
        current = self._typed(first)
        for _ in range(ROUNDS):
            audit = audit_catalogs(current, self._config, self._settings)
            patched = self._ruled(audit, current)
            if patched is None:
                break
            current = patched
        last = audit_catalogs(current, self._config, self._settings)
        failures = tuple(self._failures(first, last))
        draft = self._draft
        changed = {draft.files[path]: text for path, text in draft.texts.items()}
        prefix = prefix_of(self._config.root.resolve())
        return Elsewhere(
            system="firestore",
            catalogs=current,
            files=() if failures else tuple(patches_of(changed, prefix, at)),
            counts=tuple(draft.fields.items()),
            repaired=frozenset(draft.repaired),
            left=tuple(draft.left.values()),
            proof="read again as patched: the findings are gone, all else means what it meant",
            failures=failures,
            score_before=first.score,
            score_after=last.score,
        )

    # ---- document types ------------------------------------------------------------------------

    def _typed(self, audit: Audit) -> tuple[Catalog, ...]:
        """The catalogs with the fields that the types then have."""
        project = project_of(self._catalogs, self._config, self._settings)
        by_place: dict[Location, tuple[Subject, list[Finding]]] = {}
        for finding, subject in self._findings(audit, project, _TYPES):
            place = subject.table.location
            if place is None or self._file(place.path, ".ts") is None:
                self._leave(finding, "no TypeScript file that can be edited declares its type")
                continue
            by_place.setdefault(place, (subject, []))[1].append(finding)
        made: dict[Location, tuple[Column, ...]] = {}
        edits: dict[str, list[Edit]] = {}
        for place, (subject, findings) in by_place.items():
            columns, found = self._fields(place, subject, findings)
            made[place] = columns
            edits.setdefault(place.path, []).extend(found)
        for path, found in edits.items():
            self._draft.texts[path] = edited(self._draft.files[path].text, found)
        return tuple(_with_fields(catalog, made) for catalog in self._catalogs)

    def _fields(
        self, place: Location, subject: Subject, findings: Sequence[Finding]
    ) -> tuple[tuple[Column, ...], list[Edit]]:
        """The columns of a document's type with what is added or required, and the edits."""
        shape = shape_at(self._draft.files[place.path].text, place)
        columns = {column.name: column for column in subject.table.columns}
        new: list[Column] = []
        edits: list[Edit] = []
        for finding in findings:
            name = finding.requirement
            column = columns.get(name)
            mark = required(shape, name) if shape is not None else None
            if shape is not None and column is None:
                new.append(self._field(finding, subject))
                columns[new[-1].name] = new[-1]
            elif column is not None and mark is not None:
                edits.append(mark)
                columns[name] = replace(column, nullable=False)
            else:
                self._leave(finding, "its type is put together in a way that is not edited here")
                continue
            self._draft.repaired.add(finding.fingerprint)
        order = {n: i for i, n in enumerate(_names(subject, self._roles()))}
        new.sort(key=lambda c: order.get(c.name, len(order)))
        if shape is not None and new:
            edits += added(shape, new)
        self._draft.fields["fields of types"] += len(new) + len(edits) - bool(new)
        ordered = [columns[c.name] for c in subject.table.columns]
        return (*ordered, *new), edits

    def _roles(self) -> tuple[TrackingField, ...]:
        return project_of(self._catalogs, self._config, self._settings).standard.fields

    def _field(self, finding: Finding, subject: Subject) -> Column:
        wanted = next(f for f in self._roles() if finding.requirement in f.names_in("firestore"))
        families = wanted.families.get("firestore", wanted.families.get("*", ()))
        family = next((f for f in ("timestamp", "number", "text") if f in families), "text")
        if "integer" in families:
            family = "number"
        return Column(column_name(wanted, subject), TYPES[family], False)

    # ---- security rules ------------------------------------------------------------------------

    def _ruled(self, audit: Audit, current: Sequence[Catalog]) -> tuple[Catalog, ...] | None:
        """The catalogs after one edit of each statement that wants some; None where none does."""
        project = project_of(current, self._config, self._settings)
        edits: _Edits = {}
        defined: set[tuple[str, int]] = set()
        for finding, subject in self._findings(audit, project, RULES):
            check = audit.rules[finding.rule].check
            for place in places(check, RuleSite(subject, project, "")):
                where = (RuleSite(subject, project, ""), place)
                self._repair((check, finding), where, edits, defined)
        if not edits:
            return None
        for path, found in edits.items():
            text = self._draft.texts.get(path, self._draft.files[path].text)
            self._draft.texts[path] = edited(text, [e for own in found.values() for e in own])
        return tuple(self._reread(catalog, edits) for catalog in current)

    def _repair(
        self,
        found: tuple[str, Finding],
        where: tuple[RuleSite, Location],
        edits: _Edits,
        defined: set[tuple[str, int]],
    ) -> None:
        """Adds the edits of one statement. The next round sees what this one made of a statement,
        and of a block that receives a function.
        """
        (check, finding), (site, place) = found, where
        file = self._file(place.path, ".rules")
        if file is None:
            self._leave(finding, "its rules stand in no file that can be edited")
            return
        text = self._draft.texts.get(place.path, file.text)
        made = repair(check, replace(site, text=text), place)
        block = (place.path, made.defines) if made.defines is not None else None
        if place in edits.get(place.path, {}) or block in defined:
            return
        if not made.edits or finding.fingerprint in self._draft.left:
            self._leave(finding, made.reason)
            return
        defined |= {block} if block is not None else set()
        edits.setdefault(place.path, {})[place] = made.edits
        self._draft.repaired.add(finding.fingerprint)
        self._draft.fields[finding.rule] += 1

    def _reread(self, catalog: Catalog, edits: Iterable[str]) -> Catalog:
        rules = tuple(
            read_rules(self._draft.texts[r.path], r.path).rules if r.path in edits else r
            for r in catalog.rules
        )
        return replace(catalog, rules=rules)

    # ---- what both need ------------------------------------------------------------------------

    def _findings(
        self, audit: Audit, project: Project, checks: Iterable[str]
    ) -> Iterator[tuple[Finding, Subject]]:
        subjects = {str(s.name): s for s in project.subjects if s.system == "firestore"}
        for finding in audit.open_findings:
            if finding.system != "firestore" or not self._wanted.findings(finding):
                continue
            subject = subjects.get(finding.table) if finding.table_level else None
            check = audit.rules[finding.rule].check
            if subject is not None and check in checks:
                yield finding, subject
            elif check not in RULES and check not in _TYPES:
                self._leave(finding, _OWNER if "access" in finding.rule else _UNKNOWN)

    def _leave(self, finding: Finding, reason: str) -> None:
        if finding.fingerprint not in self._draft.repaired:
            self._draft.left.setdefault(
                finding.fingerprint,
                Left(
                    *(finding.fingerprint, finding.rule, finding.table, finding.requirement),
                    reason or _OWNER,
                ),
            )

    def _file(self, path: str, suffix: str) -> SourceFile | None:
        """The file that sources show as `path`, where it can be patched."""
        if path not in self._draft.files:
            place = find(path, self._folders) if path.endswith(suffix) else None
            try:
                file = SourceFile.read(place, path) if place is not None else None
            except SourceError:
                return None
            if file is None or file.encoding != "utf-8":
                return None
            self._draft.files[path] = file
        return self._draft.files[path]

    def _failures(self, first: Audit, last: Audit) -> Iterator[str]:
        """What the patched texts do beyond what was intended."""
        draft = self._draft
        for path, text in draft.texts.items():
            before = draft.files[path].text
            faults = document_faults if path.endswith(".ts") else rule_faults
            yield from (f"{path}: {fault}" for fault in faults(before, text, path))
        open_ = {f.fingerprint: f for f in last.open_findings}
        for fingerprint in sorted(draft.repaired & open_.keys()):
            yield f"{open_[fingerprint].table}: {open_[fingerprint].rule} is still found"
        touched = {f.table for f in first.findings if f.fingerprint in draft.repaired}
        known = {f.fingerprint for f in first.findings}
        for finding in last.open_findings:
            is_new = finding.fingerprint not in known and finding.table_level
            if is_new and finding.table not in touched:
                yield f"{finding.table}: {finding.rule} is new"


def _names(subject: Subject, fields: Iterable[TrackingField]) -> tuple[str, ...]:
    return tuple(column_name(f, subject) for f in fields)


def _with_fields(catalog: Catalog, made: dict[Location, tuple[Column, ...]]) -> Catalog:
    tables = tuple(
        replace(t, columns=made[t.location])
        if t.system == "firestore" and t.location in made
        else t
        for t in catalog.tables
    )
    return replace(catalog, tables=tables)
