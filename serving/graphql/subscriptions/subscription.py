"""One active subscription: waits for changes, executes the operation for each, and ends when the token expires."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

import msgspec
from graphql import ExecutionResult

from serving.auth.tokens import Caller
from serving.graphql.endpoint import Steps
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import RequestRejected, rejection, response_too_large
from serving.graphql.responses import encode_rejection, encode_result
from serving.graphql.subscriptions.limits import EventSlots
from serving.graphql.subscriptions.records import recorded
from serving.graphql.subscriptions.waiting import End, Waiter, Waiters
from serving.telemetry.operation_record import OperationRecord
from serving.telemetry.subscription_record import SubscriptionRecord

TRACE_HEADERS = ("traceparent", "tracestate")
TOKEN_EXPIRED = "The token has expired. Subscribe again with a new one."
NOT_ALLOWED = "The token no longer gives access to this wallet. Subscribe again with another one."


@dataclass(frozen=True, slots=True)
class Session:
    """The caller of a connection, and the Authorization header that identified it. `expires` is in Unix seconds.

    `transport` is its name in logs and metrics. `trace_headers` are also those of the operations for events.
    """

    authorization: str | None
    caller: Caller
    expires: float
    transport: str
    trace_headers: Mapping[str, str]

    @property
    def has_expired(self) -> bool:
        """Whether the token has expired."""
        return self.expires <= time.time()

    @property
    def seconds_left(self) -> float:
        """Seconds until the token expires."""
        return max(0.0, self.expires - time.time())


@dataclass(frozen=True, slots=True)
class Message:
    """A result as JSON. `position` is the position of its change; None if it is not about a change."""

    result: msgspec.Raw
    position: str | None = None


class Event(Protocol):
    """A change, as the schema shows it."""

    id: Any

    @property
    def is_resync(self) -> bool:
        """Whether changes may have been missed."""


class Source(Protocol):
    """The events of a subscription."""

    async def next(self) -> Event:
        """The next event. Cancelling the wait loses none."""

    async def execute(self, event: Any, record: OperationRecord) -> ExecutionResult:
        """The result for an event. Raises RequestRejected."""

    async def aclose(self) -> None:
        """Unsubscribe."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the service that all subscriptions use. `heartbeat` is in seconds."""

    steps: Steps
    slots: EventSlots
    waiters: Waiters
    heartbeat: float
    max_response_bytes: int


class Subscription:
    """An active subscription. Enter it to receive its messages; leaving it unsubscribes and completes its record."""

    def __init__(
        self,
        source: Source,
        session: Session,
        parts: Parts,
        record: SubscriptionRecord,
        waiter: Waiter,
        slot: contextlib.ExitStack,
    ) -> None:
        self.waiter = waiter
        self._source = source
        self._session = session
        self._parts = parts
        self._record = record
        self._slot = slot

    async def __aenter__(self) -> Subscription:
        self._parts.waiters.add(self.waiter)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.waiters.discard(self.waiter)
        cancelled = isinstance(error, asyncio.CancelledError)
        self.waiter.interrupt(End.CLIENT if error is None or cancelled else End.FAILED)
        try:
            await self._source.aclose()
        finally:
            self._slot.close()
            self._record.close(self.waiter.end or End.CLIENT)

    async def messages(self) -> AsyncIterator[Message | None]:
        """Each message, until the subscription ends; None after `heartbeat` seconds without one."""
        while self.waiter.end is None:
            wait = min(self._parts.heartbeat, self._session.seconds_left)
            event = await self.waiter.wait(self._source.next, asyncio.get_running_loop().time() + wait)
            if self.waiter.end is not None:
                return
            if self._session.has_expired:
                self.waiter.interrupt(End.TOKEN_EXPIRED)
                yield _rejected(rejection(TOKEN_EXPIRED, code=ErrorCode.UNAUTHENTICATED))
            elif event is None:
                yield None
            else:
                yield await self._message(event)

    async def _message(self, event: Event) -> Message:
        """The message for an event. If the caller has lost its access, the last message: the error that says so."""
        try:
            found = await self._parts.steps.admission.authenticate(self._session.authorization)
        except RequestRejected as rejected:
            self.waiter.interrupt(End.NOT_ALLOWED)
            return _rejected(rejected)
        if found.caller != self._session.caller:
            self.waiter.interrupt(End.NOT_ALLOWED)
            return _rejected(rejection(NOT_ALLOWED, code=ErrorCode.FORBIDDEN))
        async with self._parts.slots.take(self._session.caller):
            message = Message(await self._result(event), str(event.id))
        self._record.count(is_resync=event.is_resync)
        return message

    async def _result(self, event: Event) -> msgspec.Raw:
        record = self._parts.steps.start_record(self._session.trace_headers)
        record.admit(self._session.caller, 0.0)
        record.continue_subscription(self._record.subscribed)
        try:
            with recorded(record):
                result = encode_result(await self._source.execute(event, record))
                limit = self._parts.max_response_bytes
                if len(result) > limit:
                    raise response_too_large("MAX_RESPONSE_BYTES", limit, "bytes", record.sent_calls)
                return result
        except RequestRejected as rejected:
            return encode_rejection(rejected)


def trace_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers of a connection that its caller's tracer has set."""
    return {name: value for name in TRACE_HEADERS if (value := headers.get(name))}


def _rejected(rejected: RequestRejected) -> Message:
    return Message(encode_rejection(rejected))
