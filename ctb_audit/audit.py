"""The main job: sources and a standard to one `Audit`.

load -> subjects -> judge -> waivers -> scores -> gate
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from ctb_audit.collector import collector_paused, until_exit
from ctb_audit.config import Config
from ctb_audit.copies import replace
from ctb_audit.gate import GateSettings, Step, decide, incompleteness
from ctb_audit.judge import Judgement, judge, questions
from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog, Coverage, Location
from ctb_audit.named_files import existing_files
from ctb_audit.probe import Probe, Sample
from ctb_audit.project import Project
from ctb_audit.result import Audit, Finding, Relation
from ctb_audit.revision import prefix_of, revision_of
from ctb_audit.rulebook import load_standard
from ctb_audit.scoring import (
    database_score,
    next_grade,
    score_tables,
    system_scores,
    with_points,
)
from ctb_audit.standard import Standard
from ctb_audit.subjects import build_project, misspelt_entries
from ctb_audit.waivers import Waiver, apply_waivers, inline_waivers

if TYPE_CHECKING:
    from ctb_audit.baseline import Applied, Judged
    from ctb_audit.compare import Settle

DEFAULT_STANDARD = "ctb-1.0"
Answer = Callable[[Sequence[Probe]], Mapping[Probe, Sample]]


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What a run adds to the configuration. `cache` None: nothing is cached.

    `answer`: asks live sources about rows, None for not asking; `tables`: only about those that a
    pattern fits. `settle` decides what a comparison of expressions leaves open.
    `jobs`: processes that judge, 0 for as many as pay. `counted`: tables say how often each rule
    passed, so that the audit can be scored again with a rule changed.
    """

    today: date
    waivers: bool = True
    cache: Path | None = None
    answer: Answer | None = None
    tables: tuple[str, ...] = ()
    settle: "Settle | None" = None
    jobs: int = 0
    counted: bool = False


def audit_catalogs(catalogs: Sequence[Catalog], config: Config, settings: AuditSettings) -> Audit:
    """The audit of catalogs that were read already."""
    with collector_paused():
        project = project_of(catalogs, config, settings)
        if settings.answer is not None:
            project = replace(project, facts=settings.answer(questions(project, settings.tables)))
        judgement = judge(project, jobs=settings.jobs, counted=settings.counted)
        until_exit((project, judgement))
        return conclude(project, judgement, config, settings)


def project_of(catalogs: Sequence[Catalog], config: Config, settings: AuditSettings) -> Project:
    """What checks judge: the catalogs under the configuration and its standard."""
    project = build_project(
        catalogs,
        standard_for(catalogs, config, settings.cache),
        entry=config.table_entry,
        default_level=config.default_level,
        today=settings.today,
        root=str(config.root),
        existing=existing_files(catalogs, config.root, configured=config.path is not None),
    )
    return replace(project, settle=settings.settle)


def standard_for(
    catalogs: Sequence[Catalog], config: Config, cache: Path | None = None
) -> Standard:
    """The configured standard, else the one that a document hints at, else `ctb-1.0`."""
    hinted = next((c.standard for c in catalogs if c.standard), DEFAULT_STANDARD)
    return load_standard(
        config.standard or hinted,
        rule_folders=config.rules,
        standard_folders=config.standards,
        overrides=config.severity,
        select=config.select,
        ignore=config.ignore,
        cache=cache,
    )


def conclude(
    project: Project, judgement: Judgement, config: Config, settings: AuditSettings
) -> Audit:
    """Waivers, scores and gate on top of the verdicts."""
    waivers = waivers_of(project, config) if settings.waivers else ()
    findings, notices = apply_waivers(judgement.findings, waivers, settings.today)
    if settings.waivers and config.baseline is not None:
        known = known_findings(project, judgement, findings, config)
        findings, notices = known.findings, (*notices, *known.notices(config.baseline.name))
    tables = score_tables(judgement.tables, findings, judgement.unknowns)
    score = database_score(tables)
    ordered = _ordered(with_points(findings, tables), project)
    coverage = reduce(add, (c.coverage for c in project.catalogs), Coverage())
    problems = tuple(p for c in project.catalogs for p in c.problems)
    hidden = sum(p.kind == "hidden" for p in problems)
    gate = gate_settings(config)
    return Audit(
        standard=project.standard.id,
        standard_hash=project.standard.hash,
        sources=tuple(c.source for c in project.catalogs),
        tables=tables,
        findings=ordered,
        unknowns=tuple(judgement.unknowns),
        not_judged=tuple(judgement.not_judged),
        coverage=coverage,
        problems=problems,
        score=score,
        systems=system_scores(tables),
        gate=decide(gate, score, tables, ordered, settings.today),
        next_grade=next_grade(score, ordered, tables),
        incomplete=incompleteness(gate, coverage, score, hidden),
        notices=(*misspelt_entries(config.table, project), *notices),
        revision=revision_of(config.root),
        rules=project.standard.rules,
        prefix=prefix_of(config.root),
        relations=relations_of(project),
    )


def relations_of(project: Project) -> tuple[Relation, ...]:
    """The foreign keys of the judged tables, as their primary surface declares them."""
    return tuple(
        Relation(s.system, str(s.name), c.columns, str(c.target), c.target_columns)
        for s in project.subjects
        for c in s.table.constraints
        if c.kind == "foreign key" and c.target is not None
    )


def known_findings(
    project: Project, judgement: Judgement, findings: Sequence[Finding], config: Config
) -> "Applied":
    """The findings under the configured baseline; ConfigurationError where it does not fit."""
    from ctb_audit.baseline import apply_baseline, read_baseline
    from ctb_audit.state import States

    assert config.baseline is not None
    baseline = read_baseline(config.baseline)
    return apply_baseline(findings, baseline, States(project).of, judged_of(project, judgement))


def judged_of(project: Project, judgement: Judgement) -> "Judged":
    """What the verdicts could say, for a baseline."""
    from ctb_audit.baseline import Judged

    return Judged(project.standard, tuple(judgement.unknowns), tuple(judgement.not_judged))


def gate_settings(config: Config) -> GateSettings:
    """The gate as configured; CRITICAL findings block in any case."""
    return GateSettings(
        fail_under=config.fail_under,
        schedule=tuple(Step(s.date, s.threshold) for s in config.fail_under_schedule),
        per_table=config.fail_under_table,
        fail_on=None if config.fail_on == "CRITICAL" else config.fail_on,
        min_coverage=config.min_coverage,
    )


def waivers_of(project: Project, config: Config) -> tuple[Waiver, ...]:
    """Those above statements, then those of the configuration; of rules that are left out none."""
    place = config.path.name if config.path else ""
    configured = tuple(
        Waiver(
            kind="configuration",
            rule=w.rule,
            owner=w.owner,
            reason=w.reason,
            table=w.table or "*",
            requirement=w.requirement,
            until=w.until,
            location=Location(f"{place}: {w.key}"),
        )
        for w in config.waiver
    )
    found = (*inline_waivers(project), *configured)
    if not (config.select or config.ignore):
        return found
    return tuple(w for w in found if any(fnmatchcase(r, w.rule) for r in project.standard.rules))


def _ordered(findings: Sequence[Finding], project: Project) -> tuple[Finding, ...]:
    """By subject, severity and rule, whatever the order of the rules; projects' own come last."""
    place = {(s.system, str(s.name)): n for n, s in enumerate(project.subjects)}
    severities = {"CRITICAL": 0, "HIGH": 1, "MEDIUM": 2, "LOW": 3, "INFO": 4}
    return tuple(
        sorted(
            findings,
            key=lambda f: (
                place.get((f.system, f.table), len(place)),
                f.table,
                severities[f.severity],
                f.rule,
                f.requirement,
            ),
        )
    )
