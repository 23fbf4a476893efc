"""Results, target by target, to a `Portfolio`. One stored audit is in memory at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import nsmallest
from operator import attrgetter

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.fleet.kept import Kept, unpack
from ctb_audit.fleet.portfolio import (
    CommonFinding,
    GroupRow,
    Moved,
    Past,
    Portfolio,
    Status,
    TargetRow,
    WhatIf,
    WorstTable,
)
from ctb_audit.fleet.rule_change import DECIDES, RuleChange, moves_without, rescored
from ctb_audit.fleet.standing import Standing
from ctb_audit.fleet.state import Result
from ctb_audit.fleet.target import Target
from ctb_audit.scoring import LEVEL_WEIGHTS
from ctb_audit.standard import SEVERITIES
from ctb_audit.wording import did_you_mean

WORST_TABLES = 25
COMMON_RULES = 20
MISSING = "has no result: its run, or its shard, did not end"


def portfolio_of(
    targets: Sequence[Target],
    results: Iterable[Result],
    day: date,
    past: Past,
    changes: Sequence[RuleChange] = (),
) -> Portfolio:
    """The portfolio of the plan; `results` are gone through once, sorted by name.

    Raises UsageError for a change of a rule that no target was judged by.
    """
    estate = _Estate(targets, past, [_Asked(change, day) for change in changes])
    for result in results:
        estate.add(result)
    estate.refuse_unknown_rules()
    return Portfolio(
        day=day,
        score=estate.standing.score,
        targets=estate.rows,
        teams=_groups(estate, "team"),
        systems=_groups(estate, "system"),
        worst_tables=tuple(nsmallest(WORST_TABLES, estate.worst, key=_badness)),
        tables=estate.tables,
        common=tuple(seen.row(estate.standing) for seen in estate.rules.most_common()),
        past=past,
        what_if=tuple(asked.answer() for asked in estate.changes),
    )


class _Seen:
    """A rule's open findings over the estate."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.severities: Counter[str] = Counter()
        self.tables = 0
        self.targets = 0
        self.move = Standing()

    def row(self, estate: Standing) -> CommonFinding:
        """With the severity that most of the findings have."""
        return CommonFinding(
            rule=self.rule,
            severity=max(SEVERITIES, key=lambda s: self.severities[s]),
            findings=self.severities.total(),
            tables=self.tables,
            targets=self.targets,
            without=None if self.rule in DECIDES else estate.plus(self.move).score,
        )


class _Rules:
    """Every rule with open findings."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._moves: dict[str, Standing] = defaultdict(Standing)

    def add(self, kept: Kept) -> None:
        for rule, move in moves_without(kept).items():
            self._moves[rule] = self._moves[rule].plus(move)
        tables: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for finding in kept.findings:
            if finding.waiver is None:
                seen = self._seen.setdefault(finding.rule, _Seen(finding.rule))
                seen.severities[finding.severity] += 1
                tables[finding.rule].add((finding.system, finding.table))
        for rule, found in tables.items():
            self._seen[rule].tables += len(found)
            self._seen[rule].targets += 1

    def most_common(self) -> list[_Seen]:
        """By targets, then by findings."""
        order = sorted(
            self._seen.values(), key=lambda s: (-s.targets, -s.severities.total(), s.rule)
        )
        for seen in order[:COMMON_RULES]:
            seen.move = self._moves[seen.rule]
        return order[:COMMON_RULES]


class _Asked:
    """One change of a rule, and what it does to target after target."""

    def __init__(self, change: RuleChange, day: date) -> None:
        self.change = change
        self._day = day
        self._asked = self._untold = 0
        self._before = self._after = Standing()
        self._passing: list[str] = []
        self._blocked: list[str] = []
        self._moved: list[Moved] = []

    def add(self, name: str, kept: Kept) -> None:
        found = rescored(kept, self.change, self._day)
        self._asked += self.change.rule in kept.rules
        self._untold += found.untold
        self._before = self._before.plus(Standing.of(kept.tables))
        self._after = self._after.plus(Standing.of(found.tables))
        if found.score != kept.score:
            self._moved.append(Moved(name, kept.score, found.score))
        if found.gate.passed != kept.gate_passed:
            (self._passing if found.gate.passed else self._blocked).append(name)

    @property
    def is_known(self) -> bool:
        return self._asked > 0

    def answer(self) -> WhatIf:
        return WhatIf(
            change=str(self.change),
            asked=self._asked,
            before=self._before.score,
            after=self._after.score,
            passing_now=tuple(sorted(self._passing)),
            blocked_now=tuple(sorted(self._blocked)),
            moved=tuple(sorted(self._moved, key=attrgetter("name"))),
            untold=self._untold,
        )


class _Estate:
    """What the results add up to."""

    def __init__(self, targets: Sequence[Target], past: Past, changes: list[_Asked]) -> None:
        self._targets = {target.name: target for target in targets}
        self._past = past
        self._rows: dict[str, TargetRow] = {}
        self._known_rules: set[str] = set()
        self.changes = changes
        self.standing = Standing()
        self.standings: dict[str, Standing] = {}
        self.worst: list[WorstTable] = []
        self.tables = 0
        self.rules = _Rules()

    def add(self, result: Result) -> None:
        target = self._targets.get(result.name)
        if target is None:
            return
        if result.reason:
            self._rows[target.name] = _failed(target, result.message)
            return
        try:
            kept = unpack(result.content, result.name)
        except SourceError as error:
            self._rows[target.name] = _failed(target, str(error))
            return
        standing = Standing.of(kept.tables)
        self.standing = self.standing.plus(standing)
        self.standings[target.name] = standing
        self._rows[target.name] = _row(target, kept, self._past.before.get(target.name))
        self._known_rules.update(kept.rules)
        self.tables += len(kept.tables)
        self.rules.add(kept)
        self.worst = nsmallest(
            WORST_TABLES, [*self.worst, *_weighed_tables(target, kept)], key=_badness
        )
        for asked in self.changes:
            asked.add(target.name, kept)

    @property
    def rows(self) -> tuple[TargetRow, ...]:
        """A row for every target of the plan, whether it has a result or not."""
        return tuple(
            self._rows.get(name) or _failed(target, MISSING)
            for name, target in sorted(self._targets.items())
        )

    def refuse_unknown_rules(self) -> None:
        for asked in self.changes:
            if not asked.is_known:
                hint = did_you_mean(asked.change.rule, self._known_rules)
                problem = f"judged none of the targets{hint}"
                step = "`ctb rules` lists the rules"
                raise UsageError(f"--what-if {asked.change}", problem, step)


def _failed(target: Target, message: str) -> TargetRow:
    return TargetRow(
        target.name, target.team, target.system, target.shown, "failed", message=message
    )


def _row(target: Target, kept: Kept, before: int | None) -> TargetRow:
    counts = Counter(f.severity for f in kept.findings if f.waiver is None)
    return TargetRow(
        name=target.name,
        team=target.team,
        system=target.system,
        shown=target.shown,
        status=_status(kept),
        score=kept.score,
        before=before,
        standard=kept.standard,
        revision=kept.revision,
        tables=len(kept.tables),
        findings={severity: counts[severity] for severity in SEVERITIES},
        reasons=kept.incomplete or kept.reasons,
    )


def _status(kept: Kept) -> Status:
    if kept.incomplete:
        return "incomplete"
    return "passed" if kept.gate_passed else "blocked"


def _weighed_tables(target: Target, kept: Kept) -> Iterator[WorstTable]:
    counts = Counter((f.system, f.table) for f in kept.findings if f.waiver is None)
    for table in kept.tables:
        if table.score is not None and table.score < 100 and LEVEL_WEIGHTS[table.level]:
            yield WorstTable(
                target=target.name,
                team=target.team,
                database=table.system,
                name=table.name,
                level=table.level,
                score=table.score,
                findings=counts[table.system, table.name],
            )


def _badness(table: WorstTable) -> tuple[int, int, str, str, str]:
    """The lowest score first, of equal ones the strictest level."""
    weight = next(w for level, w in LEVEL_WEIGHTS.items() if level == table.level)
    return table.score, -weight, table.target, table.database, table.name


def _groups(estate: _Estate, key: str) -> tuple[GroupRow, ...]:
    """Teams or systems by name; the targets without one stand together under ""."""
    groups: dict[str, list[TargetRow]] = defaultdict(list)
    for row in estate.rows:
        groups[attrgetter(key)(row)].append(row)
    return tuple(_group(name, groups[name], estate.standings) for name in sorted(groups))


def _group(name: str, rows: Sequence[TargetRow], standings: Mapping[str, Standing]) -> GroupRow:
    standing = Standing()
    findings: Counter[str] = Counter()
    for row in rows:
        standing = standing.plus(standings.get(row.name, Standing()))
        findings.update(row.findings)
    return GroupRow(
        name=name,
        targets=len(rows),
        score=standing.score,
        statuses=Counter(row.status for row in rows),
        findings={severity: findings[severity] for severity in SEVERITIES},
    )
