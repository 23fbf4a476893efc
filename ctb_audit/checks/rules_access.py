"""Who has access to a collection: the rules that apply to it and what they grant together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ctb_audit.model import Location, Surface
from ctb_audit.project import Project, Subject
from ctb_audit.rules_model import OPERATIONS, WIDER
from ctb_audit.semantics.field_names import folded
from ctb_audit.semantics.firestore import (
    Granted,
    Grants,
    MatchedPath,
    applying,
    collection_of,
    grants_of,
    is_bounded,
    matched_paths,
    target_of,
)
from ctb_audit.semantics.firestore.paths import Path

ROOT_PARTS = 2
"""Of the path of a document in a collection at the root."""

SURFACES: tuple[Surface, ...] = ("live", "ddl", "reference")


@dataclass(frozen=True)
class Access:
    """`matched`: a rule names the collection or a wider one grants something on it. `place` is
    that of the first rule. `broken`: a part of the rules could not be read. `above`: what is
    granted on the documents that a sub-collection belongs to.
    """

    name: str
    grants: Grants
    matched: bool
    broken: bool
    surface: Surface
    above: Grants = field(default_factory=Grants)

    @property
    def place(self) -> Location | None:
        return next((m.match.location for m in self.grants.matched), None)

    def has_owner(self, names: Iterable[str]) -> bool:
        """Whether some rule binds an operation to a field or to the document's own path, or the
        path itself names an owner.
        """
        wildcards = {s.name for m in self.grants.matched for s in m.path if s.kind == "wildcard"}
        by_name = not wildcards.isdisjoint(names) or any(map(_names_account, wildcards))
        return by_name or _binds(self.grants)

    @property
    def is_below_owned(self) -> bool:
        """Whether the documents above are read by their owners or by roles alone."""
        cases = list(self.above.cases("get", "list"))
        return _binds(self.above) and bool(cases) and all(g.facts.owned(o) for o, g in cases)

    def forged(self, declared: Iterable[str]) -> tuple[str, Granted] | None:
        """An owner's field that members may fill with another on create, though they may not
        delete each other's documents.
        """
        if any(g.facts.by_membership for _, g in self.grants.cases("delete")):
            return None
        owners = [*declared, *_owners(self.grants)]
        forging = [g for _, g in self.grants.cases("create") if g.facts.by_membership]
        return (owners[0], forging[0]) if owners and forging else None


def _names_account(wildcard: str) -> bool:
    """`{adminUid}`, `{author_uid}`."""
    return folded(wildcard).endswith("_uid")


def _binds(grants: Grants) -> bool:
    by_path = any(t.kind == "path" for _, g in grants.cases() for t in g.facts.ties)
    return by_path or bool(_owners(grants))


def _owners(grants: Grants) -> tuple[str, ...]:
    """The fields that some case holds to who is signed in."""
    ties = (tie for _, granted in grants.cases() for tie in granted.facts.ties)
    return tuple(
        dict.fromkeys(t.field for t in ties if t.exact and t.kind in ("stored", "incoming"))
    )


@dataclass(frozen=True)
class _Surface:
    """The matches of the one surface that counts: files before documents."""

    surface: Surface
    paths: tuple[MatchedPath, ...]
    broken: bool


def _security(project: Project) -> _Surface:
    key = "security rules"
    if key not in project.memo:
        project.memo[key] = _first_surface(project)
    found: _Surface = project.memo[key]
    return found


def _first_surface(project: Project) -> _Surface:
    for surface in SURFACES:
        rules = [r for c in project.catalogs if c.surface == surface for r in c.rules]
        if rules:
            paths = tuple(p for r in rules for p in matched_paths(r))
            return _Surface(surface, paths, any(r.broken for r in rules))
    return _Surface("ddl", (), False)


def accesses(subject: Subject, project: Project) -> Access:
    """What the rules say of a declared collection."""
    key = (accesses, subject.name)
    if key not in project.memo:
        security = _security(project)
        project.memo[key] = _access(subject.name.name, security)
    found: Access = project.memo[key]
    return found


def _access(collection: str, security: _Surface) -> Access:
    own = [p.path for p in security.paths if collection_of(p.path) == collection]
    targets = dict.fromkeys(own) or [target_of(collection)]
    paths = {id(p): p for target in targets for p in applying(security.paths, target)}
    grants = grants_of(tuple(paths.values()))
    named = any(is_bounded(p.path) for p in paths.values())
    matched = named or any(True for _ in grants.cases())
    return Access(
        *(collection, grants, matched, security.broken, security.surface),
        above=_above(targets, security),
    )


def _above(targets: Iterable[Path], security: _Surface) -> Grants:
    """What is granted on the documents that hold the collection, () for one at the root."""
    parents = [target[:-2] for target in targets if len(target) > ROOT_PARTS]
    found = {id(p): p for parent in parents for p in applying(security.paths, parent)}
    return grants_of(tuple(found.values()))


def undeclared(project: Project, *, unbounded: bool = False) -> Iterator[Access]:
    """Matches of collections that no source declares, or those that name no collection at all."""
    security = _security(project)
    declared = {s.name.name for s in project.subjects if s.system == "firestore"}
    for path in security.paths:
        if not path.path or collection_of(path.path) in declared:
            continue
        if unbounded and is_bounded(path.path):
            continue
        yield Access(path.name, grants_of((path,)), True, security.broken, security.surface)


def words(operations: Iterable[str]) -> str:
    """Operations as people write them: `read` for get and list, `write` for the other three."""
    found = set(operations)
    shown = []
    for word, narrower in WIDER.items():
        if found.issuperset(narrower):
            shown.append(word)
            found.difference_update(narrower)
    shown += [o for o in OPERATIONS if o in found]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
