"""`ctb baseline`: keep the file of known findings."""

from pathlib import Path
from typing import Any

import click

from ctb_audit.audit import AuditSettings, judged_of, project_of, waivers_of
from ctb_audit.baseline import (
    DEFAULT_NAME,
    Baseline,
    Entry,
    Judged,
    StateOf,
    baseline_text,
    pruned,
    read_baseline,
    updated,
    written,
)
from ctb_audit.cli import options
from ctb_audit.cli.output import write_file
from ctb_audit.config import Config
from ctb_audit.judge import judge
from ctb_audit.lean import dataclass
from ctb_audit.result import Finding
from ctb_audit.state import States
from ctb_audit.waivers import apply_waivers

_baseline_option = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"The baseline; default: the configured one, else {DEFAULT_NAME}.",
)


@click.group("baseline", epilog="Example: ctb baseline write")
def baseline_command() -> None:
    """Keep the file of known findings.

    A known finding is shown and counted, and stays out of gate and score until its table changes.
    """


@dataclass(frozen=True, slots=True)
class _Present:
    """What is found now, waivers applied and no baseline."""

    config: Config
    file: Path
    findings: tuple[Finding, ...]
    state_of: StateOf
    judged: Judged


@baseline_command.command("write", epilog="Example: ctb baseline write")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.source_options
@options.rule_options
@options.today_option
@_baseline_option
def write_command(sources: tuple[str, ...], **values: Any) -> int:
    """Take in every finding there is now, in place of what the file held.

    Entries of rules that this run does not judge (--select, a source that is away) are kept.
    """
    present = _present(sources, values)
    before = read_baseline(present.file).entries if present.file.exists() else ()
    after = written(present.findings, present.state_of)
    found = {entry.fingerprint for entry in after}
    kept = (e for e in before if e.fingerprint not in found and not present.judged.decides(e))
    return _write(present, before, (*after, *kept))


@baseline_command.command("update", epilog="Example: ctb baseline update")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.source_options
@options.rule_options
@options.today_option
@_baseline_option
def update_command(sources: tuple[str, ...], **values: Any) -> int:
    """Accept known findings of changed tables anew and drop what is fixed; take in nothing new."""
    present = _present(sources, values)
    before = read_baseline(present.file)
    after = updated(present.findings, before, present.state_of, present.judged)
    return _write(present, before.entries, after)


@baseline_command.command("prune", epilog="Example: ctb baseline prune")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.source_options
@options.rule_options
@options.today_option
@_baseline_option
def prune_command(sources: tuple[str, ...], **values: Any) -> int:
    """Drop the entries that match no finding any more."""
    present = _present(sources, values)
    before = read_baseline(present.file)
    after = pruned(present.findings, before, present.state_of, present.judged)
    return _write(present, before.entries, after)


def _present(sources: tuple[str, ...], values: dict[str, Any]) -> _Present:
    from ctb_audit.cli.sources import own_folder, read_sources

    named: Path | None = values.pop("baseline")
    today = options.day(values.pop("today"))
    config = options.configured(values, own_folder(sources))
    catalogs = read_sources(sources, config, values).catalogs
    project = project_of(catalogs, config, AuditSettings(today))
    judgement = judge(project)
    findings, _ = apply_waivers(judgement.findings, waivers_of(project, config), today)
    file = named or config.baseline or config.root / DEFAULT_NAME
    judged = judged_of(project, judgement)
    return _Present(config, file, findings, States(project).of, judged)


def _write(present: _Present, before: tuple[Entry, ...], after: tuple[Entry, ...]) -> int:
    """Writes the file and says what became of it and what to do next."""
    write_file(present.file, baseline_text(Baseline(present.judged.standard.id, after)))
    old, new = ({e.fingerprint: e for e in entries} for entries in (before, after))
    changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    click.echo(
        f"{_shown(present.file)}: {len(new)} known findings "
        f"({added} new, {changed} accepted anew, {removed} removed)"
    )
    if present.config.baseline is None:
        name = present.config.path.name if present.config.path else "ctb.toml"
        click.echo(f'next: write baseline = "{present.file.name}" into {name} and commit both')
    return 0


def _shown(path: Path) -> str:
    """From the current folder where it lies below."""
    here = Path.cwd()
    absolute = path.absolute()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)
