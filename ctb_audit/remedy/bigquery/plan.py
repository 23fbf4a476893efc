"""Findings on BigQuery tables to files of statements, proven as far as that goes without an engine:
they parse, are of an allowed kind, and do to the model what was intended; down takes it back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ctb_audit.audit import AuditSettings, audit_catalogs, project_of
from ctb_audit.compare import compare
from ctb_audit.config import Config
from ctb_audit.model import Catalog, Name, Table
from ctb_audit.project import Project, Subject
from ctb_audit.reference.sql import block_of
from ctb_audit.remedy.bigquery.changes import Describe, WidenField
from ctb_audit.remedy.bigquery.proposals import FieldSite, answer
from ctb_audit.remedy.change import PHASES, Change, Left, Step
from ctb_audit.remedy.elsewhere import Elsewhere
from ctb_audit.remedy.layouts import STAMP, File
from ctb_audit.remedy.plan import Wanted
from ctb_audit.remedy.quoting import comment
from ctb_audit.result import Audit, Finding
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

FOLDER = "bigquery"
ROUNDS = 3
ALLOWED = frozenset(("Alter", "Update"))
"""What sqlglot calls the statements that are written."""


@dataclass
class _Draft:
    changes: dict[Change, None] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    repaired: set[str] = field(default_factory=set)


def plan_bigquery(
    catalogs: Sequence[Catalog],
    judged: tuple[Config, AuditSettings],
    wanted: Wanted,
    at: datetime,
    only: str | None = None,
) -> Elsewhere:
    """The files that repair what an audit finds on BigQuery tables. `only`: safe or review."""
    config, settings = judged
    draft, current = _Draft(), tuple(catalogs)
    first = last = audit_catalogs(catalogs, config, settings)
    for _ in range(ROUNDS):
        new = _proposed(last, project_of(current, config, settings), draft, (config, wanted))
        new = [change for change in new if only != "safe" or change.safety == "safe"]
        if not new:
            break
        draft.changes.update(dict.fromkeys(new))
        current = _applied(current, new)
        last = audit_catalogs(current, config, settings)
    changes = sorted(draft.changes, key=lambda c: (c.safety == "review", PHASES.index(c.phase)))
    failures = tuple(_failures(catalogs, current, changes))
    counted = {type(c).__name__: 0 for c in changes}
    counted |= {kind: sum(type(c).__name__ == kind for c in changes) for kind in counted}
    return Elsewhere(
        system="bigquery",
        catalogs=current,
        files=() if failures else tuple(_files(changes, at, only)),
        counts=tuple(counted.items()),
        repaired=frozenset(draft.repaired),
        left=tuple(draft.left.values()),
        notes=tuple(draft.notes),
        proof="parsed as BigQuery's, replayed up and down over the model; no engine ran them",
        failures=failures,
        tried=False,
        score_before=first.score,
        score_after=last.score,
    )


def _proposed(
    audit: Audit, project: Project, draft: _Draft, asked: tuple[Config, Wanted]
) -> list[Change]:
    config, wanted = asked
    found: list[Change] = []
    for finding in audit.open_findings:
        subject = _subject(finding, project)
        if finding.fingerprint in draft.left or not wanted.findings(finding) or subject is None:
            continue
        entry = config.table_entry("bigquery", subject.name)
        site = FieldSite(finding, subject, project, entry, wanted.values)
        made = answer(audit.rules[finding.rule].check, site)
        fresh = [c for c in made.changes if c not in draft.changes]
        if not fresh:
            reason = made.reason or "the change does not repair it"
            draft.left[finding.fingerprint] = Left(
                finding.fingerprint, finding.rule, finding.table, finding.requirement, reason
            )
            continue
        if made.note:
            draft.notes[f"{finding.table}: {made.note}"] = None
        draft.repaired.add(finding.fingerprint)
        found += (replace(c, repairs=(finding.fingerprint,)) for c in fresh)
    return found


def _subject(finding: Finding, project: Project) -> Subject | None:
    if finding.system != "bigquery" or not finding.table_level:
        return None
    named = (s for s in project.subjects if s.system == "bigquery")
    return next((s for s in named if str(s.name) == finding.table), None)


def _applied(catalogs: Iterable[Catalog], changes: Sequence[Change]) -> tuple[Catalog, ...]:
    return tuple(
        replace(catalog, tables=tuple(_changed(t, changes) for t in catalog.tables))
        for catalog in catalogs
    )


def _changed(table: Table, changes: Sequence[Change]) -> Table:
    if table.system == "bigquery":
        for change in changes:
            if change.table == table.qualified:
                table = change.on(table)
    return table


# ---- proof -------------------------------------------------------------------------------------


def _failures(
    before: Sequence[Catalog], after: Sequence[Catalog], changes: Sequence[Change]
) -> Iterator[str]:
    """What the statements do otherwise than intended: parsed, replayed up, and down again."""
    names = tuple(dict.fromkeys(change.table for change in changes))
    old, new = _tables(before, names), _tables(after, names)
    up = [step for change in changes for step in change.up()]
    down = [step for change in reversed(changes) for step in change.down()]
    yield from (told for step in (*up, *down) if (told := _misread(step)))
    start = "\n".join(f"{block_of(table)};" for table in old.tables).replace(";;", ";")
    yield from _compared(start, [], old, "the table as it is")
    yield from _compared(start, up, new, "up")
    stays = frozenset((c.table, c.column) for c in changes if isinstance(c, WidenField))
    yield from _compared(start, [*up, *down], old, "down", stays)
    described = {c.table: c.description for c in changes if isinstance(c, Describe)}
    made = _replayed(start, up)
    for name, description in described.items():
        if made.tables_by_name["bigquery", name].comment != description:
            yield f"up: {name}: has another description"


def _tables(catalogs: Sequence[Catalog], names: Sequence[Name]) -> Catalog:
    found: dict[Name, Table] = {}
    for catalog in catalogs:
        for table in catalog.tables:
            if table.system == "bigquery" and table.qualified in names:
                found.setdefault(table.qualified, table)
    return Catalog(tables=tuple(found.values()))


def _misread(step: Step) -> str:
    """Why sqlglot does not take a statement for one of the allowed kinds, "" where it does."""
    import sqlglot

    try:
        kinds = [type(tree).__name__ for tree in sqlglot.parse(step.sql, dialect="bigquery")]
    except sqlglot.errors.SqlglotError as error:
        return f"{step.sql}: {str(error).splitlines()[0]}"
    return "" if len(kinds) == 1 and kinds[0] in ALLOWED else f"{step.sql}: is {kinds}"


def _replayed(start: str, steps: Sequence[Step]) -> Catalog:
    text = "\n".join([start, *(f"{step.sql};" for step in steps)])
    return replay([read_script(text, "proof.sql", "bigquery")], mode="server", source="proof")


def _compared(
    start: str,
    steps: Sequence[Step],
    wanted: Catalog,
    during: str,
    stays: frozenset[tuple[Name, str]] = frozenset(),
) -> Iterator[str]:
    """Differences between what statements make and what was wanted; `stays`: columns aside."""
    made = _replayed(start, steps)
    yield from (f"{during}: {p.message}: {p.excerpt}" for p in made.problems)
    for change in compare(wanted, made):
        aside = change.attribute in ("comment", "options") or change.object_kind == "schema"
        widened = change.table is not None and (change.table, change.object) in stays
        if not (change.minor or aside or widened):
            what = f"{change.table}: {change.object} {change.attribute}"
            yield f"{during}: {what} {change.kind}: {change.before!r} -> {change.after!r}"


# ---- files -------------------------------------------------------------------------------------


def _files(changes: Sequence[Change], at: datetime, only: str | None) -> Iterator[File]:
    """One unit for each kind and phase, as `layouts` names them. Units for review build on the
    safe ones, so that those alone keep their numbers.
    """
    units: dict[str, list[Change]] = {}
    for change in changes:
        slug = change.phase if change.safety == "safe" else f"review_{change.phase}"
        units.setdefault(slug, []).append(change)
    for number, (slug, chosen) in enumerate(units.items(), 1):
        if only == "review" and not slug.startswith("review"):
            continue
        stem = f"{FOLDER}/{at:{STAMP}}_{number:02d}_{slug}"
        kind = "REVIEW: read before you run it" if slug.startswith("review") else "safe"
        head = [
            comment("UNPROVEN: no engine of BigQuery tried this"),
            comment(
                f"{number} of {len(units)}, {kind}; run it with the tables' project as default"
            ),
        ]
        up = [line for change in chosen for line in _lines(change, change.up())]
        down = [line for c in reversed(chosen) for line in _lines(c, c.down(), reason=False)]
        verify = [f"ASSERT {h.sql} AS '{h.what}';" for c in chosen for h in c.holds()]
        yield File(f"{stem}.up.sql", "\n".join([*head, *up]) + "\n")
        nothing = [comment("nothing to undo: what was filled in or widened stays")]
        yield File(f"{stem}.down.sql", "\n".join([head[0], *(down or nothing)]) + "\n")
        if verify:
            yield File(f"{stem}.verify.sql", "\n".join([head[0], *verify]) + "\n")


def _lines(change: Change, steps: Sequence[Step], *, reason: bool = True) -> Iterator[str]:
    if reason and steps:
        yield comment(f"{change.table}: {change.reason}")
    yield from (f"{step.sql};" for step in steps)
