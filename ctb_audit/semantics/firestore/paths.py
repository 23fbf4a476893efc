"""Which matches apply to the documents of a collection."""

from functools import lru_cache

from ctb_audit.rules_model import Segment

Path = tuple[Segment, ...]
_DOCUMENT = Segment("wildcard", "id")


def target_of(collection: str) -> Path:
    """The documents of a collection by its name or path (`users`, `users/{id}/sessions`)."""
    parts = [p for p in collection.split("/") if p]
    segments = tuple(_segment(part) for part in parts)
    return segments if len(segments) % 2 == 0 else (*segments, _DOCUMENT)


def _segment(part: str) -> Segment:
    bare = part.strip("{}$:()")
    wild = part[0] in "{:$"
    return Segment("wildcard" if wild else "literal", bare)


def collection_of(path: Path) -> str:
    """The literal name of the collection whose documents a path means, "" for none."""
    if len(path) < 2 or path[-2].kind != "literal":
        return ""
    return path[-2].name


def is_bounded(path: Path) -> bool:
    """Whether a literal names every collection that the path reaches."""
    if any(s.kind == "recursive" for s in path):
        return any(s.kind == "literal" for s in path)
    return all(s.kind == "literal" for s in path[::2])


def covers(pattern: Path, target: Path, version: str) -> bool:
    """Whether a match's path applies to the target's documents. A recursive wildcard stands for
    any number of parts, in version 1 for at least one.
    """
    return _covers(pattern, target, version != "1")


@lru_cache(maxsize=4096)
def _covers(pattern: Path, target: Path, empty: bool) -> bool:
    if not pattern:
        return not target
    head, rest = pattern[0], pattern[1:]
    if head.kind == "recursive":
        first = 0 if empty else 1
        return any(_covers(rest, target[n:], empty) for n in range(first, len(target) + 1))
    if not target:
        return False
    if head.kind == "literal" and (target[0].kind != "literal" or target[0].name != head.name):
        return False
    return _covers(rest, target[1:], empty)
