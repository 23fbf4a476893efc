"""The sources of a run: what the arguments name, else the configuration, else what is here."""

from pathlib import Path
from typing import Any

from ctb_audit.config import Config
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.kept import KeptScripts
from ctb_audit.sources.load import Loaded, LoadOptions, load_all
from ctb_audit.sources.scripts import LiveReader, ScriptReader, Through


def read_sources(
    arguments: tuple[str, ...],
    config: Config,
    values: dict[str, Any],
    reader: ScriptReader = read_script,
    *,
    live: LiveReader | None = None,
    through: Through | None = None,
    home: Path | None = None,
) -> Loaded:
    """What the sources hold and what was passed over; takes the source options out of `values`.

    `live` reads live databases, whose transactions it may keep open; `through` runs PostgreSQL's
    scripts. `home`: the folder whose audits share what is kept of scripts, the root by default.

    A folder with a configuration of its own is audited as that says.
    """
    kept = None if values.pop("no_cache") else KeptScripts(home or config.root)
    options = LoadOptions(
        root=config.root,
        exclude=config.exclude,
        dialects=config.dialect,
        parser=values.pop("parser"),
        stdin_filename=values.pop("stdin_filename"),
        jobs=values.pop("jobs"),
        read_script=reader,
        read_live=live,
        registry=_registry(arguments, config),
        documents=config.firestore,
        models=config.zod,
        through=through,
        kept=kept,
    )
    if not arguments or _is_configured(arguments, config):
        arguments = configured_sources(config) or (_below(config.root, "."),)
    loaded = load_all(arguments, options)
    if kept is not None:
        kept.keep()
    return loaded


def _registry(arguments: tuple[str, ...], config: Config) -> str:
    """The table registry that a live source may hold: the configured one, else the standard's."""
    named = arguments or config.sources
    if config.registry.tables or not any(s.startswith("env:") or "://" in s for s in named):
        return config.registry.tables
    from ctb_audit.audit import standard_for

    return standard_for((), config).table_registry


def configured_sources(config: Config) -> tuple[str, ...]:
    """The sources that the configuration names, as arguments."""
    return tuple(_below(config.root, source) for source in config.sources)


def source_folders(arguments: tuple[str, ...], config: Config) -> tuple[Path, ...]:
    """Where the paths that the sources show may begin: the root, and folders outside of it."""
    named = [Path(a) for a in arguments if a != "-" and "://" not in a and a[:4] != "env:"]
    return (config.root, *(path if path.is_dir() else path.parent for path in named))


def own_folder(arguments: tuple[str, ...]) -> Path | None:
    """The folder that is the only source: its own configuration counts before the current one's."""
    folder = Path(arguments[0]) if len(arguments) == 1 else None
    return folder if folder is not None and folder.is_dir() else None


def _is_configured(arguments: tuple[str, ...], config: Config) -> bool:
    folder = own_folder(arguments)
    return folder is not None and config.path is not None and folder.resolve() == config.root


def _below(root: Path, source: str) -> str:
    """A configured source as an argument: its path counts from the configuration's folder."""
    if source == "-" or source.startswith("env:") or "://" in source:
        return source
    return str(root / source)
