"""GraphQL over Server-Sent Events, in the distinct connections mode of the graphql-sse protocol.

Each request is one operation, by GET or POST. Its results are `next` events, followed by `complete`. The `id` of an
event is the position of its change, which clients send back as Last-Event-ID. Comments are heartbeats. When the process
stops, the stream ends without `complete`, so that clients connect again.
"""

from __future__ import annotations

import asyncio

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from serving.graphql.content_negotiation import EVENT_STREAM, JSON
from serving.graphql.errors import RequestRejected, rejection
from serving.graphql.operation_request import read_operation
from serving.graphql.responses import encode_rejection, json_response
from serving.graphql.subscriptions.operations import Operations
from serving.graphql.subscriptions.records import recorded
from serving.graphql.subscriptions.subscription import Message, Session, Subscription, trace_headers
from serving.graphql.subscriptions.waiting import End, Waiter
from serving.http.indexed_request import IndexedRequest
from serving.telemetry.operation_record import OperationRecord

TRANSPORT = "sse"

HEARTBEAT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"

_HEADERS = [
    (b"content-type", f"{EVENT_STREAM}; charset=utf-8".encode()),
    (b"vary", b"Accept"),
    (b"cache-control", b"no-store"),
    # nginx buffers responses otherwise.
    (b"x-accel-buffering", b"no"),
]


class EventStreamEndpoint:
    """The GraphQL endpoint for requests that accept an event stream, as an ASGI app."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._steps = operations.steps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = IndexedRequest(scope, receive)
        record = self._steps.start_record(request.headers)
        try:
            with recorded(record):
                started = await self._start(request, record)
        except RequestRejected as rejected:
            await _reject(rejected, scope, receive, send)
            return
        except ClientDisconnect:
            return
        if isinstance(started, Message):
            await _send_once(started.result, send)
        else:
            await _send_all(started, receive, send)

    async def _start(self, request: Request, record: OperationRecord) -> Message | Subscription:
        clock = asyncio.get_running_loop().time
        begin = clock()
        admission, authorization = self._steps.admission, request.headers.get("authorization")
        caller = await admission.admit(request)
        expires = (await admission.authenticate(authorization)).expires
        session = Session(authorization, caller, expires, TRANSPORT, trace_headers(request.headers))
        record.admit(caller, clock() - begin)
        members = await self._steps.reader.read(request)
        if isinstance(members, list):
            raise rejection("Send one operation per event stream, not a list.", status=400)
        operation = read_operation(members, request)
        after = request.headers.get("last-event-id")
        return await self._operations.start(operation, session, record, Waiter(), after)


async def _reject(rejected: RequestRejected, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the errors as an event if the operation is invalid, else with the HTTP status of the rejection."""
    if rejected.status is None:
        await _send_once(encode_rejection(rejected), send)
    else:
        await json_response(encode_rejection(rejected), JSON, rejected.status, rejected.headers)(scope, receive, send)


async def _send_once(result: msgspec.Raw, send: Send) -> None:
    await _send_head(send)
    await _send(send, _event(Message(result)) + COMPLETE, is_last=True)


async def _send_all(subscription: Subscription, receive: Receive, send: Send) -> None:
    """Send the messages of a subscription until it ends."""
    async with subscription:
        listening = asyncio.create_task(_end_on_disconnect(receive, subscription.waiter))
        try:
            await _send_head(send)
            # Some proxies forward the head only with the first bytes of the body.
            await _send(send, HEARTBEAT)
            async for message in subscription.messages():
                await _send(send, HEARTBEAT if message is None else _event(message))
            completes = subscription.waiter.end is not End.DRAIN
            await _send(send, COMPLETE if completes else b"", is_last=True)
        finally:
            listening.cancel()


async def _end_on_disconnect(receive: Receive, waiter: Waiter) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    waiter.interrupt(End.CLIENT)


async def _send_head(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})


async def _send(send: Send, body: bytes, *, is_last: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not is_last})


def _event(message: Message) -> bytes:
    # JSON in one line: msgspec escapes all line breaks.
    id = b"" if message.position is None else b"id: %b\n" % message.position.encode()
    return b"event: next\n%bdata: %b\n\n" % (id, bytes(message.result))
