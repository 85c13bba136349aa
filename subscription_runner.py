"""Subscriptions: connects their transports with the executor and the stream of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult
from starlette.types import ASGIApp

from changes.streams.in_process_stream import InProcessStream
from changes.streams.redis_stream import RedisStream
from execution.executor import EventSource
from operation_runner import OperationRunner
from serving.auth.tokens import Caller
from serving.graphql.endpoint import GraphQLEndpoint, Steps
from serving.graphql.operation_request import Operation
from serving.graphql.subscriptions.limits import EventSlots, SubscriptionLimits
from serving.graphql.subscriptions.operations import Operations
from serving.graphql.subscriptions.sse import EventStreamEndpoint
from serving.graphql.subscriptions.subscription import Parts
from serving.graphql.subscriptions.transports import Transports
from serving.graphql.subscriptions.waiting import Waiters
from serving.graphql.subscriptions.websocket import WebSocketEndpoint
from serving.redis.store import SharedStore
from serving.settings.settings import Settings
from serving.telemetry.operation_record import OperationRecord
from serving.telemetry.subscription_record import SubscriptionObserver


def create_stream(store: SharedStore | None) -> InProcessStream | RedisStream:
    """The stream of changes: in the shared store if there is one."""
    return InProcessStream() if store is None else RedisStream(store)


@dataclass(frozen=True, slots=True)
class SubscribedOperation:
    """Implements `subscription.Source`: the events of one subscription, and their results."""

    runner: OperationRunner
    source: EventSource
    operation: Operation
    caller: Caller

    async def next(self) -> Any:
        """The next change. Cancelling the wait loses none."""
        return await anext(self.source.events)

    async def execute(self, event: Any, record: OperationRecord) -> ExecutionResult:
        """The result for a change, read with the rights of the subscriber. Raises RequestRejected."""
        return await self.runner.run_event(self.source, event, self.operation, self.caller, record)

    async def aclose(self) -> None:
        """Unsubscribe."""
        await self.source.events.aclose()


class SubscriptionRunner:
    """Implements `operations.Runner`."""

    def __init__(self, runner: OperationRunner) -> None:
        self._runner = runner

    def is_subscription(self, operation: Operation, caller: Caller) -> bool:
        """Whether the operation is a subscription. Raises RequestRejected if its document is not valid."""
        return self._runner.is_subscription(operation, caller)

    async def subscribe(
        self, operation: Operation, caller: Caller, record: OperationRecord, after: str | None
    ) -> SubscribedOperation:
        """Subscribe to the changes of a wallet, first those after a position. Raises RequestRejected."""
        source = await self._runner.subscribe(operation, caller, record, after)
        return SubscribedOperation(self._runner, source, operation, caller)


class Subscriptions:
    """The active subscriptions of a process. `waiters` end them when the process stops."""

    def __init__(self, settings: Settings, runner: OperationRunner, observers: Sequence[SubscriptionObserver]) -> None:
        self._settings = settings
        self._runner = SubscriptionRunner(runner)
        self._observers = observers
        self.limits = SubscriptionLimits(settings)
        self.waiters = Waiters()

    def transports(self, endpoint: GraphQLEndpoint, steps: Steps) -> ASGIApp:
        """The GraphQL endpoint, with the transports that can stream."""
        parts = Parts(
            admission=steps.admission,
            slots=EventSlots(steps.admission, steps.concurrency),
            start_record=steps.start_record,
            waiters=self.waiters,
            heartbeat=self._settings.subscription_heartbeat,
            max_response_bytes=self._settings.max_response_bytes,
        )
        operations = Operations(
            endpoint, self._runner, steps.documents, steps.concurrency, self.limits, self._observers, parts
        )
        websocket = WebSocketEndpoint(
            operations,
            steps.start_record,
            self.waiters,
            init=self._settings.body_timeout,
            idle=self._settings.keep_alive_timeout,
        )
        return Transports(endpoint, EventStreamEndpoint(operations, steps.reader, steps.start_record), websocket)
