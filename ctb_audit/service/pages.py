"""What a browser shows: the repositories, their history, and reports of audits.

Pages are made from the log and this package's own templates: nothing in a repository can put a
script on them, and their policies allow no other.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ctb_audit.errors import CtbError
from ctb_audit.log import LogRow
from ctb_audit.report.history import listed
from ctb_audit.report.inert import inert
from ctb_audit.report.template import render
from ctb_audit.result import grade_of
from ctb_audit.service.api import Service, asked_page, asked_repository, reading
from ctb_audit.service.bodies import query_of
from ctb_audit.service.history import audit_row
from ctb_audit.service.refusal import Refusal
from ctb_audit.service.repositories import Repository

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    Endpoint = Callable[[Request], Awaitable[Response]]

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_FILTERS = ("action", "status", "since", "until", "min_score", "max_score", "table", "heir_id")


class Pages:
    """The pages of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._style = render("service.css.j2", {}).encode()

    def shown(self, endpoint: "Endpoint") -> "Endpoint":
        """The endpoint behind a key, whose refusals are pages too."""

        async def page(request: "Request") -> "Response":
            try:
                self._service.access.admitted_to_page(request, "history")
                return await endpoint(request)
            except Refusal as refusal:
                values = {"status": refusal.status, "message": inert(refusal.message)}
                return _page("error", values, refusal.status, refusal.headers)

        return page

    async def style(self, request: "Request") -> "Response":
        from starlette.responses import Response

        return Response(self._style, media_type="text/css")

    async def overview(self, request: "Request") -> "Response":
        """Every repository with its latest audit."""
        repositories = self._service.repositories
        found = [
            await reading(_standing, repository, repositories=repositories)
            for repository in repositories.by_name.values()
        ]
        return _page("overview", {"repositories": found})

    async def history(self, request: "Request") -> "Response":
        """Runs, with a form of filters. Empty fields of the form count as not given."""
        pairs = [(name, text) for name, text in request.query_params.multi_items() if text]
        query = query_of(pairs)
        repository, page = await asked_page(self._service, query)
        values = {
            "repository": repository.name,
            "repositories": list(self._service.repositories.by_name),
            "runs": [_row(run, repository) for run in page.runs],
            "asked": {name: inert(str(query.get(name, ""))) for name in _FILTERS},
            "older": _link("/history", {**query, "before": page.next}) if page.next else "",
            "newest": "before" in query,
        }
        return _page("history", values)

    async def report(self, request: "Request") -> "Response":
        """The report of an audit as the log keeps it; the latest one without an id."""
        query = query_of(request.query_params.multi_items())
        repository = asked_repository(self._service, query.get("repository"))
        log_id = request.path_params.get("log_id")
        repositories = self._service.repositories
        text = await reading(_report, repository, log_id, repositories=repositories)
        if text is None:
            message = "no such audit in the log" if log_id else "no audit ran here yet"
            raise Refusal(404, "RESOURCE_NOT_FOUND", message)
        from ctb_audit.report.html import content_policy

        return _html(text, f"{content_policy()}; frame-ancestors 'none'")


def _standing(repository: Repository) -> Mapping[str, Any]:
    """A repository and where it stands; `error` "" where its log can be read."""
    value: dict[str, Any] = {"name": inert(repository.label), "error": "", "score": None}
    value["history"] = _link("/history", {"repository": repository.name})
    value["report"] = _link("/report", {"repository": repository.name})
    try:
        row = audit_row(repository)
    except CtbError as error:
        return {**value, "error": inert(error.problem)}
    return value if row is None else {**value, **_last(row)}


def _last(row: LogRow) -> Mapping[str, Any]:
    run = listed(row)
    return {
        "score": run["score"],
        "grade": run["grade"],
        "grade_class": _grade_class(run["score"]),
        "at": f"{row.at:%Y-%m-%d %H:%M} UTC",
        "status": row.status,
    }


def _row(run: Mapping[str, Any], repository: Repository) -> Mapping[str, Any]:
    """A run as cells."""
    is_audit = run["action"] == "audit" and run["error"] is None
    shown = {k: inert(str(v)) for k, v in run.items() if isinstance(v, str)}
    link = _link(f"/report/{run['log_id']}", {"repository": repository.name}) if is_audit else ""
    tables = "; ".join(f"{inert(t['name'])} {t['score']}" for t in run.get("tables", ()))
    return {
        **run,
        **shown,
        "link": link,
        "tables": tables,
        "grade_class": _grade_class(run["score"]),
    }


def _grade_class(score: int | None) -> str:
    return (grade_of(score) or "none").lower().replace(" ", "-")


def _report(repository: Repository, log_id: str | None) -> str | None:
    """The page of an audit in the log, None for no such audit. Reads the log and sources."""
    from ctb_audit.cli.past import report_context
    from ctb_audit.report.html import audit_html
    from ctb_audit.report.saved import audit_from_row
    from ctb_audit.rulebook.load import load_standard

    config = repository.config()
    row = audit_row(repository, log_id)
    if row is None:
        return None
    standard = load_standard(
        str(row.actions["standard"]),
        rule_folders=config.rules,
        standard_folders=config.standards,
    )
    audit = audit_from_row(row, repository.label, standard.rules)
    context = report_context(audit, config, today=datetime.now(UTC).date(), ran=row.at)
    return audit_html(audit, context)


def _link(path: str, query: Mapping[str, Any]) -> str:
    return f"{path}?{urlencode(query)}"


def _page(
    name: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> "Response":
    text = render(f"service_{name}.html.j2", values)
    return _html(text, _POLICY, status, headers)


def _html(
    text: str, policy: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> "Response":
    from starlette.responses import Response

    content = text.encode("utf-8", "replace")
    return Response(
        content,
        status,
        {"Content-Security-Policy": policy, **(headers or {})},
        media_type="text/html",
    )
