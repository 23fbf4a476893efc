"""Dictionaries whose changes can be undone: the ground of transactions and refusals.

Values are frozen, so undoing means putting old values back. The cost of a statement, a
savepoint or a rollback is the number of changes it holds, never the size of the state.
"""

from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_ABSENT: Any = object()


class Journal:
    """The changes since the last commit, in order."""

    def __init__(self) -> None:
        self._changes: list[tuple[dict[Any, Any], Any, Any]] = []
        self.freed = 0
        """How often something was taken away or back, so that what was in use may be no more."""

    def put(self, store: dict[K, V], key: K, value: V) -> None:
        self._changes.append((store, key, store.get(key, _ABSENT)))
        store[key] = value

    def remove(self, store: dict[K, Any], key: K) -> None:
        self._changes.append((store, key, store.pop(key)))
        self.freed += 1

    def mark(self) -> int:
        """A point to go back to."""
        return len(self._changes)

    def undo(self, mark: int = 0) -> None:
        """Take back every change after `mark`, the last one first."""
        self.freed += len(self._changes) > mark
        while len(self._changes) > mark:
            store, key, value = self._changes.pop()
            if value is _ABSENT:
                del store[key]
            else:
                store[key] = value

    def forget(self) -> None:
        """Make all changes final."""
        self._changes.clear()


class Ledger(Generic[K, V]):
    """A mapping that keeps creation order through undo and rename (`rekey`)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._items: dict[K, tuple[int, V]] = {}
        self._serial = 0

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __getitem__(self, key: K) -> V:
        return self._items[key][1]

    def __setitem__(self, key: K, value: V) -> None:
        old = self._items.get(key)
        if old is None:
            self._serial += 1
        self._journal.put(self._items, key, (old[0] if old else self._serial, value))

    def __delitem__(self, key: K) -> None:
        self._journal.remove(self._items, key)

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: K) -> V | None:
        item = self._items.get(key)
        return None if item is None else item[1]

    def discard(self, key: K) -> None:
        if key in self._items:
            del self[key]

    def rekey(self, old: K, new: K, value: V) -> None:
        """Store `value` under `new` at the place in creation order that `old` had."""
        serial = self._items[old][0]
        self._journal.remove(self._items, old)
        self._journal.put(self._items, new, (serial, value))

    def ordered(self) -> list[V]:
        """The values in creation order."""
        return [value for _, value in sorted(self._items.values(), key=lambda item: item[0])]


class Links(Generic[K, V]):
    """Many members for a key, e.g. the tables that may use a name."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._members: dict[K, dict[V, None]] = {}

    def add(self, key: K, member: V) -> None:
        members = self._members.setdefault(key, {})
        if member not in members:
            self._journal.put(members, member, None)

    def of(self, key: K) -> tuple[V, ...]:
        return tuple(self._members.get(key, ()))


class Tally(Generic[K]):
    """How often a key is in use."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._counts: dict[K, int] = {}

    def __contains__(self, key: object) -> bool:
        counted: dict[Any, int] = self._counts
        return counted.get(key, 0) > 0

    def add(self, key: K, amount: int = 1) -> None:
        self._journal.put(self._counts, key, self._counts.get(key, 0) + amount)

    def drop(self, key: K) -> None:
        self.add(key, -1)
        self._journal.freed += 1
