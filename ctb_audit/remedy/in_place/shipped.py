"""Which tables somebody may have created already, so that only a migration may change them.

| the table is | may be edited |
|---|---|
| in an audited database, or its migration is applied there | never |
| said to be unshipped by the caller | yes |
| created by no SQL file of the main branch, and its file is no migration of it | yes |
| outside a repository, in one script that is no migration | yes |
| anything else | no |
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.model import Catalog, Name
from ctb_audit.revision import prefix_of
from ctb_audit.sources.files import decode, kind_of
from ctb_audit.sources.reference.naming import created_names
from ctb_audit.trees import Repository, Tree

_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master", "trunk")
_ASSERT = "name it with --unshipped if no database has it"
_CALLED = re.compile(r"create_table[\s(]+[:'\"](?:\w+\.)?(\w+)")
_IN_CODE = (".py", ".rb")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A table that is not edited: where it stands, why not, and what to do."""

    table: Name
    place: str
    problem: str
    step: str

    def __str__(self) -> str:
        return f"{self.place}: {self.table} {self.problem}; {self.step}"


@dataclass(frozen=True)
class Base:
    """What the main branch holds: paths from the repository's top, and the tables created there."""

    name: str
    paths: frozenset[str] = frozenset()
    tables: frozenset[Name] = frozenset()

    def creates(self, table: Name) -> bool:
        return table in self.tables or Name(None, table.name) in self.tables


@dataclass(frozen=True)
class Shipping:
    """What is known of where tables are. `base` None: the files are in no repository."""

    live: frozenset[Name] = frozenset()
    applied: frozenset[str] = frozenset()
    chains: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    base: Base | None = None
    prefix: str = ""
    said: Callable[[Name], bool] = field(default=lambda name: False)

    def refusal(self, table: Name, path: str, place: str) -> Refusal | None:
        """Why the table that `path` creates must not be edited; None where it may."""
        known = self._known(table, path)
        if known:
            return Refusal(table, place, known, "write migrations, without --in-place")
        likely = "" if self.said(table) else self._likely(table, path)
        return Refusal(table, place, likely, _ASSERT) if likely else None

    def _known(self, table: Name, path: str) -> str:
        """Why the table is certainly in use, "" where that is not known."""
        if table in self.live:
            return "is in an audited database"
        is_applied = path.rpartition("/")[2] in self.applied
        return "comes from a migration that is applied" if is_applied else ""

    def _likely(self, table: Name, path: str) -> str:
        if self.base is None:
            return "" if path in self.alone else "may be in use: its file is in no git repository"
        name = self.base.name
        if path in self.chains and self.prefix + path in self.base.paths:
            return f"comes from a migration that {name} holds"
        return f"is created on {name} already" if self.base.creates(table) else ""


def shipping_of(
    catalogs: Sequence[Catalog],
    scripts: Mapping[str, Sequence[str]],
    root: Path,
    ref: str | None,
    said: Callable[[Name], bool],
) -> Shipping:
    """`scripts`: paths by the source that replays them. `ref`: what has shipped; None for the
    remote's main branch. Raises UsageError where `ref` is no commit, or git cannot be run.
    """
    chains = frozenset(m.path for c in catalogs for m in c.migrations)
    live = (c for c in catalogs if c.surface == "live")
    every = [path for paths in scripts.values() for path in paths]
    alone = frozenset(every) - chains if len(every) == 1 else frozenset[str]()
    base = _base(root, ref)
    return Shipping(
        live=frozenset(t.qualified for c in live for t in c.tables),
        applied=frozenset(_applied(catalogs)),
        chains=chains,
        alone=alone,
        base=base,
        prefix=prefix_of(root.resolve()) if base else "",
        said=said,
    )


def _applied(catalogs: Iterable[Catalog]) -> Iterable[str]:
    return (a.name for c in catalogs for t in c.trackers for a in t.applied if a.state == "applied")


def _base(root: Path, ref: str | None) -> Base | None:
    inside = any((folder / ".git").exists() for folder in (root, *root.resolve().parents))
    if not inside and ref is None:
        return None
    repository = Repository(root)
    trees = [repository.commit(ref)] if ref else _main(repository)
    blobs = {blob.id: path for tree in trees for path, blob in tree.blobs.items() if _told(path)}
    tables: set[Name] = set()
    for oid, data in repository.contents(blobs).items() if blobs else ():
        tables |= _created(blobs[oid], data)
    paths = frozenset(path for tree in trees for path in tree.blobs)
    return Base(trees[0].name, paths, frozenset(tables))


def _main(repository: Repository) -> list[Tree]:
    """The main branch, and where this one left it; the present commit where neither is known."""
    head = repository.head()
    for name in _MAIN if head.name == "HEAD" else ():
        try:
            tree = repository.commit(name)
        except UsageError:
            continue
        fork = repository.fork(name)
        return [tree, *([repository.commit(fork)] if fork else [])]
    return [head]


def _told(path: str) -> bool:
    """Whether the file may create tables: SQL, or a migration of Rails or Alembic."""
    if path.endswith(_IN_CODE):
        return re.search(r"(^|/)(versions|migrate|migrations)/", path) is not None
    return kind_of(path) == "sql"


def _created(path: str, data: bytes) -> set[Name]:
    try:
        text = decode(data, path)
    except SourceError:
        return set()
    if path.endswith(_IN_CODE):
        return {Name(None, name) for name in _CALLED.findall(text)}
    return set(created_names(text, "postgresql"))
