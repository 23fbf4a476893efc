"""The ASGI application: routes, and the guard in front of them."""

from typing import TYPE_CHECKING, Any

from ctb_audit.log.entry import Action
from ctb_audit.service.api import Api, Service
from ctb_audit.service.guard import Event, Guard, internal
from ctb_audit.service.pages import Pages
from ctb_audit.service.refusal import Code, Refusal
from ctb_audit.service.replies import refusal_reply

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_ACTIONS: tuple[Action, ...] = ("tag", "audit", "remediate")
_LEFT = 499
_CODES: dict[int, Code] = {404: "RESOURCE_NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


def application(service: Service, *, hosts: frozenset[str], told: Event) -> Guard:
    """The service as an ASGI application; `told` hears the events of the access log."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import ClientDisconnect
    from starlette.routing import Route

    api, pages = Api(service), Pages(service)
    routes = [
        *(Route(f"/api/ctb/{n}", api.action(n), methods=["POST"]) for n in _ACTIONS),
        Route("/api/ctb/history", api.history),
        Route("/api/health", api.health),
        Route("/api/openapi.json", api.openapi),
        Route("/", pages.shown(pages.overview)),
        Route("/history", pages.shown(pages.history)),
        Route("/report", pages.shown(pages.report)),
        Route("/report/{log_id}", pages.shown(pages.report)),
        Route("/service.css", pages.style),
    ]
    inner = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: _unrouted,
            Refusal: _refused,
            ClientDisconnect: _left,
            Exception: _broken,
        },
    )
    inner.router.redirect_slashes = False
    return Guard(inner, hosts, told)


async def _refused(request: "Request", error: Exception) -> "Response":
    assert isinstance(error, Refusal)
    return refusal_reply(error)


async def _left(request: "Request", error: Exception) -> "Response":
    """The client went away amid its request; the status stands in the access log alone."""
    from starlette.responses import Response

    return Response(status_code=_LEFT)


async def _broken(request: "Request", error: Exception) -> "Response":
    """Starlette raises the error again for the guard, which logs it."""
    return refusal_reply(internal(request.state.id))


async def _unrouted(request: "Request", error: Any) -> "Response":
    """404 and 405, which Starlette finds."""
    code = _CODES.get(error.status_code, "INVALID_REQUEST")
    message = f"{error.detail}".lower()
    return refusal_reply(Refusal(error.status_code, code, message, headers=error.headers))
