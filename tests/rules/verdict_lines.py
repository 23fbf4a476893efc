"""All that a rule says of a project, a line a verdict: as people read it in a golden file."""

from collections.abc import Iterator

from ctb_audit.checks import REGISTRY
from ctb_audit.judge import EXEMPTED_TOPICS, WHOLE_TABLES, Judgement
from ctb_audit.model import Location
from ctb_audit.project import Project, Subject
from ctb_audit.result import Finding, UnknownVerdict
from ctb_audit.standard import Rule
from ctb_audit.verdict import NotApplicable, Pass, Question, Verdict


def verdict_lines(project: Project, judgement: Judgement) -> list[str]:
    """Findings with severity, place and message, then what is unknown, passes or does not apply."""
    lines = [_finding(f) for f in judgement.findings]
    lines += [_unknown(u) for u in judgement.unknowns]
    lines += [f"not judged: {n.reason}" for n in judgement.not_judged]
    for rule in project.standard.rules.values():
        lines += _silent(rule, project)
    return [line.replace(project.root, ".") if project.root else line for line in lines]


def _finding(finding: Finding) -> str:
    where = f"{finding.system} {finding.surface}"
    table = finding.table if finding.table_level else f"{finding.table} (no table)"
    which = "".join(f" [{name}]" for name in (finding.requirement, finding.object) if name)
    place = _place(finding.location)
    return f"{finding.severity} {where} {table}{which}{place}: {finding.message}"


def _unknown(verdict: UnknownVerdict) -> str:
    which = "" if verdict.requirement == verdict.rule else f" [{verdict.requirement}]"
    return f"unknown {verdict.severity} {verdict.system} {verdict.table}{which}: {verdict.reason}"


def _place(location: Location | None) -> str:
    if location is None:
        return ""
    return f", line {location.line}" if location.line else ", no line"


def _silent(rule: Rule, project: Project) -> Iterator[str]:
    """What scores alone show: requirements that are met, and those that are left out."""
    if rule.check not in REGISTRY:
        return
    for subject in filter(lambda s: _is_judged(s, rule), project.subjects):
        for verdict in REGISTRY[rule.check](subject, project, **rule.params):
            answer = _answered(verdict, project)
            which = f" [{answer.requirement}]" if answer and answer.requirement else ""
            match answer:
                case Pass():
                    yield f"pass {subject.name}{which}"
                case NotApplicable(reason):
                    yield f"not applicable {subject.name}{which}: {reason}"


def _answered(verdict: Verdict | Question, project: Project) -> Verdict | None:
    if not isinstance(verdict, Question):
        return verdict
    sample = (project.facts or {}).get(verdict.probe)
    return verdict.decide(sample) if sample and not sample.fault else None


def _is_judged(subject: Subject, rule: Rule) -> bool:
    """As an audit chooses the rules of a table."""
    exempt = subject.exempt and rule.topic in EXEMPTED_TOPICS and not rule.exempt
    alike = subject.table.kind in (rule.kinds or WHOLE_TABLES)
    return alike and not exempt and (not rule.systems or subject.system in rule.systems)
