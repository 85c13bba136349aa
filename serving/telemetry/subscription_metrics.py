"""Counts subscriptions and the changes that they send, as an observer of subscriptions."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from serving.telemetry import metric_definitions as table
from serving.telemetry.subscription_record import SubscriptionRecord


class SubscriptionMetrics:
    """The metrics of subscriptions. The number of active ones is collected from their limits."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = table.SUBSCRIPTION_EVENTS.create(registry)
        self._resyncs = table.SUBSCRIPTION_RESYNCS.create(registry)
        self._ended = table.SUBSCRIPTIONS_ENDED.create(registry)

    def event_sent(self, *, is_resync: bool) -> None:
        """Count a change that is sent."""
        self._events.inc()
        if is_resync:
            self._resyncs.inc()

    def subscription_ended(self, record: SubscriptionRecord) -> None:
        """Count a subscription."""
        self._ended.labels(record.transport, record.end).inc()
