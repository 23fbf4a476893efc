"""Carrying out a tagging: headers and annotations planned, ids given out, files written."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ctb_audit.cli.known_ids import known_ids
from ctb_audit.cli.tag_files import Seen, look, put
from ctb_audit.cli.tag_tables import Tables, annotated_files
from ctb_audit.config import Config
from ctb_audit.errors import UsageError
from ctb_audit.ids import Kind, patterns
from ctb_audit.lean import dataclass
from ctb_audit.rulebook.load import DEFAULT_STANDARD, load_standard
from ctb_audit.semantics.formats import fits
from ctb_audit.standard import Standard
from ctb_audit.tag.facts import GiveIds
from ctb_audit.tag.plan import Plan, Terms, owners, planned

Part = Literal["headers", "annotations"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to tag. `version` "" is told by the standard; `only` None is both parts.

    `checksummed`: also migrations of which a tool keeps a checksum. `dry`: nothing is written.
    """

    paths: Sequence[Path] = ()
    version: str = ""
    only: Part | None = None
    checksummed: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was planned and what came of it. `failed`: path -> why it could not be written."""

    seen: Seen
    tables: Tables
    plan: Plan
    standard: Standard
    failed: dict[str, str]

    @property
    def incomplete(self) -> bool:
        return bool(self.failed or self.seen.refused or self.tables.unread)


def carry_out(config: Config, asked: Asked) -> Outcome:
    """Plans what the files need, and writes it unless that is not wanted.

    Raises UsageError for a path that is not there or not in the project, LogError where ids
    cannot be given out.
    """
    standard = load_standard(config.standard or DEFAULT_STANDARD, standard_folders=config.standards)
    _require_version(asked.version, standard)
    seen = look(config.root.resolve(), asked.paths, config.exclude, checksummed=asked.checksummed)
    held = owners(seen.all, standard)
    taken = known_ids(config) | held.keys()
    give = _previewed(taken) if asked.dry else _allocated(taken, config)
    tables = Tables({})
    if asked.only != "headers":
        tables = annotated_files(seen.targets, config, give)
    terms = Terms(standard, asked.version, datetime.now(UTC), asked.only != "annotations")
    plan = planned(seen.targets, terms, held, give, tables.files)
    failed: dict[str, str] = {}
    if not asked.dry:
        failed = {c.path: why for c in plan.changes if (why := put(seen.root, c))}
    return Outcome(seen, tables, plan, standard, failed)


def _require_version(version: str, standard: Standard) -> None:
    form = standard.formats.get("blueprint_version", r"\d+\.\d+(\.\d+)?")
    if version and not fits(form, version):
        raise UsageError(f"--ctb-version {version}", "is no version", "write X.Y or X.Y.Z")
    if not patterns(standard, "heir"):
        raise UsageError(f"standard {standard.id}", "has no HEIR ids", "name another --standard")


def _previewed(taken: frozenset[str]) -> GiveIds:
    """Ids that are shown and not given out."""
    used = set(taken)

    def give(_kind: Kind, tries: Sequence[Iterator[str]]) -> Sequence[str]:
        given = []
        for ids in tries:
            used.add(text := next(i for i in ids if i not in used))
            given.append(text)
        return given

    return give


def _allocated(taken: frozenset[str], config: Config) -> GiveIds:
    from ctb_audit.log.allocation import open_allocator

    allocator, _ = open_allocator(config.log, root=config.root)
    return lambda kind, tries: allocator.allocate(kind, tries, taken)
