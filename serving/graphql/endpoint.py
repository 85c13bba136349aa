"""The path of every GraphQL request, from the ASGI scope to the response, from top to bottom.

| step | part |
|---|---|
| choose the media type of the response, or serve GraphiQL | `content_negotiation` |
| start the operation's record for logs, metrics and traces | `serving.telemetry.operation_record` |
| check origin, rate limits and token | `serving.auth.admission` |
| take a slot of the caller | `serving.auth.caller_limits` |
| read the operation | `operation`, `request_body`, `strict_json` |
| take a slot of the process | `serving.http.concurrency_limit` |
| find the document | `persisted_documents` |
| execute it | `operation_runner`, then `execution.executor` |
| encode the result | `responses` |

A step that rejects the request raises RequestRejected. Middleware runs before: `app.py` lists it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import ExecutionResult
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from serving.auth.admission import Admission
from serving.auth.caller_limits import CallerSlots
from serving.auth.tokens import Caller
from serving.graphql.content_negotiation import HTML, JSON, RESPONSE_JSON, preferred
from serving.graphql.errors import RequestRejected, rejection, response_too_large
from serving.graphql.operation_request import ALLOW, Operation, OperationReader, read_operation
from serving.graphql.persisted_documents import PersistedDocuments
from serving.graphql.responses import OFFERED, encode_rejection, encode_result, json_response, rejection_status
from serving.http.concurrency_limit import ConcurrencyLimit
from serving.http.indexed_request import IndexedRequest
from serving.telemetry.operation_record import OperationRecord, StartRecord

Execute = Callable[[Operation, Caller, OperationRecord], Awaitable[ExecutionResult]]
"""Executes the document of an operation, and completes the operation's record. Raises RequestRejected."""


@dataclass(frozen=True)
class Steps:
    """The parts that the endpoint calls. `page` creates GraphiQL's page; None if it is not served."""

    start_record: StartRecord
    admission: Admission
    reader: OperationReader
    concurrency: ConcurrencyLimit
    documents: PersistedDocuments
    execute: Execute
    page: Callable[[], Response] | None = None


class GraphQLEndpoint:
    """The GraphQL endpoint as an ASGI app."""

    def __init__(self, steps: Steps, *, max_response_bytes: int) -> None:
        self._steps = steps
        self._max_response_bytes = max_response_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = IndexedRequest(scope, receive)
        if request.method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": ALLOW})(scope, receive, send)
            return
        # The caller's slots are free again when the response has been sent.
        with self._steps.admission.slots() as slots:
            try:
                response = await self._respond(request, slots)
            except ClientDisconnect:
                return
            await response(scope, receive, send)

    async def _respond(self, request: Request, slots: CallerSlots) -> Response:
        is_read = request.method in ("GET", "HEAD")
        page = self._steps.page if is_read and "query" not in request.query_params else None
        media_type = preferred(request.headers.get("accept"), (*OFFERED, HTML) if page else OFFERED)
        if page is not None and media_type == HTML:
            response = page()
            response.headers["Vary"] = "Accept"
            return response
        record = self._steps.start_record(request.headers)
        try:
            return await self._handle(request, media_type, slots, record)
        except RequestRejected as rejected:
            status = rejection_status(rejected, media_type)
            record.reject(rejected.errors, rejected.reason, status)
            return json_response(encode_rejection(rejected), media_type or JSON, status, rejected.headers)
        except ClientDisconnect:
            record.disconnect()
            raise
        except BaseException:
            record.crash()
            raise
        finally:
            record.end()

    async def _handle(
        self, request: Request, media_type: str | None, slots: CallerSlots, record: OperationRecord
    ) -> Response:
        if media_type is None:
            raise rejection(f"Accept {RESPONSE_JSON} or {JSON}.", status=406)
        clock = asyncio.get_running_loop().time
        started = clock()
        caller = await self._steps.admission.admit(request)
        record.admit(caller, clock() - started)
        slots.take(caller)
        members = await self._steps.reader.read(request)
        if isinstance(members, list) and (more := len(members) - 1):
            await self._steps.admission.admit_more(request, caller, more)
            slots.take(caller, more)
        # The body is complete: clients that send it slowly take no slot of the process.
        with self._steps.concurrency:
            if isinstance(members, list):
                return json_response(await self._batch(request, members, caller, record), media_type)
            operation = read_operation(members, request)
            return json_response(await self.result(operation, caller, record), media_type)

    async def result(
        self, operation: Operation, caller: Caller, record: OperationRecord, *, sent_bytes: int = 0
    ) -> msgspec.Raw:
        """Execute an operation. Returns its result as JSON, which fits the response after `sent_bytes` bytes."""
        limit = self._max_response_bytes
        if sent_bytes >= limit:
            raise response_too_large("MAX_RESPONSE_BYTES", limit, "bytes", ())
        found = await self.find_document(operation, caller, record)
        result = await self._steps.execute(found, caller, record)
        if found.sha256 is not None:
            await self._steps.documents.register(found, caller.identity)
        encoded = encode_result(result)
        if sent_bytes + len(encoded) > limit:
            raise response_too_large("MAX_RESPONSE_BYTES", limit, "bytes", record.sent_calls, writes=record.writes)
        return encoded

    async def find_document(self, operation: Operation, caller: Caller, record: OperationRecord) -> Operation:
        """The operation with its document. The time of the lookup counts towards the operation's deadline."""
        clock = asyncio.get_running_loop().time
        started = clock()
        found = await self._steps.documents.find(operation, caller.identity)
        record.admission_seconds += clock() - started
        record.set_document(found.query or "")
        return found

    async def _batch(
        self, request: Request, operations: list[Any], caller: Caller, first: OperationRecord
    ) -> list[msgspec.Raw]:
        """Execute the operations of a list one after the other, each with its own record."""
        results: list[msgspec.Raw] = []
        admission_seconds = first.admission_seconds
        for index, members in enumerate(operations):
            record = self._steps.start_record(request.headers) if index else first
            record.admit(caller, admission_seconds)
            results.append(await self._entry(members, caller, record, request, sent_bytes=sum(map(len, results))))
        return results

    async def _entry(
        self, members: Any, caller: Caller, record: OperationRecord, request: Request, *, sent_bytes: int
    ) -> msgspec.Raw:
        try:
            if not isinstance(members, dict):
                raise rejection("Send each operation of a list as a JSON object with a member named query.")
            operation = read_operation(members, request)
            return await self.result(operation, caller, record, sent_bytes=sent_bytes)
        except RequestRejected as rejected:
            record.reject(rejected.errors, rejected.reason, 200)
            return encode_rejection(rejected)
        finally:
            record.end()
