"""`firestore://project` to a Catalog: what sampled documents hold.

Every document that is read is billed, so all reads are counted against `Bounds` before they are
made; a collection of a million documents costs as many reads as one of fifty. What the bounds
leave out is listed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ctb_audit.errors import UsageError
from ctb_audit.model import Catalog, Coverage, Location, Name, Problem, Table
from ctb_audit.sources.firestore.observed import Observed
from ctb_audit.sources.google_cloud import (
    CALL_SECONDS,
    GIVEN_UP,
    TOTAL_SECONDS,
    Patience,
    credentials,
    environment,
    installed,
    refusal,
    retry_for,
)

_URL = re.compile(r"firestore://(?P<project>[a-z][a-z0-9:.-]{4,61})(?:/(?P<database>[\w()-]+))?/?")
DEFAULT_SCHEMA = "default"


@dataclass(frozen=True, slots=True)
class Bounds:
    """`sample`: documents of one collection. `documents`: of all together. `parents`: documents of
    a sample whose sub-collections are asked for, `depth` levels deep. `seconds`: of one call with
    all of its tries.
    """

    sample: int = 50
    documents: int = 2_000
    parents: int = 5
    depth: int = 3
    seconds: float = TOTAL_SECONDS


def read_firestore(
    url: str, *, source_name: str | None = None, bounds: Bounds | None = None
) -> Catalog:
    """The collections of a project's database, as far as samples show them.

    Credentials: `FIREBASE_CLIENT_EMAIL` and `FIREBASE_PRIVATE_KEY`, else the service account file
    of `GOOGLE_APPLICATION_CREDENTIALS`; none with `FIRESTORE_EMULATOR_HOST`. Raises UsageError
    for another URL, SourceError where the database cannot be read.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        raise UsageError("firestore://", "is no Firestore URL", "use firestore://project")
    place = source_name or f"firestore://{parts['project']}"
    client = _client(parts["project"], parts["database"], place)
    reader = _Reader(place, bounds or Bounds())
    try:
        reader.root(client)
    finally:
        client.close()
    tables = tuple(reader.table(name) for name in sorted(reader.seen))
    return Catalog(
        surface="live",
        source=place,
        tables=tables,
        problems=tuple(reader.problems),
        coverage=Coverage(len(tables), len(tables)),
    )


def _client(project: str, database: str | None, place: str) -> Any:
    firestore = installed("google.cloud.firestore", "firestore")
    held = None
    if not environment().get("FIRESTORE_EMULATOR_HOST"):
        held = credentials(environment(), email="FIREBASE_CLIENT_EMAIL", key="FIREBASE_PRIVATE_KEY")
    try:
        return firestore.Client(project=project, credentials=held, database=database)
    except Exception as error:
        raise refusal(place, error) from None


@dataclass
class _Reader:
    place: str
    bounds: Bounds
    seen: dict[str, Observed] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    reads: int = 0
    patience: Patience = field(default_factory=Patience)

    @property
    def _call(self) -> dict[str, Any]:
        seconds = min(CALL_SECONDS, self.bounds.seconds)
        return {"timeout": seconds, "retry": retry_for(self.bounds.seconds)}

    def root(self, client: Any) -> None:
        """All collections of the database, level by level; SourceError where they are refused."""
        try:
            level = list(client.collections(**self._call))
        except Exception as error:
            raise refusal(self.place, error) from None
        for _ in range(self.bounds.depth):
            level = [below for collection in level for below in self._collection(collection)]

    def _collection(self, collection: Any) -> Iterable[Any]:
        """Samples one collection; the sub-collections of its first documents."""
        left = min(self.bounds.sample, self.bounds.documents - self.reads)
        if self.patience.is_over:
            self._hidden(collection.id, GIVEN_UP)
            return
        if left <= 0:
            self._hidden(collection.id, f"left out after {self.reads} documents were read")
            return
        try:
            documents = list(collection.limit(left).stream(**self._call))
            self.reads += len(documents)
            observed = self.seen.setdefault(collection.id, Observed())
            for document in documents:
                observed.add(document.to_dict() or {})
            for document in documents[: self.bounds.parents]:
                yield from document.reference.collections(**self._call)
            self.patience.note(None)
        except Exception as error:
            self.patience.note(error)
            self._hidden(collection.id, refusal(self.place, error).problem)

    def table(self, name: str) -> Table:
        """The collection as its samples show it."""
        location = Location(f"{self.place}/{name}")
        columns = self.seen[name].columns(location)
        schema = DEFAULT_SCHEMA
        return Table("firestore", schema, name, columns, kind="collection", location=location)

    def _hidden(self, name: str, why: str) -> None:
        named = (Name(DEFAULT_SCHEMA, name),)
        self.problems.append(Problem("hidden", why, named, "", Location(self.place)))
