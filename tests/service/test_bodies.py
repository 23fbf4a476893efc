"""What a request holds is read in bounds and has one meaning."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request

from ctb_audit.service.bodies import MOST_BYTES, body_of, query_of
from ctb_audit.service.openapi import request_schemas
from ctb_audit.service.refusal import Refusal

SCHEMA = request_schemas(r"^HEIR-[0-9]{2}(?![\s\S])")["remediate"]
JSON = (b"content-type", b"application/json; charset=utf-8")
Receive = Callable[[], Awaitable[dict[str, Any]]]


def request_of(receive: Receive, *headers: tuple[bytes, bytes]) -> Request:
    return Request({"type": "http", "method": "POST", "headers": [JSON, *headers]}, receive)


def chunks(*parts: bytes) -> Receive:
    left = list(parts)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


def read(*parts: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Any:
    return asyncio.run(body_of(request_of(chunks(*parts), *headers), SCHEMA))


def refused(*parts: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(*parts, headers=headers)
    return caught.value


def test_a_body_comes_in_parts() -> None:
    assert read(b'{"heir_id": "HEI', b'R-26"}') == {"heir_id": "HEIR-26"}


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        (b"", "body", "is no valid JSON"),
        (b"{", "body", "is no valid JSON"),
        (b"\xff\xfe{}", "body", "is no valid JSON"),
        (b"[" * 10_000, "body", "is no valid JSON"),
        (b"1" * 5000, "body", "is no valid JSON"),
        (b'"\\ud800"', "body", "is no valid JSON"),
        (b"[]", "body", "must be an object, not a list"),
        (b"null", "body", "must be an object, not None"),
        (b'{"heir_id": "HEIR-26", "heir_id": "HEIR-27"}', "body", "names a key twice"),
        (b'{"heir_id": NaN}', "body", "holds NaN, which is no JSON"),
        (b"{}", "heir_id", "is missing"),
        (b'{"heir_id": 1}', "heir_id", "must be a text, not 1"),
        (b'{"heir_id": "HEIR-26\\n"}', "heir_id", "is no HEIR id: HEIR-[0-9]{2}"),
        (b'{"heir_id": "HEIR-\\uff12\\uff16"}', "heir_id", "is no HEIR id"),
        (b'{"heir_id": "HEIR-26", "dry_run": 1}', "dry_run", "must be true or false, not 1"),
        (b'{"heir_id": "HEIR-26", "dry_ran": true}', "dry_ran", "unknown key"),
    ],
)
def test_what_does_not_fit_is_422_and_names_the_field(
    body: bytes, field: str, problem: str
) -> None:
    found = refused(body)
    assert (found.status, found.code) == (422, "INVALID_REQUEST")
    assert problem in found.details[field]
    assert found.message.startswith(f"{field}: ")


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    async def never() -> dict[str, Any]:
        raise AssertionError("read")

    declared = (b"content-length", str(MOST_BYTES + 1).encode())
    with pytest.raises(Refusal) as caught:
        asyncio.run(body_of(request_of(never, declared), SCHEMA))
    assert (caught.value.status, caught.value.headers) == (413, {"Connection": "close"})


def test_a_body_that_hides_its_size_is_refused_where_it_becomes_too_large() -> None:
    found = refused(*[b" " * 1000] * 1000)
    assert found.status == 413


def test_a_body_of_another_type_is_refused() -> None:
    async def never() -> dict[str, Any]:
        raise AssertionError("read")

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"text/plain")]}
    with pytest.raises(Refusal) as caught:
        asyncio.run(body_of(Request(scope, never), SCHEMA))
    assert caught.value.status == 415


def test_a_body_that_does_not_come_is_given_up() -> None:
    async def wait() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(Refusal) as caught:
        asyncio.run(body_of(request_of(wait), SCHEMA, seconds=0.01))
    assert caught.value.status == 408


def test_a_query_is_typed() -> None:
    query = query_of([("limit", "5"), ("action", "audit"), ("since", "2026-01-31")])
    assert query == {"limit": 5, "action": "audit", "since": "2026-01-31"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "1e1"),
        ("limit", "-1"),
        ("limit", "\u0663"),
        ("limit", "1" * 5000),
        ("min_score", "101"),
        ("action", "drop"),
        ("status", ""),
        ("since", "2026-02-30"),
        ("since", "20260101"),
        ("until", "yesterday"),
        ("table", "a\nb"),
        ("table", ""),
        ("before", "x;y"),
        ("before", "a\n"),
        ("api_key", "x"),
    ],
)
def test_a_wrong_parameter_is_422(name: str, text: str) -> None:
    with pytest.raises(Refusal) as caught:
        query_of([(name, text)])
    assert caught.value.status == 422
    assert list(caught.value.details) == [name]


def test_a_parameter_is_given_once() -> None:
    with pytest.raises(Refusal, match="limit: is given twice"):
        query_of([("limit", "1"), ("limit", "2")])


def test_a_long_value_is_not_sent_back_whole() -> None:
    found = refused(json.dumps({"heir_id": "x" * 10_000}).encode())
    assert len(found.message) < 300
