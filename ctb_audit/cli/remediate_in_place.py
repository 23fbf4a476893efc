"""`ctb remediate --in-place`: edit the files that define tables which no database has yet."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.audit import AuditSettings
from ctb_audit.cli.output import show
from ctb_audit.cli.remediation import Asked, names
from ctb_audit.config import Config
from ctb_audit.errors import IncompleteError, ScratchError, UsageError
from ctb_audit.model import Catalog

if TYPE_CHECKING:
    from ctb_audit.remedy.in_place.edit import Edited
    from ctb_audit.remedy.plan import Wanted

_OWN = "belongs to migrations; leave it out, or leave out --in-place"


@dataclass(frozen=True, slots=True)
class InPlace:
    """`unshipped`: patterns of tables that no database has; `ref`: what has shipped."""

    unshipped: tuple[str, ...] = ()
    ref: str | None = None


def edit_sources(
    sources: tuple[str, ...],
    run: tuple[Config, AuditSettings, dict[str, Any]],
    asked: Asked,
    in_place: InPlace,
    wanted: "Wanted",
) -> int:
    """Edit, prove, write, report and log; `run`: how the sources are read and judged."""
    from ctb_audit.cli.sources import read_sources, source_folders
    from ctb_audit.remedy.in_place.edit import Request, edit_in_place

    _refuse(asked)
    config, settings, values = run

    def reread(**hooks: Any) -> tuple[Catalog, ...]:
        return read_sources(sources, config, dict(values), **hooks).catalogs

    request = Request(
        reread=reread,
        folders=source_folders(sources, config),
        config=config,
        settings=settings,
        wanted=wanted,
        unshipped=lambda name: any(names(p, str(name)) for p in in_place.unshipped),
        ref=in_place.ref,
        safe=asked.only == "safe",
    )
    try:
        edited = edit_in_place(request)
    except ScratchError as error:
        step = "nothing is changed without proof; pip install ctb-audit[verify]"
        raise ScratchError("--in-place", f"needs a scratch server: {error}", step) from None
    return _finished(edited, request.config, settings, asked)


def _refuse(asked: Asked) -> None:
    """Options that mean nothing here must not seem to be heeded."""
    usual = Asked(at=asked.at)
    given = {
        "--output-dir": asked.folder != usual.folder,
        "--layout": asked.layout != usual.layout,
        "--verify-against": asked.copy is not None,
        "--empty": asked.empty,
        "--force": asked.force,
        "--create-log": asked.log,
        "--only review": asked.only == "review",
    }
    wrong = next((option for option, is_given in given.items() if is_given), None)
    if wrong is not None:
        raise UsageError(wrong, _OWN)


def _finished(edited: "Edited", config: Config, settings: AuditSettings, asked: Asked) -> int:
    from ctb_audit.remedy.in_place.files import write_all
    from ctb_audit.report.in_place import in_place_lines

    if edited.refused and not edited.open:
        first, more = edited.refused[0], len(edited.refused) - 1
        told = f" (and {more} more tables)" if more else ""
        raise UsageError(first.place, f"{first.table} {first.problem}{told}", first.step)
    if asked.dry_run:
        _show_patch(edited)
    else:
        write_all(edited.files)
    show(list(in_place_lines(edited, dry_run=asked.dry_run)))
    if config.log != "none" and not asked.dry_run:
        from ctb_audit.cli.remediation_log import log_edits

        log_edits(edited, config, settings)
    blocked = edited.is_blocked
    return IncompleteError.exit_code if blocked else 0


def _show_patch(edited: "Edited") -> None:
    from ctb_audit.remedy.patch import patch_of

    for file, text in edited.files.items():
        click.echo(patch_of(file.shown, file.text, text), nl=False)
