"""`ctb inspect`: the catalog that a source describes, as JSON or as a tree."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from ctb_audit.cli import options
from ctb_audit.cli.output import show, write_reports
from ctb_audit.model import Catalog

FORMATS = ("tree", "json", "chartdb")


@click.command("inspect", epilog="Example: ctb inspect migrations --format json > catalog.json")
@click.argument("source", nargs=-1, required=True)
@options.source_options
@options.output_options(FORMATS)
def inspect_command(source: tuple[str, ...], **values: Any) -> int:
    """Print the catalog that SOURCE describes.

    The JSON is itself a source for every command, so a catalog can be kept and compared.
    """
    from ctb_audit.cli.sources import own_folder, read_sources

    output = options.output_of(values)
    config = options.configured(values, own_folder(source))
    catalogs = read_sources(source, config, values).catalogs
    formats = _formats(catalogs)
    write_reports(output.outputs, formats, output.format)
    if output.outputs:
        return 0
    if output.format in ("json", "chartdb"):
        click.echo(formats[output.format](), nl=False)
    else:
        from ctb_audit.report.tree import catalog_lines

        show([line for catalog in catalogs for line in catalog_lines(catalog)])
    return 0


def _formats(catalogs: tuple[Catalog, ...]) -> Mapping[str, Callable[[], str]]:
    def as_json() -> str:
        from ctb_audit.sources.snapshot import snapshot_value

        values = [snapshot_value(catalog) for catalog in catalogs]
        whole = values[0] if len(values) == 1 else values
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"

    def tree() -> str:
        from ctb_audit.report.terminal import plain
        from ctb_audit.report.tree import catalog_lines

        return plain(line for catalog in catalogs for line in catalog_lines(catalog))

    def diagram() -> str:
        from ctb_audit.report.chartdb import chartdb_json

        return chartdb_json(catalogs)

    return {"json": as_json, "chartdb": diagram, "tree": tree, "terminal": tree}
