"""Which scripts of a folder belong together, and in which order they are replayed.

A *group* is one replay. Migrations are a chain in the order of their names; a folder with
one file a table is a schema group, ordered so that what others refer to comes first
(`dependencies`). Where both describe the same tables they stay two groups: two descriptions of one
surface, the migrations first. A whole-schema file (`WHOLE`) is a group by itself.

| layout | order |
|---|---|
| `2025-10-20_x.sql`, `001_x.sql`, `1_x.up.sql` | number, then whole name |
| Flyway `V1_2__x.sql`, `B..`, `R__x.sql` | versions from the last baseline on, then repeatable |
| `<stamp>_x/migration.sql` (Prisma) | name of the folder |
| `<stamp>_x/up.sql` (Diesel) | stamp without its dashes |
| Sqitch `deploy/x.sql` | `sqitch.plan`, else the name |

Files that take a migration back are left out (`undo`), and those that a dotted part of their name
gives to another engine (`001_x.cockroach.up.sql`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache
from posixpath import join, splitext
from typing import Literal

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass, pattern
from ctb_audit.sources.ddl.dialect import PATH_WORDS, UNREAD, marks, of_mark
from ctb_audit.sources.ddl.undo import stems, takes_back

WHOLE = frozenset(("schema", "structure", "dump", "full_schema", "schema_dump", "pg_dump"))
"""Names of files that hold a whole schema."""

CHAINS = frozenset(("migrations", "migration", "migrate", "deploy", "versions", "evolutions"))
"""Names of folders that hold migrations, whatever the files are called."""

PARTS = frozenset(
    {"tables", "views", "functions", "procedures", "triggers", "indexes", "indices", "types"}
    | {"enums", "policies", "sequences", "extensions", "constraints", "grants", "roles", "domains"}
)
"""Names of folders that hold one kind of object of the schema above them."""

_IN_FOLDERS = frozenset(("migration", "up"))  # file names of Prisma and Diesel
_NUMBER = pattern(r"\d+")
_FLYWAY = pattern(r"(?P<kind>[VB])(?P<version>\d+(?:[._]\d+)*)__|(?P<repeat>R)__")
_FLYWAY_KINDS = ("V", "B", "R")
_VERSIONED = pattern(r"[VB]\d[\d._]*__|R__")
_PLANNED = pattern(r"^[^\S\n]*+(?![%#@\s])([^\s\[]+)", re.M)


@dataclass(frozen=True, slots=True)
class Group:
    """Scripts that are replayed together, in order; `folder` is what they have in common."""

    folder: str
    kind: Literal["migrations", "schema"]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`left_out` names the files that are not replayed, each with the reason."""

    groups: tuple[Group, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def plan(paths: Sequence[str], sqitch_plan: Callable[[str], str | None] | None = None) -> Plan:
    """Groups of the SQL files `paths`; `sqitch_plan` gives the text of a plan file, or None."""
    beside = stems(paths)
    marked = {_unmarked(path) for path in paths if of_mark(path) == "postgresql"}
    left_out: list[tuple[str, str]] = []
    whole: list[str] = []
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        reason = takes_back(path, beside) or _of_another_engine(path, marked)
        if reason:
            left_out.append((path, reason))
        elif _stem(path) in WHOLE:
            whole.append(path)
        else:
            folders[_home(path)].append(path)
    chains = {f: files for f, files in folders.items() if _is_chain(f, files)}
    schemas = {f: files for f, files in folders.items() if f not in chains}
    groups = [Group(f, "migrations", _ordered(f, chains[f], sqitch_plan)) for f in sorted(chains)]
    groups += [Group(path, "schema", (path,)) for path in sorted(whole)]
    for folder, files in sorted(_merged(schemas).items()):
        groups.append(Group(folder, "schema", tuple(sorted(files, key=_natural))))
    groups, stale = _from_baseline(groups)
    return Plan(tuple(g for g in groups if g.paths), tuple(sorted(left_out + stale)))


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _unmarked(path: str) -> str:
    """`001_x.up.sql` of `001_x.postgres.up.sql`."""
    name = _base(path)
    parts = [part for part in name.split(".") if part.lower() not in PATH_WORDS]
    return join(_folder(path), ".".join(parts))


def _of_another_engine(path: str, marked: Set[str]) -> str:
    """Why a file is for an engine that is not audited; `marked`: files that have a variant
    marked as PostgreSQL's, so that they themselves are for the others.
    """
    unread = next((mark for mark in marks(path) if mark in UNREAD), "")
    if unread:
        return f"written for {unread}"
    return "a variant for PostgreSQL stands beside it" if path in marked else ""


@lru_cache(maxsize=4096)
def _stem(path: str) -> str:
    return splitext(_base(path))[0].lower()


def _home(path: str) -> str:
    """The folder of the group: that of the file, or the one above where each step has its own."""
    folder = _folder(path)
    name = _base(folder)
    stepwise = _stem(path) in _IN_FOLDERS and _is_versioned(name)
    return _folder(folder) if stepwise or (name.isdigit() and folder) else folder


def _is_chain(folder: str, files: Sequence[str]) -> bool:
    if CHAINS & set(folder.lower().split("/")):
        return True
    named = sum(1 for path in files if _is_versioned(step_name(path, folder)))
    return named * 2 > len(files)


def _is_versioned(name: str) -> bool:
    return name[:1].isdecimal() or (name[:1] in _FLYWAY_KINDS and bool(_VERSIONED.match(name)))


def step_name(path: str, folder: str) -> str:
    """The name that orders a migration: of the file, or of its folder where it has its own."""
    below = path[len(folder) + 1 :] if folder else path
    stepwise = _stem(path) in _IN_FOLDERS and "/" in below
    return _base(_folder(path)) if stepwise else _base(path)


def _ordered(
    folder: str, files: Sequence[str], sqitch_plan: Callable[[str], str | None] | None
) -> tuple[str, ...]:
    if _base(folder) == "deploy" and sqitch_plan is not None:
        text = sqitch_plan(join(_folder(folder), "sqitch.plan"))
        if text is not None:
            return _as_planned(folder, files, text)
    return tuple(sorted(files, key=lambda path: _place(path, folder)))


def _from_baseline(groups: Sequence[Group]) -> tuple[list[Group], list[tuple[str, str]]]:
    """Flyway's chains from their last baseline on, and the migrations that it replaces."""
    kept: list[Group] = []
    stale: list[tuple[str, str]] = []
    for group in groups:
        versions = {path: _flyway(_base(path)) for path in group.paths}
        known = {p: _version(m["version"]) for p, m in versions.items() if m and m["version"]}
        baselines = [v for p, v in known.items() if _base(p).startswith("B")]
        last = max(baselines, default=None)
        old = {p for p, v in known.items() if last is not None and v < last}
        old |= {p for p, v in known.items() if v == last and _base(p).startswith("V")}
        stale += [(path, "older than the baseline migration") for path in sorted(old)]
        kept.append(replace(group, paths=tuple(p for p in group.paths if p not in old)))
    return kept, stale


def _flyway(name: str) -> re.Match[str] | None:
    return _FLYWAY.match(name) if name[:1] in _FLYWAY_KINDS else None


def _as_planned(folder: str, files: Sequence[str], text: str) -> tuple[str, ...]:
    order = {name: place for place, name in enumerate(_PLANNED.findall(text))}
    below = len(folder) + 1
    return tuple(sorted(files, key=lambda p: (order.get(splitext(p[below:])[0], len(order)), p)))


def _place(path: str, folder: str) -> tuple[int, tuple[int, ...], str, str]:
    """Repeatable migrations last; versions and leading numbers by value, then the whole name."""
    name = step_name(path, folder)
    flyway = _flyway(name)
    if flyway is not None:
        version = _version(flyway["version"]) if flyway["version"] else ()
        return (2 if flyway["repeat"] else 0, version, name, path)
    above = _base(_folder(path))
    year = (int(above),) if above.isdigit() and _folder(path) != folder else ()
    number = _NUMBER.match(_diesel_version(name) if _stem(path) == "up" else name)
    if number is None:
        return 1, year, name, path
    return 0, (*year, int(number.group())), name, path


def _diesel_version(name: str) -> str:
    """Diesel orders by what stands before the first `_`, without its dashes."""
    return name.partition("_")[0].replace("-", "")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[._]", text))


def _merged(schemas: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Schema folders join the one above that also holds scripts, or whose parts they are."""
    groups: dict[str, list[str]] = defaultdict(list)
    for folder, files in schemas.items():
        top = folder
        while top and (_base(top).lower() in PARTS or _folder(top) in schemas):
            top = _folder(top)
        groups[top].extend(files)
    return groups


def _natural(path: str) -> tuple[tuple[int, str], ...]:
    pieces = re.findall(r"\d+|\D+", path)
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in pieces)
