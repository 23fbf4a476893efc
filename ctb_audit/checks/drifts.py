"""The comparisons behind the drift rules, made once for a project (STANDARD section 8)."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from ctb_audit.compare import Change, Settle, Side, compare, implied_sides
from ctb_audit.compare.sides import ORDER, Key, pairs, systems_of
from ctb_audit.lean import dataclass
from ctb_audit.model import Catalog, Name, Problem, Surface, System
from ctb_audit.project import Project

TABLE_PARTS = frozenset({"table", "column", "constraint", "index", "trigger", "policy"})
_UNSTATED = frozenset({"comment", "owner", "grants"})
_OPTIONAL_IN_DOCUMENTS = frozenset(
    {"index", "trigger", "policy", "view", "function", "type", "sequence", "schema", "extension"}
)


@dataclass(frozen=True)
class Pair:
    """Two sides and what differs, `a` the earlier."""

    a: Side
    b: Side
    settle: Settle | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """The same whichever is the earlier: it is part of a finding's identity."""
        first, second = sorted(self.sides, key=lambda side: ORDER.index(side.surface))
        return f"{first.label}-{second.label}"

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.a, self.b

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every difference, also what is no drift: other names, comments, owners, grants."""
        return compare(self.a.catalog, self.b.catalog, settle=self.settle)

    @cached_property
    def by_table(self) -> Mapping[Key, tuple[Change, ...]]:
        """What counts as drift, by table."""
        found: dict[Key, list[Change]] = {}
        for change in self.changes:
            if change.object_kind in TABLE_PARTS and change.table and self.counts(change):
                found.setdefault((change.system, change.table), []).append(change)
        return {key: tuple(changes) for key, changes in found.items()}

    @cached_property
    def others(self) -> tuple[Change, ...]:
        """What counts as drift of views, functions, types and whatever else is no table."""
        tables = {key for side in self.sides for key in side.catalog.tables_by_name}
        return tuple(
            change
            for change in self.changes
            if self.counts(change)
            and (
                change.object_kind not in TABLE_PARTS or (change.system, change.table) not in tables
            )
        )

    @cached_property
    def shared(self) -> frozenset[Key]:
        """Tables that both sides define."""
        return frozenset(
            self.a.catalog.tables_by_name.keys() & self.b.catalog.tables_by_name.keys()
        )

    def counts(self, change: Change) -> bool:
        """Whether a difference is drift. A document need not repeat what hangs on a table; what it
        does state must be so.
        """
        if change.minor or change.attribute in _UNSTATED:
            return False
        lacking = self._lacking(change)
        if lacking is None or lacking.surface != "reference":
            return not self._unstated(change)
        return change.object_kind not in _OPTIONAL_IN_DOCUMENTS

    def _lacking(self, change: Change) -> Side | None:
        """The side without the whole object."""
        return {"added": self.a, "removed": self.b}.get(change.kind)

    def _unstated(self, change: Change) -> bool:
        """A trait of a table that the document does not mention: it cannot say the contrary."""
        if change.object_kind != "table" or not change.attribute:
            return False
        stated = [
            text
            for side, text in zip(self.sides, (change.before, change.after), strict=True)
            if side.surface == "reference"
        ]
        return stated in (["no"], [""], ["ordinary"])

    def doubt(self, key: Key) -> str:
        """Why nothing certain can be said of a table, "" where it can."""
        names = (key[1], Name(None, key[1].name))
        return next((told for doubts in self._doubts for n in names if (told := doubts.get(n))), "")

    @cached_property
    def _doubts(self) -> tuple[Mapping[Name, str], ...]:
        return tuple(map(_doubts, self.sides))


def _doubts(side: Side) -> Mapping[Name, str]:
    """Tables that statements name which nobody understood."""
    found: dict[Name, str] = {}
    for problem in side.catalog.problems:
        if problem.kind == "not-understood":
            for name in problem.objects:
                place = f" ({problem.location})" if problem.location else ""
                told = f"a statement that names it was not understood{place}: {problem.message}"
                found.setdefault(name, told)
    return found


@dataclass(frozen=True)
class Drift:
    """All that the drift rules ask of a project."""

    sides: tuple[Side, ...]
    every: tuple[Pair, ...]

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Those that the rules judge: documents are held against each other by
        `conflicting-references`.
        """
        return tuple(p for p in self.every if {s.surface for s in p.sides} != {"reference"})

    @cached_property
    def catalogs(self) -> Mapping[Surface, tuple[Catalog, ...]]:
        found: dict[Surface, tuple[Catalog, ...]] = {}
        for side in self.sides:
            found[side.surface] = (*found.get(side.surface, ()), side.catalog)
        return found

    @cached_property
    def tables(self) -> Mapping[Surface, frozenset[Key]]:
        """The tables of each surface; a document also has those that it only describes."""
        found: dict[Surface, frozenset[Key]] = {}
        for surface, catalogs in self.catalogs.items():
            keys = {key for catalog in catalogs for key in catalog.tables_by_name}
            keys |= {(d.system, d.table) for catalog in catalogs for d in catalog.declared}
            found[surface] = frozenset(keys)
        return found

    @cached_property
    def systems(self) -> Mapping[Surface, frozenset[System]]:
        """The systems that each surface could show."""
        return {
            surface: frozenset(s for catalog in catalogs for s in systems_of(catalog))
            for surface, catalogs in self.catalogs.items()
        }

    def shows(self, surface: Surface, system: System) -> bool:
        return system in self.systems.get(surface, frozenset())

    def has(self, surface: Surface, key: Key) -> bool:
        return key in self.tables.get(surface, frozenset())

    def problems(self, surface: Surface) -> Iterator[Problem]:
        return (p for catalog in self.catalogs.get(surface, ()) for p in catalog.problems)


def is_registry(key: Key, project: Project) -> bool:
    """The table registry itself, which need not register itself."""
    name = str(key[1])
    read = drift_of(project).catalogs.get("registry", ())
    return name == project.standard.table_registry or any(
        c.source.endswith(f" {name}") for c in read
    )


def drift_of(project: Project) -> Drift:
    """The project's sides and pairs, compared when a rule first asks."""
    found = project.memo.get("drift")
    if found is None:
        sides = project.sides or implied_sides(project.catalogs)
        made = tuple(Pair(a, b, project.settle) for a, b in pairs(sides))
        found = project.memo["drift"] = Drift(sides, made)
    assert isinstance(found, Drift)
    return found
