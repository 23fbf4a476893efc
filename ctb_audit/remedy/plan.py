"""From an audit to a plan: propose for each finding, apply to the model, judge again, go on.

What a new column then lacks (a check, an index) is found by judging the model once more, so
that a proposal answers one finding and knows nothing of the others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ctb_audit.audit import AuditSettings, audit_catalogs, project_of
from ctb_audit.config import Config
from ctb_audit.model import Catalog, Name
from ctb_audit.project import Project, Subject
from ctb_audit.remedy.apply import applied
from ctb_audit.remedy.change import PHASES, Change, Left, Plan
from ctb_audit.remedy.columns import AddColumn, SetDefault
from ctb_audit.remedy.indexes import CreateIndex
from ctb_audit.remedy.new_tables import CreateTable
from ctb_audit.remedy.present import is_built
from ctb_audit.remedy.proposals import PROPOSALS, Proposal, Site
from ctb_audit.remedy.proposals.declared_ids import declared_comment
from ctb_audit.remedy.proposals.missing_tables import MISSING, Lack, asked_tables
from ctb_audit.result import Audit, Finding

ROUNDS = 5
_ELSEWHERE = "not a table of PostgreSQL, whose migrations this writes"

_ON_PAPER = "only a document has the table; neither the database nor its DDL does"


@dataclass(frozen=True)
class Wanted:
    """Which findings to repair and what the caller knows. `values`: by tracking role.

    `unasked`: also what no rule asks for, comments with declared ids of `tables` and a configured
    registry. `log`: the compliance log as well, where no source has it.
    """

    findings: Callable[[Finding], bool] = lambda finding: True
    values: Mapping[str, str] = field(default_factory=dict)
    tables: Callable[[Subject], bool] = lambda subject: True
    unasked: bool = False
    log: bool = False


@dataclass
class _Draft:
    """A plan as it grows; dictionaries keep order."""

    changes: dict[Change, None] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    @property
    def added(self) -> frozenset[tuple[Name, str]]:
        found = {(c.table, c.column) for c in self.changes if isinstance(c, AddColumn)}
        created = (c for c in self.changes if isinstance(c, CreateTable))
        found |= {(t.qualified, c.name) for n in created for t in n.made.tables for c in t.columns}
        return frozenset(found)

    def names(self) -> Iterable[str]:
        for change in self.changes:
            for attribute in ("name", "check"):
                if isinstance(value := getattr(change, attribute, None), str):
                    yield value
            if isinstance(change, AddColumn | SetDefault) and change.sequence is not None:
                yield change.sequence.name
            if isinstance(change, CreateIndex):
                yield from (part.index.name for part in change.parts)


def plan_remedies(
    catalogs: Sequence[Catalog], config: Config, settings: AuditSettings, wanted: Wanted
) -> Plan:
    """The changes that repair the audit's open findings, and the findings that none repairs."""
    draft = _Draft()
    first = last = audit_catalogs(catalogs, config, settings)
    current = tuple(catalogs)
    if (wanted.unasked and not config.select) or wanted.log:
        asked = _unasked(project_of(current, config, settings), config, wanted, draft)
        draft.changes.update(dict.fromkeys(asked))
        current = applied(current, asked)
        last = audit_catalogs(current, config, settings) if asked else last
    for _ in range(ROUNDS):
        new = _proposed(last, project_of(current, config, settings), draft, config, wanted)
        if not new:
            break
        draft.changes.update(dict.fromkeys(new))
        current = applied(current, new)
        last = audit_catalogs(current, config, settings)
    changes = _ordered(draft.changes)
    safe = applied(catalogs, [c for c in changes if c.safety == "safe"])
    return Plan(
        changes=changes,
        left=tuple(draft.left.values()),
        notes=tuple(draft.notes),
        score_before=first.score,
        score_safe=audit_catalogs(safe, config, settings).score,
        score_after=last.score,
    )


def _unasked(project: Project, config: Config, wanted: Wanted, draft: _Draft) -> list[Change]:
    """What answers no finding: tables that are asked for, comments with declared ids."""
    found = list(asked_tables(project, config, log=wanted.log))
    if not wanted.unasked or config.select:
        return found
    for subject in project.subjects:
        if subject.system == "postgresql" and wanted.tables(subject):
            change, problem = declared_comment(subject)
            found += [change] if change else []
            if problem:
                draft.notes[f"{subject.name}: {problem}"] = None
    return found


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda c: PHASES.index(c.phase)))


def _proposed(
    audit: Audit, project: Project, draft: _Draft, config: Config, wanted: Wanted
) -> list[Change]:
    found = [
        f for f in audit.open_findings if f.fingerprint not in draft.left and wanted.findings(f)
    ]
    defects: dict[str, set[tuple[str, str]]] = {}
    checks = {rule.id: rule.check for rule in audit.rules.values()}
    for finding in found:
        defects.setdefault(finding.table, set()).add((checks[finding.rule], finding.requirement))
    taken = set(_taken(project)) | set(draft.names())
    new: dict[Change, None] = {}
    for finding in found:
        subject = _subject(finding, project)
        elsewhere = _elsewhere(finding, subject, project)
        if elsewhere and finding.system == "postgresql" and checks[finding.rule] in MISSING:
            _keep(MISSING[checks[finding.rule]](Lack(finding, project)), finding, draft, new)
            continue
        if elsewhere or subject is None:
            _leave(draft, finding, elsewhere)
            continue
        site = Site(
            finding=finding,
            rule=audit.rules[finding.rule],
            subject=subject,
            project=project,
            entry=config.table_entry("postgresql", subject.name),
            values=wanted.values,
            added=draft.added,
            defects=frozenset(check for check, _ in defects[finding.table]),
            taken=frozenset(taken),
        )
        proposed = _propose(site)
        _keep(proposed, finding, draft, new)
        taken |= {n for c in proposed.changes for n in _Draft({c: None}).names()}
    return list(new)


def _elsewhere(finding: Finding, subject: Subject | None, project: Project) -> str:
    """Why no statement about a table of the database answers the finding, "" where one may."""
    if subject is None or finding.system != "postgresql":
        return _ELSEWHERE
    documented = subject.surface == "reference" and is_built(project.catalogs)
    return _ON_PAPER if documented else ""


def _propose(site: Site) -> Proposal:
    propose = PROPOSALS.get(site.rule.check)
    if propose is None:
        return Proposal(reason="no statement repairs it; see `ctb explain`")
    return propose(site)


def _keep(proposed: Proposal, finding: Finding, draft: _Draft, new: dict[Change, None]) -> None:
    if proposed.note:
        draft.notes[f"{finding.table}: {proposed.note}"] = None
    fresh = [c for c in proposed.changes if c not in draft.changes and c not in new]
    if proposed.reason or (proposed.changes and not fresh):
        _leave(draft, finding, proposed.reason or "the change does not repair it")
    for change in fresh:
        new[replace(change, repairs=(finding.fingerprint,))] = None


def _leave(draft: _Draft, finding: Finding, reason: str) -> None:
    draft.left[finding.fingerprint] = Left(
        finding.fingerprint, finding.rule, finding.table, finding.requirement, reason
    )


def _subject(finding: Finding, project: Project) -> Subject | None:
    if not finding.table_level:
        return None
    for subject in project.subjects:
        if subject.system == finding.system and str(subject.name) == finding.table:
            return subject
    return None


def _taken(project: Project) -> Iterable[str]:
    """Every name that an index, constraint or sequence could collide with."""
    for catalog in project.catalogs:
        for table in (*catalog.tables, *catalog.foreign_tables):
            yield table.name
            yield from (c.name for c in table.constraints)
            yield from (i.name for i in table.indexes)
        yield from (v.name for v in catalog.views)
        yield from (i.name for v in catalog.views for i in v.indexes)
        yield from (s.name for s in catalog.sequences)
        yield from (t.name for t in catalog.types)
