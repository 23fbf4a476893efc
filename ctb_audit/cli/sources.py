"""The sources of a run: what the arguments name, else the configuration, else what is here."""

from typing import Any

from ctb_audit.config import Config
from ctb_audit.model import Catalog
from ctb_audit.sources.load import LoadOptions, load


def read_sources(
    arguments: tuple[str, ...], config: Config, values: dict[str, Any]
) -> tuple[Catalog, ...]:
    """The catalogs of the sources; takes the source options out of `values`."""
    options = LoadOptions(
        root=config.root,
        exclude=config.exclude,
        dialects=config.dialect,
        parser=values.pop("parser"),
        stdin_filename=values.pop("stdin_filename"),
        jobs=values.pop("jobs"),
    )
    values.pop("no_cache")
    return load(arguments or config.sources or (".",), options)
