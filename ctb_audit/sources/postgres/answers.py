"""Queries in batches: while the server makes a batch, what it gave before is read and built from.

Two processors are at work on a live audit, the server's and ours. Queries that are sent one by one
leave ours idle while the server makes rows, and the server's while they are unpacked.
"""

import select
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from ctb_audit.lean import dataclass

if TYPE_CHECKING:
    import psycopg

Row = tuple[Any, ...]
_LOOKS_EVERY_S = 0.002


@dataclass(frozen=True, slots=True)
class Query:
    """One statement and what its rows are known as. `locks`: the server locks what it prints."""

    name: str
    text: str
    parameters: dict[str, Any]
    locks: bool = False


class Answers(AbstractContextManager["Answers"]):
    """The rows of batches of queries, by the queries' names.

    A batch is asked for as soon as the one before it is here, and waited for when one of its
    queries' rows are looked up. Raises what psycopg raises.
    """

    def __init__(
        self, connection: "psycopg.Connection[Row]", batches: Iterable[Sequence[Query]]
    ) -> None:
        self._connection = connection
        self._batches = deque(batches)
        self._found: dict[str, list[Row]] = {}
        self._asked: dict[str, psycopg.Cursor[Row]] = {}
        self._pipeline: psycopg.Pipeline | None = None
        self._stack = ExitStack()
        self._arrival = ExitStack()

    def __enter__(self) -> "Answers":
        import psycopg

        if psycopg.Pipeline.is_supported():
            self._pipeline = self._stack.enter_context(self._connection.pipeline())
        self._stack.push(self._arrival)
        self._ask_next()
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def __getitem__(self, query: str) -> list[Row]:
        """The query's rows; none for one that was not asked."""
        while query not in self._found and self._is_due(query):
            received = self._receive()
            self._ask_next()
            self._unpack(received)
        return self._found.get(query, [])

    def forget(self, query: str) -> None:
        """Free rows that are not looked up again while there is time for it."""
        self._found[query] = []

    def now(self, queries: Iterable[Query]) -> None:
        """Ask what depends on rows that are here already, before the next batch."""
        earlier = self._receive()
        self._ask(queries)
        later = self._receive()
        self._ask_next()
        self._unpack(earlier | later)

    def _is_due(self, name: str) -> bool:
        return name in self._asked or any(q.name == name for b in self._batches for q in b)

    def _ask_next(self) -> None:
        if self._batches:
            self._ask(self._batches.popleft())
        if self._asked and self._pipeline is not None:
            self._arrival.enter_context(_taken_in(self._connection))

    def _ask(self, queries: Iterable[Query]) -> None:
        for query in queries:
            cursor = self._asked[query.name] = self._connection.cursor(binary=True)
            with _unlocked(self._connection) if query.locks else nullcontext():
                cursor.execute(query.text.encode(), query.parameters)

    def _receive(self) -> "dict[str, psycopg.Cursor[Row]]":
        """Wait for what was asked."""
        self._arrival.close()
        if self._asked and self._pipeline is not None:
            self._pipeline.sync()
        received, self._asked = self._asked, {}
        return received

    def _unpack(self, received: "dict[str, psycopg.Cursor[Row]]") -> None:
        for name, cursor in received.items():
            self._found[name] = cursor.fetchall()


@contextmanager
def _unlocked(connection: "psycopg.Connection[Row]") -> Iterator[None]:
    """What is executed inside keeps no lock: those of a subtransaction end with it.

    Read-only subtransactions get no transaction id. In a pipeline the statements are sent, not
    waited for, so an error of the statement between them is the one that is raised.
    """
    connection.execute("SAVEPOINT printing")
    yield
    connection.execute("ROLLBACK TO SAVEPOINT printing")
    connection.execute("RELEASE SAVEPOINT printing")


@contextmanager
def _taken_in(connection: "psycopg.Connection[Row]") -> Iterator[None]:
    """Whatever arrives while the body computes goes into libpq's own memory.

    A socket holds some 200 KB; where nobody reads it, the server stands still. The body leaves the
    connection alone. What goes wrong here is met again by whoever uses the connection next.
    """
    import psycopg

    done = Event()
    pgconn = connection.pgconn

    def take() -> None:
        with suppress(psycopg.Error, OSError, ValueError):
            while not done.is_set():
                if select.select([pgconn.socket], [], [], _LOOKS_EVERY_S)[0]:
                    pgconn.consume_input()

    thread = Thread(target=take, name="ctb-arrivals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
