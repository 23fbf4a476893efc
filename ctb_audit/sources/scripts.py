"""SQL files to catalogs: one for each group of scripts that is replayed together."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Literal, NamedTuple, Protocol

from ctb_audit.collector import collector_paused, until_exit
from ctb_audit.copies import replace
from ctb_audit.errors import ConfigurationError, SourceError
from ctb_audit.forked import divided, processes
from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog, MigrationFile, System
from ctb_audit.sources.ddl.arrange import arrange
from ctb_audit.sources.ddl.dialect import guess, of_mark, of_path
from ctb_audit.sources.ddl.operations import Include, Mistake, Script
from ctb_audit.sources.ddl.order import Group, Plan, plan, step_name
from ctb_audit.sources.ddl.read import Parser, read_script
from ctb_audit.sources.ddl.undo import without_undo
from ctb_audit.sources.files import Skipped, matches, read_text
from ctb_audit.sources.kept import KEPT_FROM, KeptScripts

Mode = Literal["server", "lenient"]
_WORKERS = ("wrangler.toml", "wrangler.json", "wrangler.jsonc")
PARALLEL_FROM = 4_000_000
"""Characters from which reading in several processes gains more than starting them costs."""


class ScriptReader(Protocol):
    """`read_script`, or a cache before it."""

    def __call__(self, text: str, path: str, system: System, *, parser: Parser) -> Script: ...


class Piece(NamedTuple):
    """One script: its path from the root and its text."""

    path: str
    text: str


class Through(Protocol):
    """Runs scripts on a server; `include` gives the text of a file that one includes."""

    def __call__(
        self,
        pieces: Sequence[Piece],
        include: Callable[[str, bool, str], Piece | None],
        replayed: Catalog,
    ) -> Catalog: ...


class LiveReader(Protocol):
    """Reads a live database; `source_name` stands for the URL in messages."""

    def __call__(
        self, url: str, *, schemas: Sequence[str] | None, source_name: str | None
    ) -> Catalog: ...


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How sources are read.

    `root`: paths in results count from it, and no include leaves it. `exclude`: glob patterns of
    paths from it. `dialects`: glob pattern or folder to system, the last that fits wins.
    `stdin_filename`: what standard input is read as. `jobs`: processes for large inputs.
    `schemas`: of a live database, None for all. `read_live`: reads live databases in place of
    `read_live` of the PostgreSQL source. `documents`, `models`: `path` or `path#Name` of a type or
    zod schema to the collection or table that it describes. `kept`: what earlier audits read.
    """

    root: Path = field(default_factory=Path.cwd)
    exclude: tuple[str, ...] = ()
    dialects: Mapping[str, System] = field(default_factory=dict)
    parser: Parser = "auto"
    mode: Mode = "lenient"
    stdin_filename: str | None = None
    jobs: int | None = 1
    schemas: tuple[str, ...] | None = None
    read_script: ScriptReader = read_script
    read_live: LiveReader | None = None
    registry: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    through: "Through | None" = None
    kept: KeptScripts | None = None

    def dialect_of(self, path: str) -> System | None:
        """The system that is configured for a path."""
        fitting = [s for pattern, s in self.dialects.items() if matches(path, pattern)]
        return fitting[-1] if fitting else None


def script_catalogs(
    paths: Sequence[str], root: Path, options: LoadOptions, *, named: bool = False
) -> tuple[tuple[Catalog, ...], tuple[Skipped, ...]]:
    """The catalogs of SQL files, migrations first, and the files that are not replayed.

    A file that another one includes is replayed there only; one that is `named` alone is read
    whatever its name says. Raises SourceError for an unreadable
    file, ConfigurationError for an annotation that cannot be read.
    """
    texts: dict[str, str] = {}

    def text_of(path: str) -> str | None:
        file = root / path
        return read_text(file, path) if file.is_file() else None

    alone = named and len(paths) == 1
    found = Plan((Group(paths[0], "schema", tuple(paths)),)) if alone else plan(paths, text_of)
    for path in (path for group in found.groups for path in group.paths):
        texts[path] = without_undo(read_text(f"{root}{os.sep}{path}", path))
    with collector_paused():
        scripts = _scripts(found.groups, texts, options)
        includes = _Includes(root, options, scripts)
        refuse(mistake for script in scripts.values() for mistake in script.mistakes)
        groups = (
            replace(group, paths=tuple(p for p in group.paths if p not in includes.included))
            for group in found.groups
        )
        arranged = arrange(tuple(groups), scripts)
        catalogs = tuple(_catalog(group, scripts, includes, options) for group in arranged.groups)
        until_exit(scripts)
    if options.through is not None:
        catalogs = tuple(
            _through(options.through, catalog, [Piece(p, texts[p]) for p in group.paths], includes)
            for group, catalog in zip(arranged.groups, catalogs, strict=True)
        )
    refuse(includes.mistakes)
    left_out = (*found.left_out, *arranged.left_out)
    return catalogs, tuple(Skipped(path, f"not replayed: {why}") for path, why in left_out)


def refuse(mistakes: Iterable[Mistake]) -> None:
    """Raise ConfigurationError for the first mistake, telling how many there are."""
    found = tuple(mistakes)
    if found:
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        raise ConfigurationError(str(found[0].location), found[0].problem + more, found[0].step)


def _scripts(
    groups: Sequence[Group], texts: Mapping[str, str], options: LoadOptions
) -> dict[str, Script]:
    systems = {path: s for group in groups for path, s in _systems(group, texts, options)}
    jobs, size = 1, sum(map(len, texts.values()))
    if size >= PARALLEL_FROM:
        jobs = min(processes(options.jobs or 1, len(texts), 1), len(texts))
    reader, parser = options.read_script, options.parser
    if reader is read_script and len(texts) == 1 and size >= PARALLEL_FROM:
        from ctb_audit.sources.ddl.ahead import read_ahead

        alone = processes(1 if options.jobs is None else options.jobs, 2, 1) == 1
        reader = read_script if alone else read_ahead
    if options.kept is not None and jobs == 1 and size >= KEPT_FROM:
        reader = options.kept.before(reader)

    def read(part: Sequence[str]) -> list[tuple[str, Script]]:
        return [(p, reader(texts[p], p, systems[p], parser=parser)) for p in part]

    if jobs == 1:
        return dict(read(tuple(texts)))
    by_size = sorted(texts, key=lambda path: len(texts[path]), reverse=True)
    dealt = [path for first in range(jobs) for path in by_size[first::jobs]]
    found = dict(chain.from_iterable(divided(read, dealt, jobs)))
    return {path: found[path] for path in texts}


def _systems(
    group: Group, texts: Mapping[str, str], options: LoadOptions
) -> Iterator[tuple[str, System]]:
    """Configured, else named by the path, else what the texts of the group look like.

    Of a migration's name only a dotted part counts: `003_leave_mysql.sql` may well be
    PostgreSQL's, `003_x.mysql.sql` is not.
    """
    marks = {path: of_mark(path) for path in group.paths}
    own = (texts[path] for path, mark in marks.items() if not mark)
    guessed = guess(group.folder, own, lambda: _beside_worker(options.root / group.folder, options))
    for path, mark in marks.items():
        configured = options.dialect_of(path) if options.dialects else None
        named = of_path(path.rpartition("/")[0] if group.kind == "migrations" else path)
        yield path, configured or mark or named or guessed


def _beside_worker(folder: Path, options: LoadOptions) -> System:
    """SQLite where a Worker with D1 databases is configured in the folder or above it."""
    for place in (folder, *folder.parents):
        for name in _WORKERS:
            try:
                if "d1_databases" in (place / name).read_text(encoding="utf-8", errors="replace"):
                    return "sqlite"
            except OSError:
                continue
        if place == options.root:
            break
    return "postgresql"


def _catalog(
    group: Group, scripts: Mapping[str, Script], includes: "_Includes", options: LoadOptions
) -> Catalog:
    from ctb_audit.sources.ddl.replay import replay

    own = [scripts[path] for path in group.paths]
    source = group.folder or "."
    catalog = replay(own, mode=options.mode, include=includes.read, source=source)
    if group.kind != "migrations":
        return catalog
    steps = (MigrationFile(p, group.folder, step_name(p, group.folder)) for p in group.paths)
    return replace(catalog, migrations=tuple(steps))


def _through(
    through: "Through", catalog: Catalog, pieces: list[Piece], includes: "_Includes"
) -> Catalog:
    """What a server makes of the group; another system's stays as it was read."""
    if any(includes.system_of(piece.path) != "postgresql" for piece in pieces):
        return catalog
    loaded = through(pieces, includes.text, catalog)
    return replace(loaded, migrations=catalog.migrations)


class _Includes:
    """The files that scripts include, read inside the root only."""

    def __init__(self, root: Path, options: LoadOptions, scripts: Mapping[str, Script]) -> None:
        self._root = root.resolve()
        self._options = options
        self._scripts = dict(scripts)
        self._systems = {path: script.system for path, script in scripts.items()}
        self.mistakes: list[Mistake] = []
        self.included = frozenset(self._included(scripts.values()) if len(scripts) > 1 else ())

    def read(self, path: str, relative: bool, including: str) -> Script | None:
        """The script, None where there is no such file inside the root."""
        place = self._place(path, relative, including)
        if place is None:
            return None
        if place not in self._scripts:
            try:
                text = read_text(self._root / place, place)
            except SourceError:
                return None
            system = self._systems.get(including, "postgresql")
            script = self._options.read_script(text, place, system, parser=self._options.parser)
            self._scripts[place], self._systems[place] = script, system
            self.mistakes += script.mistakes
        return self._scripts[place]

    def system_of(self, path: str) -> System:
        return self._systems.get(path, "postgresql")

    def text(self, path: str, relative: bool, including: str) -> Piece | None:
        """As `read`, unread."""
        place = self._place(path, relative, including)
        return None if place is None else Piece(place, read_text(self._root / place, place))

    def _included(self, scripts: Iterable[Script]) -> Iterator[str]:
        """Files that a script other than themselves includes; the first of a circle is kept."""
        targets: dict[str, set[str]] = {}
        for script in scripts:
            for operation in (o for effect in script.effects for o in effect.operations):
                if isinstance(operation, Include):
                    place = self._place(operation.path, operation.relative, script.path)
                    if place is not None and place != script.path:
                        targets.setdefault(script.path, set()).add(place)
        seen: set[str] = set()
        for path in sorted(targets):
            seen.add(path)
            yield from (p for p in targets[path] if p not in seen or path not in targets.get(p, ()))

    def _place(self, path: str, relative: bool, including: str) -> str | None:
        """The path from the root; psql looks for what is not relative in its own folder, which
        is taken to be the root, else that of the including file.
        """
        path = path.replace("\\", "/")
        beside = join(dirname(including), path)
        for candidate in [beside] if relative else [path, beside]:
            place = normpath(candidate)
            file = (self._root / place).resolve()
            if file.is_relative_to(self._root) and file.is_file():
                return file.relative_to(self._root).as_posix()
        return None
