"""GraphQL over HTTP: from a request to operations, and from their results to a response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
from graphql import ExecutionResult
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from serving.auth.caller_limits import Place
from serving.auth.tokens import Caller
from serving.graphql import request_body
from serving.graphql.content_negotiation import HTML, JSON, RESPONSE_JSON, is_json, preferred
from serving.graphql.errors import NotExecuted, refused, response_too_large
from serving.http.concurrency_limit import ConcurrencyLimit
from serving.http.security_headers import IndexedRequest
from serving.settings.settings import Settings
from serving.telemetry.operation_record import OperationRecord, StartRecord

OFFERED = (JSON, RESPONSE_JSON)
ALLOW = "GET, HEAD, POST, OPTIONS"


@dataclass(frozen=True)
class Operation:
    """What a client asks to be executed. The document is `query`, or the one that the other names stand for."""

    query: str | None
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None
    queries_only: bool = False


Admit = Callable[[Request], Awaitable[Caller]]
"""Who is calling, once a request may come in at all. Raises NotExecuted."""


class Admission(Protocol):
    """Decides which requests are executed. Each method raises NotExecuted for those that are not."""

    async def admit(self, request: Request) -> Caller:
        """The caller, before the body is read."""

    async def admit_more(self, request: Request, caller: Caller, count: int) -> None:
        """The same for further operations of the same request."""

    def place(self) -> Place:
        """Holds the places of the caller's operations while the request is served."""


Execute = Callable[[Operation, Caller, OperationRecord], Awaitable[ExecutionResult]]
"""Executes an operation for a caller, and notes how. Raises NotExecuted."""


class GraphQLEndpoint:
    """The endpoint as an ASGI app. `page` makes what browsers get that ask it for HTML.

    `concurrency` counts operations from the moment that their request is complete.
    """

    def __init__(
        self,
        settings: Settings,
        admission: Admission,
        execute: Execute,
        begin: StartRecord,
        concurrency: ConcurrencyLimit,
        *,
        page: Callable[[], Response] | None = None,
    ) -> None:
        self._settings = settings
        self._bodies = request_body.Bodies(settings)
        self._concurrency = concurrency
        self._admission = admission
        self._execute = execute
        self._begin = begin
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = IndexedRequest(scope, receive)
        if request.method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": ALLOW})(scope, receive, send)
            return
        with self._admission.place() as place:
            try:
                response = await self._respond(request, place)
            except ClientDisconnect:
                return
            await response(scope, receive, send)

    async def _respond(self, request: Request, place: Place) -> Response:
        reads = request.method in ("GET", "HEAD")
        shown = self._page if reads and "query" not in request.query_params else None
        media_type = preferred(request.headers.get("accept"), (*OFFERED, HTML) if shown else OFFERED)
        if shown is not None and media_type == HTML:
            response = shown()
            response.headers["Vary"] = "Accept"
            return response
        record = self._begin(request.headers)
        try:
            return await self._answer(request, media_type, record, place)
        except NotExecuted as refusal:
            status = refusal.status or (400 if media_type == RESPONSE_JSON else 200)
            record.reject(refusal.errors, refusal.reason, status)
            return _response(_refusal(refusal), media_type or JSON, status, refusal.headers)
        except ClientDisconnect:
            record.disconnect()
            raise
        except BaseException:
            record.crash()
            raise
        finally:
            record.end()

    async def _answer(
        self, request: Request, media_type: str | None, record: OperationRecord, place: Place
    ) -> Response:
        if media_type is None:
            raise refused(f"Accept {RESPONSE_JSON} or {JSON}.", status=406)
        clock = asyncio.get_running_loop().time
        began = clock()
        caller = await self._admission.admit(request)
        record.admit(caller.kind.value, caller.identity, clock() - began)
        place.take(caller)
        members = await self._members(request)
        if isinstance(members, list) and (more := len(members) - 1):
            await self._admission.admit_more(request, caller, more)
            place.take(caller, more)
        # The body is complete: a client that sends it slowly holds no place.
        with self._concurrency.place():
            return await self._run(request, members, caller, media_type, record)

    async def _run(
        self, request: Request, members: Any, caller: Caller, media_type: str, record: OperationRecord
    ) -> Response:
        if isinstance(members, list):
            entries: list[msgspec.Raw] = []
            for rank, one in enumerate(members):
                its = self._begin(request.headers) if rank else record
                its.admit(caller.kind.value, caller.identity, record.admission_seconds)
                entries.append(await self._entry(one, caller, its, before=sum(map(len, entries))))
            return _response(entries, media_type, 200, {})
        operation = _operation(members, queries_only=request.method != "POST")
        return _response(await self._result(operation, caller, record), media_type, 200, {})

    async def _result(
        self, operation: Operation, caller: Caller, record: OperationRecord, *, before: int = 0
    ) -> msgspec.Raw:
        """The result as JSON, which with the bytes `before` it is within MAX_RESPONSE_BYTES."""
        limit = self._settings.max_response_bytes
        if before >= limit:
            raise response_too_large("MAX_RESPONSE_BYTES", limit, "bytes", ())
        result = await self._execute(operation, caller, record)
        encoded = msgspec.Raw(msgspec.json.encode(_body(result)))
        if before + len(encoded) > limit:
            raise response_too_large("MAX_RESPONSE_BYTES", limit, "bytes", record.sent_calls, writes=record.writes)
        return encoded

    async def _members(self, request: Request) -> Any:
        """The members of one operation, or those of several in a list."""
        if request.method in ("GET", "HEAD"):
            return request_body.members_of_query_string(request)
        if request.method != "POST":
            raise refused("Send queries by GET or POST, and mutations by POST.", status=405, headers={"Allow": ALLOW})
        if not is_json(request.headers.get("content-type")):
            raise refused("Send a body of type application/json, in UTF-8.", status=415)
        members = request_body.decode(await self._bodies.read(request), "The body")
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

    async def _entry(self, members: Any, caller: Caller, record: OperationRecord, *, before: int) -> msgspec.Raw:
        try:
            if not isinstance(members, dict):
                raise refused("Each operation of a list is a JSON object with a member named query.")
            return await self._result(_operation(members, queries_only=False), caller, record, before=before)
        except NotExecuted as refusal:
            record.reject(refusal.errors, refusal.reason, 200)
            return msgspec.Raw(msgspec.json.encode(_refusal(refusal)))
        finally:
            record.end()


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


def _body(result: ExecutionResult) -> dict[str, Any]:
    body: dict[str, Any] = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
    body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def redirect_to(location: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that redirects to a relative address, which is right behind every proxy. It keeps the query."""

    async def redirect(request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        return Response(status_code=307, headers={"Location": location + (f"?{query}" if query else "")})

    return redirect


def refusal_response(refusal: NotExecuted, accept: str | None) -> Response:
    """The answer to a request that is refused outside of the endpoint, in the same shape."""
    media_type = preferred(accept, OFFERED) or JSON
    return _response(_refusal(refusal), media_type, refusal.status or 400, refusal.headers)


def _refusal(refusal: NotExecuted) -> dict[str, Any]:
    return {"errors": [error.formatted for error in refusal.errors]}


def _response(body: Any, media_type: str, status: int, headers: Mapping[str, str]) -> Response:
    response = Response(msgspec.json.encode(body), status, headers=headers)
    response.raw_headers += _HEADERS[media_type]
    return response


_HEADERS = {
    media_type: [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"vary", b"Accept"),
        (b"cache-control", b"no-store"),
    ]
    for media_type in OFFERED
}
