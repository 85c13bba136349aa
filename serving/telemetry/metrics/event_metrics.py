"""Counts events from Stripe, rejected webhook requests and failed sweeps."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from serving.telemetry.event_record import EventRecord
from serving.telemetry.metrics import definitions as table
from serving.telemetry.metrics.bounded_labels import OTHER, BoundedLabels

MAX_TYPES = 50
"""Maximum number of types that become labels. Only types about payment methods and customers do."""


class EventMetrics:
    """Observes events."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._types = BoundedLabels(MAX_TYPES)
        self._events = table.EVENTS.create(registry)
        self._delays = table.EVENT_DELAY.create(registry)
        self._refusals = table.WEBHOOK_REFUSALS.create(registry)
        self._sweep_failures = table.SWEEP_FAILURES.create(registry)

    def event_handled(self, record: EventRecord) -> None:
        """Count an event."""
        # All types that concern no wallet share one label.
        type = self._types.label(record.type) if record.type is not None else OTHER
        self._events.labels(type, record.source, record.outcome).inc()
        if record.outcome == "handled" and record.delay is not None:
            self._delays.labels(record.source).observe(record.delay)

    def webhook_refused(self, reason: str) -> None:
        """Count a rejected webhook request."""
        self._refusals.labels(reason).inc()

    def sweep_failed(self) -> None:
        """Count a sweep that failed."""
        self._sweep_failures.inc()
