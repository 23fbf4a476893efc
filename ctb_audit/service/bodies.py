"""What a request holds, read in bounds and held to the schemas of the OpenAPI document."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ctb_audit.service.openapi import HISTORY_QUERY, Schema
from ctb_audit.service.refusal import Refusal, invalid
from ctb_audit.shape import problems

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES = 16_384
MOST_SECONDS = 10.0


async def body_of(
    request: "Request", schema: Schema, *, seconds: float = MOST_SECONDS
) -> Mapping[str, Any]:
    """The JSON object of a request that fits the schema. Raises Refusal."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        message = "the body must be application/json"
        raise _unread(Refusal(415, "UNSUPPORTED_MEDIA_TYPE", message))
    try:
        async with asyncio.timeout(seconds):
            content = await _content(request)
    except TimeoutError:
        message = f"the body did not arrive within {seconds:g} seconds"
        raise _unread(Refusal(408, "REQUEST_TIMEOUT", message)) from None
    value = _parsed(content)
    found = _told(value, schema)
    if found:
        raise invalid(found)
    assert isinstance(value, dict)
    return value


def query_of(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """The parameters of a history request, numbers as numbers. Raises Refusal."""
    value: dict[str, Any] = {}
    found: dict[str, str] = {}
    for name, text in pairs:
        if name in value:
            found[name] = "is given twice"
        value[name] = _typed(name, text)
    schema = {
        "type": "object",
        "properties": {name: schema for name, (schema, _) in HISTORY_QUERY.items()},
        "additionalProperties": False,
    }
    found |= _told(value, schema)
    for name in ("since", "until"):
        if name in value and not _is_day(value[name]):
            found[name] = "must be a day, YYYY-MM-DD"
    if found:
        raise invalid(found)
    return value


def _told(value: Any, schema: Schema) -> dict[str, str]:
    """What is wrong, by field, in words that a client knows: the title of what was expected in
    place of its pattern.
    """
    found = {}
    for key, problem in problems(value, schema):
        shown, unlike, _ = problem.partition(" does not match ")
        title = schema["properties"].get(key, {}).get("title", "")
        told = f"{shown} is no {title}" if unlike and title else problem
        found[key or "body"] = told.replace("a table", "an object")
    return found


async def _content(request: "Request") -> bytes:
    """The body; 413 as soon as it is known to be too large, however it is sent."""
    declared = request.headers.get("content-length", "0")
    too_large = Refusal(413, "PAYLOAD_TOO_LARGE", f"the body is larger than {MOST_BYTES} bytes")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise _unread(too_large)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise _unread(too_large)
    return bytes(content)


def _unread(refusal: Refusal) -> Refusal:
    """The rest of the body is not read, so the connection cannot be used again."""
    refusal.headers["Connection"] = "close"
    return refusal


def _parsed(content: bytes) -> Any:
    """JSON of one meaning: UTF-8, no name twice, no NaN, no half of a surrogate pair."""
    try:
        value = json.loads(
            content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, _Unclear) else "is no valid JSON"
        raise invalid({"body": told}) from None
    return value


class _Unclear(ValueError):
    """JSON that readers understand differently."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Unclear("names a key twice")
    return value


def _refused(name: str) -> Any:
    raise _Unclear(f"holds {name}, which is no JSON")


def _typed(name: str, text: str) -> Any:
    schema, _ = HISTORY_QUERY.get(name, ({}, ""))
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if schema.get("type") == "integer" and is_number else text


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
