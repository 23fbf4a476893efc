"""The endpoints under /api."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ctb_audit import __version__
from ctb_audit.errors import CtbError, LogError
from ctb_audit.lean import dataclass
from ctb_audit.log.entry import Action
from ctb_audit.service.access import Access
from ctb_audit.service.bodies import MOST_SECONDS, body_of, query_of
from ctb_audit.service.health import Health
from ctb_audit.service.history import Page, page_of, without_root
from ctb_audit.service.job import job_of
from ctb_audit.service.jobs import Jobs
from ctb_audit.service.openapi import document, request_schemas
from ctb_audit.service.paths import folder_below
from ctb_audit.service.refusal import Refusal
from ctb_audit.service.replies import json_reply, now_text
from ctb_audit.service.repositories import Repositories, Repository

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """What every endpoint and page works with. `body_seconds`: how long a body may take."""

    repositories: Repositories
    access: Access
    jobs: Jobs
    heir_pattern: str
    body_seconds: float = MOST_SECONDS


class Api:
    """The endpoints of a service, each a coroutine from a request to its reply."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._schemas = request_schemas(service.heir_pattern)
        self._document = document(service.heir_pattern)
        self._health = Health(service.repositories)

    def action(self, name: Action) -> "Callable[[Request], Any]":
        """The endpoint of `tag`, `audit` or `remediate`."""

        async def endpoint(request: "Request") -> "Response":
            by = self._service.access.admitted(request, name)
            seconds = self._service.body_seconds
            body = await body_of(request, self._schemas[name], seconds=seconds)
            try:
                return await self._run(request, name, body, by)
            except Refusal as refusal:
                refusal.heir_id = body["heir_id"]
                raise

        return endpoint

    async def history(self, request: "Request") -> "Response":
        self._service.access.admitted(request, "history")
        query = query_of(request.query_params.multi_items())
        repository, page = await asked_page(self._service, query)
        value = {
            "success": True,
            "repository": repository.name,
            "count": len(page.runs),
            "runs": page.runs,
            "next": page.next or None,
        }
        return json_reply(value)

    async def health(self, request: "Request") -> "Response":
        services = await self._health.services()
        well = all(state != "unavailable" for state in services.values())
        value = {
            "status": "healthy" if well else "degraded",
            "timestamp": now_text(),
            "version": __version__,
            "services": services,
        }
        return json_reply(value, 200 if well else 503)

    async def openapi(self, request: "Request") -> "Response":
        return json_reply(self._document)

    async def _run(
        self, request: "Request", name: Action, body: Mapping[str, Any], by: str
    ) -> "Response":
        heir_id = body["heir_id"]
        repository = await self._chosen(heir_id)
        values: dict[str, Any] = {"heir_id": heir_id, "by": by}
        if name == "tag":
            values["target"] = _target(repository, body["target_dir"])
        if name == "remediate":
            values["dry_run"] = body.get("dry_run", True)
        job = job_of(name, repository, self._service.repositories.root, **values)
        request.state.seen.update(repository=repository.name, log_id=job.log_id)
        return json_reply(await self._service.jobs.run(job))

    async def _chosen(self, heir_id: str) -> Repository:
        repositories = self._service.repositories
        found = await reading(repositories.chosen, heir_id, repositories=repositories)
        if found is None:
            message = f"heir_id: no repository is registered for {heir_id}"
            raise Refusal(404, "RESOURCE_NOT_FOUND", message)
        return found


def _target(repository: Repository, text: str) -> str:
    if folder_below(repository.folder, text) is None:
        message = "target_dir: no such folder in the repository"
        raise Refusal(404, "RESOURCE_NOT_FOUND", message)
    return text


async def asked_page(service: Service, query: Mapping[str, Any]) -> tuple[Repository, Page]:
    """The repository and the page that a checked query names. Raises Refusal."""
    repositories = service.repositories
    repository = asked_repository(service, query.get("repository"))

    def read() -> Page:
        return page_of(repository, query, repositories.root)

    return repository, await reading(read, repositories=repositories)


def asked_repository(service: Service, name: str | None) -> Repository:
    """The repository of this name, the first for None. Raises Refusal."""
    repositories = service.repositories
    found = repositories.first if name is None else repositories.by_name.get(name)
    if found is None:
        raise Refusal(404, "RESOURCE_NOT_FOUND", "repository: no such repository is served")
    return found


async def reading(function: Callable[..., T], *values: Any, repositories: Repositories) -> T:
    """What the function reads, in a thread. A log that cannot be read is 503, a repository that
    is configured wrongly 409.
    """
    try:
        return await asyncio.to_thread(function, *values)
    except CtbError as error:
        message = without_root(str(error), repositories.root)
        if isinstance(error, LogError):
            raise Refusal(503, "LOG_UNAVAILABLE", message) from None
        raise Refusal(409, "REPOSITORY_NOT_READY", message) from None
