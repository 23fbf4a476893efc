"""Pages of the compliance log."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import dropwhile, islice
from pathlib import Path
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.log import Log, LogFilter, LogRow
from ctb_audit.report.history import listed, tables_named
from ctb_audit.service.openapi import HISTORY_QUERY
from ctb_audit.service.refusal import Refusal
from ctb_audit.service.repositories import Repository, is_begun, request_of


@dataclass(frozen=True, slots=True)
class Page:
    """Runs as `ctb history --format json` lists them; `next` is "" on the last page."""

    runs: list[dict[str, Any]]
    next: str


def page_of(repository: Repository, query: Mapping[str, Any], root: Path) -> Page:
    """The page of the repository's log that a checked query asks for.

    Pages are told apart by the row that they follow, so that runs which are written meanwhile
    move nothing. Raises Refusal for a row that is not there, LogError.
    """
    log = repository.log()
    if not is_begun(log):
        return Page([], "")
    limit = query.get("limit", HISTORY_QUERY["limit"][0]["default"])
    rows = (row for row in _rows(log, query) if repository.owns(row))
    found = list(islice(rows, limit + 1))
    runs = [_run(row, query.get("table"), root) for row in found[:limit]]
    return Page(runs, found[limit - 1].log_id if len(found) > limit else "")


def audit_row(repository: Repository, log_id: str | None = None) -> LogRow | None:
    """The audit of this id, the latest one for None; None where there is none.

    Raises LogError.
    """
    log = repository.log()
    if not is_begun(log):
        return None
    rows = log.entries(LogFilter(action="audit", log_id=log_id, details=False))
    audits = (row for row in rows if "error" not in row.actions and repository.owns(row))
    found = next(audits, None)
    if found is None:
        return None
    return next(iter(log.entries(LogFilter(log_id=found.log_id))), None)


def _rows(log: Log, query: Mapping[str, Any]) -> Iterator[LogRow]:
    last = _last(log, query.get("before"))
    until = _end(query.get("until"))
    if last is not None:
        until = min(last.at, until) if until else last.at
    rows = log.entries(
        LogFilter(
            action=query.get("action"),
            status=query.get("status"),
            since=_start(query.get("since")),
            until=until,
            lowest=query.get("min_score"),
            highest=query.get("max_score"),
            details=False,
        )
    )
    if last is not None and until == last.at:
        rows = _after(rows, last)
    return (row for row in rows if _fits(row, query))


def _last(log: Log, log_id: str | None) -> LogRow | None:
    if log_id is None:
        return None
    row = next(iter(log.entries(LogFilter(log_id=log_id, details=False))), None)
    if row is None:
        message = "before: names no run; begin again without it"
        raise Refusal(404, "RESOURCE_NOT_FOUND", message)
    return row


def _after(rows: Iterator[LogRow], last: LogRow) -> Iterator[LogRow]:
    """Those behind `last`, which its own filters may leave out, among rows of the same moment."""
    same = dropwhile(lambda row: row.at == last.at and row.log_id != last.log_id, rows)
    return (row for row in same if row.log_id != last.log_id)


def _fits(row: LogRow, query: Mapping[str, Any]) -> bool:
    table, heir_id = query.get("table"), query.get("heir_id")
    if table is not None and not tables_named(row, table):
        return False
    return heir_id is None or heir_id in (row.heir_id, request_of(row).get("heir_id"))


def _run(row: LogRow, table: str | None, root: Path) -> dict[str, Any]:
    """As listed, without the folders of this machine."""
    request = request_of(row)
    value = listed(row, table)
    value |= {"asked_under": request.get("heir_id"), "asked_by": request.get("by")}
    if value["error"]:
        value["error"] = without_root(str(value["error"]), root)
    return value


def without_root(text: str, root: Path) -> str:
    """The text with paths below `root` as they are seen from it."""
    return text.replace(f"{root}/", "").replace(str(root), ".")


def _start(text: str | None) -> datetime | None:
    return None if text is None else datetime.combine(date.fromisoformat(text), time(), UTC)


def _end(text: str | None) -> datetime | None:
    if text is None:
        return None
    return datetime.combine(date.fromisoformat(text), time(23, 59, 59, 999_000), UTC)
