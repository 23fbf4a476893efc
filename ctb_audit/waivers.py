"""Waivers: findings that somebody takes on, with a reason and an end.

A waiver is written above a statement (`-- ctb: ignore[rule:requirement] owner=.. until=..
reason=".."`) or in the configuration. It is shown and counted, and reported once it has
expired or matches nothing (DESIGN, Rules).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass
from ctb_audit.model import InlineWaiver, Location
from ctb_audit.project import Project
from ctb_audit.result import Finding, Waived


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver; `table` and `requirement` may hold `*`, "" for any. `until` is inclusive."""

    kind: str
    rule: str
    owner: str
    reason: str
    table: str = "*"
    requirement: str = ""
    until: date | None = None
    location: Location | None = None

    def covers(self, finding: Finding) -> bool:
        return (
            fnmatchcase(finding.rule, self.rule)
            and fnmatchcase(finding.table, self.table)
            and (not self.requirement or fnmatchcase(finding.requirement, self.requirement))
        )

    @property
    def waived(self) -> Waived:
        return Waived(
            kind="inline" if self.kind == "inline" else "configuration",
            owner=self.owner,
            reason=self.reason,
            until=self.until.isoformat() if self.until else "",
            location=self.location,
        )


def inline_waivers(project: Project) -> tuple[Waiver, ...]:
    """The waivers written in the DDL of the subjects."""
    return tuple(
        _from_inline(written, str(subject.name))
        for subject in project.subjects
        for tables in (*subject.tables.values(), (subject.table,))
        for table in {id(table): table for table in tables}.values()
        for written in table.waivers
    )


def _from_inline(written: InlineWaiver, table: str) -> Waiver:
    return Waiver(
        kind="inline",
        rule=written.rule,
        requirement=written.requirement,
        owner=written.owner,
        reason=written.reason,
        table=table,
        until=date.fromisoformat(written.until) if written.until else None,
        location=written.location,
    )


def apply_waivers(
    findings: Iterable[Finding], waivers: Sequence[Waiver], today: date
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings with what covers them, and a notice for each waiver that does nothing."""
    active = [w for w in dict.fromkeys(waivers) if w.until is None or w.until >= today]
    used: set[Waiver] = set()

    def covered(finding: Finding) -> Finding:
        cover = next((w for w in active if w.covers(finding)), None)
        if cover is None:
            return finding
        used.add(cover)
        return replace(finding, waiver=cover.waived)

    found = tuple([covered(f) for f in findings]) if active else tuple(findings)
    return found, tuple(_notice(w, today) for w in dict.fromkeys(waivers) if w not in used)


def _notice(waiver: Waiver, today: date) -> str:
    name = f"{waiver.rule}:{waiver.requirement}" if waiver.requirement else waiver.rule
    place = f"{waiver.location}: " if waiver.location else ""
    if waiver.until is not None and waiver.until < today:
        return f"{place}waiver of {name} on {waiver.table} expired on {waiver.until}"
    return f"{place}waiver of {name} on {waiver.table} matches no finding; remove it"
