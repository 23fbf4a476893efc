"""Sources, as an argument or the configuration names them, to catalogs.

| argument | is |
|---|---|
| a folder | its SQL files, grouped and ordered, the schema references and diagrams in it |
| `.sql`, `.ddl`, `.psql` | a script; several are ordered as those of a folder |
| `.md` | a schema reference |
| `.json` | a catalog that `ctb inspect` wrote, or a diagram that ChartDB exported |
| `.rules` | the security rules of Firestore |
| `.ts` | document types of Firestore, zod models |
| `-` | standard input, read as what `stdin_filename` is |
| `postgresql://...`, `bigquery://...`, `firestore://...` | a live database |
| `env:NAME` | the URL in an environment variable, which nothing else opens |
"""

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ctb_audit.copies import replace
from ctb_audit.errors import EmptySourceError, SourceError, UsageError
from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import Catalog, Declared, Problem
from ctb_audit.sources.files import Pending, Skipped, decode, discover, kind_of, read_text, shown
from ctb_audit.sources.scripts import LoadOptions, Piece, refuse, script_catalogs

__all__ = ["LoadOptions", "Loaded", "load", "load_all"]

_URL = pattern(r"([a-z][a-z0-9+]+)://")
MAY_REFER = pattern(r"BART-|BID-|HEIR-|STAMPED|Enforcement", re.I)
_KNOWN_URLS = "use postgresql://host/database, bigquery://project/dataset, firestore://project"
_STEP = "name a folder with SQL or a schema reference, or configure sources in ctb.toml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Catalogs in the order of their arguments, and what was passed over, with reasons."""

    catalogs: tuple[Catalog, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    pending: tuple[Pending, ...] = ()

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            self.catalogs + other.catalogs,
            self.skipped + other.skipped,
            self.pending + other.pending,
        )


def load(arguments: Sequence[str], options: LoadOptions) -> tuple[Catalog, ...]:
    """The catalogs of the sources.

    Raises SourceError for what is missing, unreadable or empty, UsageError for an argument that is
    no source, ConfigurationError for an annotation that cannot be read.
    """
    return load_all(arguments, options).catalogs


def load_all(arguments: Sequence[str], options: LoadOptions) -> Loaded:
    """As `load`, with the paths that were not read."""
    options = replace(options, root=options.root.resolve())
    loaded = Loaded()
    scripts: list[str] = []
    for argument in dict.fromkeys(arguments):
        path = Path(os.path.abspath(argument))
        is_script = argument != "-" and not _scheme(argument) and kind_of(argument) == "sql"
        if is_script and path.is_file() and path.is_relative_to(options.root):
            scripts.append(shown(path, options.root))
            continue
        part = _argument(argument, path, options)
        if not part.catalogs and not part.pending:
            raise EmptySourceError(argument, "holds nothing to audit", _next_step(path) or _STEP)
        loaded += part
    if scripts:
        loaded = Loaded(*script_catalogs(scripts, options.root, options, named=True)) + loaded
    if loaded.pending:
        loaded = _with_applications(loaded, options)
    if not loaded.catalogs:
        step = next(filter(None, map(_next_step, map(Path, arguments))), _STEP)
        raise EmptySourceError(" ".join(arguments) or ".", "holds nothing to audit", step)
    return replace(loaded, catalogs=_with_migrations(loaded.catalogs, arguments, options))


def _scheme(argument: str) -> "re.Match[str] | None":
    return _URL.match(argument) if "://" in argument else None


def _next_step(path: Path) -> str:
    if not path.is_dir():
        return ""
    from ctb_audit.sources.elsewhere import step_towards_sql

    return step_towards_sql(path)


def _with_applications(loaded: Loaded, options: LoadOptions) -> Loaded:
    """With the files of applications, which describe tables that the other sources name."""
    from ctb_audit.sources.application import application_catalogs
    from ctb_audit.sources.ties import Ties

    ties = Ties(options.documents, options.models)
    found = application_catalogs(loaded.pending, ties, loaded.catalogs)
    return Loaded(loaded.catalogs, loaded.skipped) + Loaded(*found)


def _with_migrations(
    catalogs: tuple[Catalog, ...], arguments: Sequence[str], options: LoadOptions
) -> tuple[Catalog, ...]:
    """Live catalogs whose migrations may be no SQL, with those that the folders hold."""
    tools = {tracker.tool for catalog in catalogs for tracker in catalog.trackers}
    if not tools:
        return catalogs
    from ctb_audit.sources.migration_files import TOOLS, migration_files

    if tools.isdisjoint(TOOLS):
        return catalogs
    paths = [Path(os.path.abspath(a)) for a in arguments if not _scheme(a)]
    found = tuple(
        step
        for path in paths
        if path.is_dir()
        for step in migration_files(path, _root_of(path, options), options.exclude)
    )
    return tuple(replace(c, migrations=found) if c.trackers else c for c in catalogs)


def _root_of(path: Path, options: LoadOptions) -> Path:
    return options.root if path.is_relative_to(options.root) else _own_root(path)


def _argument(argument: str, path: Path, options: LoadOptions) -> Loaded:
    if argument == "-":
        return _standard_input(options)
    if argument.startswith("env:"):
        return _environment(argument, options)
    if _scheme(argument):
        return Loaded(_live(argument, "", options))
    root = _root_of(path, options)
    return _folder(path, root, options) if path.is_dir() else _file(path, root, options)


def _file(path: Path, root: Path, options: LoadOptions) -> Loaded:
    name = shown(path, root)
    if kind_of(path.name) == "sql":
        return Loaded(*script_catalogs([name], root, options, named=True))
    if kind_of(path.name) in ("rules", "typescript") and path.is_file():
        return Loaded(pending=(Pending(root, (name,), named=True),))
    return _text(read_text(path, name), name, options)


def _own_root(path: Path) -> Path:
    """Of a source outside the root: no path of this machine reaches a report."""
    return path if path.is_dir() else path.parent


def _folder(path: Path, root: Path, options: LoadOptions) -> Loaded:
    found = discover(path, root, options.exclude)
    loaded = Loaded(skipped=found.skipped)
    scripts = found.of_kind("sql")
    if scripts:
        loaded += Loaded(*script_catalogs(scripts, root, options))
    for name in found.of_kind("document"):
        loaded += _discovered_reference(root / name, name, options)
    loaded += _diagrams(found.of_kind("json"), root)
    own = (*found.of_kind("rules"), *found.of_kind("typescript"))
    return loaded + Loaded(pending=(Pending(root, own),)) if own else loaded


def _discovered_reference(path: Path, name: str, options: LoadOptions) -> Loaded:
    """A document that gives tables ids or levels; any other is prose unless it is an argument."""
    text = read_text(path, name)
    if MAY_REFER.search(text):
        catalog = reference_catalog(text, name, options)
        if any(d.declaration.table_id or d.declaration.level for d in catalog.declared):
            return Loaded((catalog,))
    return Loaded(skipped=(Skipped(name, "gives no table an id or a level"),))


def _diagrams(names: Sequence[str], root: Path) -> Loaded:
    """Diagrams of ChartDB among the JSON files, told by their content."""
    if not names:
        return Loaded()
    from ctb_audit.sources.chartdb import discovered

    return Loaded(*discovered(names, root))


def _text(text: str, name: str, options: LoadOptions) -> Loaded:
    kind = kind_of(name)
    reader = _TEXTS.get(kind or "")
    if reader is None:
        known = "a folder, .sql, .md, .rules, .ts, .json, - or a URL"
        raise UsageError(name, "is no kind of source that can be read", f"name {known}")
    return Loaded(reader(text, name, options))


def reference_catalog(text: str, name: str, options: LoadOptions) -> Catalog:
    """The catalog of a schema reference: its DDL replayed, and what it says besides."""
    from ctb_audit.sources.ddl.replay import replay
    from ctb_audit.sources.fenced import read_fenced
    from ctb_audit.sources.reference import read_reference, standard_hint, table_declarations

    reference = read_reference(text, name, parser=options.parser)
    refuse(mistake for script in reference.scripts for mistake in script.mistakes)
    catalog = replay(reference.scripts, mode="lenient", source=name, surface="reference")
    declared = tuple(
        Declared(system, table, declaration)
        for (system, table), declarations in table_declarations(reference).items()
        for declaration in declarations
    )
    fenced = read_fenced(reference)
    return replace(
        catalog,
        tables=(*catalog.tables, *fenced.tables),
        rules=fenced.rules,
        models=fenced.models,
        declared=declared,
        stated=tuple(sorted(reference.stated)),
        standard=standard_hint(reference),
        problems=(*catalog.problems, *reference.problems, *fenced.problems),
        coverage=catalog.coverage + reference.coverage + fenced.coverage,
        documents=(reference.facts,),
    )


def _named_reference(text: str, name: str, options: LoadOptions) -> tuple[Catalog, ...]:
    catalog = reference_catalog(text, name, options)
    return (catalog,) if catalog.declared or catalog.coverage.statements else ()


def _snapshots(text: str, name: str, options: LoadOptions) -> tuple[Catalog, ...]:
    from ctb_audit.sources.chartdb import is_chartdb, read_chartdb
    from ctb_audit.sources.snapshot import read_snapshots

    return (read_chartdb(text, name),) if is_chartdb(text) else read_snapshots(text, name)


def _application(text: str, name: str, options: LoadOptions) -> tuple[Catalog, ...]:
    from ctb_audit.sources.application import read_application_text

    return read_application_text(text, name)


def _script(text: str, name: str, options: LoadOptions) -> tuple[Catalog, ...]:
    from ctb_audit.sources.ddl.dialect import guess
    from ctb_audit.sources.ddl.replay import replay
    from ctb_audit.sources.ddl.undo import without_undo

    text = without_undo(text)
    system = options.dialect_of(name) or guess(name, [text])
    script = options.read_script(text, name, system, parser=options.parser)
    refuse(script.mistakes)
    if not script.effects:
        return ()
    catalog = replay([script], mode=options.mode, source=name)
    if options.through is not None and system == "postgresql":
        catalog = options.through([Piece(name, text)], lambda *_: None, catalog)
    return (catalog,)


_TEXTS: dict[str, Callable[[str, str, LoadOptions], tuple[Catalog, ...]]] = {
    "sql": _script,
    "document": _named_reference,
    "json": _snapshots,
    "rules": _application,
    "typescript": _application,
}


def _standard_input(options: LoadOptions) -> Loaded:
    name = options.stdin_filename or "stdin.sql"
    return _text(decode(sys.stdin.buffer.read(), name), name, options)


def _environment(argument: str, options: LoadOptions) -> Loaded:
    name = argument.removeprefix("env:")
    url = os.environ.get(name, "").strip()
    if not url:
        raise SourceError(argument, f"the variable {name} is not set", f"export {name}=<url>")
    from ctb_audit.sources.google_cloud import project_url

    return Loaded(_live(project_url(name, url), argument, options))


def _cloud(scheme: str, url: str, name: str) -> Catalog:
    if scheme == "bigquery":
        from ctb_audit.sources.bigquery import read_bigquery

        return read_bigquery(url, source_name=name or None)
    from ctb_audit.sources.firestore import read_firestore

    return read_firestore(url, source_name=name or None)


def _live(url: str, name: str, options: LoadOptions) -> tuple[Catalog, ...]:
    """The database, and the table registry in it. `name` stands for the URL in messages, "" for
    the URL itself.
    """
    scheme = _scheme(url)
    if scheme is not None and scheme.group(1) in ("bigquery", "firestore"):
        return (_cloud(scheme.group(1), url, name),)
    if scheme is None or scheme.group(1) not in ("postgresql", "postgres"):
        place = name or url.partition("://")[0] + "://"
        raise UsageError(place, "is no URL that can be read", _KNOWN_URLS)
    from ctb_audit.sources.postgres import read_live

    reader = options.read_live or read_live
    catalog = reader(url, schemas=options.schemas, source_name=name or None)
    if not options.registry:
        return (catalog,)
    from ctb_audit.sources.postgres.registry import find_registry, read_registry

    found = find_registry(catalog, options.registry)
    if found is None:
        return (catalog,)
    registry = read_registry(url, found, source_name=name or None)
    if isinstance(registry, Problem):
        return (replace(catalog, problems=(*catalog.problems, registry)),)
    return catalog, registry
