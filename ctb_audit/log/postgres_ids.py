"""Identifiers given out by a team's compliance log in PostgreSQL, in its table `ctb_ids`."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TYPE_CHECKING, Any

from ctb_audit.errors import LogError
from ctb_audit.log.allocation import exhausted
from ctb_audit.log.location import postgres_log
from ctb_audit.log.postgres import PostgresLog

if TYPE_CHECKING:
    import psycopg

_TABLE = "ctb_ids"
_FIRST, _MOST = 4, 1024  # candidates that one query asks for


def open_postgres_ids(url: str) -> "PostgresAllocator":
    """Nothing is opened before the first use. Raises LogError or UsageError for another URL."""
    return PostgresAllocator(postgres_log(url))


class PostgresAllocator:
    def __init__(self, log: PostgresLog) -> None:
        self._log = log
        self.location = log.location

    def allocate(
        self, kind: str, wanted: Sequence[Iterable[str]], taken: AbstractSet[str] = frozenset()
    ) -> list[str]:
        with self._log.writing() as connection:
            self._require_table(connection)
            given = _Given(connection, taken)
            ids = [self._first_free(given, kind, tries) for tries in wanted]
            rows = [(text, kind) for text in ids]
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {_TABLE} (id, kind) VALUES (%s, %s)", rows)
        return ids

    def _first_free(self, given: "_Given", kind: str, ids: Iterable[str]) -> str:
        last = ""
        for last in given.candidates(ids):
            if given.take(last):
                return last
        raise exhausted(self.location, kind, last)

    def _require_table(self, connection: "psycopg.Connection[dict[str, Any]]") -> None:
        row = connection.execute(
            "SELECT pg_catalog.to_regclass(%s) IS NOT NULL AS there", (_TABLE,)
        ).fetchone()
        if row is None or not row["there"]:
            step = "create it with ctb history --create, by a role that may"
            raise LogError(self.location, f"has no table {_TABLE}", step)


class _Given:
    """What is known to be given out. It stays true: the transaction holds the lock."""

    def __init__(
        self, connection: "psycopg.Connection[dict[str, Any]]", taken: AbstractSet[str]
    ) -> None:
        self._connection = connection
        self._taken = set(taken)
        self._looked_up: set[str] = set()
        self._waiting: dict[int, tuple[Iterable[str], Iterator[str], deque[str]]] = {}

    def candidates(self, ids: Iterable[str]) -> Iterator[str]:
        """Those of `ids`, looked up in batches; what was not taken waits for the next who asks."""
        if id(ids) not in self._waiting:  # the value holds `ids`, so that its id stays its own
            self._waiting[id(ids)] = (ids, iter(ids), deque())
        _, more, batch = self._waiting[id(ids)]
        size = _FIRST
        while True:
            while batch:
                yield batch.popleft()
            batch.extend(islice(more, size))
            if not batch:
                return
            self._look_up(batch)
            size = min(2 * size, _MOST)

    def _look_up(self, ids: Iterable[str]) -> None:
        unknown = [text for text in ids if text not in self._looked_up]
        if unknown:
            self._looked_up.update(unknown)
            rows = self._connection.execute(
                f"SELECT id FROM {_TABLE} WHERE id = ANY(%s)", (unknown,)
            )
            self._taken.update(row["id"] for row in rows)

    def take(self, text: str) -> bool:
        if text in self._taken:
            return False
        self._taken.add(text)
        return True
