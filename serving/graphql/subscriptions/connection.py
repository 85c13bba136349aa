"""One connection of the graphql-transport-ws protocol: its state, and the operations that it runs."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from serving.graphql.errors import RequestRejected
from serving.graphql.operation_request import parse
from serving.graphql.subscriptions.messages import ClientMessage, CloseCode, Closed, encode_message, parse_message
from serving.graphql.subscriptions.operations import Operations
from serving.graphql.subscriptions.records import record_refusal, recorded
from serving.graphql.subscriptions.subscription import Message, Session, Subscription, trace_headers
from serving.graphql.subscriptions.waiting import End, Waiter
from serving.telemetry.operation_record import OperationRecord

TRANSPORT = "websocket"

STARTING_OPERATIONS = 20
"""Maximum number of operations of a connection that are being executed or started. Further messages then wait."""

TOKEN_MEMBERS = ("Authorization", "authorization")
"""Members of the payload of connection_init that may contain the value of the Authorization header."""

GONE = (WebSocketDisconnect, WebSocketDisconnected, OSError)
"""Raised when a message can't be sent, because the client is gone."""


class Connection:
    """Ends when the client closes it or violates the protocol, the token expires, or the process stops."""

    def __init__(self, websocket: WebSocket, operations: Operations, *, init: float, idle: float) -> None:
        self.waiter = Waiter()
        self._websocket = websocket
        self._operations = operations
        self._steps = operations.steps
        self._idle = idle
        self._session: Session | None = None
        self._after: str | None = None
        self._is_initializing = False
        self._running: dict[str, Waiter] = {}
        """The running operations. Interrupting a waiter ends its subscription, even one that is still starting."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Semaphore(STARTING_OPERATIONS)
        self._clock = asyncio.get_running_loop().time
        self._init_until = self._clock() + init
        self._idle_since = self._clock()

    async def run(self) -> None:
        """Read messages and run operations until the end. Queries and mutations that have started are completed."""
        closed = Closed(CloseCode.INTERNAL, "Internal server error")
        try:
            closed = await self._read()
        finally:
            ends = End.DRAIN if closed.code is CloseCode.SERVICE_RESTART else End.CLIENT
            # If the process stops, running operations are completed first. Otherwise the close frame is sent first.
            if ends is End.CLIENT:
                await self._close(closed)
            for waiter in self._running.values():
                waiter.interrupt(ends)
            if self._tasks:
                await asyncio.wait(self._tasks)
            await self._close(closed)

    async def _read(self) -> Closed:
        """Handle messages until the connection ends. Returns how."""
        try:
            while self.waiter.end is None:
                received = await self.waiter.wait(self._websocket.receive, self._clock() + self._seconds_left())
                if received is None:
                    await self._check_time()
                elif received["type"] == "websocket.disconnect":
                    return Closed(CloseCode.NORMAL, "")
                else:
                    await self._handle(parse_message(received.get("text")))
        except Closed as closed:
            return closed
        return Closed(CloseCode.SERVICE_RESTART, "The server stops. Connect again.")

    def _seconds_left(self) -> float:
        """Seconds until the next time limit of the connection."""
        if self._session is None:
            return max(0.0, self._init_until - self._clock())
        return min(self._idle, self._session.seconds_left)

    async def _check_time(self) -> None:
        """Raises Closed if the client was too slow, the token has expired or there was no operation for too long."""
        if self.waiter.end is not None:
            return
        if self._session is None:
            raise Closed(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")
        if self._session.has_expired:
            # Each subscription sends a last message of its own.
            if self._tasks:
                await asyncio.wait(self._tasks)
            raise Closed(CloseCode.FORBIDDEN, "The token has expired")
        if not self._tasks and self._clock() >= self._idle_since + self._idle:
            raise Closed(CloseCode.NORMAL, "No operation for too long")

    async def _handle(self, message: ClientMessage) -> None:
        match message.type:
            case "connection_init":
                await self._initialize(message)
            case "ping":
                await self._send("pong", payload=message.payload or None)
            case "subscribe":
                await self._subscribe(message)
            case "complete" if (waiter := self._running.pop(message.id, None)) is not None:
                waiter.interrupt(End.CLIENT)

    async def _initialize(self, message: ClientMessage) -> None:
        if self._is_initializing:
            raise Closed(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
        self._is_initializing = True
        payload, headers = message.payload, self._websocket.headers
        token = next((payload[name] for name in TOKEN_MEMBERS if name in payload), headers.get("authorization"))
        after = payload.get("after")
        if not all(value is None or isinstance(value, str) for value in (token, after)):
            raise Closed(CloseCode.BAD_REQUEST, "Send Authorization and after as strings.")
        try:
            found = await self._steps.admission.authenticate(token)
        except RequestRejected as rejected:
            record_refusal(self._steps.start_record, self._websocket, rejected)
            raise _not_admitted(rejected) from None
        self._session = Session(token, found.caller, found.expires, TRANSPORT, trace_headers(headers))
        self._after = after
        await self._send("connection_ack")

    async def _subscribe(self, message: ClientMessage) -> None:
        if self._session is None:
            raise Closed(CloseCode.UNAUTHORIZED, "Unauthorized")
        if message.id in self._running:
            raise Closed(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        if await self.waiter.wait(self._starting.acquire, self._clock() + self._session.seconds_left) is None:
            return
        waiter = self._running[message.id] = Waiter()
        task = asyncio.create_task(self._run(message, waiter, self._session))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._idle_since = self._clock()
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler({"message": "an operation failed", "exception": error})

    async def _run(self, message: ClientMessage, waiter: Waiter, session: Session) -> None:
        """Run one operation to its end."""
        try:
            try:
                started = await self._start(message, waiter, session)
            finally:
                self._starting.release()
            if isinstance(started, Subscription):
                await self._send_all(message.id, started)
            elif isinstance(started, Message):
                await self._send_for(message.id, waiter, "next", started.result)
                await self._send_for(message.id, waiter, "complete")
            else:
                await self._send_for(message.id, waiter, "error", started)
        finally:
            if self._running.get(message.id) is waiter:
                del self._running[message.id]

    async def _start(
        self, message: ClientMessage, waiter: Waiter, session: Session
    ) -> Message | Subscription | list[Any]:
        """The result, the active subscription, or the errors of an operation that was rejected."""
        record = self._steps.start_record(self._websocket.headers)
        try:
            with recorded(record):
                await self._admit(session, record)
                operation = parse(message.payload, connection=self._websocket)
                return await self._operations.start(operation, session, record, waiter, self._after)
        except RequestRejected as rejected:
            return [error.formatted for error in rejected.errors]

    async def _admit(self, session: Session, record: OperationRecord) -> None:
        started = self._clock()
        admission = self._steps.admission
        await admission.authenticate(session.authorization)
        await admission.admit_more(self._websocket, session.caller, 1)
        record.admit(session.caller, self._clock() - started)

    async def _send_all(self, id: str, subscription: Subscription) -> None:
        async with subscription:
            async for message in subscription.messages():
                # The server's WebSocket pings are the heartbeats.
                if message is not None:
                    await self._send_for(id, subscription.waiter, "next", message.result)
        if subscription.waiter.end is not End.DRAIN:
            await self._send_for(id, subscription.waiter, "complete")

    async def _send_for(self, id: str, waiter: Waiter, type: str, payload: Any = None) -> None:
        """Send a message about an operation, unless the client has completed it."""
        if self._running.get(id) is waiter:
            with contextlib.suppress(*GONE):
                await self._send(type, id, payload)

    async def _send(self, type: str, id: str | None = None, payload: Any = None) -> None:
        await self._websocket.send_text(encode_message(type, id, payload))

    async def _close(self, closed: Closed) -> None:
        with contextlib.suppress(*GONE):
            await self._websocket.close(closed.code, closed.reason)


def _not_admitted(rejected: RequestRejected) -> Closed:
    """How the connection closes if the caller is rejected, or can't be checked at the moment."""
    if rejected.status in (401, 403):
        return Closed(CloseCode.FORBIDDEN, rejected.errors[0].message)
    return Closed(CloseCode.TRY_AGAIN_LATER, rejected.errors[0].message)
