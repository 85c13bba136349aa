"""Starts the operations of both streaming transports."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Protocol

from serving.auth.tokens import Caller
from serving.graphql.endpoint import GraphQLEndpoint
from serving.graphql.errors import rejection
from serving.graphql.operation_request import Operation
from serving.graphql.subscriptions.limits import SubscriptionLimits
from serving.graphql.subscriptions.subscription import Message, Parts, Session, Source, Subscription
from serving.graphql.subscriptions.waiting import Waiter
from serving.telemetry.operation_record import OperationRecord
from serving.telemetry.subscription_record import SubscriptionObserver, SubscriptionRecord

MAX_POSITION_LENGTH = 100


class Runner(Protocol):
    """Subscribes to the events of an operation."""

    def is_subscription(self, operation: Operation, caller: Caller) -> bool:
        """Whether the operation is a subscription. Raises RequestRejected if its document is not valid."""

    async def subscribe(
        self, operation: Operation, caller: Caller, record: OperationRecord, after: str | None
    ) -> Source:
        """Subscribe to the events of an operation, first those after a position. Raises RequestRejected."""


class Operations:
    """Executes queries and mutations like the GraphQL endpoint, and starts subscriptions."""

    def __init__(
        self,
        endpoint: GraphQLEndpoint,
        runner: Runner,
        limits: SubscriptionLimits,
        observers: Sequence[SubscriptionObserver],
        parts: Parts,
    ) -> None:
        self.steps = parts.steps
        self._endpoint = endpoint
        self._runner = runner
        self._limits = limits
        self._observers = observers
        self._parts = parts

    async def start(
        self, operation: Operation, session: Session, record: OperationRecord, waiter: Waiter, after: str | None
    ) -> Message | Subscription:
        """The result of a query or mutation, or an active subscription. Raises RequestRejected.

        Interrupting `waiter` ends the subscription. It starts after the position `after`, unless the operation itself
        has one.
        """
        caller = session.caller
        with self.steps.admission.slots() as slots, self.steps.concurrency:
            slots.take(caller)
            found = await self._endpoint.find_document(operation, caller, record)
            if self._runner.is_subscription(found, caller):
                return await self._subscribe(found, session, record, waiter, after)
            return Message(await self._endpoint.result(found, caller, record))

    async def _subscribe(
        self, operation: Operation, session: Session, record: OperationRecord, waiter: Waiter, after: str | None
    ) -> Subscription:
        caller = session.caller
        with contextlib.ExitStack() as slot:
            slot.enter_context(self._limits.slot(caller))
            position = _position(operation.extensions.get("after", after))
            source = await self._runner.subscribe(operation, caller, record, position)
            await self.steps.documents.register(operation, caller.identity)
            started = SubscriptionRecord(self._observers, record, session.transport)
            return Subscription(source, session, self._parts, started, waiter, slot.pop_all())


def _position(given: object) -> str | None:
    if given is not None and not (isinstance(given, str) and len(given) <= MAX_POSITION_LENGTH):
        raise rejection("Send the position to resume after as a string, the id of a WalletChange.", status=400)
    return given
