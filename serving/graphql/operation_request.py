"""Operations: read from a request, and parsed from its members."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import HTTPConnection, Request

from serving.graphql.content_negotiation import is_json
from serving.graphql.errors import rejection
from serving.graphql.request_body import BodyReader
from serving.graphql.strict_json import decode
from serving.settings.settings import Settings

GRAPHQL = "/graphql"
"""The path of the GraphQL endpoint, and of its WebSockets."""

ALLOW = "GET, HEAD, POST, OPTIONS"
MEMBERS = ("query", "variables", "operationName", "extensions", "documentId", "id", "doc_id")
IDS = ("documentId", "id", "doc_id")
"""Members that identify a trusted document, as the clients of Apollo, Relay and others send them."""

NO_DOCUMENT = "Send the GraphQL document as the string `query`."


@dataclass(frozen=True, slots=True)
class Device:
    """The device that sent a request: its address, as trusted proxies forward it, and its User-Agent header."""

    address: str
    user_agent: str


class Operation(msgspec.Struct, frozen=True):
    """An operation of a request. Its document is `query`, or is found by `document_id` or `sha256`."""

    query: str | None
    variables: Mapping[str, Any] = msgspec.field(default_factory=dict)
    operation_name: str | None = None
    extensions: Mapping[str, Any] = msgspec.field(default_factory=dict)
    document_id: str | None = None
    sha256: str | None = None
    queries_only: bool = False
    must_be_fresh: bool = False
    """Whether the request asks for data that was not read before it, by `Cache-Control: no-cache`."""
    connection: HTTPConnection | None = None
    """The request, or the WebSocket, that the operation came by."""

    @property
    def device(self) -> Device:
        """The device that sent the operation. What is not known is empty."""
        connection = self.connection
        if connection is None:
            return Device("", "")
        address = connection.client.host if connection.client is not None else ""
        return Device(address, connection.headers.get("user-agent", ""))


class OperationReader:
    """Reads the operations of requests: one as an object, or a batch as a list."""

    def __init__(self, settings: Settings) -> None:
        self._body = BodyReader(settings)
        self._max_batch = settings.max_batch

    async def read(self, request: Request) -> Any:
        """The members of one operation, or a list with the members of several. Raises RequestRejected."""
        if request.method in ("GET", "HEAD"):
            return from_query_string(request)
        if request.method != "POST":
            raise rejection("Send queries by GET or POST, and mutations by POST.", status=405, headers={"Allow": ALLOW})
        if not is_json(request.headers.get("content-type")):
            raise rejection("Send a body of type application/json, in UTF-8.", status=415)
        members = decode(await self._body.read(request), "The body")
        if isinstance(members, list):
            self._check_batch(members)
        elif not isinstance(members, dict):
            raise rejection("Send the body as a JSON object with a member named query.", status=400)
        return members

    def _check_batch(self, members: list[Any]) -> None:
        limit = self._max_batch
        if not limit:
            raise rejection("Send one operation per request: lists are not accepted here (MAX_BATCH).", status=400)
        if not 0 < len(members) <= limit:
            raise rejection(f"Send 1 to {limit} operations in a list (MAX_BATCH).", status=400)


def from_query_string(request: Request) -> dict[str, Any]:
    """The members of an operation in a query string. Raises RequestRejected if a parameter is repeated."""
    pairs = request.query_params.multi_items()
    for name in MEMBERS:
        if sum(key == name for key, _ in pairs) > 1:
            raise rejection(f"Send the parameter {name} only once.", status=400)
    members: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = decode(members[name].encode(errors="replace"), name)
    return members


def must_be_fresh(request: Request) -> bool:
    """Whether the request has `Cache-Control: no-cache`."""
    directives = request.headers.get("cache-control")
    return directives is not None and "no-cache" in re.split(r"[\s,]+", directives.lower())


def read_operation(members: Any, request: Request) -> Operation:
    """The operation of a request with these members. Raises RequestRejected, like `parse`."""
    queries_only = request.method != "POST"
    return parse(members, queries_only=queries_only, must_be_fresh=must_be_fresh(request), connection=request)


def parse(
    members: Any,
    *,
    queries_only: bool = False,
    must_be_fresh: bool = False,
    connection: HTTPConnection | None = None,
) -> Operation:
    """The operation with these members. Raises RequestRejected if one has the wrong type, or no document is given."""
    query = _text(members, "query")
    extensions = _object(members, "extensions")
    document_id = next((id for name in IDS if (id := _text(members, name)) is not None), None)
    persisted = extensions.get("persistedQuery")
    if document_id is None and "persistedQuery" not in extensions and (query is None or not query.strip()):
        raise rejection(NO_DOCUMENT, status=400)
    return Operation(
        query or None,
        _object(members, "variables"),
        _text(members, "operationName") or None,
        extensions,
        document_id,
        _sha256(persisted) if persisted is not None else None,
        queries_only,
        must_be_fresh,
        connection,
    )


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise rejection(f"Send {name} as a string.", status=400)
    return value


def _object(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name)
    if value is not None and not isinstance(value, dict):
        raise rejection(f"Send {name} as a JSON object.", status=400)
    return value or {}


def _sha256(persisted: Any) -> str:
    """The hash of a persisted document, in the form of Apollo's clients."""
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise rejection("Send extensions.persistedQuery with version 1 and a sha256Hash.", status=400)
    sha256 = persisted.get("sha256Hash")
    if not isinstance(sha256, str) or not 0 < len(sha256) <= 256:
        raise rejection("Send extensions.persistedQuery.sha256Hash as a string of up to 256 characters.", status=400)
    return sha256
