"""`ctb history`: the rows of the compliance log, and what two of them differ in."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click

from ctb_audit.config import load_config
from ctb_audit.errors import LogError, UsageError
from ctb_audit.log import Log, LogFilter, LogRow, open_log
from ctb_audit.report import history
from ctb_audit.wording import did_you_mean

FORMATS = ("terminal", "json", "csv")
_LATEST = re.compile(r"latest(?:~(\d{1,6}))?")
_SHORTEST = 6  # characters of a log_id that may name a row
_STEP = "see ctb history for the rows"


@click.command("history", epilog="Example: ctb history --since 2026-01-01 --format csv")
@click.option("--log", "log_url", metavar="URL", help="Compliance log; default: the configured.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration file; default: ctb.toml or [tool.ctb], found upwards.",
)
@click.option("--action", type=click.Choice(["tag", "audit", "remediate"]), help="Only these runs.")
@click.option(
    "--status", type=click.Choice(["completed", "failed", "partial"]), help="Only these runs."
)
@click.option("--since", metavar="YYYY-MM-DD", help="From this day on (UTC).")
@click.option("--until", metavar="YYYY-MM-DD", help="To the end of this day (UTC).")
@click.option("--min-score", type=click.IntRange(0, 100), metavar="N", help="This score or more.")
@click.option("--max-score", type=click.IntRange(0, 100), metavar="N", help="This score or less.")
@click.option("--table", metavar="NAME", help="Runs that judged this table, with its score.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="The newest N runs only.")
@click.option("--daily", is_flag=True, help="Audits by day, as view_compliance_history has them.")
@click.option("--diff", nargs=2, metavar="A B", help="What is fixed, new or changed from A to B.")
@click.option("--create", is_flag=True, help="Create the log's table where it is missing.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal")
def history_command(**values: Any) -> int:
    """List the runs that the compliance log holds, the newest first.

    A and B name rows: a log_id or the beginning of one, or latest, latest~1, ...
    """
    log = opened_log(values.pop("config"), values.pop("log_url"), create=values["create"])
    if values["create"]:
        log.prepare()
    made: Any
    if values["diff"]:
        made = history.difference(*(find_row(log, ref) for ref in values["diff"]))
        printers: Mapping[str, Callable[[Any], str]] = _DIFFERENCE
    else:
        rows = _rows(log, values)
        table = values["table"]
        made = history.daily(rows) if values["daily"] else [history.listed(r, table) for r in rows]
        printers = _LISTS
    if values["format_"] not in printers:
        raise UsageError("--format csv", "does not go with --diff", "use json")
    click.echo(printers[values["format_"]](made), nl=False)
    return 0


_LISTS = {"terminal": history.as_text, "json": history.as_json, "csv": history.as_csv}
_DIFFERENCE = {"terminal": history.difference_text, "json": history.as_json}


def opened_log(path: Path | None, url: str | None, *, create: bool = False) -> Log:
    """The log of the command line, else of the configuration, else the default one."""
    config = load_config(path)
    named = url if url is not None else config.log
    if named == "none":
        raise UsageError("log", "the configuration keeps no log", "name one with --log")
    return open_log(named, root=config.root, create=create or None)


def find_row(log: Log, reference: str) -> LogRow:
    """The row that `latest`, `latest~N`, a log_id or the beginning of one names.

    Raises UsageError for none or several.
    """
    latest = _LATEST.fullmatch(reference)
    if latest:
        back = int(latest[1] or 0)
        wanted = LogFilter(action="audit", limit=back + 1, details=False)
        ids = [row.log_id for row in log.entries(wanted)][back:]
    else:
        ids = _ids(log, reference)
    if not ids:
        raise UsageError(reference, "names no row of the log", _STEP)
    if len(ids) > 1:
        raise UsageError(reference, f"begins {len(ids)} log_ids", "write more of it")
    row = next(iter(log.entries(LogFilter(log_id=ids[0]))), None)
    if row is None:
        raise LogError(log.location, f"lost {ids[0]} while it was read", _STEP)
    return row


def _ids(log: Log, reference: str) -> list[str]:
    exact = [row.log_id for row in log.entries(LogFilter(log_id=reference, details=False))]
    if exact or len(reference) < _SHORTEST:
        return exact
    rows = log.entries(LogFilter(details=False))
    return [row.log_id for row in rows if row.log_id.startswith(reference)]


def _rows(log: Log, values: Mapping[str, Any]) -> Sequence[LogRow]:
    table: str | None = values["table"]
    if table is not None:
        _require_known(log, table)
    wanted = LogFilter(
        action=values["action"],
        status=values["status"],
        since=_start(values["since"], "--since"),
        until=_end(values["until"], "--until"),
        lowest=values["min_score"],
        highest=values["max_score"],
        limit=None if table else values["limit"],
        details=False,
    )
    rows = log.entries(wanted)
    if table is None:
        return list(rows)
    return list(islice((r for r in rows if history.tables_named(r, table)), values["limit"]))


def _require_known(log: Log, table: str) -> None:
    """Raises UsageError for a table that no run judged, naming the nearest that one did."""
    rows = log.entries(LogFilter(details=False))
    names = {name for row in rows for name in history.table_names(row)}
    if names and table.lower() not in {name.lower() for name in names}:
        hint = did_you_mean(table, names)
        raise UsageError(f"--table {table}", f"no run judged such a table{hint}", _STEP)


def _start(text: str | None, option: str) -> datetime | None:
    return None if text is None else datetime.combine(_day(text, option), time(), UTC)


def _end(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    return datetime.combine(_day(text, option), time(), UTC) + timedelta(days=1, milliseconds=-1)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}", "is no day", "write YYYY-MM-DD") from None
