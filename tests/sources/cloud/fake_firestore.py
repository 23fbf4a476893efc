"""Firestore's gRPC service as far as the reader asks it, with the client's own messages."""

from collections.abc import Iterator
from concurrent import futures
from datetime import UTC, datetime
from typing import Any

import grpc
from google.cloud.firestore_v1.types import (
    Document,
    ListCollectionIdsRequest,
    ListCollectionIdsResponse,
    RunQueryRequest,
    RunQueryResponse,
)

PREFIX = "projects/demo-project/databases/(default)/documents"
SERVICE = "google.firestore.v1.Firestore"


def value(found: Any) -> dict[str, Any]:
    """A value as the protocol writes it."""
    if found is None:
        return {"null_value": 0}
    for kind, key in ((bool, "boolean_value"), (int, "integer_value"), (float, "double_value")):
        if isinstance(found, kind):
            return {key: found}
    if isinstance(found, str):
        return {"string_value": found}
    if isinstance(found, datetime):
        return {"timestamp_value": found}
    if isinstance(found, list):
        return {"array_value": {"values": [value(v) for v in found]}}
    return {"map_value": {"fields": {k: value(v) for k, v in found.items()}}}


class Fake:
    """`documents`: by collection path (`users`, `users/a/sessions`) the fields by document id."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, dict[str, Any]]] = {}
        self.errors: dict[str, list[grpc.StatusCode]] = {}
        self.limits: dict[str, int] = {}
        self.sent = 0
        self.recovers = False  # each error is sent once, else the last one for ever

    def serve(self) -> tuple[Any, int]:
        server = grpc.server(futures.ThreadPoolExecutor(4))
        handlers = {
            "ListCollectionIds": grpc.unary_unary_rpc_method_handler(
                self._collections,
                request_deserializer=ListCollectionIdsRequest.deserialize,
                response_serializer=ListCollectionIdsResponse.serialize,
            ),
            "RunQuery": grpc.unary_stream_rpc_method_handler(
                self._query,
                request_deserializer=RunQueryRequest.deserialize,
                response_serializer=RunQueryResponse.serialize,
            ),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return server, port

    def _fail(self, key: str, context: Any) -> None:
        left = self.errors.get(key, [])
        if left:
            once = self.recovers or len(left) > 1
            context.abort(left.pop(0) if once else left[0], "secret detail")

    def _collections(self, request: Any, context: Any) -> Any:
        self._fail("collections", context)
        parent = request.parent.removeprefix(PREFIX).strip("/")
        depth = len(parent.split("/")) + 1 if parent else 1
        start = f"{parent}/" if parent else ""
        ids = sorted(
            p.split("/")[-1]
            for p in self.documents
            if p.startswith(start) and len(p.split("/")) == depth
        )
        first = int(request.page_token or 0)
        more = str(first + 2) if first + 2 < len(ids) else ""
        return ListCollectionIdsResponse(
            collection_ids=ids[first : first + 2], next_page_token=more
        )

    def _query(self, request: Any, context: Any) -> Iterator[Any]:
        parent = request.parent.removeprefix(PREFIX).strip("/")
        query = request.structured_query
        name = query.from_[0].collection_id
        path = f"{parent}/{name}" if parent else name
        self._fail(path, context)
        limit = int(query.limit)
        self.limits[path] = limit
        for key, fields in list(self.documents[path].items())[:limit]:
            self.sent += 1
            written = {k: value(v) for k, v in fields.items()}
            now = datetime(2026, 11, 22, tzinfo=UTC)
            document = Document(
                name=f"{PREFIX}/{path}/{key}", fields=written, create_time=now, update_time=now
            )
            yield RunQueryResponse(document=document, read_time=now)
