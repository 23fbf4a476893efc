"""What goes into the compliance log and comes out of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, cast

from ctb_audit.errors import LogError
from ctb_audit.lean import dataclass
from ctb_audit.log.identifiers import new_log_id, process_id

TABLE = "ctb_compliance_log"
Action = Literal["tag", "audit", "remediate"]
Status = Literal["completed", "failed", "partial"]

CREATED_BY_LENGTH = 100
REPORT_PATH_LENGTH = 255

COLUMNS = (
    "log_id",
    "action_type",
    "compliance_score",
    "status",
    "issues",
    "recommendations",
    "actions_performed",
    "report_path",
    "heir_id",
    "process_id",
    "created_at",
    "updated_at",
    "created_by",
    "orbt_layer",
    "blueprint_version",
    "enforcement_level",
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One run. `score` is 0 to 100. `issues` are the findings, `recommendations` the next gains,
    `actions` what `rules/actions.schema.json` describes. `at` carries a time zone.

    A `report_path` longer than the column is kept in `actions` alone: a cut path names another
    file. `log_id` is "" until the row is first written; writing the same id twice writes one row.
    """

    action: Action
    score: int
    status: Status
    at: datetime
    issues: Sequence[Mapping[str, Any]] = ()
    recommendations: Sequence[Mapping[str, Any]] = ()
    actions: Mapping[str, Any] = field(default_factory=dict)
    report_path: str = ""
    created_by: str = "ctb_system"
    blueprint_version: str = "1.0"
    log_id: str = ""

    def identified(self) -> "LogEntry":
        """The entry with a `log_id`, by which a repeated attempt knows its row."""
        return self if self.log_id else replace(self, log_id=new_log_id(self.at))

    def utc(self) -> datetime:
        return self.at.astimezone(UTC)

    def values(self, heir_id: str) -> dict[str, Any]:
        """Column -> value, JSON as text; the times are left to the engine's own form."""
        fits = len(self.report_path) <= REPORT_PATH_LENGTH
        actions = self.actions if fits else {**self.actions, "report_path": self.report_path}
        return {
            "log_id": self.log_id,
            "action_type": self.action,
            "compliance_score": self.score,
            "status": self.status,
            "issues": _json(list(self.issues)),
            "recommendations": _json(list(self.recommendations)),
            "actions_performed": _json(actions),
            "report_path": self.report_path if self.report_path and fits else None,
            "heir_id": heir_id,
            "process_id": process_id(self.at),
            "created_by": self.created_by[:CREATED_BY_LENGTH],
            "orbt_layer": 1,
            "blueprint_version": self.blueprint_version,
            "enforcement_level": "STRICT",
        }


@dataclass(frozen=True, slots=True)
class Written:
    """The ids that a written row got; `kept` names the file in which it waits for its log (it
    then has no `heir_id` yet).
    """

    log_id: str
    heir_id: str
    kept: str = ""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows: None for any. `since` and `until` (both included) carry a time zone, scores are
    bounds 0 to 100, both included; `limit` counts from the newest row. Without `details`, issues
    and recommendations are left empty. `only`: rows whose actions have this key, and of their
    actions nothing else.
    """

    action: Action | None = None
    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    lowest: int | None = None
    highest: int | None = None
    log_id: str | None = None
    details: bool = True
    heir_id: str | None = None
    only: Literal["", "fleet"] = ""

    def columns(self, part: str) -> str:
        """What SELECT asks for; `part` is the engine's expression for one key of the actions."""
        taken = {} if self.details else dict.fromkeys(("issues", "recommendations"), "NULL")
        if self.only:
            taken["actions_performed"] = part.format(self.only)
        return ", ".join(f"{taken[name]} AS {name}" if name in taken else name for name in COLUMNS)


ALL_ROWS = LogFilter()


@dataclass(frozen=True, slots=True)
class LogRow:
    """A row as read; what the writer did not give is "" or empty."""

    log_id: str
    heir_id: str
    process_id: str
    action: Action
    score: int
    status: Status
    at: datetime
    issues: Sequence[Mapping[str, Any]]
    recommendations: Sequence[Mapping[str, Any]]
    actions: Mapping[str, Any]
    report_path: str
    created_by: str
    blueprint_version: str


class Log(Protocol):
    """A compliance log. `location` names it without a password; `notices` is what writing wants
    a person to know, though it succeeded.
    """

    location: str
    notices: list[str]

    def write(self, entry: LogEntry) -> Written:
        """Appends a row under new ids; a row whose `log_id` is there already stays as it is.

        Raises LogError, LogAway where another attempt may succeed later.
        """

    def prepare(self) -> None:
        """Makes the table where it is missing and `create` allows it. Raises LogError."""

    def entries(self, wanted: LogFilter = ALL_ROWS) -> Iterator[LogRow]:
        """The rows, the last written first, whatever a clock said. Raises LogError."""

    def last_score(self) -> int | None:
        """The score of the latest whole audit, None without one; a run that broke (`error` in
        its actions) has none. Raises LogError.
        """


class LogAway(LogError):
    """The log cannot be reached now; the row can be written later."""


def row_from(values: Mapping[str, Any], at: datetime) -> LogRow:
    """A row from its columns; JSON columns may be text or read already."""
    return LogRow(
        log_id=values["log_id"],
        heir_id=values["heir_id"],
        process_id=values["process_id"],
        action=cast(Action, values["action_type"]),
        score=values["compliance_score"],
        status=cast(Status, values["status"]),
        at=at,
        issues=_read(values["issues"], []),
        recommendations=_read(values["recommendations"], []),
        actions=_read(values["actions_performed"], {}),
        report_path=values["report_path"] or "",
        created_by=values["created_by"] or "",
        blueprint_version=values["blueprint_version"] or "",
    )


def _json(value: Any) -> str:
    """JSON that both engines store: PostgreSQL refuses NUL, neither takes a lone surrogate."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    if "\\u0000" in text or not _encodes(text):
        text = json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":"), default=str)
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _read(value: Any, empty: Any) -> Any:
    if value is None:
        return empty
    return json.loads(value) if isinstance(value, str) else value
