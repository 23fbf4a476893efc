"""`--check-data`: the rows of live sources, asked about while their transactions are open."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.audit import AuditSettings
from ctb_audit.copies import replace
from ctb_audit.errors import UsageError
from ctb_audit.lean import dataclass
from ctb_audit.probe import Probe, Sample

if TYPE_CHECKING:
    from ctb_audit.sources.scripts import LiveReader


def row_options(function: Any) -> Any:
    """`--check-data` and what bounds it."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


_OPTIONS = (
    click.option(
        "--check-data", is_flag=True, help="Also count rows of live databases that break the rules."
    ),
    click.option(
        "--table",
        "tables",
        multiple=True,
        metavar="PATTERN",
        help="With --check-data: only rows of these tables (schema.table, * allowed); repeatable.",
    ),
    click.option(
        "--data-seconds",
        type=click.FloatRange(min=0.1),
        default=30.0,
        show_default=True,
        metavar="SECONDS",
        help="With --check-data: longest time for a table; ten times that for all of them.",
    ),
    click.option(
        "--data-rows",
        type=click.IntRange(min=1),
        default=10_000,
        show_default=True,
        metavar="ROWS",
        help="With --check-data: stop counting at so many broken rows of a table and rule.",
    ),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """How live databases are read, and the settings of an audit that may ask them."""

    read: "LiveReader | None"
    settings: AuditSettings


@contextmanager
def asking(values: dict[str, Any], settings: AuditSettings) -> Iterator[Rows]:
    """Takes the row options out of `values`; live transactions end on leaving."""
    wanted, tables = values.pop("check_data"), values.pop("tables")
    seconds, most = values.pop("data_seconds"), values.pop("data_rows")
    if not wanted:
        if tables:
            raise UsageError("--table", "restricts --check-data", "add --check-data")
        yield Rows(None, settings)
        return
    from ctb_audit.sources.postgres import Limits, LiveSessions

    limits = Limits(seconds=seconds, total=10 * seconds, rows=most)
    with LiveSessions() as sessions:

        def answer(probes: Sequence[Probe]) -> Mapping[Probe, Sample]:
            if not len(sessions):
                step = "name a postgresql:// URL, or env:NAME for one in the environment"
                raise UsageError("--check-data", "no live database is among the sources", step)
            return sessions.answer(probes, limits)

        yield Rows(sessions.read, replace(settings, answer=answer, tables=tables))
