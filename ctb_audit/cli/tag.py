"""`ctb tag`: write and refresh the CTB headers of a project's files."""

import difflib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.known_ids import known_ids
from ctb_audit.cli.tag_files import Seen, look, put
from ctb_audit.config import Config
from ctb_audit.errors import UsageError
from ctb_audit.ids import patterns
from ctb_audit.lean import dataclass
from ctb_audit.report.inert import inert
from ctb_audit.rulebook.load import DEFAULT_STANDARD, load_standard
from ctb_audit.standard import Standard
from ctb_audit.tag.divisions import SURE
from ctb_audit.tag.plan import Change, GiveIds, Plan, Terms, owners, planned

_PAST = {"tag": "tagged", "refresh": "refreshed", "repair": "repaired", "remove": "removed"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was planned and what came of it. `failed`: path -> why it could not be written."""

    seen: Seen
    plan: Plan
    standard: Standard
    failed: dict[str, str]


@click.command("tag", epilog="Example: ctb tag --check ctb")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a header is amiss.")
@click.option("--diff", is_flag=True, help="As --check, and print what would change.")
@click.option("--ctb-version", default="", metavar="X.Y", help="Version; default: the standard's.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration.")
@click.option("--standard", metavar="ID", help="Standard: ctb-1.0, ctb-1.3, one of yours.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over these; repeatable.")
@click.option("--quiet", "-q", is_flag=True, help="Print only what is amiss.")
@click.option("--verbose", "-v", is_flag=True, help="List every file, skipped ones too.")
@options.log_options
def tag_command(paths: tuple[Path, ...], check: bool, diff: bool, **values: Any) -> int:
    """Write and refresh the CTB header (version, division, category, HEIR id) of files.

    Without PATH the whole project. Every byte outside of the header stays as it is. Headers of
    earlier scripts are repaired, and taken out of formats without comments.
    """
    version, quiet, verbose = (values.pop(n) for n in ("ctb_version", "quiet", "verbose"))
    config = options.configured(values)
    dry = check or diff
    outcome = carry_out(config, paths, version=version, dry=dry)
    if diff:
        for change in outcome.plan.changes:
            click.echo(_diff(change), nl=False)
    seen, plan, failed = outcome.seen, outcome.plan, outcome.failed
    _tell(outcome, dry=dry, quiet=quiet, verbose=verbose)
    if not dry:
        from ctb_audit.cli.tag_log import log_tagging

        log_tagging(outcome, config)
    if failed or seen.refused:
        return 3
    return 1 if dry and plan.changes else 0


def carry_out(
    config: Config, paths: Sequence[Path], *, version: str = "", dry: bool = False
) -> Outcome:
    """Plans the headers of the files at `paths`, the whole project without any, and writes them
    unless `dry`. Raises UsageError for a path that is not there or not in the project.
    """
    standard = load_standard(config.standard or DEFAULT_STANDARD, standard_folders=config.standards)
    _require_version(version, standard)
    seen = look(config.root.resolve(), paths, config.exclude)
    plan = _planned(seen, standard, version, config, dry)
    failed = {} if dry else {c.path: why for c in plan.changes if (why := put(seen.root, c))}
    return Outcome(seen, plan, standard, failed)


def _require_version(version: str, standard: Standard) -> None:
    import re

    form = standard.formats.get("blueprint_version", r"\d+\.\d+(\.\d+)?")
    if version and not re.fullmatch(form, version):
        raise UsageError(f"--ctb-version {version}", "is no version", "write X.Y or X.Y.Z")


def _planned(seen: Seen, standard: Standard, version: str, config: Config, dry: bool) -> Plan:
    if not patterns(standard, "heir"):
        raise UsageError(f"standard {standard.id}", "has no HEIR ids", "name another --standard")
    held = owners(seen.all, standard)
    taken = known_ids(config) | held.keys()
    give = _previewed(taken) if dry else _allocated(taken, config)
    return planned(seen.targets, Terms(standard, version, datetime.now(UTC)), held, give)


def _previewed(taken: frozenset[str]) -> GiveIds:
    """Ids that are shown and not given out."""

    def give(tries: Sequence[Iterator[str]]) -> Sequence[str]:
        used = set(taken)
        for ids in tries:
            used.add(text := next(i for i in ids if i not in used))
            given.append(text)
        return given

    given: list[str] = []
    return give


def _allocated(taken: frozenset[str], config: Config) -> GiveIds:
    from ctb_audit.log.allocation import open_allocator

    allocator, _ = open_allocator(config.log, root=config.root)
    return lambda tries: allocator.allocate("heir", tries, taken)


def _diff(change: Change) -> str:
    """A unified diff for people: bytes that are no UTF-8 and control characters are escapes."""
    before, after = _shown_lines(change.before), _shown_lines(change.after)
    names = f"a/{inert(change.path)}", f"b/{inert(change.path)}"
    lines = difflib.unified_diff(before, after, *names, lineterm="", n=2)
    return "".join(f"{line}\n" for line in lines)


def _shown_lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "backslashreplace")
    return [inert(line.rstrip("\r")) for line in text.split("\n")]


def _tell(outcome: Outcome, *, dry: bool, quiet: bool, verbose: bool) -> None:
    plan, seen = outcome.plan, outcome.seen
    for path, why in [*seen.refused.items(), *outcome.failed.items()]:
        click.echo(f"ctb: {inert(path)}: {why}", err=True)
    if dry or not quiet:
        for change in plan.changes:
            if change.path not in outcome.failed:
                click.echo(f"{_verb(change, dry)}  {inert(change.path)}{_said(change)}")
    if verbose:
        for path, why in sorted({**seen.passed, **plan.skipped}.items()):
            click.echo(f"skipped  {inert(path)}: {why}")
    if not quiet:
        _tell_uncertain(plan, verbose)
        done = len(plan.changes) - len(outcome.failed)
        verb = "to change" if dry else "changed"
        click.echo(
            f"{done} {verb}, {len(plan.kept)} as they should be, {len(plan.skipped)} skipped"
        )


def _tell_uncertain(plan: Plan, verbose: bool) -> None:
    changed = {change.path for change in plan.changes}
    for path, found in plan.divisions.items():
        if found.confidence < SURE and (verbose or path in changed):
            click.echo(
                f"uncertain  {inert(path)}: {found.name}, {found.confidence} %; "
                "where it is wrong, correct Division in its header, which then stands"
            )


def _verb(change: Change, dry: bool) -> str:
    return f"would {change.what}" if dry else _PAST[change.what]


def _said(change: Change) -> str:
    found = change.division
    return "" if found is None else f": {found.name}/{found.category}, {found.confidence} %"
