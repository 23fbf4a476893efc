"""`ctb tag`: write and refresh the CTB headers and annotations of a project's files."""

import difflib
from pathlib import Path
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.tag_run import Asked, Outcome, carry_out
from ctb_audit.report.inert import inert
from ctb_audit.tag.divisions import SURE
from ctb_audit.tag.plan import Change, Plan

_PAST = {
    "tag": "tagged",
    "refresh": "refreshed",
    "repair": "repaired",
    "remove": "removed",
    "annotate": "annotated",
}


@click.command("tag", epilog="Example: ctb tag --check ctb")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where something is amiss.")
@click.option("--diff", is_flag=True, help="As --check, and print what would change.")
@click.option(
    "--only",
    type=click.Choice(["headers", "annotations"]),
    help="Write headers of files or annotations of tables alone.",
)
@click.option(
    "--checksummed",
    is_flag=True,
    help="Also migrations of which Flyway, Prisma, ... keep a checksum.",
)
@click.option("--ctb-version", default="", metavar="X.Y", help="Version; default: the standard's.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration.")
@click.option("--standard", metavar="ID", help="Standard: ctb-1.0, ctb-1.3, one of yours.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over these; repeatable.")
@click.option("--quiet", "-q", is_flag=True, help="Print only what is amiss.")
@click.option("--verbose", "-v", is_flag=True, help="List every file, skipped ones too.")
@options.log_options
def tag_command(paths: tuple[Path, ...], check: bool, diff: bool, **values: Any) -> int:
    """Write and refresh the CTB header (version, division, category, HEIR id) of files, and the
    `-- ctb:` annotation (table id, HEIR id, level, ORBT layer) above each CREATE TABLE.

    Without PATH the whole project. Every other byte stays as it is. Headers of earlier scripts
    are repaired, and taken out of formats without comments. Migrations of which a tool keeps a
    checksum are left alone.
    """
    quiet, verbose = values.pop("quiet"), values.pop("verbose")
    asked = Asked(
        paths,
        version=values.pop("ctb_version"),
        only=values.pop("only"),
        checksummed=values.pop("checksummed"),
        dry=check or diff,
    )
    config = options.configured(values)
    outcome = carry_out(config, asked)
    if diff:
        for change in outcome.plan.changes:
            click.echo(_diff(change), nl=False)
    _tell(outcome, dry=asked.dry, quiet=quiet, verbose=verbose)
    if not asked.dry:
        from ctb_audit.cli.tag_log import log_tagging

        log_tagging(outcome, config)
    if outcome.incomplete:
        return 3
    return 1 if asked.dry and outcome.plan.changes else 0


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
    plan = outcome.plan
    for path, why in [*outcome.seen.refused.items(), *outcome.failed.items()]:
        click.echo(f"ctb: {inert(path)}: {why}", err=True)
    if outcome.tables.unread:
        click.echo(f"ctb: {inert(outcome.tables.unread)}", err=True)
    if dry or not quiet:
        for change in plan.changes:
            if change.path not in outcome.failed:
                click.echo(f"{_verb(change, dry)}  {inert(change.path)}{_said(change)}")
    if verbose:
        _tell_passed_over(outcome)
    if not quiet:
        _tell_uncertain(plan, verbose)
        done = len(plan.changes) - len(outcome.failed)
        verb = "to change" if dry else "changed"
        click.echo(
            f"{done} {verb}, {len(plan.kept)} as they should be, {len(plan.skipped)} skipped"
        )


def _tell_passed_over(outcome: Outcome) -> None:
    for path, why in sorted({**outcome.seen.passed, **outcome.plan.skipped}.items()):
        click.echo(f"skipped  {inert(path)}: {why}")
    for path, note in sorted(outcome.tables.files.items()):
        for table, why in note.left.items():
            click.echo(f"left  {inert(path)}: {inert(table)} gets no annotation: {why}")


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
    return f": {inert(change.detail)}" if change.detail else ""
