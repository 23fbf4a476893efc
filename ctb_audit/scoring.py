"""Scores, points and the way to the next grade (STANDARD section 11): arithmetic, no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ctb_audit.copies import replace
from ctb_audit.result import (
    GRADES,
    Audit,
    Finding,
    Impact,
    ImpactRow,
    NextGrade,
    SystemResult,
    TableResult,
    UnknownVerdict,
)
from ctb_audit.standard import WEIGHTS, Level

LEVEL_WEIGHTS: Mapping[Level, int] = {"STRICT": 3, "STANDARD": 2, "RELAXED": 1, "NONE": 0}

TableKey = tuple[str, str]  # system, name


def half_up(dividend: int, divisor: int) -> int:
    """The nearest integer to the quotient, halves up."""
    return (2 * dividend + divisor) // (2 * divisor)


def table_score(passed: int, failed: int, unknown: int) -> int | None:
    """Score 0 to 100 of the weights; None where nothing was weighed."""
    total = passed + failed + unknown
    return half_up(100 * passed, total) if total else None


def database_score(tables: Iterable[TableResult]) -> int | None:
    """Mean of the table scores, weighted by level; None for weight 0."""
    return _mean((LEVEL_WEIGHTS[t.level], t.score) for t in tables if t.score is not None)


def _mean(weighed: Iterable[tuple[int, int]]) -> int | None:
    """The mean of (weight, score) pairs, halves up; None for weight 0."""
    total = reached = 0
    for weight, score in weighed:
        total += weight
        reached += weight * score
    return half_up(reached, total) if total else None


def score_tables(
    tables: Sequence[TableResult],
    findings: Iterable[Finding],
    unknowns: Iterable[UnknownVerdict],
) -> tuple[TableResult, ...]:
    """The tables with their failed and unknown weights and scores; waived findings are left out."""
    failed: dict[TableKey, int] = defaultdict(int)
    unknown: dict[TableKey, int] = defaultdict(int)
    for finding in findings:
        if finding.table_level and finding.waiver is None:
            failed[finding.system, finding.table] += WEIGHTS[finding.severity]
    for verdict in unknowns:
        unknown[verdict.system, verdict.table] += WEIGHTS[verdict.severity]
    return tuple(
        replace(
            t,
            failed=failed[t.system, t.name],
            unknown=unknown[t.system, t.name],
            score=table_score(t.passed, failed[t.system, t.name], unknown[t.system, t.name]),
        )
        for t in tables
    )


def system_scores(tables: Sequence[TableResult]) -> tuple[SystemResult, ...]:
    """One score a system, in the order of the tables."""
    systems = dict.fromkeys(t.system for t in tables)
    return tuple(
        SystemResult(system, database_score(t for t in tables if t.system == system))
        for system in systems
    )


class Rescore:
    """Scores again without findings, from exact table scores (only the shown score is rounded)."""

    def __init__(self, tables: Sequence[TableResult]) -> None:
        self._tables = {(t.system, t.name): t for t in tables if t.score is not None}
        self._weight = sum(LEVEL_WEIGHTS[t.level] for t in self._tables.values())

    def gain(self, finding: Finding) -> float:
        """Points of the database score that the fix of one finding gains.

        One division of whole numbers: equal gains are equal floats.
        """
        table = self._tables.get((finding.system, finding.table))
        if table is None or not finding.table_level or finding.waiver or not self._weight:
            return 0.0
        weight = WEIGHTS[finding.severity] * LEVEL_WEIGHTS[table.level]
        total = table.passed + table.failed + table.unknown
        return 100 * weight / (total * self._weight)

    def while_fixing(self, fixes: Iterable[Finding]) -> Iterator[int]:
        """The database score now and after each of the fixes, one after the other; a fix in a
        table without a score changes nothing.
        """
        gained: dict[TableKey, int] = defaultdict(int)
        scores = {key: table.score or 0 for key, table in self._tables.items()}
        reached = sum(LEVEL_WEIGHTS[t.level] * scores[key] for key, t in self._tables.items())
        if not self._weight:
            return
        yield half_up(reached, self._weight)
        for finding in fixes:
            key = (finding.system, finding.table)
            table = self._tables.get(key)
            if table is not None:
                gained[key] += WEIGHTS[finding.severity]
                passed, failed = table.passed + gained[key], table.failed - gained[key]
                score = table_score(passed, failed, table.unknown) or 0
                reached += LEVEL_WEIGHTS[table.level] * (score - scores[key])
                scores[key] = score
            yield half_up(reached, self._weight)


def with_points(findings: Iterable[Finding], tables: Sequence[TableResult]) -> tuple[Finding, ...]:
    """The findings, each with the points that its fix would gain, to two decimals."""
    rescore = Rescore(tables)
    worth = ((f, round(rescore.gain(f), 2)) for f in findings)
    return tuple([f if f.points == points else replace(f, points=points) for f, points in worth])


def impact(before: Audit, after: Audit) -> Impact:
    """What judging by the standard of `after` instead of that of `before` changes."""
    scores = {(t.system, t.name): t.score for t in before.tables}
    rows = tuple(
        ImpactRow(t.system, t.name, scores.get((t.system, t.name)), t.score)
        for t in after.tables
        if scores.get((t.system, t.name)) != t.score
    )
    return Impact(before.standard, before.score, rows)


def next_grade(
    score: int | None, findings: Sequence[Finding], tables: Sequence[TableResult]
) -> NextGrade | None:
    """The fewest fixes that reach the next grade; None at the top and where none reach it."""
    above = [(floor, grade) for floor, grade in GRADES if score is not None and floor > score]
    if not above:
        return None
    threshold, grade = above[-1]
    found = cheapest(threshold, findings, tables)
    if found is None:
        return None
    chosen, reached = found
    return NextGrade(grade, threshold, chosen, reached)


def cheapest(
    threshold: int, findings: Sequence[Finding], tables: Sequence[TableResult]
) -> tuple[tuple[Finding, ...], int] | None:
    """The fewest fixes that reach a database score, and the score they reach; None if none do.

    Gains of findings do not depend on each other, so taking the largest first needs the fewest.
    """
    rescore = Rescore(tables)
    worth = [(gain, f) for f in findings if (gain := rescore.gain(f))]
    worth.sort(key=lambda pair: (-pair[0], pair[1].table, pair[1].rule, pair[1].requirement))
    fixes = [finding for _, finding in worth]
    for count, reached in enumerate(rescore.while_fixing(fixes)):
        if reached >= threshold:
            return tuple(fixes[:count]), reached
    return None
