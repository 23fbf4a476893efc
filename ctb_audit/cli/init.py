"""`ctb init`: adopt the standard in a repository with one command."""

import difflib
from math import floor
from pathlib import Path

import click

from ctb_audit.adoption import HOOKS, WORKFLOW, Seen, config_text, hooks_text, look, workflow_text
from ctb_audit.audit import AuditSettings, conclude, judged_of, project_of
from ctb_audit.baseline import DEFAULT_NAME, Baseline, baseline_text, written
from ctb_audit.cli import options
from ctb_audit.cli.output import write_file
from ctb_audit.config import CONFIG_NAME, Config, config_from_text
from ctb_audit.errors import UsageError
from ctb_audit.gate import DEFAULT_COVERAGE
from ctb_audit.judge import judge
from ctb_audit.lean import dataclass
from ctb_audit.report.inert import inert
from ctb_audit.result import Audit
from ctb_audit.sources.load import LoadOptions, load_all
from ctb_audit.state import States


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be written, and the audit that it leads to."""

    seen: Seen
    audit: Audit
    files: tuple[tuple[str, str], ...]  # path from the root, text


@click.command("init", epilog="Example: ctb init --dry-run")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@options.today_option
def init_command(folder: Path, dry_run: bool, today: str | None) -> int:
    """Look at a repository and write ctb.toml, the pre-commit hook and a workflow.

    Findings of today go into a baseline where they would block. What exists is never
    overwritten: the difference is shown instead.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise UsageError(str(folder), "is no folder", "name the folder of the repository")
    plan = _planned(root, AuditSettings(options.day(today)))
    _tell(plan)
    pending = [_put(root, path, text, dry_run) for path, text in plan.files]
    _next_step(root, plan, pending, dry_run)
    return 0


def _planned(root: Path, settings: AuditSettings) -> _Plan:
    seen = look(load_all([str(root)], LoadOptions(root=root)).catalogs, root)
    if not seen.places:
        step = "add a migration or a schema reference first"
        raise UsageError(str(root), "holds no table definition", step)
    config = config_from_text(config_text(seen, baseline=False, min_coverage=None), root)
    audit, known = _audited(config, settings)
    least = floor(audit.coverage.percent)
    text = config_text(
        seen,
        baseline=known is not None,
        min_coverage=least if least < DEFAULT_COVERAGE else None,
    )
    files = [(CONFIG_NAME, text)]
    if known is not None:
        files.append((DEFAULT_NAME, known))
    present = root / HOOKS
    hooks = present.read_text(encoding="utf-8") if present.is_file() else None
    files += [(HOOKS, hooks_text(hooks)), (WORKFLOW, workflow_text())]
    return _Plan(seen, audit, tuple(files))


def _audited(config: Config, settings: AuditSettings) -> tuple[Audit, str | None]:
    """The audit of what was found, and a baseline where the gate would be lost."""
    load = LoadOptions(root=config.root, exclude=config.exclude, dialects=config.dialect)
    catalogs = load_all([str(config.root / s) for s in config.sources], load).catalogs
    project = project_of(catalogs, config, settings)
    judgement = judge(project)
    audit = conclude(project, judgement, config, settings)
    if audit.gate.passed:
        return audit, None
    entries = written(audit.findings, States(project).of)
    standard = judged_of(project, judgement).standard.id
    return audit, baseline_text(Baseline(standard, entries))


def _tell(plan: _Plan) -> None:
    for place in plan.seen.places:
        click.echo(f"found  {inert(place.path)}: {place.kind}, {place.tables} tables")
    for place in plan.seen.aside:
        click.echo(f"aside  {inert(place.path)}: looks like tests or examples")
    audit = plan.audit
    score = "no score" if audit.score is None else f"score {audit.score} {audit.grade}"
    click.echo(
        f"audit  {len(audit.tables)} tables by {audit.standard}: {score}, "
        f"{len(audit.findings)} findings, {audit.coverage.percent:.1f} % of the statements read"
    )


def _put(root: Path, path: str, text: str, dry_run: bool) -> bool:
    """Write a new file, or show how an existing one differs; True where something is left."""
    target = root / path
    if not target.resolve().is_relative_to(root):
        raise UsageError(path, "leads out of the repository", "remove the link")
    if not target.exists():
        if not dry_run:
            write_file(target, text)
        click.echo(f"{'would write' if dry_run else 'wrote'}  {path}")
        return False
    present = target.read_text(encoding="utf-8", errors="replace")
    if present == text:
        click.echo(f"kept  {path}: nothing to change")
        return False
    click.echo(f"kept  {path}: it exists; this is what would change")
    lines = difflib.unified_diff(
        present.splitlines(), text.splitlines(), path, f"{path} (proposed)", lineterm="", n=2
    )
    for line in lines:
        click.echo(f"    {inert(line)}")
    return True


def _next_step(root: Path, plan: _Plan, pending: list[bool], dry_run: bool) -> None:
    if dry_run:
        click.echo("next: ctb init")
        return
    if any(pending):
        click.echo("next: take over the differences above by hand")
    if not (root / ".git").exists():
        click.echo("next: ctb audit")
        return
    names = " ".join(path for path, _ in plan.files if (root / path).is_file())
    click.echo(f"next: git add {names} && git commit, then pre-commit install")
