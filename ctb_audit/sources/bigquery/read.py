"""`bigquery://project` or `bigquery://project/dataset` to a Catalog, dataset by dataset.

What vanishes or is refused while the others are read is listed as hidden; the catalog keeps the
rest. Tables are fetched by the API alone, which bills nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.model import Catalog, Coverage, Location, Name, Problem, Table, View
from ctb_audit.sources.bigquery.tables import table_of, view_of
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

_URL = re.compile(r"bigquery://(?P<project>[a-z][a-z0-9:.-]{4,61})(?:/(?P<dataset>\w+))?/?")
PAGE = 500
MOST_BILLED = 10_485_760
"""Bytes, the least that BigQuery bills a query for. No query is made; one that ever were, could
cost no more.
"""
_VIEWS = ("VIEW", "MATERIALIZED_VIEW")


def read_bigquery(
    url: str, *, source_name: str | None = None, seconds: float = TOTAL_SECONDS
) -> Catalog:
    """The catalog of a project or a dataset.

    `seconds` bounds each call with all of its tries. `BIGQUERY_CREDENTIALS_PATH` names a service
    account's key; without it the machine's own credentials count. Raises UsageError for another
    URL, SourceError where the project or the named dataset cannot be read.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        raise UsageError("bigquery://", "is no BigQuery URL", "use bigquery://project/dataset")
    place = source_name or f"bigquery://{parts['project']}"
    client = _client(parts["project"], place)
    reader = _Reader(client, place, seconds)
    try:
        names = [parts["dataset"]] if parts["dataset"] else list(reader.datasets())
        for name in names:
            reader.dataset(name, required=len(names) == 1)
    finally:
        client.close()
    found = len(reader.tables) + len(reader.foreign) + len(reader.views)
    return Catalog(
        surface="live",
        source=place,
        tables=tuple(reader.tables),
        foreign_tables=tuple(reader.foreign),
        views=tuple(reader.views),
        problems=tuple(reader.problems),
        coverage=Coverage(found, found),
    )


def _client(project: str, place: str) -> Any:
    bigquery = installed("google.cloud.bigquery", "bigquery")
    held: Any = None
    if environment().get("BIGQUERY_EMULATOR_HOST"):
        held = installed("google.auth.credentials", "bigquery").AnonymousCredentials()
    else:
        held = credentials(environment(), path="BIGQUERY_CREDENTIALS_PATH")
    bounded = bigquery.QueryJobConfig(maximum_bytes_billed=MOST_BILLED)
    try:
        return bigquery.Client(project, held, default_query_job_config=bounded)
    except Exception as error:
        raise refusal(place, error) from None


@dataclass
class _Reader:
    client: Any
    place: str
    seconds: float
    tables: list[Table] = field(default_factory=list)
    foreign: list[Table] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    patience: Patience = field(default_factory=Patience)

    @property
    def _call(self) -> dict[str, Any]:
        """What every call is told."""
        seconds = min(CALL_SECONDS, self.seconds)
        return {"timeout": seconds, "retry": retry_for(self.seconds)}

    def datasets(self) -> Iterator[str]:
        try:
            for item in self.client.list_datasets(page_size=PAGE, **self._call):
                yield item.dataset_id
        except Exception as error:
            raise refusal(self.place, error) from None

    def dataset(self, name: str, *, required: bool) -> None:
        """One dataset; where it is `required`, its refusal ends the reading."""
        if self.patience.is_over:
            self._left_out(Name(name, "*"))
            return
        try:
            reference = f"{self.client.project}.{name}"
            items = list(self.client.list_tables(reference, page_size=PAGE, **self._call))
            self.patience.note(None)
        except Exception as error:
            self.patience.note(error)
            if required:
                raise refusal(f"{self.place}/{name}", error) from None
            self._hidden(Name(name, "*"), error)
            return
        for item in items:
            self._table(name, item)

    def _table(self, dataset: str, item: Any) -> None:
        name = Name(dataset, item.table_id)
        if self.patience.is_over:
            self._left_out(name)
            return
        try:
            found = self.client.get_table(item.reference, **self._call)
            self.patience.note(None)
        except Exception as error:
            self.patience.note(error)
            self._hidden(name, error)
            return
        location = Location(f"{self.place}/{dataset}/{item.table_id}")
        if found.table_type in _VIEWS:
            self.views.append(view_of(found, name, location))
            return
        table = table_of(found, name, location)
        (self.foreign if table.kind == "foreign" else self.tables).append(table)

    def _hidden(self, name: Name, error: Exception) -> None:
        refused: SourceError = refusal(str(name), error)
        self._problem(name, refused.problem)

    def _left_out(self, name: Name) -> None:
        self._problem(name, GIVEN_UP)

    def _problem(self, name: Name, why: str) -> None:
        self.problems.append(Problem("hidden", why, (name,), "", Location(self.place)))
