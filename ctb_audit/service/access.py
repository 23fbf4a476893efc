"""Who asks, and whether they may ask again yet."""

import base64
from typing import TYPE_CHECKING

from ctb_audit.service.keys import Keys
from ctb_audit.service.limits import Limiter
from ctb_audit.service.refusal import Refusal, busy

if TYPE_CHECKING:
    from starlette.requests import Request


class Access:
    """The keys and the limits of a service."""

    def __init__(self, keys: Keys, limiter: Limiter) -> None:
        self._keys = keys
        self._limiter = limiter

    def admitted(self, request: "Request", action: str) -> str:
        """The name of who asks, by a key as `Authorization: Bearer` or `X-API-Key`.

        Raises Refusal: 401 without a valid key, 429 above the limit of the action.
        """
        return self._counted(request, _bearer(request), action, "Bearer")

    def admitted_to_page(self, request: "Request", action: str) -> str:
        """As `admitted`, by a key as the password of a browser too."""
        presented = _bearer(request) or _password(request)
        return self._counted(request, presented, action, "Basic")

    def _counted(self, request: "Request", presented: str, action: str, scheme: str) -> str:
        name = self._keys.holder(presented) if presented else None
        if name is None:
            raise _unauthorised(scheme)
        request.state.seen["key"] = name
        seconds = self._limiter.wait(name, action)
        if seconds:
            message = f"too many requests for {action}; try again in {seconds} seconds"
            raise busy("RATE_LIMIT_EXCEEDED", message, seconds)
        return name


def _unauthorised(scheme: str) -> Refusal:
    challenge = f'{scheme} realm="ctb"'
    if scheme == "Basic":
        challenge += ', charset="UTF-8"'
    message = "no valid API key"
    return Refusal(401, "INVALID_API_KEY", message, headers={"WWW-Authenticate": challenge})


def _bearer(request: "Request") -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return request.headers.get("x-api-key", "").strip()


def _password(request: "Request") -> str:
    """The password of Basic authentication; whatever the user name is."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
