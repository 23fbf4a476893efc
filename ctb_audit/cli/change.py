"""`ctb audit --staged` and `--since REV`: a change is judged by the trees before and after it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ctb_audit.audit import AuditSettings, conclude, project_of
from ctb_audit.change import Side, changed
from ctb_audit.cli import options
from ctb_audit.cli.kept_sides import KeptSides, key_of
from ctb_audit.cli.sources import own_folder, read_sources
from ctb_audit.config import CONFIG_NAME, Config
from ctb_audit.errors import CtbError, EmptySourceError, UsageError
from ctb_audit.judge import judge
from ctb_audit.lean import dataclass
from ctb_audit.model import System
from ctb_audit.result import Audit
from ctb_audit.scratch import private_folder
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import Parser, read_script
from ctb_audit.standard import Severity
from ctb_audit.trees import Repository, Tree, lay_out

BLOCKING: Severity = "LOW"
"""The least severity of a new finding that blocks, unless `fail_on` is configured."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for; `since` None: what is staged. `may_skip`: nobody waits for
    a report where nothing changes.
    """

    sources: tuple[str, ...]
    values: Mapping[str, Any]
    settings: AuditSettings
    since: str | None
    may_skip: bool = True


@dataclass(frozen=True, slots=True)
class _Judged:
    side: Side
    audit: Audit
    config: Config


def audit_change(asked: Asked) -> tuple[Audit, Config] | None:
    """The audit after the change, judged by the change, and its configuration with the paths of
    the working folder. None where the change touches nothing that an audit reads.
    """
    repository = Repository(Path.cwd())
    _refuse_outside(asked, repository.top)
    before, after = _trees(repository, asked.since)
    if after is not None and asked.may_skip and _is_untouched(before, after):
        return None
    kept = KeptSides(repository.top, asked.values["no_cache"])
    known = kept.read(_key(before, asked, repository.top))
    asked_for = [t for t in (after, None if known else before) if t is not None]
    contents = repository.contents(b.id for t in asked_for for b in t.read.values())
    reader = _Once()
    base = before.name if asked.since is None else str(asked.since)
    folder = Path(click.get_current_context().with_resource(_scratch()))
    left_out: tuple[str, ...] = ()
    if after is None:
        later = _judged(_without_submodules(asked, before), reader)
    else:
        left_out = lay_out(after, folder / "after", contents)
        later = _judged_in(folder / "after", repository.top, asked, reader)
        kept.write(_key(after, asked, repository.top), later.side)
    why = None
    if known is None:
        lay_out(before, folder / "before", contents)
        known, why = _earlier(folder / "before", repository.top, asked, reader)
        kept.write(_key(before, asked, repository.top), known)
    audit = _compared(known, later, base, why)
    audit = replace(audit, notices=(*audit.notices, *left_out), revision=repository.revision())
    return audit, _at_home(later.config, folder / "after", repository.top)


def _key(tree: Tree, asked: Asked, top: Path) -> str:
    """What decides the audit of a tree: its files, where it is asked from, and how."""
    here = Path.cwd().resolve().relative_to(top.resolve()).as_posix()
    settings = (asked.settings.today.isoformat(), asked.settings.waivers, here)
    values = sorted((name, repr(value)) for name, value in asked.values.items())
    return key_of(tree, settings, asked.sources, values)


def _trees(repository: Repository, since: str | None) -> tuple[Tree, Tree | None]:
    """Before and after; after None: the working folder."""
    if since is not None:
        return repository.commit(since), None
    return repository.head(), repository.index()


def _is_untouched(before: Tree, after: Tree) -> bool:
    """Whether neither what is read changes nor what is there, which documents may name."""
    return before.blobs.keys() == after.blobs.keys() and before.read == after.read


@contextmanager
def _scratch() -> Iterator[str]:
    with private_folder() as path:
        yield os.path.realpath(path)


class _Once:
    """Reads every script once, however many trees hold it."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, System, Parser], Script] = {}

    def __call__(self, text: str, path: str, system: System, *, parser: Parser) -> Script:
        key = text, path, system, parser
        if key not in self._read:
            self._read[key] = read_script(text, path, system, parser=parser)
        return self._read[key]


def _judged(asked: Asked, reader: _Once, home: Path | None = None) -> _Judged:
    """The audit of the current folder, live sources left out: they are no part of a tree.
    `home`: the folder whose scripts these are.
    """
    values = dict(asked.values)
    config = options.configured(values, own_folder(asked.sources))
    sources = tuple(s for s in asked.sources if not _is_elsewhere(s))
    configured = tuple(s for s in config.sources if not _is_elsewhere(s))
    dropped = [s for s in (*asked.sources, *config.sources) if _is_elsewhere(s)]
    config = replace(config, sources=configured)
    if dropped and not sources and not configured:
        step = "audit it without --staged and --since"
        raise UsageError(_without_host(dropped[0]), "is no part of a tree", step)
    loaded = read_sources(sources, config, values, reader, home=home)
    project = project_of(loaded.catalogs, config, asked.settings)
    audit = conclude(project, judge(project), config, asked.settings)
    notices = (
        *(f"{s.path}: not read: {s.reason}" for s in loaded.skipped),
        *(f"{_without_host(s)}: not read: no part of a tree" for s in dropped),
    )
    audit = replace(audit, notices=(*audit.notices, *notices))
    return _Judged(Side.of(audit, project), audit, config)


def _is_elsewhere(source: str) -> bool:
    return source == "-" or source.startswith("env:") or "://" in source


def _without_host(source: str) -> str:
    """A URL may hold a password: only its scheme is shown."""
    scheme, separator, _ = source.partition("://")
    return f"{scheme}{separator}"


def _without_submodules(asked: Asked, tree: Tree) -> Asked:
    """The working folder holds the files of submodules, the tree does not."""
    exclude = (*asked.values["exclude"], *tree.submodules)
    return replace(asked, values={**asked.values, "exclude": exclude})


def _judged_in(folder: Path, top: Path, asked: Asked, reader: _Once) -> _Judged:
    """The audit of a tree laid out in `folder`, from the place that the current one has in it."""
    here = Path.cwd().resolve()
    there = folder / here.relative_to(top.resolve())
    there.mkdir(parents=True, exist_ok=True)
    moved = replace(
        asked,
        sources=tuple(_moved(s, here) for s in asked.sources),
        values={**asked.values, "config": _moved_config(asked.values.get("config"), here)},
    )
    try:
        with chdir(there):
            return _judged(moved, reader, top)
    except CtbError as error:
        place = error.place.replace(f"{folder}/", "").replace(str(folder), ".")
        raise type(error)(place, error.problem, error.step) from None


def _moved(source: str, here: Path) -> str:
    """An argument as it reads from the current folder, which every tree has."""
    return source if _is_elsewhere(source) else os.path.relpath(source, here)


def _moved_config(path: Path | None, here: Path) -> Path | None:
    return None if path is None else Path(os.path.relpath(path, here))


def _refuse_outside(asked: Asked, top: Path) -> None:
    named = [*(s for s in asked.sources if not _is_elsewhere(s)), asked.values.get("config")]
    for name in named:
        if name is not None and not Path(name).resolve().is_relative_to(top.resolve()):
            step = "run it in the repository that holds it"
            raise UsageError(str(name), f"lies outside of the repository {top.name}", step)


def _earlier(
    folder: Path, top: Path, asked: Asked, reader: _Once
) -> tuple[Side | None, CtbError | None]:
    """The tree before; nothing where it holds nothing to audit, the error where it is broken."""
    try:
        return _judged_in(folder, top, asked, reader).side, None
    except EmptySourceError:
        return None, None
    except CtbError as error:
        return None, error


def _compared(earlier: Side | None, later: _Judged, base: str, why: CtbError | None) -> Audit:
    """Judged by the change, or as a whole where the tree before cannot be audited at all."""
    if why is not None:
        audit = later.audit
        notice = f"{base} cannot be audited, so the whole schema decides: {why}"
        return replace(audit, notices=(*audit.notices, notice))
    config = later.config
    is_default = config.origin("fail_on") == "default"
    blocking = BLOCKING if is_default else config.fail_on
    return changed(earlier, later.side, later.audit, base, blocking)


def _at_home(config: Config, folder: Path, top: Path) -> Config:
    """The configuration with the root that the log counts from in the working folder."""
    if not config.root.is_relative_to(folder):
        return config
    root = top / config.root.relative_to(folder)
    return replace(config, root=root, path=root / CONFIG_NAME if config.path else None)
