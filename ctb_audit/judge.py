"""Judges every subject of a project by every rule of its standard.

The engine adds what it knows (severity, level, location, identity); checks say only what they
found. A rule without its surface is listed once as not judged; a check that crashes becomes
Unknown and names itself; a statement that was not understood makes what it could have
changed Unknown (DESIGN, Rules and Coverage).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import assert_never

from ctb_audit.checks import ASKING, PROJECT_REGISTRY, REGISTRY, Check, ProjectFinding
from ctb_audit.copies import replace
from ctb_audit.forked import divided, processes
from ctb_audit.lean import dataclass
from ctb_audit.model import Location, Problem
from ctb_audit.probe import Probe
from ctb_audit.project import Project, Subject
from ctb_audit.result import Finding, NotJudged, TableResult, UnknownVerdict
from ctb_audit.semantics.comments import without_comments
from ctb_audit.standard import SEVERITIES, WEIGHTS, Rule, Severity, matches_table
from ctb_audit.verdict import Fail, NotApplicable, Pass, Question, Unknown, Verdict

EXEMPTED_TOPICS = frozenset({"tracking", "identifiers", "enforcement"})
WORTH_A_PROCESS = 600
"""Subjects: judging them takes several times as long as a process needs to start and answer."""
WHOLE_TABLES = frozenset({"ordinary", "partitioned", "collection"})
"""What a rule judges unless it names kinds: a partition is judged with its parent."""
NEEDS: Mapping[str, str] = {
    "reference": "no schema reference is among the sources",
    "live": "no live database is among the sources",
    "ddl": "no DDL is among the sources",
    "rules": "no Firestore security rules are among the sources",
    "models": "no zod models are among the sources",
    "registry": "no table registry is among the sources",
    "root": "the sources have no repository root",
    "data": "rows are judged with --check-data only",
    "migrations": "no migrations are among the sources",
    "two surfaces": "fewer than two surfaces are among the sources",
    "live or ddl": "neither a live database nor DDL is among the sources",
    "ddl or registry": "neither DDL nor a table registry is among the sources",
}


@dataclass
class Judgement:
    """All verdicts of an audit, passes only as weights."""

    findings: list[Finding] = field(default_factory=list)
    unknowns: list[UnknownVerdict] = field(default_factory=list)
    not_judged: list[NotJudged] = field(default_factory=list)
    tables: list[TableResult] = field(default_factory=list)
    passes: int = 0


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A statement that was not understood and names a table."""

    reason: str
    removes: bool  # it may have taken away what a rule saw

    @classmethod
    def of(cls, problem: Problem) -> "_Doubt":
        place = f" ({problem.location})" if problem.location else ""
        reason = f"a statement that names the table was not understood{place}: {problem.message}"
        return cls(reason, "DROP" in without_comments(problem.excerpt).upper())


@dataclass(frozen=True, slots=True)
class _Asked:
    """One rule as it is asked of tables that are alike in system, kind, level and exemption.
    `check` has the rule's parameters.
    """

    rule: Rule
    severity: Severity
    check: Check


def judge(project: Project, *, jobs: int = 0, counted: bool = False) -> Judgement:
    """Every subject by every applicable rule, in the order of subjects and rules.

    `jobs`: processes that share the subjects, 0 for as many as pay. A server that settles
    questions answers one process only. `counted`: tables say how often each rule passed.
    """
    result = Judgement()
    rules = list(_judgeable(project, result))
    of_tables = [rule for rule in rules if rule.check in REGISTRY]
    count = 1 if project.settle else processes(jobs, len(project.subjects), WORTH_A_PROCESS)
    for part in divided(lambda s: _judged(s, of_tables, project, counted), project.subjects, count):
        result.findings += part.findings
        result.unknowns += part.unknowns
        result.tables += part.tables
        result.passes += part.passes
    for rule in rules:
        if rule.check in PROJECT_REGISTRY:
            _judge_project(rule, project, result)
    return result


def _judged(
    subjects: Iterable[Subject], rules: Sequence[Rule], project: Project, counted: bool
) -> Judgement:
    """What the rules of tables say of the subjects."""
    result = Judgement()
    known: dict[Hashable, list[_Asked]] = {}
    for subject in subjects:
        kind = (subject.system, subject.table.kind, subject.level, bool(subject.exempt))
        if kind not in known:
            known[kind] = list(_asked_of(subject, rules))
        passed: dict[str, int] = {}
        passes: dict[str, int] = {}
        doubted = _doubt(subject, project)
        for asked in known[kind]:
            rule = asked.rule
            doubt = doubted if rule.topic != "sql" else None
            times = _judge_one(asked, subject, doubt, project, result)
            if times:
                weight = times * WEIGHTS[asked.severity]
                passed[rule.topic] = passed.get(rule.topic, 0) + weight
                passes[rule.id] = times
        result.passes += sum(passes.values())
        result.tables.append(_table(subject, passed, passes if counted else {}))
    return result


def _asked_of(subject: Subject, rules: Iterable[Rule]) -> Iterator[_Asked]:
    """The rules that apply to a table and to all that are alike."""
    for rule in rules:
        severity = _severity_for(rule, subject)
        if severity is not None:
            check = REGISTRY[rule.check]
            asked = partial(check, **rule.params) if rule.params else check
            yield _Asked(rule, severity, asked)


def questions(project: Project, tables: Sequence[str] = ()) -> tuple[Probe, ...]:
    """What the rules ask about rows of live tables; `tables`: only of those that a pattern fits."""
    asking = replace(project, facts={})
    of_tables = [r for r in _judgeable(asking, Judgement()) if r.check in REGISTRY]
    rules = [r for r in of_tables if r.check in ASKING]
    probes = [
        verdict.probe
        for subject in asking.subjects
        if not tables or matches_table(subject.name, tables)
        for asked in _asked_of(subject, rules)
        for verdict in _checked(asked, subject, asking)
        if isinstance(verdict, Question)
    ]
    return tuple(dict.fromkeys(probes))


def _judgeable(project: Project, result: Judgement) -> Iterator[Rule]:
    available = _available(project)
    for rule in project.standard.rules.values():
        missing = next((n for n in rule.needs if available.isdisjoint(n.split(" or "))), None)
        if missing is not None:
            result.not_judged.append(NotJudged(rule.id, NEEDS.get(missing, f"needs {missing}")))
        else:
            yield rule


def _available(project: Project) -> frozenset[str]:
    """What rules may need and the project has."""
    having = {
        "root": project.root is not None,
        "data": project.facts is not None,
        "migrations": any(c.migrations for c in project.catalogs),
        "two surfaces": _is_compared(project),
        "rules": any(c.rules for c in project.catalogs),
        "models": any(c.models for c in project.catalogs),
    }
    return project.surfaces | {name for name, held in having.items() if held}


def _is_compared(project: Project) -> bool:
    """Whether there is anything to compare; surfaces of one kind count where they are asked for."""
    return len(project.surfaces) > 1 or len(project.sides) > 1 or _stands_twice(project)


def _stands_twice(project: Project) -> bool:
    return any(len(tables) > 1 for s in project.subjects for tables in s.tables.values())


def _doubt(subject: Subject, project: Project) -> _Doubt | None:
    """The first statement that names the table and was not understood."""
    problems = project.problems_of(subject)
    return next((_Doubt.of(p) for p in problems if p.kind == "not-understood"), None)


def _severity_for(rule: Rule, subject: Subject) -> Severity | None:
    """The rule's severity for the subject; None where it does not apply."""
    if rule.systems and subject.system not in rule.systems:
        return None
    if subject.table.kind not in (rule.kinds or WHOLE_TABLES):
        return None
    if subject.exempt and rule.topic in EXEMPTED_TOPICS and not rule.exempt:
        return None
    return rule.severity_at(subject.level)


def _judge_one(
    asked: _Asked, subject: Subject, doubt: _Doubt | None, project: Project, result: Judgement
) -> int:
    """How often the rule passed; everything else goes into the result."""
    passes = 0
    for found in _checked(asked, subject, project):
        kind = found.__class__
        if doubt is None and (kind is Pass or kind is NotApplicable):  # as most are
            passes += kind is Pass
            continue
        verdict = _answered(found, project) if isinstance(found, Question) else found
        match verdict if doubt is None else _doubted(verdict, doubt):
            case Pass():
                passes += 1
            case NotApplicable():
                pass
            case Fail() as fail:
                result.findings.append(_finding(asked, subject, fail))
            case Unknown() as unknown:
                result.unknowns.append(_unknown(asked, subject, unknown))
            case other:
                assert_never(other)
    return passes


def _answered(question: Question, project: Project) -> Verdict:
    sample = (project.facts or {}).get(question.probe)
    if sample is None:
        return NotApplicable("its rows are left out", question.requirement)
    if sample.fault:
        return Unknown(sample.fault, question.requirement)
    return question.decide(sample)


def _checked(asked: _Asked, subject: Subject, project: Project) -> Sequence[Verdict | Question]:
    """What the check yields; a crash is Unknown and names the check."""
    try:
        return list(asked.check(subject, project))
    except Exception as error:  # a user's table must never end an audit
        return (Unknown(f"check {asked.rule.check} failed: {type(error).__name__}: {error}"),)


def _doubted(verdict: Verdict, doubt: _Doubt) -> Verdict:
    if isinstance(verdict, Fail) or (isinstance(verdict, Pass) and doubt.removes):
        return Unknown(doubt.reason, verdict.requirement)
    return verdict


def capped(wanted: str, severity: Severity, rule: Rule) -> Severity:
    """A verdict's own severity under the cap that the level puts on the rule's."""
    if not wanted:
        return severity
    found = next((s for s in SEVERITIES if s == wanted), severity)
    lowered = WEIGHTS[severity] < WEIGHTS[rule.severity]
    return severity if lowered and WEIGHTS[found] > WEIGHTS[severity] else found


def _unknown(asked: _Asked, subject: Subject, unknown: Unknown) -> UnknownVerdict:
    rule, requirement = asked.rule.id, unknown.requirement
    return UnknownVerdict(
        *(rule, asked.severity, subject.system, subject.label),
        requirement or rule,
        unknown.reason,
    )


def _finding(asked: _Asked, subject: Subject, fail: Fail) -> Finding:
    return Finding(
        rule=asked.rule.id,
        severity=capped(fail.severity, asked.severity, asked.rule),
        system=subject.system,
        surface=subject.surface,
        table=subject.label,
        object=fail.object,
        requirement=fail.requirement,
        message=fail.message,
        location=fail.location or _place(subject, fail.requirement),
        level=subject.level,
        own=fail.severity,
    )


def _place(subject: Subject, requirement: str) -> Location | None:
    column = subject.column(requirement) if requirement else None
    return column.location if column and column.location else subject.table.location


def _table(subject: Subject, passed: Mapping[str, int], passes: Mapping[str, int]) -> TableResult:
    return TableResult(
        system=subject.system,
        surface=subject.surface,
        name=subject.label,
        level=subject.level,
        level_source=subject.level_source,
        passed=sum(passed.values()),
        exempt=subject.exempt,
        planned=subject.planned,
        location=subject.table.location,
        topics=tuple((topic, weight) for topic, weight in passed.items() if weight),
        passes=tuple(passes.items()),
    )


def _judge_project(rule: Rule, project: Project, result: Judgement) -> None:
    """Findings that may belong to no table: they stand on a pseudo-object and enter no score."""
    try:
        found = list(PROJECT_REGISTRY[rule.check](project, **rule.params))
    except Exception as error:  # see _verdicts
        reason = f"check {rule.check} failed: {type(error).__name__}: {error}"
        result.not_judged.append(NotJudged(rule.id, reason))
        return
    for item in found:
        match item.verdict:
            case Fail() as fail:
                result.findings.append(_project_finding(rule, item, fail))
            case Unknown(reason, requirement):
                result.unknowns.append(
                    UnknownVerdict(
                        *(rule.id, rule.severity, item.system, item.object),
                        requirement or rule.id,
                        reason,
                    )
                )
            case other:
                assert_never(other)


def _project_finding(rule: Rule, item: ProjectFinding, fail: Fail) -> Finding:
    return Finding(
        rule=rule.id,
        severity=capped(fail.severity, rule.severity, rule),
        system=item.system,
        surface=item.surface,
        table=item.object,
        object=fail.object,
        requirement=fail.requirement,
        message=fail.message,
        location=fail.location,
        table_level=False,
        own=fail.severity,
    )
