"""Subscriptions: connects their transports with the executor and the stream of changes."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp

from changes.streams.in_process_stream import InProcessStream
from changes.streams.redis_stream import RedisStream
from operation_runner import OperationRunner
from serving.graphql.endpoint import GraphQLEndpoint, Steps
from serving.graphql.subscriptions.limits import EventSlots, SubscriptionLimits
from serving.graphql.subscriptions.operations import Operations
from serving.graphql.subscriptions.sse import EventStreamEndpoint
from serving.graphql.subscriptions.subscription import Parts
from serving.graphql.subscriptions.transports import Transports
from serving.graphql.subscriptions.waiting import Waiters
from serving.graphql.subscriptions.websocket import WebSocketEndpoint
from serving.redis.store import SharedStore
from serving.settings.settings import Settings
from serving.telemetry.subscription_record import SubscriptionObserver


def create_stream(store: SharedStore | None) -> InProcessStream | RedisStream:
    """The stream of changes: in the shared store if there is one."""
    return InProcessStream() if store is None else RedisStream(store)


class Subscriptions:
    """The active subscriptions of a process. `waiters` end them when the process stops."""

    def __init__(self, settings: Settings, runner: OperationRunner, observers: Sequence[SubscriptionObserver]) -> None:
        self._settings = settings
        self._runner = runner
        self._observers = observers
        self.limits = SubscriptionLimits(settings)
        self.waiters = Waiters()

    def transports(self, endpoint: GraphQLEndpoint, steps: Steps) -> ASGIApp:
        """The GraphQL endpoint, with the transports that can stream."""
        parts = Parts(
            steps=steps,
            slots=EventSlots(steps.admission, steps.concurrency),
            waiters=self.waiters,
            heartbeat=self._settings.subscription_heartbeat,
            max_response_bytes=self._settings.max_response_bytes,
        )
        operations = Operations(endpoint, self._runner, self.limits, self._observers, parts)
        init, idle = self._settings.body_timeout, self._settings.keep_alive_timeout
        websocket = WebSocketEndpoint(operations, self.waiters, init=init, idle=idle)
        return Transports(endpoint, EventStreamEndpoint(operations), websocket)
