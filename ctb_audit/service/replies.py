"""Replies of the API as JSON, and the headers that every reply carries."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ctb_audit.report.inert import inert_json
from ctb_audit.service.refusal import Refusal

if TYPE_CHECKING:
    from starlette.responses import Response

SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What a reply carries unless it says otherwise itself."""


def json_reply(
    value: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> "Response":
    from starlette.responses import Response

    text = inert_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    content = text.encode("utf-8", "replace")
    return Response(content, status, dict(headers or {}), media_type="application/json")


def refusal_reply(refusal: Refusal) -> "Response":
    """The error in the organisation's own shape."""
    value = {
        "success": False,
        "error": {
            "code": refusal.code,
            "message": refusal.message,
            "details": refusal.details,
        },
        "heir_id": refusal.heir_id,
        "timestamp": now_text(),
    }
    return json_reply(value, refusal.status, refusal.headers)


def now_text() -> str:
    """Now in UTC, `2026-11-22T08:15:30Z`."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
