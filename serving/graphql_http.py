"""GraphQL over HTTP: from a request to operations, and from their results to a response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from serving.auth import Caller
from serving.media_types import HTML, JSON, RESPONSE_JSON, is_json, preferred
from serving.settings import Settings

BAD_USER_INPUT = "BAD_USER_INPUT"


@dataclass(frozen=True)
class Operation:
    """What a client asks to be executed. The document is `query`, or the one that the other names stand for."""

    query: str | None
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None
    queries_only: bool = False


class NotExecuted(Exception):
    """A request or an operation that was refused as a whole, so that the answer has no data.

    `status` is the HTTP status; None where the request was well formed and its document or variables are wrong, which
    the two media types answer with different ones.
    """

    def __init__(
        self,
        errors: Sequence[GraphQLError],
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__("not executed")
        self.errors = errors
        self.status = status
        self.headers = dict(headers or {})


def refused(
    message: str, *, code: str = BAD_USER_INPUT, status: int | None = None, headers: Mapping[str, str] | None = None
) -> NotExecuted:
    """A refusal with one error."""
    return NotExecuted([GraphQLError(message, extensions={"code": code})], status=status, headers=headers)


Admit = Callable[[Request], Awaitable[Caller]]
"""Who is calling, once a request may come in at all. Raises NotExecuted."""

Execute = Callable[[Operation, Caller], Awaitable[ExecutionResult]]
"""Executes an operation for a caller. Raises NotExecuted."""


class GraphQLEndpoint:
    """The endpoint as an ASGI app. `page` is shown to browsers that ask it for HTML."""

    def __init__(self, settings: Settings, admit: Admit, execute: Execute, *, page: str | None = None) -> None:
        self._settings = settings
        self._admit = admit
        self._execute = execute
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
        reads = request.method in ("GET", "HEAD")
        has_page = self._page is not None and reads and "query" not in request.query_params
        media_type = preferred(request.headers.get("accept"), [*accepted, HTML] if has_page else accepted)
        if media_type == HTML:
            return HTMLResponse(self._page, headers={"Vary": "Accept"})
        try:
            if media_type is None:
                raise refused(f"Accept {RESPONSE_JSON} or {JSON}.", status=406)
            caller = await self._admit(request)
            members = await self._members(request)
            if isinstance(members, list):
                return _response([await self._entry(one, caller) for one in members], media_type, 200, {})
            operation = _operation(members, queries_only=reads)
            return _response(_body(await self._execute(operation, caller)), media_type, 200, {})
        except NotExecuted as refusal:
            status = refusal.status or (400 if media_type == RESPONSE_JSON else 200)
            return _response(_refusal(refusal), media_type or JSON, status, refusal.headers)

    async def _members(self, request: Request) -> Any:
        """The members of one operation, or those of several in a list."""
        if request.method in ("GET", "HEAD"):
            return _from_query_string(request)
        if request.method != "POST":
            raise refused(
                "Send queries by GET or POST, and mutations by POST.", status=405, headers={"Allow": "GET, HEAD, POST"}
            )
        if not is_json(request.headers.get("content-type")):
            raise refused("Send a body of type application/json, in UTF-8.", status=415)
        members = _decode(await self._read(request), "The body")
        if isinstance(members, list):
            return self._batch(members)
        if not isinstance(members, dict):
            raise refused("The body is a JSON object with a member named query.", status=400)
        return members

    def _batch(self, members: list[Any]) -> list[Any]:
        limit = self._settings.max_batch
        if not limit:
            raise refused("Send one operation at a time: lists are refused here (MAX_BATCH).", status=400)
        if not 0 < len(members) <= limit:
            raise refused(f"A list has 1 to {limit} operations (MAX_BATCH).", status=400)
        return members

    async def _entry(self, members: Any, caller: Caller) -> dict[str, Any]:
        try:
            if not isinstance(members, dict):
                raise refused("Each operation of a list is a JSON object with a member named query.")
            return _body(await self._execute(_operation(members, queries_only=False), caller))
        except NotExecuted as refusal:
            return _refusal(refusal)

    async def _read(self, request: Request) -> bytes:
        chunks, size = [], 0
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > self._settings.max_body_bytes:
                        limit = self._settings.max_body_bytes
                        raise refused(f"The body has at most {limit} bytes (MAX_BODY_BYTES).", status=413)
                    chunks.append(chunk)
        except TimeoutError:
            raise refused("The body took too long to arrive (BODY_TIMEOUT).", status=408) from None
        return b"".join(chunks)


def _from_query_string(request: Request) -> dict[str, Any]:
    members: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = _decode(members[name].encode(errors="replace"), name)
    return members


def _operation(members: Mapping[str, Any], *, queries_only: bool) -> Operation:
    query = _text(members, "query")
    extensions = _object(members, "extensions")
    ids = (_text(members, name) for name in ("documentId", "id", "doc_id"))
    document_id = next((id for id in ids if id is not None), None)
    if document_id is None and "persistedQuery" not in extensions and (query is None or not query.strip()):
        raise refused("query is a string that holds a GraphQL document.", status=400)
    name = _text(members, "operationName") or None
    return Operation(query or None, _object(members, "variables"), name, extensions, document_id, queries_only)


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise refused(f"{name} is a string.", status=400)
    return value


def _object(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name)
    if value is not None and not isinstance(value, dict):
        raise refused(f"{name} is a JSON object.", status=400)
    return value or {}


def _decode(text: bytes, what: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise refused(f"{what} is not JSON in UTF-8.", status=400) from None


def _body(result: ExecutionResult) -> dict[str, Any]:
    body: dict[str, Any] = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
    body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def _refusal(refusal: NotExecuted) -> dict[str, Any]:
    return {"errors": [error.formatted for error in refusal.errors]}


def _response(body: Any, media_type: str, status: int, headers: Mapping[str, str]) -> Response:
    content_type = f"{media_type}; charset=utf-8"
    return Response(
        msgspec.json.encode(body),
        status,
        headers={"Content-Type": content_type, "Vary": "Accept", "Cache-Control": "no-store", **headers},
    )
