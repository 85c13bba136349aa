"""Counts the operations and calls of each connected account, as an observer of operations. Only used with Connect."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry

from serving.telemetry.metrics import definitions as table
from serving.telemetry.metrics.bounded_labels import BoundedLabels
from serving.telemetry.metrics.operation_metrics import status_of
from serving.telemetry.operation_calls import StripeCall
from serving.telemetry.operation_record import OperationRecord

MAX_ACCOUNTS = 100
"""Maximum number of accounts that become labels, in the order of their first operations. The others share one label."""


class AccountMetrics:
    """The metrics of connected accounts. Operations without one are only counted by the other metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._operations = table.ACCOUNT_OPERATIONS.create(registry)
        self._calls = table.ACCOUNT_CALLS.create(registry)
        self._accounts = BoundedLabels(MAX_ACCOUNTS)

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """Nothing is counted at the start."""

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """Count a call to Stripe that was sent."""
        if call.account is not None and call.tries:
            self._calls.labels(self._accounts.label(call.account), status_of(call)).inc()

    def operation_ended(self, record: OperationRecord) -> None:
        """Count an operation."""
        if record.account is not None:
            self._operations.labels(self._accounts.label(record.account), record.outcome).inc()
