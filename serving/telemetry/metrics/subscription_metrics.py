"""Counts the changes that subscribers receive, and the subscriptions that end."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from serving.telemetry.metrics import definitions as table
from serving.telemetry.subscription_record import SubscriptionRecord


class SubscriptionMetrics:
    """Observes subscriptions. `SubscriptionLimits` has the number of active ones."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = table.SUBSCRIPTION_EVENTS.create(registry)
        self._resyncs = table.SUBSCRIPTION_RESYNCS.create(registry)
        self._ended = table.SUBSCRIPTIONS_ENDED.create(registry)

    def event_sent(self, *, is_resync: bool) -> None:
        """Count a change that was sent."""
        self._events.inc()
        if is_resync:
            self._resyncs.inc()

    def subscription_ended(self, record: SubscriptionRecord) -> None:
        """Count a subscription that has ended."""
        self._ended.labels(record.transport, record.end).inc()
