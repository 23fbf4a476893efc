"""What a change does to an audit: new findings and decline decide, not the absolute score.

Findings are compared by fingerprint, so a moved or renamed file changes nothing. A table that
another one of the same columns replaces counts as renamed. What a baseline knew before stays old
when its entry lapses: it is said, and does not block the change.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from ctb_audit.lean import dataclass
from ctb_audit.model import Coverage
from ctb_audit.project import Project
from ctb_audit.result import Audit, Change, Finding, Gate, TableResult, UnknownVerdict
from ctb_audit.scoring import database_score, score_tables
from ctb_audit.standard import SEVERITIES, Severity

Key = tuple[str, str]  # system, table
Shapes = Mapping[Key, frozenset[tuple[str, str]]]


class Shape(NamedTuple):
    """A table and its columns, each a name and a type."""

    system: str
    table: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What one tree's audit says as far as a comparison asks for it."""

    tables: tuple[TableResult, ...]
    findings: tuple[Finding, ...]
    unknowns: tuple[UnknownVerdict, ...]
    coverage: Coverage
    incomplete: tuple[str, ...]
    shapes: tuple[Shape, ...]

    @classmethod
    def of(cls, audit: Audit, project: Project) -> "Side":
        shapes = (
            Shape(s.system, str(s.name), tuple((c.name, str(c.type)) for c in s.table.columns))
            for s in project.subjects
        )
        return cls(
            audit.tables,
            audit.findings,
            audit.unknowns,
            audit.coverage,
            audit.incomplete,
            tuple(shapes),
        )

    @property
    def by_table(self) -> Shapes:
        return {(s.system, s.table): frozenset(s.columns) for s in self.shapes}


def changed(before: Side | None, after: Side, audit: Audit, base: str, blocking: Severity) -> Audit:
    """The audit after, of which `after` is a part, with the change and the gate that it decides.

    `before` None: there was nothing. `blocking`: the least severity of a new finding that blocks.
    """
    earlier = _renamed(before, after) if before is not None else None
    known = earlier.findings if earlier is not None else ()
    old = {f.fingerprint for f in known if _counted(f)}
    new = frozenset(f.fingerprint for f in audit.open_findings if f.fingerprint not in old)
    now = {f.fingerprint for f in audit.findings}
    fixed = tuple(f for f in known if f.fingerprint not in now)
    score = _score_before(earlier, audit) if earlier is not None else None
    reasons = [*_new_reasons(audit, new, blocking), *_decline(score, audit.score)]
    gate = Gate(not reasons, audit.gate.threshold, tuple(reasons))
    return replace(
        audit,
        gate=gate,
        change=Change(base, score, new, fixed),
        incomplete=_incomplete(earlier, audit),
    )


def _counted(finding: Finding) -> bool:
    """Open, or known to a baseline; a finding whose waiver is gone counts as new."""
    return finding.waiver is None or finding.waiver.kind == "baseline"


def _renamed(before: Side, after: Side) -> Side:
    """The side before, under the names that its tables have after."""
    names = _renames(before.by_table, after.by_table)
    if not names:
        return before
    return replace(
        before,
        findings=tuple(
            replace(f, table=names.get((f.system, f.table), f.table)) for f in before.findings
        ),
        unknowns=tuple(
            replace(u, table=names.get((u.system, u.table), u.table)) for u in before.unknowns
        ),
        tables=tuple(replace(t, name=names.get((t.system, t.name), t.name)) for t in before.tables),
    )


def _renames(before: Shapes, after: Shapes) -> dict[Key, str]:
    gone = [key for key in before if key not in after and before[key]]
    came = {key: after[key] for key in after if key not in before}
    found: dict[Key, str] = {}
    for key in gone:
        alike = [k for k, shape in came.items() if k[0] == key[0] and shape == before[key]]
        if len(alike) == 1:
            found[key] = alike[0][1]
            del came[alike[0]]
    return found


def _score_before(before: Side, after: Audit) -> int | None:
    """The score before, over the tables that are still there and with what has lapsed since:
    neither a table that goes nor a lapsed entry is a decline of what remains.
    """
    still_open = {f.fingerprint for f in after.open_findings}
    remaining = {(t.system, t.name) for t in after.tables}
    kept = [t for t in before.tables if (t.system, t.name) in remaining]
    findings = [
        replace(f, waiver=None) if _counted(f) and f.fingerprint in still_open else f
        for f in before.findings
    ]
    return database_score(score_tables(kept, findings, before.unknowns))


def _new_reasons(audit: Audit, new: frozenset[str], blocking: Severity) -> list[str]:
    bound = SEVERITIES.index(blocking)
    count = sum(
        f.fingerprint in new and SEVERITIES.index(f.severity) <= bound for f in audit.open_findings
    )
    return [f"{count} new finding{'s' * (count != 1)} of {blocking} or above"] if count else []


def _decline(before: int | None, after: int | None) -> list[str]:
    if before is None or after is None or after >= before:
        return []
    return [f"the database score declines from {before} to {after}"]


def _incomplete(before: Side | None, after: Audit) -> tuple[str, ...]:
    """A change is not held up by what was incomplete already, unless it understands less."""
    if before is None or not before.incomplete:
        return after.incomplete
    return after.incomplete if after.coverage.percent < before.coverage.percent else ()
