"""The records of subscriptions, for logs and metrics. A record is passed on when its subscription ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from serving.telemetry.operation_record import OperationRecord


class SubscriptionObserver(Protocol):
    """Observes subscriptions."""

    def event_sent(self, *, is_resync: bool) -> None:
        """A subscriber was sent a change."""

    def subscription_ended(self, record: SubscriptionRecord) -> None:
        """A subscription has ended."""


class SubscriptionRecord:
    """The record of one subscription: why it ended, and how many events were sent, of which `resyncs` were RESYNC."""

    __slots__ = ("_observers", "_started", "end", "events", "resyncs", "seconds", "subscribed", "transport")

    def __init__(self, observers: Sequence[SubscriptionObserver], subscribed: OperationRecord, transport: str) -> None:
        self._observers = observers
        self._started = time.monotonic()
        self.subscribed = subscribed
        self.transport = transport
        self.seconds = 0.0
        self.events = 0
        self.resyncs = 0
        self.end = ""

    def count(self, *, is_resync: bool) -> None:
        """Count an event that was sent."""
        self.events += 1
        self.resyncs += is_resync
        for observer in self._observers:
            observer.event_sent(is_resync=is_resync)

    def close(self, end: str) -> None:
        """Complete the record with the reason for which the subscription ended."""
        self.end = end
        self.seconds = time.monotonic() - self._started
        for observer in self._observers:
            observer.subscription_ended(self)
