"""What differs between two catalogs, and the one place where equality is decided."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from ctb_audit.compare.texts import object_text
from ctb_audit.lean import dataclass
from ctb_audit.model import Location, Name, System, Type
from ctb_audit.semantics.expressions import Equality, Kind, equal

ChangeKind = Literal["added", "removed", "changed", "undecided"]
ObjectKind = Literal[
    "schema",
    "extension",
    "table",
    "column",
    "constraint",
    "index",
    "trigger",
    "policy",
    "view",
    "function",
    "type",
    "sequence",
]


class Locations(NamedTuple):
    """Where the object stands before and after."""

    before: Location | None = None
    after: Location | None = None


NOWHERE = Locations()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `added` is what only the second catalog has.

    `table` is the table or view that holds the object, or the object itself; None for what
    belongs to none. `attribute` is "" for whole objects. `undecided`: two expressions of which
    neither equality nor difference could be shown. `minor`: another name for the same thing.
    `before` and `after` of whole objects are their texts.
    """

    kind: ChangeKind
    object_kind: ObjectKind
    object: str
    table: Name | None = None
    attribute: str = ""
    before: str = ""
    after: str = ""
    locations: Locations = NOWHERE
    system: System = "postgresql"
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Two expressions for a scratch server to settle; `columns` of the table by name."""

    kind: Kind
    a: str
    b: str
    columns: Mapping[str, Type]
    target: Type | None = None
    table: Name | None = None


Settle = Callable[[Question], Equality]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a comparison stands: the table, its column types, and who settles what is open."""

    table: Name | None = None
    columns: Mapping[str, Type] | None = None
    settle: Settle | None = None
    comments: bool = True
    system: System = "postgresql"

    def decide(
        self, kind: Kind, a: str | None, b: str | None, target: Type | None = None
    ) -> Equality:
        """Whether two expressions are equal; asks `settle` where the normal form cannot say."""
        found = equal(a, b, columns=self.columns or {}, kind=kind, target=target)
        if found != "undecided" or self.settle is None or a is None or b is None:
            return found
        return self.settle(Question(kind, a, b, self.columns or {}, target, self.table))


class Located(Protocol):
    @property
    def location(self) -> Location | None: ...


Verdict = bool | Equality


@dataclass(frozen=True, slots=True)
class Aspect:
    """One attribute of a pair of objects; `same` False or "different" makes a change."""

    attribute: str
    before: object
    after: object
    same: Verdict


def plain(attribute: str, before: object, after: object) -> Aspect:
    """An attribute that is compared as a value; None on either side: not compared."""
    return Aspect(attribute, before, after, before is None or after is None or before == after)


def changes_of(
    scope: Scope,
    kind: ObjectKind,
    name: str,
    pair: tuple[Located, Located],
    aspects: Iterable[Aspect],
) -> Iterator[Change]:
    """The attributes that differ, one change each."""
    where = Locations(pair[0].location, pair[1].location)
    for aspect in aspects:
        if aspect.same is True or aspect.same == "equal":
            continue
        yield Change(
            "undecided" if aspect.same == "undecided" else "changed",
            kind,
            name,
            scope.table,
            aspect.attribute,
            shown(aspect.before),
            shown(aspect.after),
            where,
            scope.system,
        )


def shown(value: object) -> str:
    """A value as a message quotes it."""
    if value is None:
        return ""
    if isinstance(value, tuple | frozenset) and not isinstance(value, Name):
        items = sorted(map(str, value)) if isinstance(value, frozenset) else map(str, value)
        return ", ".join(items)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def whole(scope: Scope, kind: ObjectKind, name: str, item: Located, *, added: bool) -> Change:
    """An object that only one side has, its text on that side."""
    where = Locations(after=item.location) if added else Locations(before=item.location)
    verb: ChangeKind = "added" if added else "removed"
    texts = ("", object_text(item)) if added else (object_text(item), "")
    return Change(verb, kind, name, scope.table, "", *texts, locations=where, system=scope.system)


K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Matched(Generic[K, V]):
    """Objects of both sides by key: in both, only before, only after."""

    both: list[tuple[K, V, V]]
    removed: list[tuple[K, V]]
    added: list[tuple[K, V]]


def matched(before: Mapping[K, V], after: Mapping[K, V]) -> Matched[K, V]:
    """Pairs objects by key, in the order of the sources."""
    return Matched(
        [(key, item, after[key]) for key, item in before.items() if key in after],
        [(key, item) for key, item in before.items() if key not in after],
        [(key, item) for key, item in after.items() if key not in before],
    )
