"""What one change of a rule would do to audits that are stored: they are scored again.

The verdicts stand; their weights change. So the answer is what a new audit would say, by the same
scoring and gate, with two exceptions that are said: a level that the rule was not asked at has no
verdicts, and a rule that others look at cannot be taken out without asking them again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ctb_audit.errors import UsageError
from ctb_audit.fleet.kept import Kept
from ctb_audit.fleet.standing import Standing
from ctb_audit.gate import decide
from ctb_audit.judge import capped
from ctb_audit.lean import dataclass
from ctb_audit.result import Finding, Gate, TableResult, UnknownVerdict
from ctb_audit.rulebook.make import OFF, overridden
from ctb_audit.scoring import TableKey, database_score, score_tables, table_score
from ctb_audit.standard import LEVELS, SEVERITIES, WEIGHTS, Rule, Severity

DECIDES = {"orphan-table": "undocumented-table"}
"""Rules whose absence changes what another one is asked."""
_FORM = f"write RULE={OFF}, or RULE= one of {', '.join((*SEVERITIES, *LEVELS))}"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """`to`: "off", a severity, or the least strict level that the rule is still asked at."""

    rule: str
    to: str

    def __str__(self) -> str:
        return f"{self.rule}={self.to}"


@dataclass(frozen=True, slots=True)
class Rescored:
    """An audit under the change. `untold`: tables that would be asked and were not."""

    tables: tuple[TableResult, ...]
    score: int | None
    gate: Gate
    untold: int = 0


def parse_change(text: str) -> RuleChange:
    """Raises UsageError for what is no change of a rule."""
    rule, _, to = text.partition("=")
    place = f"--what-if {text}"
    to = OFF if to.lower() == OFF else to.upper()
    if not rule or to not in (OFF, *SEVERITIES, *LEVELS):
        raise UsageError(place, "is no change of a rule", _FORM)
    if to == OFF and rule in DECIDES:
        problem = f"changes what {DECIDES[rule]} is asked, which stored results cannot tell"
        step = f'audit again with severity.{rule} = "off" in the configuration'
        raise UsageError(place, problem, step)
    return RuleChange(rule, to)


def rescored(kept: Kept, change: RuleChange, day: date) -> Rescored:
    """The stored audit, scored and gated again with the rule changed."""
    rule = kept.rules.get(change.rule)
    if rule is None:
        return _scored(kept, kept.tables, kept.findings, kept.unknowns, day)
    asked = _Asked(kept, rule, change)
    tables = [asked.table(table) for table in kept.tables]
    findings = [asked.finding(f) if f.rule == rule.id else f for f in kept.findings]
    unknowns = [asked.unknown(u) if u.rule == rule.id else u for u in kept.unknowns]
    found = _scored(
        kept,
        tables,
        [f for f in findings if f is not None],
        [u for u in unknowns if u is not None],
        day,
    )
    return replace(found, untold=asked.untold())


def moves_without(kept: Kept) -> Mapping[str, Standing]:
    """For each rule that weighs anything, what its absence adds to the standing (may be negative).

    What `rescored` says of "off", for all rules at once.
    """
    tables: dict[TableKey, TableResult] = {(t.system, t.name): t for t in kept.tables}
    moves: dict[str, Standing] = defaultdict(Standing)
    for (rule, key), (passed, failed, unknown) in _weights(kept).items():
        table = tables[key]
        rest = table.passed - passed, table.failed - failed, table.unknown - unknown
        without = Standing.of([replace(table, score=table_score(*rest))])
        before = Standing.of([table])
        move = Standing(without.weight - before.weight, without.reached - before.reached)
        moves[rule] = moves[rule].plus(move)
    return moves


def _weights(kept: Kept) -> Mapping[tuple[str, TableKey], list[int]]:
    """What each rule weighs in each table: passed, failed, unknown."""
    found: dict[tuple[str, TableKey], list[int]] = defaultdict(lambda: [0, 0, 0])
    known = {(t.system, t.name) for t in kept.tables}
    for table in kept.tables:
        for rule, count in table.passes:
            severity = kept.rules[rule].severity_at(table.level)
            weight = count * WEIGHTS[severity] if severity else 0
            found[rule, (table.system, table.name)][0] += weight
    for finding in kept.findings:
        if finding.table_level and finding.waiver is None:
            key = finding.rule, (finding.system, finding.table)
            found[key][1] += WEIGHTS[finding.severity]
    for verdict in kept.unknowns:
        found[verdict.rule, (verdict.system, verdict.table)][2] += WEIGHTS[verdict.severity]
    return {key: weights for key, weights in found.items() if key[1] in known}


def changed(rule: Rule, to: str) -> Rule | None:
    """The rule as a configuration would make it; None for one that is off."""
    if to == OFF:
        return None
    if to in LEVELS:
        spoken = {level: value for level, value in rule.levels.items() if value is not None}
        silent: dict[str, Severity | None] = dict.fromkeys(LEVELS[[*LEVELS].index(to) + 1 :])
        return replace(rule, levels={**spoken, **silent})
    return overridden(rule, to)


class _Asked:
    """One rule before and after its change, and what its verdicts weigh then."""

    def __init__(self, kept: Kept, rule: Rule, change: RuleChange) -> None:
        self._of_tables = rule.id in kept.rules_of_tables
        self._before = rule
        self._after = changed(rule, change.to)
        self._tables = kept.tables
        self._levels = {(t.system, t.name): t.level for t in kept.tables}

    def _severity(self, level: str | None) -> Severity | None:
        """At a level; None for that of a verdict on the project, which has no level."""
        if self._after is None or level is None:
            return self._after.severity if self._after is not None else None
        return self._after.severity_at(level)

    def table(self, table: TableResult) -> TableResult:
        """With what its passes weigh now; verdicts on the project pass no table."""
        count = dict(table.passes).get(self._before.id, 0)
        if not count:
            return table
        before, after = self._before.severity_at(table.level), self._severity(table.level)
        moved = (WEIGHTS[after] if after else 0) - (WEIGHTS[before] if before else 0)
        return replace(table, passed=table.passed + count * moved)

    def finding(self, found: Finding) -> Finding | None:
        severity = self._severity(found.level)
        if severity is None or self._after is None:
            return None
        return replace(found, severity=capped(found.own, severity, self._after))

    def unknown(self, found: UnknownVerdict) -> UnknownVerdict | None:
        level = self._levels.get((found.system, found.table))
        by_level = self._of_tables and level and self._before.severity_at(level) == found.severity
        severity = self._severity(level if by_level else None)
        return None if severity is None else replace(found, severity=severity)

    def untold(self) -> int:
        """Tables at a level that was silent and is asked now."""
        if self._after is None or not self._of_tables:
            return 0
        before, after = self._before, self._after
        return sum(
            before.severity_at(t.level) is None and after.severity_at(t.level) is not None
            for t in self._tables
        )


def _scored(
    kept: Kept,
    tables: Sequence[TableResult],
    findings: Sequence[Finding],
    unknowns: Sequence[UnknownVerdict],
    day: date,
) -> Rescored:
    made = score_tables(tables, findings, unknowns)
    score = database_score(made)
    return Rescored(made, score, decide(kept.gate, score, made, findings, day))
