"""Live sources whose transactions stay open, so that their rows can be asked about too."""

from collections.abc import Collection, Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ctb_audit.model import Catalog
from ctb_audit.probe import Probe, Sample
from ctb_audit.sources.postgres.connect import display_url, session
from ctb_audit.sources.postgres.read import read_session
from ctb_audit.sources.postgres.rows import Limits, answer_probes

if TYPE_CHECKING:
    import psycopg

NO_ROWS = "its source holds no rows"


class LiveSessions:
    """Reads live databases and answers probes about them in the same read-only transactions.

    A context manager; on leaving every transaction ends. Raises SourceError as `read_live`.
    """

    def __init__(self, *, timeout_s: float = 60.0, connect_timeout_s: int = 10) -> None:
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._stack = ExitStack()
        self._open: dict[str, tuple[psycopg.Connection[Any], Catalog]] = {}

    def __enter__(self) -> "LiveSessions":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def read(
        self, url: str, *, schemas: Collection[str] | None = None, source_name: str | None = None
    ) -> Catalog:
        """The catalog of a live PostgreSQL, as `read_live` gives it."""
        source = source_name or display_url(url)
        opened = session(
            url, source, timeout_s=self._timeout_s, connect_timeout_s=self._connect_timeout_s
        )
        connection = self._stack.enter_context(opened)
        catalog = read_session(connection, source, schemas)
        self._open[source] = (connection, catalog)
        return catalog

    def __len__(self) -> int:
        return len(self._open)

    def answer(self, probes: Iterable[Probe], limits: Limits) -> dict[Probe, Sample]:
        """Every probe's answer, about the moment at which its catalog was read."""
        asked = tuple(dict.fromkeys(probes))
        answers = {p: Sample(whole=False, fault=NO_ROWS) for p in asked}
        for source, (connection, catalog) in self._open.items():
            own = [p for p in asked if p.source == source]
            answers |= answer_probes(connection, catalog, own, limits)
        return answers
