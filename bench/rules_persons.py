"""What a few persons may do under security rules, evaluated apart from the product's analysis.

The yardstick of `bench/firestore_rules.py`: a mutation applies if one of these persons may do what
was denied before. Functions are put in place by the product; every condition is then evaluated for
one person, one operation and one document. What a person's own data cannot decide (formats, times,
flags) is open, and an open condition counts as one that can be met.

nobody    is not signed in
stranger  is signed in, holds no role, is a member of nothing; the document is another's, and what
          the stranger creates says that it is another's
member    as the stranger, but a member of what the path or the document names: every lookup that
          holds who is signed in to them is met. A member may not delete what others wrote, or
          creating in their names would be no gain
giver     owns the document by one field, and writes another person into it

Roles that a person's own record or a claim gives (an administrator, a verified host) are nobody's
here: whether such a role may act for others is its author's to decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bench.rules_truth import ME, OTHER, THIRD, Truth, World, place_of, truth_of
from ctb_audit.rules_model import OPERATIONS, Allow, Node, Operation, Rules
from ctb_audit.semantics.firestore import MatchedPath, applying, collection_of, matched_paths
from ctb_audit.semantics.firestore.scope import TooLargeError, resolved

Persons = Mapping[str, frozenset[str]]
"""The fields of a collection's documents that hold somebody."""
Gain = tuple[str, Operation, str]
"""A collection, an operation, and the person that may do it."""

ANY = "any"
EVERY: frozenset[str] = frozenset()
ROLES: tuple[Truth, ...] = ("no", "yes")


def gains(rules: Rules, persons: Persons) -> frozenset[Gain]:
    """What each person may do, collection by collection."""
    paths = matched_paths(rules)
    return frozenset(
        (name, operation, world.person)
        for path in paths
        for name in (collection_of(path.path) or ANY,)
        for operation in OPERATIONS
        for world in _worlds(operation, persons.get(name, EVERY), unnamed=name == ANY)
        if _allows(applying(paths, path.path), world)
    )


def _worlds(operation: Operation, persons: frozenset[str], *, unnamed: bool) -> Iterator[World]:
    others = dict.fromkeys(persons, OTHER)
    mine = dict.fromkeys(persons, ME)
    yield World("nobody", operation, signed_in=False, stored=others, incoming=others)
    for incoming in (others, mine) if operation == "update" else (others,):
        yield World("stranger", operation, stored=others, incoming=incoming)
    if operation in ("create", "delete"):
        yield World("member", operation, membership="yes", stored=others, incoming=others)
    if unnamed:
        yield World("anybody", operation, stored=mine, incoming=mine, variables=ME)
    for owner in persons if operation == "update" else ():
        stored = {**dict.fromkeys(persons, THIRD), owner: ME}
        given = {**stored, owner: OTHER}
        yield World(
            f"giver of {owner}",
            operation,
            roles="open",
            membership="open",
            stored=stored,
            incoming=given,
            given=owner,
        )


def ways_to_create(rules: Rules, persons: Persons) -> frozenset[tuple[str, str]]:
    """Where something can be created by its owner, with every role or with none."""
    return frozenset(
        (str(allow.location), roles)
        for path in matched_paths(rules)
        for mine in (dict.fromkeys(persons.get(collection_of(path.path), EVERY), ME),)
        for allow in path.match.allows
        for roles in ROLES
        if _grants(
            allow,
            path,
            World(
                *("owner", "create"),
                roles=roles,
                membership=roles,
                incoming=mine,
                variables=ME,
            ),
        )
    )


def _allows(paths: Sequence[MatchedPath], world: World) -> bool:
    """Whether one of the matches grants it; a giver must need the field that is given away."""
    granted = any(_grants(a, path, world) for path in paths for a in path.match.allows)
    if not granted or not world.given:
        return granted
    stranger = replace(world, stored={**world.stored, world.given: OTHER}, given="")
    return not _allows(paths, stranger)


def _grants(allow: Allow, path: MatchedPath, world: World) -> bool:
    if world.operation not in allow.covers:
        return False
    if allow.condition is None:
        return True
    try:
        return truth_of(resolved(allow.condition, path.scope), world) in ("yes", "open")
    except TooLargeError:
        return False


def persons_in(rules: Rules) -> Persons:
    """The fields of each collection's documents that conditions compare with who is signed in."""
    found: dict[str, frozenset[str]] = {}
    for path in matched_paths(rules):
        name = collection_of(path.path)
        for allow in path.match.allows:
            if allow.condition is not None and name:
                compared = frozenset(_compared(resolved(allow.condition, path.scope)))
                found[name] = found.get(name, frozenset()) | compared
    return found


def _compared(node: Node) -> Iterator[str]:
    if node.kind == "binary" and node.text == "==":
        places = [place_of(o) for o in node.operands]
        if "request.auth.uid" in places:
            for place in places:
                for root in ("request.resource.data.", "resource.data."):
                    if place.startswith(root):
                        yield place.removeprefix(root)
    for inner in node.operands:
        yield from _compared(inner)
