"""`ctb reference`: a schema reference written from the model, or an existing one kept true."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.output import write_file
from ctb_audit.config import Config
from ctb_audit.errors import SourceError, UsageError
from ctb_audit.project import Project

_SHAPES = ("ctb-1.0", "ctb-1.3")
STALE = 1


@click.command(
    "reference", epilog="Example: ctb reference migrations --output SCHEMA_REFERENCE.md --check"
)
@click.argument("source", nargs=-1)
@options.source_options
@click.option("--standard", metavar="ID", help="Standard whose shape is written: ctb-1.0, ctb-1.3.")
@click.option(
    "--shape",
    type=click.Choice(_SHAPES),
    help="Shape of a new document; default: that of the standard.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The document; where it exists, its prose is kept and only what is owned replaced.",
)
@click.option(
    "--output-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write an index and a file a table.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is stale.")
@options.today_option
def reference_command(source: tuple[str, ...], **values: Any) -> int:
    """Write a schema reference of what SOURCE defines, or keep an existing one true.

    Replaced are code blocks of tables, figures, diagrams and lists; missing tables are added.
    """
    from ctb_audit.cli.sources import own_folder

    output, folder = values.pop("output"), values.pop("output_dir")
    check, shape = values.pop("check"), values.pop("shape")
    if check and not (output or folder):
        raise UsageError("--check", "needs a file to compare", "add --output FILE")
    if output and folder:
        raise UsageError("--output", "and --output-dir exclude each other", "give one of them")
    today = values.pop("today")
    config = options.configured(values, own_folder(source))
    project = _project(source, config, values, output, today)
    texts = _texts(project, shape or _shape(project), output, folder)
    if check:
        return _checked(texts)
    for path, text in texts.items():
        if path is None:
            click.echo(text, nl=False)
        else:
            write_file(path, text)
    return 0


def _project(
    source: tuple[str, ...],
    config: Config,
    values: dict[str, Any],
    output: Path | None,
    today: str | None,
) -> Project:
    from ctb_audit.audit import AuditSettings, project_of
    from ctb_audit.cli.sources import read_sources

    catalogs = list(read_sources(source, config, values).catalogs)
    if output is not None and output.is_file():
        catalogs += _existing(output, config, [c.source for c in catalogs])
    return project_of(catalogs, config, AuditSettings(today=options.day(today)))


def _existing(output: Path, config: Config, known: list[str]) -> list[Any]:
    """The document itself, which declares ids and levels, unless it is a source already."""
    from ctb_audit.sources.files import shown
    from ctb_audit.sources.load import LoadOptions, reference_catalog

    inside = output.resolve().is_relative_to(config.root.resolve())
    name = shown(output.resolve(), config.root.resolve()) if inside else output.name
    if name in known:
        return []
    return [reference_catalog(_read(output), name, LoadOptions(root=config.root))]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), f"cannot be read: {error}", "name a UTF-8 file") from None


def _shape(project: Project) -> str:
    return next((s for s in (project.standard.id, *project.standard.extends) if s in _SHAPES), "")


def _texts(
    project: Project, shape: str, output: Path | None, folder: Path | None
) -> Mapping[Path | None, str]:
    from ctb_audit.reference import updated, written

    if output is not None and output.is_file():
        return {output: updated(_read(output), output.name, project)}
    made = written(project, shape, split=folder is not None)
    if folder is not None:
        return {folder / name: text for name, text in made.files.items()}
    return {output: next(iter(made.files.values()))}


def _checked(texts: Mapping[Path | None, str]) -> int:
    stale = [p for p, text in texts.items() if p and (not p.is_file() or _read(p) != text)]
    for path in stale:
        click.echo(f"ctb: {path}: is stale; run the command again without --check", err=True)
    return STALE if stale else 0
