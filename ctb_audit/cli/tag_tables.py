"""The annotations that `ctb tag` writes: what the project's sources say of the tables of its files.

The sources are read as an audit reads them, without live ones: tagging files opens no database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.cli.sources import configured_sources
from ctb_audit.config import Config
from ctb_audit.errors import ConfigurationError, CtbError, EmptySourceError, SourceError
from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog
from ctb_audit.project import Project
from ctb_audit.sources.files import kind_of
from ctb_audit.sources.load import LoadOptions, load_all
from ctb_audit.tag.annotation import Annotated, annotated, obstacles
from ctb_audit.tag.facts import GiveIds, annotations, created_tables
from ctb_audit.tag.plan import File


@dataclass(frozen=True, slots=True)
class Tables:
    """`files`: path -> the file with its annotations. `unread`: why there are none, "" where
    the sources could be read.
    """

    files: Mapping[str, Annotated]
    unread: str = ""


def annotated_files(files: Iterable[File], config: Config, give: GiveIds) -> Tables:
    """The SQL files among `files` that create tables, each with what the sources say of them."""
    wanted = {f.path: f for f in files if kind_of(f.path) == "sql" and not f.reason_to_skip}
    if not wanted:
        return Tables({})
    now = datetime.now(UTC)
    try:
        project = project_of(_catalogs(config), config, AuditSettings(today=now.date()))
    except EmptySourceError:
        return Tables({})
    except (ConfigurationError, SourceError) as error:
        return Tables({}, _unread(error))
    return Tables(_annotated(project, config, wanted, now, give))


def _annotated(
    project: Project, config: Config, files: Mapping[str, File], at: datetime, give: GiveIds
) -> Mapping[str, Annotated]:
    """No id is given out for a table that cannot be annotated."""
    tables = created_tables(project, frozenset(files))
    left = {p: obstacles(files[p].content, each[0].system, each) for p, each in tables.items()}
    places = frozenset(
        table.location
        for path, each in tables.items()
        for table in each
        if table.location is not None and str(table.qualified) not in left[path]
    )
    wanted = annotations(project, config, places, at, give)
    made = {}
    for path, each in tables.items():
        content = files[path].content
        done = annotated(content, each[0].system, wanted.get(path, ()))
        made[path] = replace(done, left={**left[path], **done.left})
    return made


def _catalogs(config: Config) -> tuple[Catalog, ...]:
    named = [s for s in configured_sources(config) if not _is_live(s)]
    if config.sources and not named:
        return ()
    options = LoadOptions(
        root=config.root,
        exclude=config.exclude,
        dialects=config.dialect,
        documents=config.firestore,
        models=config.zod,
    )
    return load_all(named or (str(config.root),), options).catalogs


def _is_live(source: str) -> bool:
    return source == "-" or source.startswith("env:") or "://" in source


def _unread(error: CtbError) -> str:
    return f"{error}; no annotation is written"
