"""Generated names that are not in use, found without trying those that were tried before."""

from collections.abc import Callable

from ctb_audit.sources.ddl.replay import names
from ctb_audit.sources.ddl.replay.ledger import Journal


class Choice:
    """While nothing is freed, what was taken stays taken: the next search for the same parts begins
    where the last one ended.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._freed = 0
        self._next: dict[tuple[str, str | None, str, str], int] = {}

    def choose(
        self,
        first: str,
        second: str | None,
        label: str,
        schema: str,
        taken: Callable[[str], bool],
    ) -> str:
        """The first of `.._label`, `.._label1`, ... that is not taken in the schema."""
        if self._freed != self._journal.freed:
            self._freed = self._journal.freed
            self._next.clear()
        parts = first, second, label, schema
        number = self._next.get(parts, 0)
        while taken(name := names.numbered(first, second, label, number)):
            number += 1
        self._next[parts] = number
        return name
