"""GraphQL over HTTP: from a request to an operation, and from its result to a response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from serving.media_types import HTML, JSON, RESPONSE_JSON, is_json, preferred

BAD_USER_INPUT = "BAD_USER_INPUT"


@dataclass(frozen=True)
class Operation:
    """What a client asks to be executed."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    queries_only: bool = False


class NotExecuted(Exception):
    """The operation was refused as a whole, so that the answer has no data.

    `status` is the HTTP status where the operation could never be executed in the way that it came; None where the
    request was well formed and the document or its variables are wrong.
    """

    def __init__(self, errors: Sequence[GraphQLError], *, status: int | None = None) -> None:
        super().__init__("not executed")
        self.errors = errors
        self.status = status


Execute = Callable[[Operation, Request], Awaitable[ExecutionResult]]
"""Executes an operation for a request. Raises NotExecuted."""


class BadRequest(Exception):
    """An HTTP request that holds no operation: its status, and what to do."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class GraphQLEndpoint:
    """The endpoint as an ASGI app. `page` is shown to browsers that ask it for HTML."""

    def __init__(self, execute: Execute, *, max_body_bytes: int, page: str | None = None) -> None:
        self._execute = execute
        self._max_body_bytes = max_body_bytes
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accepted = [JSON, RESPONSE_JSON]
        wants_page = (
            request.method in ("GET", "HEAD") and self._page is not None and "query" not in request.query_params
        )
        media_type = preferred(request.headers.get("accept"), [*accepted, HTML] if wants_page else accepted)
        if media_type == HTML:
            return HTMLResponse(self._page, headers={"Vary": "Accept"})
        try:
            if media_type is None:
                raise BadRequest(406, f"Accept {RESPONSE_JSON} or {JSON}.")
            operation = await self._operation(request)
            result = await self._execute(operation, request)
        except BadRequest as bad:
            errors = [GraphQLError(str(bad), extensions={"code": BAD_USER_INPUT})]
            return _response({"errors": _formatted(errors)}, media_type or JSON, bad.status, bad.headers)
        except NotExecuted as refused:
            status = refused.status or (400 if media_type == RESPONSE_JSON else 200)
            headers = {"Allow": "POST"} if status == 405 else {}
            return _response({"errors": _formatted(refused.errors)}, media_type or JSON, status, headers)
        return _response(_body(result), media_type or JSON, 200, {})

    async def _operation(self, request: Request) -> Operation:
        if request.method == "POST":
            return _from_members(await self._json_body(request), queries_only=False)
        if request.method in ("GET", "HEAD"):
            return _from_members(_from_query_string(request), queries_only=True)
        raise BadRequest(405, "Send queries by GET or POST, and mutations by POST.", {"Allow": "GET, HEAD, POST"})

    async def _json_body(self, request: Request) -> dict[str, Any]:
        if not is_json(request.headers.get("content-type")):
            raise BadRequest(415, "Send a body of type application/json, in UTF-8.")
        members = _decode(await self._read(request), "The body")
        if not isinstance(members, dict):
            raise BadRequest(400, "The body is a JSON object with a member named query.")
        return members

    async def _read(self, request: Request) -> bytes:
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._max_body_bytes:
                raise BadRequest(413, f"The body has at most {self._max_body_bytes} bytes.")
            chunks.append(chunk)
        return b"".join(chunks)


def _from_query_string(request: Request) -> dict[str, Any]:
    members: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = _decode(members[name].encode(errors="replace"), name)
    return members


def _from_members(members: Mapping[str, Any], *, queries_only: bool) -> Operation:
    query = members.get("query")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "query is a string that holds a GraphQL document.")
    name = members.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "operationName is a string.")
    return Operation(query, _object(members, "variables"), name or None, _object(members, "extensions"), queries_only)


def _object(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadRequest(400, f"{name} is a JSON object.")
    return value or {}


def _decode(text: bytes, what: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise BadRequest(400, f"{what} is not JSON in UTF-8.") from None


def _body(result: ExecutionResult) -> dict[str, Any]:
    body: dict[str, Any] = {"errors": _formatted(result.errors)} if result.errors else {}
    body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def _formatted(errors: Sequence[GraphQLError]) -> list[Any]:
    return [error.formatted for error in errors]


def _response(body: dict[str, Any], media_type: str, status: int, headers: Mapping[str, str]) -> Response:
    content_type = f"{media_type}; charset=utf-8"
    return Response(
        msgspec.json.encode(body),
        status,
        headers={"Content-Type": content_type, "Vary": "Accept", "Cache-Control": "no-store", **headers},
    )
