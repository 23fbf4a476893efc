"""What a database says was applied, against the migrations on disk (STANDARD section 7)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import basename

from ctb_audit.checks.registry import ProjectFinding, beside, check, project_check
from ctb_audit.lean import dataclass, pattern
from ctb_audit.model import AppliedMigration, MigrationFile, Tracker
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

_SUFFIX = pattern(r"(?:\.(?:up|deploy|apply))?\.(?:sql|pgsql|psql|ddl|rb|py)$", re.I)
_FLYWAY = pattern(r"[VB](\d+(?:[._]\d+)*)__")
_STAMP = pattern(r"(\d{4}-\d{2}-\d{2}-\d{4,6})(?!\d)")  # Diesel
_DATE = pattern(r"\d{4}-\d{2}-\d{2}(?!\d)")
_NUMBER = pattern(r"\d+")
NAME_COLUMNS = ("migration_name", "version", "name", "filename")

Key = str | tuple[int, ...]


@dataclass(frozen=True)
class Chain:
    """Migrations of one folder on disk, in their order."""

    folder: str
    steps: tuple[MigrationFile, ...]


@dataclass(frozen=True)
class Followed:
    """A tracker with the chain that it follows."""

    tracker: Tracker
    chain: Chain
    matched: Mapping[str, AppliedMigration]  # by the path of the file

    @property
    def strangers(self) -> tuple[AppliedMigration, ...]:
        """What was applied and is not on disk."""
        known = set(self.matched.values())
        return tuple(
            a for a in self.tracker.applied if a not in known and a.state in ("applied", "failed")
        )


@project_check
def unapplied_migration(project: Project) -> Iterator[ProjectFinding]:
    for found in followed(project):
        if isinstance(found, ProjectFinding):
            yield found
            continue
        done = _done(found)
        for step in found.chain.steps:
            if step.path not in done:
                told = _told_of(found.matched.get(step.path), found.tracker)
                yield ProjectFinding(step.path, Fail(told), surface="live")


def _told_of(applied: AppliedMigration | None, tracker: Tracker) -> str:
    if applied is not None and applied.state == "reverted":
        return f"was taken back, says {tracker.table}"
    return f"is not among what {tracker.table} says was applied"


@project_check
def unknown_migration(project: Project) -> Iterator[ProjectFinding]:
    for found in followed(project):
        if isinstance(found, Followed):
            for stranger in found.strangers:
                told = f"{stranger.name} was applied and is not in {found.chain.folder or '.'}"
                verdict = Fail(told, stranger.name)
                yield ProjectFinding(str(found.tracker.table), verdict, surface="live")


@project_check
def failed_migration(project: Project) -> Iterator[ProjectFinding]:
    for tracker in _trackers(project):
        for applied in tracker.applied:
            if applied.state == "failed":
                told = f"{applied.name} failed and left what it had done, says {tracker.table}"
                yield ProjectFinding(str(tracker.table), Fail(told, applied.name), surface="live")


@check
def missing_migration_tracking(subject: Subject, project: Project) -> Iterator[Verdict]:
    """A tracker in which one migration can stand twice says nothing of how often it ran."""
    if subject.name.name != "schema_migrations":
        yield NotApplicable("the table tracks no migrations")
        return
    column = next((c for n in NAME_COLUMNS if (c := subject.table.column(n))), None)
    if column is None:
        yield Unknown("its columns are those of no known migration tool")
    elif is_unique(subject.table, (column.name,)):
        yield Pass()
    else:
        yield Fail(f"{column.name} is not unique", location=column.location)


@beside(missing_migration_tracking)
def untracked_migrations(project: Project) -> Iterator[ProjectFinding]:
    """Migrations on disk, and a live database without any tracker of them."""
    if "live" not in project.surfaces or _trackers(project):
        return
    for chain in chains(project):
        message = f"no table of the database says which of {len(chain.steps)} migrations it has"
        yield ProjectFinding(chain.folder or ".", Fail(message), surface="live")


def _trackers(project: Project) -> tuple[Tracker, ...]:
    return tuple(t for c in project.catalogs if c.surface == "live" for t in c.trackers)


def chains(project: Project) -> tuple[Chain, ...]:
    """The chains of migrations on disk, by folder."""
    found: dict[str, dict[str, MigrationFile]] = {}
    for catalog in project.catalogs:
        for step in catalog.migrations:
            found.setdefault(step.chain, {}).setdefault(step.path, step)
    return tuple(Chain(folder, tuple(steps.values())) for folder, steps in found.items())


def followed(project: Project) -> tuple[Followed | ProjectFinding, ...]:
    """Which tracker follows which chain, or why that cannot be said."""
    key = ("followed migrations",)
    if key not in project.memo:
        project.memo[key] = tuple(_followed(project))
    found: tuple[Followed | ProjectFinding, ...] = project.memo[key]
    return found


def _followed(project: Project) -> Iterator[Followed | ProjectFinding]:
    """A tracker takes the chain that most of its rows are in. Where several chains or trackers
    stand side by side, a pair without a common migration is no pair.
    """
    trackers, all_chains = _trackers(project), chains(project)
    alone = len(all_chains) == 1 and len(trackers) == 1
    for tracker in trackers if all_chains else ():
        if tracker.problem:
            yield ProjectFinding(str(tracker.table), Unknown(tracker.problem))
            continue
        pairs = [_pair(tracker, chain) for chain in all_chains]
        best = max(pairs, key=lambda pair: len(pair.matched))
        if best.matched or alone:
            yield best
        elif len(trackers) == 1:
            reason = f"none of its rows is in any of {len(all_chains)} folders of migrations"
            yield ProjectFinding(str(tracker.table), Unknown(reason))


def _pair(tracker: Tracker, chain: Chain) -> Followed:
    by_key: dict[Key, AppliedMigration] = {}
    for applied in tracker.applied:
        for key in _keys_of_applied(applied):
            by_key.setdefault(key, applied)
    matched = {}
    for step in chain.steps:
        found = next((by_key[k] for k in _keys_of_file(step) if k in by_key), None)
        if found is not None:
            matched[step.path] = found
    return Followed(tracker, chain, matched)


def _done(found: Followed) -> frozenset[str]:
    """The files whose work is in the database, a failed one included: another rule's finding."""
    done = {path for path, a in found.matched.items() if a.state != "reverted"}
    if found.tracker.heads:
        done |= _before_heads(found.chain.steps, done)
    return frozenset(done | _before_baseline(found))


def _before_heads(steps: Sequence[MigrationFile], heads: set[str]) -> set[str]:
    """All that the heads build on: by the versions in the files, else by the order of names."""
    if any(step.version for step in steps):
        by_version = {step.version: step for step in steps}
        reached: set[str] = set()
        left = [step for step in steps if step.path in heads]
        while left:
            step = left.pop()
            if step.path not in reached:
                reached.add(step.path)
                left += [by_version[v] for v in step.after if v in by_version]
        return reached
    places = [place for place, step in enumerate(steps) if step.path in heads]
    return {step.path for step in steps[: max(places, default=-1) + 1]}


def _before_baseline(found: Followed) -> set[str]:
    """Files up to the version from which a tool began to track."""
    baselines = [_version(a.version) for a in found.tracker.applied if a.state == "baseline"]
    last = max((b for b in baselines if b is not None), default=None)
    if last is None:
        return set()
    versions = {step.path: version_of(step.name) for step in found.chain.steps}
    return {path for path, version in versions.items() if version is not None and version <= last}


def _keys_of_applied(applied: AppliedMigration) -> Iterator[Key]:
    """What a tracker's row may be called on disk, the most exact first."""
    name = basename(applied.name)
    yield _SUFFIX.sub("", name).lower()
    version = _version(applied.version or name)
    if version is not None:
        yield version


def _keys_of_file(step: MigrationFile) -> Iterator[Key]:
    if step.version:
        yield step.version.lower()
        return
    yield _SUFFIX.sub("", step.name).lower()
    version = version_of(step.name)
    if version is not None:
        yield version


def version_of(name: str) -> tuple[int, ...] | None:
    """The version that begins a file's name; None where a date or a word does.

    Several migrations may share a date, so it is no version.
    """
    flyway = _FLYWAY.match(name)
    if flyway is not None:
        return _version(flyway[1])
    stamp = _STAMP.match(name)
    if stamp is not None:
        return (int(stamp[1].replace("-", "")),)
    if _DATE.match(name):
        return None
    number = _NUMBER.match(name)
    return (int(number.group()),) if number else None


def _version(text: str) -> tuple[int, ...] | None:
    """A version of digits, with dots or underscores between them; trailing zeros do not count."""
    if not re.fullmatch(r"\d+(?:[._]\d+)*", text):
        return None
    parts = [int(part) for part in re.split(r"[._]", text)]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
